# SPDX-License-Identifier: Apache-2.0
# Small programs that do one known thing each: what live tests and benchmarks look at.

LOADS := spin oneshot stamp pipepair forkstorm sleepers vcpu fewcaps
LOAD_PROGRAMS := $(LOADS:%=$(BUILD)/tests/load/%)

.PHONY: loads tests
loads: $(LOAD_PROGRAMS)
tests: $(LOAD_PROGRAMS)

$(LOAD_PROGRAMS): $(BUILD)/tests/load/%: $(BUILD)/tests/load/%.o $(BUILD)/tests/load/load.o
	$(say) LINK $@
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lpthread
