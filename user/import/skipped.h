/* SPDX-License-Identifier: Apache-2.0 */
/* Events of a recording that are not used, counted by name. */
#ifndef IMPORT_SKIPPED_H
#define IMPORT_SKIPPED_H

#include <stddef.h>
#include <stdint.h>

#define SKIPPED_NAMES 64 /* more are counted together */
#define SKIPPED_NAME_BYTES 48

struct skipped {
	size_t names;
	uint64_t others;
	struct skipped_name {
		char name[SKIPPED_NAME_BYTES]; /* cleaned, cut if need be */
		uint64_t count;
	} items[SKIPPED_NAMES];
};

void skipped_add(struct skipped *skipped, const char *name, size_t length);

/* "3161 kvm_exit, 112 sched_process_wait": as many as there is room for. */
void skipped_text(const struct skipped *skipped, char *text, size_t text_bytes);

#endif
