/* SPDX-License-Identifier: Apache-2.0 */
#include "base/array.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

int array_reserve(void **items, size_t *capacity, size_t needed, size_t item_bytes)
{
	size_t larger = *capacity + *capacity / 2 + 16;
	void *moved;

	if (needed <= *capacity)
		return 0;
	if (larger < needed)
		larger = needed;
	if (larger > SIZE_MAX / item_bytes)
		return -ENOMEM;
	moved = realloc(*items, larger * item_bytes);
	if (!moved)
		return -ENOMEM;
	*items = moved;
	*capacity = larger;
	return 0;
}
