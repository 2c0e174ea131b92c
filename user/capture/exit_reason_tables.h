/* SPDX-License-Identifier: Apache-2.0 */
/* The names of each kind of processor, ascending by number. Private to exit_reason*.c. */
#ifndef CAPTURE_EXIT_REASON_TABLES_H
#define CAPTURE_EXIT_REASON_TABLES_H

#include <stddef.h>
#include <stdint.h>

struct exit_name {
	uint64_t reason;
	const char *name;
	const char *other; /* as another tool or an older kernel spells it, or NULL */
};

extern const struct exit_name exit_names_vmx[];
extern const size_t exit_names_vmx_count;
extern const struct exit_name exit_names_svm[];
extern const size_t exit_names_svm_count;
extern const struct exit_name exit_names_arm64[];
extern const size_t exit_names_arm64_count;

#endif
