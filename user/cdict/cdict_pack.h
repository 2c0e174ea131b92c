/* SPDX-License-Identifier: Apache-2.0 */
/* The messages of a cdict as msgpack bytes (by msgpack-c). */
#ifndef CDICT_CDICT_PACK_H
#define CDICT_CDICT_PACK_H

#include "capture/capture.h"

#include <msgpack.h>
#include <stddef.h>
#include <stdint.h>

/* A longer string is cut, so that a message's size is bounded. */
#define CDICT_TEXT_BYTES_MAX 4096

/* Packs one message after the other into one buffer; `error` is sticky (-ENOMEM). */
struct cdict_pack {
	msgpack_sbuffer buffer;
	msgpack_packer packer;
	size_t column_ends[CAPTURE_COLUMNS_MAX]; /* of rows: where each column's bytes end */
	size_t column_count;
	int error;
};

void cdict_pack_init(struct cdict_pack *pack);
void cdict_pack_free(struct cdict_pack *pack);

/* Forgets what was packed, keeps the memory. */
void cdict_pack_restart(struct cdict_pack *pack);

void cdict_pack_header(struct cdict_pack *pack, const struct capture_header *header);

/* `count` rows from row `from` on; `base_ns` is for switches. */
void cdict_pack_rows(struct cdict_pack *pack, const struct capture_batch *batch, size_t from,
		     size_t count, uint64_t base_ns);

/* How many rows from `from` on fit a message of bounded size: at least one. */
size_t cdict_pack_rows_fit(const struct capture_batch *batch, size_t from);

struct cdict_index_entry {
	uint64_t at_ns;
	uint64_t offset;
};
void cdict_pack_index(struct cdict_pack *pack, const struct cdict_index_entry *entries,
		      size_t count);

void cdict_pack_end(struct cdict_pack *pack, const struct capture_end *end);

#endif
