/* SPDX-License-Identifier: Apache-2.0 */
/* Whether two captures can be compared, and what should be known when they are. */
#ifndef DIFF_FIT_H
#define DIFF_FIT_H

#include "chart/run_blocks.h"
#include "command.h"

/*
 * Each says on stderr what should be known, and returns EXIT_FAILED after a line when it cannot be:
 * one run by itself (is there anything, what was lost), and two of them (filters, machines). `all`
 * becomes false when sums of all tasks cannot be compared.
 */
enum exit_code diff_fit_check_run(const struct view *view, const struct run_blocks *blocks);
enum exit_code diff_fit_check_pair(const struct view *a, const struct view *b, bool *all);

/* How much of a run is compared, in ns, and in how many blocks. */
uint64_t diff_fit_length_ns(const struct run_blocks *blocks);
size_t diff_fit_blocks(const struct run_blocks *blocks);

#endif
