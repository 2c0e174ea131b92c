/* SPDX-License-Identifier: Apache-2.0 */
/* Why a vCPU left its guest: the processor's numbers and their names. */
#ifndef CAPTURE_EXIT_REASON_H
#define CAPTURE_EXIT_REASON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum exit_isa { EXIT_VMX, EXIT_SVM, EXIT_ARM64, EXIT_ISAS };

/* arm64: an exit that is no trap has no exception class; its type (ARM_EXCEPTION_CODE: 0 IRQ, 1
   SError, 3 illegal) stands above this. */
#define EXIT_ARM64_NO_TRAP 0x100

/* The word that stands in the file: "vmx", "svm", "arm64". */
const char *exit_isa_word(enum exit_isa isa);
/* EXIT_ISAS when the word is none; NULL is none. */
enum exit_isa exit_isa_of(const char *word);

/* A reason without what is no part of it: VMX's flags, the sign of SVM's. */
uint64_t exit_reason_basic(enum exit_isa isa, uint64_t reason);

#define EXIT_REASON_BYTES 32

/* Its name as the kernel's tracepoints spell it, or "unknown(0x...)" written into `buffer`. */
const char *exit_reason_name(enum exit_isa isa, uint64_t reason, char buffer[EXIT_REASON_BYTES]);

/* The reason of this name, in any of its spellings. */
bool exit_reason_find(const char *name, size_t length, enum exit_isa *isa, uint64_t *reason);

#endif
