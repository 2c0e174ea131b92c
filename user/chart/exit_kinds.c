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
	string_pool_free(kinds->keys);
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

static int add_kind(struct exit_kinds *kinds, const char isa[EXIT_KINDS_ISA_BYTES], uint64_t reason)
{
	struct exit_kind *kind;

	if (kinds->count == EXIT_KINDS_MAX)
		return -ERANGE;
	if (ARRAY_RESERVE(kinds->items, kinds->capacity, kinds->count + 1))
		return -ENOMEM;
	kind = &kinds->items[kinds->count++];
	memcpy(kind->isa, isa, sizeof(kind->isa));
	kind->reason = reason;
	set_name(kind);
	return 0;
}

/* A host has some dozens of them; a file that nobody recorded may have any number. */
int exit_kinds_of_row(struct exit_kinds *kinds, const struct capture_batch *batch, size_t row,
		      uint64_t *number)
{
	const char *isa = isa_text(batch, row);
	struct {
		char isa[EXIT_KINDS_ISA_BYTES];
		uint64_t reason;
	} key = { .reason = batch->columns[EXITS_REASON][row] };

	memcpy(key.isa, isa, strnlen(isa, sizeof(key.isa) - 1));
	if (!kinds->keys)
		kinds->keys = string_pool_new();
	if (!kinds->keys)
		return -ENOMEM;
	*number = string_pool_add_bytes(kinds->keys, (const char *)&key, sizeof(key));
	if (*number == STRING_NONE)
		return -ENOMEM;
	return *number < kinds->count ? 0 : add_kind(kinds, key.isa, key.reason);
}
