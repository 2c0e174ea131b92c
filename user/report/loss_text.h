/* SPDX-License-Identifier: Apache-2.0 */
/* What a cause took, in words. */
#ifndef REPORT_LOSS_TEXT_H
#define REPORT_LOSS_TEXT_H

#include "chart/loss_stats.h"

#define LOSS_TEXT_BYTES 128

/* "12 times, 3000 switches, 1.500 ms of run time", without what is not known. The first number has
   at least this width. */
void loss_text(const struct loss_stats_row *row, int width, char *text, size_t size);

#endif
