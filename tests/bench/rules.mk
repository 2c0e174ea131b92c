# SPDX-License-Identifier: Apache-2.0
# make bench: pftrace and its peers under the same loads, as root. BENCH_QUICK=1 takes a minute;
# BENCH_ARGS="--loads pipe --tools pftrace" chooses. tests/bench/compare.py OLD.json NEW.json tells
# what rose. make bench-kvm: what an exit with its entry costs.

BENCH_PROGRAMS := $(addprefix $(BUILD)/tests/bench/,empty empty.bpf.o rows kvm_pairs kvm_pairs.bpf.o)

.PHONY: bench bench-kvm tests
tests: $(BENCH_PROGRAMS)

$(BUILD)/tests/bench/empty.bpf.o: tests/bench/empty.bpf.c
	$(say) BPF $@
	@mkdir -p $(@D)
	$(Q)$(CLANG) -g -O2 -target bpf -mcpu=v3 -Wall -Wextra -c $< -o $@

# The workers of KVM's hooks, in a program that needs no KVM.
$(BUILD)/tests/bench/kvm_pairs.bpf.o: tests/bench/kvm_pairs.bpf.c $(wildcard bpf/*.h vmlinux/*.h)
	$(say) BPF $@
	@mkdir -p $(@D)
	$(Q)$(CLANG) -g -O2 -target bpf -mcpu=v3 -D__TARGET_ARCH_$(BPF_ARCH) -Wall -Wextra \
		-Wno-unused-parameter -Wno-missing-declarations -Ivmlinux -Ibpf -c $< -o $@

$(BUILD)/tests/bench/kvm_pairs: $(BUILD)/tests/bench/kvm_pairs.o
	$(say) LINK $@
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lbpf -lpthread

$(BUILD)/tests/bench/empty: $(BUILD)/tests/bench/empty.o
	$(say) LINK $@
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lbpf

$(BUILD)/tests/bench/rows: $(BUILD)/tests/bench/rows.o $(LIBRARY)
	$(say) LINK $@
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBRARIES)

bench: all $(LOAD_PROGRAMS) $(BENCH_PROGRAMS)
	$(Q)python3 tests/bench/bench.py --build $(BUILD) --out $(BUILD)/bench.json \
		$(if $(BENCH_QUICK),--quick) $(BENCH_ARGS)

bench-kvm: $(BENCH_PROGRAMS)
	$(Q)$(BUILD)/tests/bench/kvm_pairs $(BUILD)/tests/bench/kvm_pairs.bpf.o
