# SPDX-License-Identifier: Apache-2.0
# make install-test: install and package in scratch folders, and look at what is there.

.PHONY: install-test
install-test: all
	$(Q)PYTHONDONTWRITEBYTECODE=1 $(CLI_PYTHON) -m unittest discover -v -s tests/install
