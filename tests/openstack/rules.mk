# SPDX-License-Identifier: Apache-2.0
# make openstack-test: pftrace-openstack against a cloud of the tests' own.
# make openstack-real: against Debian's Keystone and Nova, which it installs. Takes some minutes, as root.

.PHONY: openstack-test openstack-real
openstack-real:
	$(Q)sh ci/openstack.sh $(abspath build/openstack)

openstack-test: openstack
	$(Q)PFTRACE_OPENSTACK=$(abspath $(OPENSTACK)) PYTHONDONTWRITEBYTECODE=1 $(CLI_PYTHON) -m unittest discover -v -s tests/openstack
