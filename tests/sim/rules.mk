# SPDX-License-Identifier: Apache-2.0
# The simulator of merge and account: make sim SIM_SEEDS=5000; make bench-account.

SIM_SEEDS ?= 300
# found by long runs: a CPU taken offline and back before its first block, which followed a loss; one
# that was back, and its clock lagged to before it went
SIM_SEEDS_OF_OLD := 41555 7235 209853
SIM_BREAK_SEEDS ?= 1000
SIM := $(BUILD)/tests/sim/sim
SIM_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(filter-out tests/sim/bench_%,$(wildcard tests/sim/*.c))) \
	$(BUILD)/tests/unit/tally.o
SIM_WRAPPED := account_switch account_must_wait account_lost account_found_running \
	account_missed_switch switches_log successors_add_slow memcpy

$(BUILD)/tests/sim/%.o: override CPPFLAGS += -Itests/sim -Itests/unit
$(BUILD)/tests/sim/kernel.o: override CFLAGS += -Wno-unused-function -Wno-missing-prototypes

$(SIM): $(SIM_OBJECTS) $(LIBRARY)
	$(say) LINK $@
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $(SIM_WRAPPED:%=-Wl,--wrap=%) -o $@ $(SIM_OBJECTS) $(LIBRARY) $(LIBRARIES)

$(BUILD)/tests/sim/bench_account: $(BUILD)/tests/sim/bench_account.o $(LIBRARY)
	$(say) LINK $@
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBRARIES)

# Histories must come out equal, and each break of the chain must be noticed.
.PHONY: sim bench-account
sim: $(SIM)
	$(Q)$(SIM) --count $(SIM_SEEDS)
	$(Q)set -e; for seed in $(SIM_SEEDS_OF_OLD); do $(SIM) --from $$seed --count 1; done
	$(Q)$(SIM) --breaks --count $(SIM_BREAK_SEEDS)

bench-account: $(BUILD)/tests/sim/bench_account
	$(Q)$<
