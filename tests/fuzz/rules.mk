# SPDX-License-Identifier: Apache-2.0
# make fuzz: every parser of what others wrote under libFuzzer (clang), each for FUZZ_SECONDS; what it
# found stays in build/fuzz/corpus for the next time, and an input that broke something in build/fuzz/.

FUZZ_SECONDS ?= 10
FUZZ := $(BUILD)/fuzz
FUZZ_TARGETS := cdict events import names old_cdict perf_file reading
FUZZ_PARTS := base capture cdict account import names
FUZZ_OBJECTS := $(patsubst %.c,$(FUZZ)/%.o,$(foreach part,$(FUZZ_PARTS),$(wildcard user/$(part)/*.c)))
# What the commands that read captures have beside.
FUZZ_READING := $(wildcard user/chart/*.c user/page/*.c user/report/*.c user/view/*.c) \
	$(patsubst %,user/%.c,cmd_diff cmd_export cmd_info cmd_list cmd_render cmd_stats cmd_stats_kvm \
	cmd_successors diff_fit diff_gate import_say invoker map_option out_option reading_options \
	reading_source render_runs)
FUZZ_READING_OBJECTS := $(FUZZ_READING:%.c=$(FUZZ)/%.o)
# NULL + 0, which clang finds, is harmless on every machine, and defined in C2y (N3322)
FUZZ_SANITIZERS := address,undefined -fno-sanitize=pointer-overflow
FUZZ_FLAGS := -std=gnu17 -O1 -g -fno-sanitize-recover=all

$(FUZZ)/%.o: %.c $(BUILD)/flags
	$(say) FUZZ $@
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(CPPFLAGS) $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link,$(FUZZ_SANITIZERS) -MMD -MP \
		-c $< -o $@
-include $(FUZZ_OBJECTS:.o=.d) $(FUZZ_READING_OBJECTS:.o=.d)
$(FUZZ)/user/page/template.o: $(PAGE)
$(FUZZ)/user/page/template.o: CPPFLAGS += -DPAGE_FILE='"$(PAGE)"'

$(FUZZ)/fuzz_%: $(FUZZ)/tests/fuzz/fuzz_%.o $(FUZZ_OBJECTS)
	$(say) LINK $@
	$(Q)$(CLANG) $(FUZZ_FLAGS) -fsanitize=fuzzer,$(FUZZ_SANITIZERS) -o $@ $^ -lz $(MSGPACK) -lm
$(FUZZ)/fuzz_reading: $(FUZZ_READING_OBJECTS)

$(FUZZ)/corpus_cdict: override CPPFLAGS += -Itests/unit
$(FUZZ)/corpus_cdict: tests/fuzz/corpus_cdict.c $(UNIT_SHARED) $(LIBRARY)
	$(say) LINK $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -o $@ $^ $(LIBRARIES) -lcmocka

.PHONY: fuzz
fuzz: $(FUZZ_TARGETS:%=$(FUZZ)/fuzz_%) $(FUZZ)/corpus_cdict
	$(Q)mkdir -p $(FUZZ_TARGETS:%=$(FUZZ)/corpus/%)
	$(Q)$(FUZZ)/corpus_cdict $(FUZZ)/corpus/cdict
	$(Q)$(FUZZ)/corpus_cdict $(FUZZ)/corpus/reading
	$(Q)$(CLI_PYTHON) tests/fuzz/corpus_import.py $(FUZZ)/corpus
	$(Q)for target in $(FUZZ_TARGETS); do \
		echo "== $$target"; \
		dict=tests/fuzz/$$target.dict; \
		$(FUZZ)/fuzz_$$target $$([ ! -e $$dict ] || echo -dict=$$dict) \
			-max_total_time=$(FUZZ_SECONDS) -max_len=16384 -rss_limit_mb=1024 -timeout=10 -print_final_stats=1 \
			-artifact_prefix=$(FUZZ)/$$target- $(FUZZ)/corpus/$$target || exit 1; \
	done
