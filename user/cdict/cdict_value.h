/* SPDX-License-Identifier: Apache-2.0 */
/* Single values into a cdict_pack: what the messages are made of. */
#ifndef CDICT_CDICT_VALUE_H
#define CDICT_CDICT_VALUE_H

#include "cdict/cdict_pack.h"

#include <stdbool.h>

void cdict_value_map(struct cdict_pack *pack, size_t pairs);
void cdict_value_array(struct cdict_pack *pack, size_t items);
void cdict_value_bool(struct cdict_pack *pack, bool value);
/* CAPTURE_NIL becomes nil. */
void cdict_value_integer(struct cdict_pack *pack, uint64_t value);
/* Cleaned (base/clean.h), cut to CDICT_TEXT_BYTES_MAX; NULL becomes nil. */
void cdict_value_text(struct cdict_pack *pack, const char *text);

/* A key and its value. */
void cdict_value_key_integer(struct cdict_pack *pack, const char *key, uint64_t value);
void cdict_value_key_text(struct cdict_pack *pack, const char *key, const char *text);

/* One field of an array of structs as a column: the structs, where the field lies in one, how long
   one is. There may be none. */
void cdict_value_column_u32(struct cdict_pack *pack, const char *key, const void *structs,
			    size_t field, size_t stride, size_t count);
void cdict_value_column_u64(struct cdict_pack *pack, const char *key, const void *structs,
			    size_t field, size_t stride, size_t count);

#endif
