# SPDX-License-Identifier: Apache-2.0
# A program that tests in other languages get a known cdict from.

.PHONY: tests
tests: $(BUILD)/tests/cdict/write_sample

$(BUILD)/tests/cdict/%.o: override CPPFLAGS += -Itests/unit
$(BUILD)/tests/cdict/write_sample: $(BUILD)/tests/cdict/write_sample.o $(UNIT_SHARED) $(LIBRARY)
	$(say) LINK $@
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBRARIES) -lcmocka
