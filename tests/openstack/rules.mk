# SPDX-License-Identifier: Apache-2.0
# make openstack-test: pftrace-openstack against a cloud of the tests' own.

.PHONY: openstack-test
openstack-test: openstack
	$(Q)PFTRACE_OPENSTACK=$(abspath $(OPENSTACK)) PYTHONDONTWRITEBYTECODE=1 $(CLI_PYTHON) -m unittest discover -v -s tests/openstack
