/* SPDX-License-Identifier: Apache-2.0 */
/* Growable arrays: an `items` pointer, a `count` and a `capacity` that the owner keeps. */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include <stddef.h>

/*
 * Makes room for `needed` items of `item_bytes` each in *items, growing by half at least; new room
 * is not cleared. Returns 0, or -ENOMEM with everything as it was.
 */
int array_reserve(void **items, size_t *capacity, size_t needed, size_t item_bytes);

/* array_reserve for a typed pointer. */
#define ARRAY_RESERVE(items, capacity, needed) \
	array_reserve((void **)&(items), &(capacity), (needed), sizeof(*(items)))

#define ARRAY_LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#endif
