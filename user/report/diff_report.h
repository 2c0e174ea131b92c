/* SPDX-License-Identifier: Apache-2.0 */
/* What changed between two runs: one printer for people, two for programs. */
#ifndef REPORT_DIFF_REPORT_H
#define REPORT_DIFF_REPORT_H

#include "chart/compare.h"

#include <stdio.h>

/* A run as the heading tells of it. */
struct diff_run {
	const char *path;
	const struct capture_header *header;
	bool whole;
	uint64_t length_ns;   /* of what was compared */
	uint64_t left_out_ns; /* blocks in which data was lost */
	uint64_t block_ns;
	size_t blocks;
};

struct diff_report {
	const struct compare *compare;
	struct diff_run runs[2];
	bool every; /* people see every value, too, not only what changed */
};

/* Percent, a second, or nanoseconds: how programs get values of this metric, and its name. */
double diff_report_scaled(enum compare_metric metric, double value);
const char *diff_report_unit(enum compare_metric metric);

/* A value with its unit, as people read it; "-" when it is not known. */
#define DIFF_REPORT_VALUE_BYTES 64
void diff_report_value(char text[DIFF_REPORT_VALUE_BYTES], enum compare_metric metric,
		       double value);

/* The row's difference in its own unit, and in percent of a (not a number when there is no a). */
double diff_report_delta(const struct compare_row *row);
double diff_report_percent(const struct compare_row *row);

/* The name that programs see for all tasks together is NULL; people see "all tasks". */
const char *diff_report_name(const struct compare *compare, const struct compare_name *name);
/* How many tasks of this run have the name; CAPTURE_NIL for all together. */
uint64_t diff_report_tasks(const struct compare *compare, const struct compare_name *name,
			   size_t run);

/* Each returns 0, or -errno when the file takes no more. */
int diff_report_text(const struct diff_report *report, FILE *file);
int diff_report_csv(const struct diff_report *report, FILE *file);
int diff_report_json(const struct diff_report *report, FILE *file);

#endif
