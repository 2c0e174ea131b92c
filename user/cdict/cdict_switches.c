/* SPDX-License-Identifier: Apache-2.0 */
#include "cdict/cdict_switches.h"

static bool same_core(const struct capture_batch *batch, size_t row)
{
	return batch->columns[SWITCHES_CPU][row - 1] == batch->columns[SWITCHES_CPU][row];
}

bool cdict_switches_is_implied(const struct capture_batch *batch, size_t row)
{
	return row && same_core(batch, row) &&
	       batch->columns[SWITCHES_NEXT][row - 1] == batch->columns[SWITCHES_TASK][row];
}

bool cdict_switches_fill_in(const struct capture_batch *batch, uint64_t *tasks)
{
	for (size_t row = 0; row < batch->rows; row++) {
		if (tasks[row] != CAPTURE_NIL)
			continue;
		if (!row || !same_core(batch, row))
			return false;
		tasks[row] = batch->columns[SWITCHES_NEXT][row - 1];
		if (tasks[row] == CAPTURE_NIL)
			return false;
	}
	return true;
}
