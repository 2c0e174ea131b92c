# SPDX-License-Identifier: Apache-2.0
# make fuzz: the cdict reader, then what names are made of, under libFuzzer (clang), each for FUZZ_SECONDS; what it found stays in
# build/fuzz/corpus for the next time, and an input that broke something in build/fuzz/.

FUZZ_SECONDS ?= 20
FUZZ := $(BUILD)/fuzz
FUZZ_SOURCES := tests/fuzz/fuzz_cdict.c $(wildcard user/cdict/*.c user/capture/*.c user/base/*.c)

$(FUZZ)/fuzz_cdict: $(FUZZ_SOURCES) $(wildcard user/cdict/*.h user/capture/*.h user/base/*.h)
	$(say) FUZZ $@
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(CPPFLAGS) -std=gnu17 -O1 -g -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=all -o $@ $(FUZZ_SOURCES) -lz -lmsgpackc -lm

FUZZ_NAMES_SOURCES := tests/fuzz/fuzz_names.c $(wildcard user/names/*.c user/base/*.c)

$(FUZZ)/fuzz_names: $(FUZZ_NAMES_SOURCES) $(wildcard user/names/*.h user/base/*.h)
	$(say) FUZZ $@
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(CPPFLAGS) -std=gnu17 -O1 -g -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=all -o $@ $(FUZZ_NAMES_SOURCES) -lm

$(FUZZ)/make_corpus: override CPPFLAGS += -Itests/unit
$(FUZZ)/make_corpus: tests/fuzz/make_corpus.c $(UNIT_SHARED) $(LIBRARY)
	$(say) LINK $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -o $@ $^ $(LIBRARIES) -lcmocka

.PHONY: fuzz
fuzz: $(FUZZ)/fuzz_cdict $(FUZZ)/fuzz_names $(FUZZ)/make_corpus
	$(Q)mkdir -p $(FUZZ)/corpus && $(FUZZ)/make_corpus $(FUZZ)/corpus
	$(Q)$(FUZZ)/fuzz_cdict -max_total_time=$(FUZZ_SECONDS) -max_len=16384 -rss_limit_mb=512 \
		-timeout=10 -print_final_stats=1 -artifact_prefix=$(FUZZ)/ $(FUZZ)/corpus
	$(Q)mkdir -p $(FUZZ)/names
	$(Q)$(FUZZ)/fuzz_names -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -timeout=10 \
		-dict=tests/fuzz/names.dict -print_final_stats=1 -artifact_prefix=$(FUZZ)/ $(FUZZ)/names
