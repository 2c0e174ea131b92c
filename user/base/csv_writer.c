/* SPDX-License-Identifier: Apache-2.0 */
#include "base/csv_writer.h"

#include "base/number.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static void put(struct csv_writer *csv, const char *bytes, size_t length)
{
	errno = 0;
	if (!csv->error && fwrite_unlocked(bytes, 1, length, csv->file) != length)
		csv->error = errno ? -errno : -EIO;
}

static void begin_field(struct csv_writer *csv)
{
	if (csv->in_row)
		put(csv, ",", 1);
	csv->in_row = true;
}

void csv_begin(struct csv_writer *csv, FILE *file)
{
	*csv = (struct csv_writer){ .file = file };
}

static void put_quoted(struct csv_writer *csv, const char *text)
{
	put(csv, "\"", 1);
	while (*text) {
		size_t plain = strcspn(text, "\"");

		put(csv, text, plain);
		text += plain;
		if (*text) {
			put(csv, "\"\"", 2);
			text++;
		}
	}
	put(csv, "\"", 1);
}

void csv_text(struct csv_writer *csv, const char *text)
{
	size_t plain;

	begin_field(csv);
	if (!text)
		return;
	plain = strcspn(text, ",\"\r\n");
	if (!plain || text[plain])
		put_quoted(csv, text);
	else
		put(csv, text, plain);
}

void csv_u64(struct csv_writer *csv, uint64_t value)
{
	char digits[NUMBER_BYTES];

	begin_field(csv);
	put(csv, digits, number_format(digits, value));
}

void csv_double(struct csv_writer *csv, double value)
{
	char text[32];

	begin_field(csv);
	if (isfinite(value))
		put(csv, text, (size_t)snprintf(text, sizeof(text), "%.9g", value));
}

void csv_nil(struct csv_writer *csv)
{
	begin_field(csv);
}

void csv_end_row(struct csv_writer *csv)
{
	put(csv, "\r\n", 2);
	csv->in_row = false;
}

int csv_error(const struct csv_writer *csv)
{
	return csv->error;
}
