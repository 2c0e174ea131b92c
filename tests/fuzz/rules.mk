# SPDX-License-Identifier: Apache-2.0
# make fuzz: the cdict reader under libFuzzer (clang) for FUZZ_SECONDS; what it found stays in
# build/fuzz/corpus for the next time, and an input that broke something in build/fuzz/.

FUZZ_SECONDS ?= 20
FUZZ := $(BUILD)/fuzz
FUZZ_SOURCES := tests/fuzz/fuzz_cdict.c $(wildcard user/cdict/*.c user/capture/*.c user/base/*.c)

$(FUZZ)/fuzz_cdict: $(FUZZ_SOURCES) $(wildcard user/cdict/*.h user/capture/*.h user/base/*.h)
	$(say) FUZZ $@
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(CPPFLAGS) -std=gnu17 -O1 -g -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=all -o $@ $(FUZZ_SOURCES) -lz -lmsgpackc -lm

$(FUZZ)/make_corpus: override CPPFLAGS += -Itests/unit
$(FUZZ)/make_corpus: tests/fuzz/make_corpus.c $(UNIT_SHARED) $(LIBRARY)
	$(say) LINK $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -o $@ $^ $(LIBRARIES) -lcmocka

.PHONY: fuzz
fuzz: $(FUZZ)/fuzz_cdict $(FUZZ)/make_corpus
	$(Q)mkdir -p $(FUZZ)/corpus && $(FUZZ)/make_corpus $(FUZZ)/corpus
	$(Q)$(FUZZ)/fuzz_cdict -max_total_time=$(FUZZ_SECONDS) -max_len=16384 -rss_limit_mb=512 \
		-timeout=10 -print_final_stats=1 -artifact_prefix=$(FUZZ)/ $(FUZZ)/corpus
