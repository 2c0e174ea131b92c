# SPDX-License-Identifier: Apache-2.0
# Benchmarks of single parts, without a kernel.

$(BUILD)/tests/perf/%: $(BUILD)/tests/perf/%.o $(LIBRARY)
	$(say) LINK $@
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< $(LIBRARY) $(LIBRARIES)

.PHONY: bench-cdict
bench-cdict: $(BUILD)/tests/perf/bench_cdict
	$(Q)$<
