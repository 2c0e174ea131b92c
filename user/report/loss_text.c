/* SPDX-License-Identifier: Apache-2.0 */
#include "report/loss_text.h"

#include <inttypes.h>
#include <stdio.h>

void loss_text(const struct loss_stats_row *row, int width, char *text, size_t size)
{
	char count[32] = "?", switches[48] = "", run[48] = "";

	if (row->count != CAPTURE_NIL)
		snprintf(count, sizeof(count), "%" PRIu64, row->count);
	if (row->switches != CAPTURE_NIL)
		snprintf(switches, sizeof(switches), ", %" PRIu64 " switches", row->switches);
	if (row->run_ns != CAPTURE_NIL)
		snprintf(run, sizeof(run), ", %.3f ms of run time", (double)row->run_ns / 1e6);
	snprintf(text, size, "%*s times%s%s", width, count, switches, run);
}
