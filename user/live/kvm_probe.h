/* SPDX-License-Identifier: Apache-2.0 */
/* What this machine offers to a recorder of KVM: it may be built in, a module, or come later. */
#ifndef LIVE_KVM_PROBE_H
#define LIVE_KVM_PROBE_H

#include <stdbool.h>
#include <stdint.h>

struct kvm_probe {
	char vendor[32]; /* the module that runs guests, "kvm_amd", or "kvm"; "": not there */
	bool possible;	 /* the processor could run guests: it may be loaded later */
	bool has_types;	 /* BTF tells of the tracepoints, and of where the reason is */
	bool in_module;	 /* the BTF of a module, which only CAP_SYS_ADMIN may look for */
	bool exit_tells_reason; /* as the first argument of kvm_exit: up to 5.15 */
};

/* Fills in `kvm`; never fails. */
void kvm_probe_read(struct kvm_probe *kvm);

/* Whether a module that runs guests is there and ready, where there was none: cheap to ask. */
bool kvm_probe_has_come(void);

/* Where a classic tracepoint's record has a field. 0 or -errno: -ENOENT when there is no such file,
   or field, -EACCES when it may not be read. */
int kvm_probe_field(const char *tracepoint, const char *field, uint32_t *offset);

#endif
