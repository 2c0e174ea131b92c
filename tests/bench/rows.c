/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rows: writes a made-up capture of so many rows, for measuring how fast captures are read.
 *
 *   rows FILE.cdict [ROWS]
 *
 * 64 CPUs, 2,000 tasks, buckets of 10 ms; in each bucket 250 rows of samples and 250 of cells.
 */
#include "base/string_pool.h"
#include "capture/histogram.h"
#include "cdict/cdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CPUS 64
#define TASKS 2000
#define BUCKET_NS 10000000ULL
#define ROWS_PER_BUCKET 250 /* of each table */
#define BUCKETS_PER_FLUSH 100
#define BATCH_ROWS (ROWS_PER_BUCKET * BUCKETS_PER_FLUSH)

static uint64_t columns[CAPTURE_COLUMNS_MAX][BATCH_ROWS];
static uint64_t seed = 88172645463325252ULL;

/* xorshift64: the same file every time */
static uint64_t draw(uint64_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed % below;
}

static void die(const char *what, int error)
{
	fprintf(stderr, "rows: %s: %s\n", what, strerror(-error));
	exit(1);
}

static void push(struct capture_sink *sink, enum capture_table table, size_t rows,
		 const struct string_pool *strings)
{
	struct capture_batch batch = {
		.table = table,
		.bucket_ns = capture_table_info(table)->bucketed ? BUCKET_NS : 0,
		.rows = rows,
		.strings = strings,
	};
	for (size_t i = 0; i < capture_table_info(table)->column_count; i++)
		batch.columns[i] = columns[i];
	int error = sink->batch(sink, &batch);
	if (error)
		die("batch", error);
}

static void push_header(struct capture_sink *sink)
{
	static struct capture_cpu cpus[CPUS];
	for (uint32_t i = 0; i < CPUS; i++)
		cpus[i] = (struct capture_cpu){ .cpu = i, .core = i / 2, .thread = i % 2 };
	struct capture_header header = {
		.version = CAPTURE_VERSION,
		.program_version = PFTRACE_VERSION,
		.host = "made-up",
		.kernel = "6.1.0",
		.arch = "x86_64",
		.cpus = cpus,
		.cpu_count = CPUS,
		.realtime_ns = 1700000000000000000ULL,
		.monotonic_ns = 1000000000,
		.bucket_ns = BUCKET_NS,
		.steps_per_octave = HISTOGRAM_STEPS,
		.first_bin = HISTOGRAM_FIRST_BIN,
		.last_bin = HISTOGRAM_LAST_BIN,
		.recorded = { 1, { "sched" } },
	};
	int error = sink->header(sink, &header);
	if (error)
		die("header", error);
}

static void push_tasks(struct capture_sink *sink, struct string_pool *strings)
{
	char name[16];
	for (uint64_t i = 0; i < TASKS; i++) {
		for (size_t c = 0; c < TASKS_COLUMNS; c++)
			columns[c][i] = CAPTURE_NIL;
		snprintf(name, sizeof(name), "worker-%u", (unsigned int)(i / 4));
		columns[TASKS_TASK][i] = i;
		columns[TASKS_TID][i] = 1000 + i;
		columns[TASKS_TGID][i] = 1000 + i / 4 * 4;
		columns[TASKS_START_NS][i] = 1000 * i;
		columns[TASKS_COMM][i] = string_pool_add(strings, name);
		columns[TASKS_KIND][i] = string_pool_add(strings, "task");
	}
	push(sink, CAPTURE_TASKS, TASKS, strings);
}

static void fill_samples(uint64_t bucket, size_t row)
{
	uint64_t involuntary = draw(5), voluntary = draw(20);
	columns[SAMPLES_BUCKET][row] = bucket;
	columns[SAMPLES_TASK][row] = row % ROWS_PER_BUCKET * 8 + draw(8);
	columns[SAMPLES_CPU][row] = draw(CPUS);
	columns[SAMPLES_RUN_NS][row] = 1000 + draw(2500000);
	columns[SAMPLES_SWITCHES][row] = involuntary + voluntary;
	columns[SAMPLES_VOLUNTARY][row] = voluntary;
	columns[SAMPLES_INVOLUNTARY][row] = involuntary;
	columns[SAMPLES_MIGRATIONS][row] = draw(3);
	columns[SAMPLES_WAIT_NS][row] = 50000 + draw(50000);
	columns[SAMPLES_WAIT_MAX_NS][row] = draw(50000);
	columns[SAMPLES_WAIT_MAX_AT_NS][row] = bucket * BUCKET_NS + draw(BUCKET_NS);
}

static void push_second(struct capture_sink *sink, struct string_pool *strings, uint64_t first)
{
	static const char *const kinds[] = { "run", "sleep", "wait" };
	for (size_t row = 0; row < BATCH_ROWS; row++)
		fill_samples(first + row / ROWS_PER_BUCKET, row);
	push(sink, CAPTURE_SAMPLES, BATCH_ROWS, strings);
	for (size_t row = 0; row < BATCH_ROWS; row++) {
		columns[CELLS_BUCKET][row] = first + row / ROWS_PER_BUCKET;
		columns[CELLS_TASK][row] = row % ROWS_PER_BUCKET * 8 + draw(8);
		columns[CELLS_KIND][row] = string_pool_add(strings, kinds[draw(3)]);
		columns[CELLS_BIN][row] = HISTOGRAM_FIRST_BIN + draw(120);
		columns[CELLS_COUNT][row] = 1 + draw(30);
	}
	push(sink, CAPTURE_CELLS, BATCH_ROWS, strings);
	int error = sink->flush(sink, (first + BUCKETS_PER_FLUSH) * BUCKET_NS);
	if (error)
		die("flush", error);
}

int main(int argc, char **argv)
{
	struct cdict_writer *writer;
	struct string_pool *strings = string_pool_new();
	if (argc < 2 || argc > 3 || !strings) {
		fputs("usage: rows FILE.cdict [ROWS]\n", stderr);
		return 2;
	}
	uint64_t seconds = (argc == 3 ? strtoull(argv[2], NULL, 10) : 5000000) / (2 * BATCH_ROWS);
	int error = cdict_create(argv[1], &writer);
	if (error)
		die(argv[1], error);
	struct capture_sink *sink = cdict_writer_sink(writer);
	push_header(sink);
	push_tasks(sink, strings);
	for (uint64_t second = 0; second < seconds; second++)
		push_second(sink, strings, second * BUCKETS_PER_FLUSH);
	struct capture_end end = {
		.duration_ns = seconds * BUCKETS_PER_FLUSH * BUCKET_NS,
		.cause = "duration",
		.verdict = VERDICT_NO_TOTALS,
		.cost = { CAPTURE_NIL, CAPTURE_NIL, CAPTURE_NIL, CAPTURE_NIL, CAPTURE_NIL },
	};
	error = sink->end(sink, &end);
	if (!error)
		error = cdict_close(writer);
	if (error)
		die("end", error);
	string_pool_free(strings);
	return 0;
}
