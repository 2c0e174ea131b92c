/* SPDX-License-Identifier: Apache-2.0 */
/* A difference for people: what changed most first, then what did not. */
#include "report/diff_report.h"

#include "base/array.h"
#include "base/clean.h"
#include "base/utf8.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FIELD_BYTES DIFF_REPORT_VALUE_BYTES

/* Columns of a line; the first two are texts and stand left, and so does the last. */
enum column { TASK, METRIC, A, B, CHANGE, INTERVAL, COLUMNS };

static const char *const headings[COLUMNS] = { "TASK", "VALUE", "A", "B", "CHANGE", "BETWEEN" };

struct line {
	const char *task; /* of any length; NULL: none */
	char fields[COLUMNS][FIELD_BYTES];
};

/* ---- values ---- */

/* Four digits are more than any of this is sure to. */
static const char *digits_for(double value)
{
	double size = fabs(value);

	return size >= 1000 ? "%.0f%s" : size >= 100 ? "%.1f%s" : size >= 10 ? "%.2f%s" : "%.3f%s";
}

void diff_report_value(char field[FIELD_BYTES], enum compare_metric metric, double value)
{
	static const struct {
		double ns;
		const char *word;
	} lengths[] = { { 1e9, " s" }, { 1e6, " ms" }, { 1e3, " us" } };
	double scaled = diff_report_scaled(metric, value);
	const char *unit = compare_metric_unit(metric) == COMPARE_SHARE ? " %" : "/s";
	size_t i = 0;

	if (isnan(value)) {
		strcpy(field, "-");
		return;
	}
	if (compare_metric_unit(metric) == COMPARE_NS) {
		while (i + 1 < ARRAY_LENGTH(lengths) && fabs(value) < lengths[i].ns)
			i++;
		scaled = value / lengths[i].ns;
		unit = lengths[i].word;
	}
	snprintf(field, FIELD_BYTES, digits_for(scaled), scaled, unit);
}

/* A change in percent of A; beyond tenfold as a factor. */
static void format_change(char field[FIELD_BYTES], const struct compare_row *row, double b)
{
	double percent = (b - row->a) / row->a * 100;

	if (isinf(b)) /* as long as it likes */
		strcpy(field, "?");
	else if (isnan(percent) || isinf(percent))
		field[0] = '\0';
	else if (percent < 1000)
		snprintf(field, FIELD_BYTES, "%+.1f %%", percent);
	else
		snprintf(field, FIELD_BYTES, "x %.1f", b / row->a);
}

static void format_interval(char field[FIELD_BYTES], const struct compare_row *row)
{
	char low[FIELD_BYTES], high[FIELD_BYTES];

	field[0] = '\0';
	if (isnan(row->low))
		return;
	if (row->a > 0) {
		format_change(low, row, row->a + row->low);
		format_change(high, row, row->a + row->high);
	} else {
		diff_report_value(low, row->metric, row->low);
		diff_report_value(high, row->metric, row->high);
	}
	snprintf(field, FIELD_BYTES, "%.28s .. %.28s", low, high);
}

static bool is_finding(const struct compare_row *row)
{
	return row->verdict == COMPARE_MORE || row->verdict == COMPARE_LESS;
}

static void format_metric(char field[FIELD_BYTES], const struct compare *compare,
			  const struct compare_row *row)
{
	bool all = row->kind == COMPARE_ALL_KINDS;

	snprintf(field, FIELD_BYTES, "%s%s%.40s", compare_metric_word(row->metric), all ? "" : " ",
		 all ? "" : compare->kinds->items[row->kind].name);
}

static void fill_line(struct line *line, const struct compare *compare,
		      const struct compare_row *row)
{
	format_metric(line->fields[METRIC], compare, row);
	diff_report_value(line->fields[A], row->metric, row->a);
	diff_report_value(line->fields[B], row->metric, row->b);
	if (!is_finding(row)) {
		snprintf(line->fields[CHANGE], FIELD_BYTES, "%s",
			 compare_verdict_word(row->verdict));
	} else {
		format_change(line->fields[CHANGE], row, row->b);
		if (!line->fields[CHANGE][0])
			strcpy(line->fields[CHANGE], "from nothing");
	}
	format_interval(line->fields[INTERVAL], row);
}

/* ---- lines ---- */

/* "dozer", "dozer (20)" or "dozer (20, 19)": how many tasks share the name. */
static int format_task(char **text, const struct compare *compare, const struct compare_name *name)
{
	uint64_t a = diff_report_tasks(compare, name, 0), b = diff_report_tasks(compare, name, 1);
	const char *task = diff_report_name(compare, name);
	int length;

	if (!task)
		length = asprintf(text, "all tasks");
	else if (a <= 1 && b <= 1)
		length = asprintf(text, "%s", task);
	else if (a == b)
		length = asprintf(text, "%s (%llu)", task, (unsigned long long)a);
	else
		length = asprintf(text, "%s (%llu, %llu)", task, (unsigned long long)a,
				  (unsigned long long)b);
	return length < 0 ? -ENOMEM : 0;
}

