# SPDX-License-Identifier: Apache-2.0
# make vm: the static binary on Debian's own kernels, each booted in QEMU without hardware help.
# Skipped, with a word, where QEMU or the kernels cannot be had; no root is needed.

VM_LOADS := $(addprefix $(BUILD)/tests/vm/,spin oneshot stamp pipepair forkstorm vcpu fewcaps)

$(VM_LOADS): $(BUILD)/tests/vm/%: $(BUILD)/tests/load/%.o $(BUILD)/tests/load/load.o
	$(say) LINK $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -static -o $@ $^ -lpthread

.PHONY: vm
vm: $(BUILD)/pftrace-static $(VM_LOADS)
	$(Q)BUILD=$(abspath $(BUILD)) PYTHONDONTWRITEBYTECODE=1 $(CLI_PYTHON) -m unittest discover -v -s tests/vm
