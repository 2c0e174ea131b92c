# SPDX-License-Identifier: Apache-2.0
# make cli: the reading commands against files that Python wrote, and what Python makes of them.
# make bench-reading: how long they take for 5 and 50 million rows, and their memory.

# Debian's msgpack for Python belongs to Debian's Python.
CLI_PYTHON := $(firstword $(wildcard /usr/bin/python3) python3)

.PHONY: cli bench-reading
cli: $(BUILD)/pftrace
	$(Q)PFTRACE=$(abspath $<) PYTHONDONTWRITEBYTECODE=1 $(CLI_PYTHON) -m unittest discover -v -s tests/cli

bench-reading: $(BUILD)/pftrace $(BUILD)/tests/bench/rows
	$(Q)PYTHONDONTWRITEBYTECODE=1 $(CLI_PYTHON) tests/cli/bench_reading.py --build $(BUILD)