/* Lines are laid out twice: for the widths, and for the file (NULL: the first time). */
struct layout {
	FILE *file;
	size_t widths[COLUMNS];
};

static const char *text_of(const struct line *line, size_t column)
{
	if (column == TASK)
		return line->task ? line->task : "";
	return line->fields[column];
}

static bool stands_left(size_t column)
{
	return column == TASK || column == METRIC || column == INTERVAL;
}

static void put_line(struct layout *layout, const struct line *line)
{
	size_t last = COLUMNS - 1;

	while (last > 0 && !*text_of(line, last))
		last--;
	for (size_t column = 0; column < COLUMNS; column++) {
		const char *text = text_of(line, column);
		size_t width = utf8_width(text);
		int pad;

		if (width > layout->widths[column])
			layout->widths[column] = width;
		if (!layout->file || column > last)
			continue;
		pad = (int)(layout->widths[column] - width);
		if (stands_left(column))
			fprintf(layout->file, "%s%*s", text, column == last ? 0 : pad, "");
		else
			fprintf(layout->file, "%*s%s", pad, "", text);
		fputs(column == last ? "\n" : "  ", layout->file);
	}
}

static void put_headings(struct layout *layout)
{
	struct line line = { .task = headings[TASK] };

	for (size_t column = METRIC; column < COLUMNS; column++)
		strcpy(line.fields[column], headings[column]);
	put_line(layout, &line);
}

/* What people see of a name: findings; without any, its first value. Of all tasks: everything. */
static bool is_shown(const struct diff_report *report, const struct compare_name *name, size_t row)
{
	bool all = name->name == report->compare->runs->name_count;

	return report->every || all || row == 0 ||
	       is_finding(&report->compare->rows[name->first_row + row]);
}

static int put_name(const struct diff_report *report, const struct compare_name *name,
		    struct layout *layout)
{
	const struct compare *compare = report->compare;
	char *task;
	int error = format_task(&task, compare, name);

	if (error)
		return error;
	for (size_t row = 0; row < name->rows; row++) {
		struct line line = { .task = row ? NULL : task };

		if (!is_shown(report, name, row))
			continue;
		fill_line(&line, compare, &compare->rows[name->first_row + row]);
		put_line(layout, &line);
	}
	free(task);
	return 0;
}

static int put_names(const struct diff_report *report, struct layout *layout)
{
	int error = 0;

	put_headings(layout);
	for (size_t i = 0; i < report->compare->name_count && !error; i++)
		error = put_name(report, &report->compare->names[i], layout);
	return error;
}

/* ---- around the lines ---- */

static void put_run(const struct diff_run *run, char letter, FILE *file)
{
	fprintf(file, "%c: ", letter);
	clean_put(run->path, file);
	fprintf(file, ": %.3f s of %zu CPUs on %s (%s), %zu blocks of %g ms\n",
		(double)run->length_ns / 1e9, run->header->cpu_count,
		run->header->host ? run->header->host : "-",
		run->header->kernel ? run->header->kernel : "-", run->blocks,
		(double)run->block_ns / 1e6);
}

/* How many tasks there are by what is said of them; all together are no task. */
struct tally {
	size_t tasks, changed, only_a, only_b, same;
};

static struct tally count_tasks(const struct compare *compare)
{
	struct tally tally = { 0 };

	for (size_t i = 0; i < compare->name_count; i++) {
		const struct compare_name *name = &compare->names[i];

		if (name->name == compare->runs->name_count)
			continue;
		tally.tasks++;
		tally.changed += name->findings > 0;
		tally.only_a += name->verdict == COMPARE_ONLY_A;
		tally.only_b += name->verdict == COMPARE_ONLY_B;
		tally.same += name->verdict == COMPARE_SAME;
	}
	return tally;
}

static void put_sum(const struct compare *compare, FILE *file)
{
	struct tally tally = count_tasks(compare);
	size_t rest = tally.tasks - tally.changed - tally.only_a - tally.only_b - tally.same;

	fprintf(file,
		"\n%zu tasks by name: %zu changed, %zu only in A, %zu only in B, "
		"no difference seen in %zu",
		tally.tasks, tally.changed, tally.only_a, tally.only_b, tally.same);
	if (rest)
		fprintf(file, ", %zu not judged", rest);
	fprintf(file,
		"\n%zu values judged, %zu differ by more than %g %% and beyond noise; intervals hold "
		"with %.4g %%\n",
		compare->judged, compare->findings, compare->least * 100,
		(1 - compare->limit) * 100);
}

int diff_report_text(const struct diff_report *report, FILE *file)
{
	struct layout layout = { 0 };
	int error;

	put_run(&report->runs[0], 'A', file);
	put_run(&report->runs[1], 'B', file);
	putc('\n', file);
	error = put_names(report, &layout);
	layout.file = file;
	if (!error)
		error = put_names(report, &layout);
	put_sum(report->compare, file);
	if (!error && ferror(file))
		error = errno ? -errno : -EIO;
	return error;
}
