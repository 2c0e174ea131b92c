/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/exit_kinds.h"

#include "base/array.h"
#include "base/string_pool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void exit_kinds_free(struct exit_kinds *kinds)
{
	free(kinds->items);
	memset(kinds, 0, sizeof(*kinds));
}

static const char *isa_text(const struct capture_batch *batch, size_t row)
{
	uint64_t id = batch->columns[EXITS_ISA][row];
	const char *text =
		batch->strings && id != CAPTURE_NIL ? string_pool_text(batch->strings, id) : NULL;

	return text ? text : "";
}

static void set_name(struct exit_kind *kind)
{
	char unknown[EXIT_REASON_BYTES];
	const char *name = exit_reason_name(exit_isa_of(kind->isa), kind->reason, unknown);

	memset(kind->name, 0, sizeof(kind->name));
	memcpy(kind->name, name, strnlen(name, sizeof(kind->name) - 1));
}

/* A host has some dozens of them. */
int exit_kinds_of_row(struct exit_kinds *kinds, const struct capture_batch *batch, size_t row,
		      uint64_t *number)
{
	const char *isa = isa_text(batch, row);
	uint64_t reason = batch->columns[EXITS_REASON][row];
	struct exit_kind *kind;

	for (*number = 0; *number < kinds->count; ++*number) {
		kind = &kinds->items[*number];
		if (kind->reason == reason && strncmp(kind->isa, isa, sizeof(kind->isa) - 1) == 0)
			return 0;
	}
	if (kinds->count == EXIT_KINDS_MAX)
		return -ERANGE;
	if (ARRAY_RESERVE(kinds->items, kinds->capacity, kinds->count + 1))
		return -ENOMEM;
	kind = &kinds->items[kinds->count++];
	memset(kind->isa, 0, sizeof(kind->isa));
	memcpy(kind->isa, isa, strnlen(isa, sizeof(kind->isa) - 1));
	kind->reason = reason;
	set_name(kind);
	return 0;
}
