# SPDX-License-Identifier: Apache-2.0
# make soak: as root, SOAK_MINUTES of an open-ended capture under changing loads; memory and
# descriptors must stay flat, nothing be lost, and the file be whole.

SOAK_MINUTES ?= 60

.PHONY: soak
soak: all $(LOAD_PROGRAMS)
	$(Q)BUILD=$(BUILD) PYTHONDONTWRITEBYTECODE=1 $(CLI_PYTHON) tests/soak/soak.py --minutes $(SOAK_MINUTES)
