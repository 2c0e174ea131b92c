/* SPDX-License-Identifier: Apache-2.0 */
/* What kvm_entry and kvm_exit say of themselves. */
#ifndef IMPORT_KVM_TEXT_H
#define IMPORT_KVM_TEXT_H

#include "capture/exit_reason.h"
#include "import/event_line.h"

/* "vcpu 1, rip ...": its number; UINT32_MAX where none is told. */
uint32_t kvm_text_vcpu(struct span text);

/*
 * The reason of an exit, given by name or by number. *isa is the recording's as far as known (else
 * EXIT_ISAS): a name tells it, a number needs it. False when this is no spelling that is known.
 */
bool kvm_text_exit(struct span text, enum exit_isa *isa, uint64_t *reason);

/* The processor that words of perf's header name ("AuthenticAMD", "aarch64"), or EXIT_ISAS. */
enum exit_isa kvm_text_isa(struct span words);

#endif
