/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the cdict costs: writes 5 million rows as a busy machine makes them (seconds of 10,000 rows
 * of samples and 40,000 of cells), reads them back, and prints CPU time a row and bytes a row.
 * usage: bench_cdict [--keep FILE]
 */
#include "base/log.h"
#include "base/string_pool.h"
#include "capture/histogram.h"
#include "cdict/cdict.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define SECONDS 100
#define BUCKETS 100 /* a second */
#define BUCKET_NS 10000000u
#define SAMPLES 100 /* a bucket */
#define CELLS 400
#define TASKS 300
#define ROWS ((uint64_t)SECONDS * BUCKETS * (SAMPLES + CELLS))

struct second {
	struct string_pool *strings;
	uint64_t kinds[3];
	uint64_t random;
	uint64_t samples[SAMPLES_COLUMNS][BUCKETS * SAMPLES];
	uint64_t cells[CELLS_COLUMNS][BUCKETS * CELLS];
};

static uint64_t cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* xorshift64 */
static uint64_t draw(struct second *second, uint64_t below)
{
	second->random ^= second->random << 13;
	second->random ^= second->random >> 7;
	second->random ^= second->random << 17;
	return second->random % below;
}

/* A length whose logarithm is evenly spread, as those of runs and waits are, roughly. */
static uint64_t draw_length(struct second *second, unsigned int lowest_bit, unsigned int bits)
{
	uint64_t octave = lowest_bit + draw(second, bits);

	return (1ull << octave) + draw(second, 1ull << octave);
}

static void make_sample(struct second *second, size_t row, uint64_t bucket, uint64_t task)
{
	uint64_t switches = draw_length(second, 0, 6);
	uint64_t involuntary = draw(second, 4) ? 0 : draw(second, switches + 1);
	uint64_t wait_ns = draw_length(second, 10, 8) * switches;
	const uint64_t values[SAMPLES_COLUMNS] = {
		[SAMPLES_BUCKET] = bucket,
		[SAMPLES_TASK] = task,
		[SAMPLES_CPU] = draw(second, 10) ? task % 8 : draw(second, 8),
		[SAMPLES_RUN_NS] = draw_length(second, 11, 8) * switches,
		[SAMPLES_SWITCHES] = switches,
		[SAMPLES_VOLUNTARY] = switches - involuntary,
		[SAMPLES_INVOLUNTARY] = involuntary,
		[SAMPLES_MIGRATIONS] = draw(second, 6) ? 0 : 1,
		[SAMPLES_WAIT_NS] = wait_ns,
		[SAMPLES_WAIT_MAX_NS] = wait_ns / (switches > 1 ? 2 : 1),
		[SAMPLES_WAIT_MAX_AT_NS] = bucket * BUCKET_NS + draw(second, BUCKET_NS),
	};

	for (size_t i = 0; i < SAMPLES_COLUMNS; i++)
		second->samples[i][row] = values[i];
}

/* A task's cells come together: runs, then sleeps, then waits, a few neighbouring bins each. */
static void make_cell(struct second *second, size_t row, uint64_t bucket, size_t number)
{
	second->cells[CELLS_BUCKET][row] = bucket;
	second->cells[CELLS_TASK][row] = number / 4 * TASKS / SAMPLES;
	second->cells[CELLS_KIND][row] = second->kinds[number % 4 % 3];
	second->cells[CELLS_BIN][row] = HISTOGRAM_FIRST_BIN + 30 + draw(second, 60);
	second->cells[CELLS_COUNT][row] = draw_length(second, 0, 5);
}

static void make_second(struct second *second, uint64_t at_s)
{
	for (size_t i = 0; i < BUCKETS; i++) {
		uint64_t bucket = at_s * BUCKETS + i;

		for (size_t task = 0; task < SAMPLES; task++)
			make_sample(second, i * SAMPLES + task, bucket, task * TASKS / SAMPLES);
		for (size_t cell = 0; cell < CELLS; cell++)
			make_cell(second, i * CELLS + cell, bucket, cell);
	}
}

static int push_tasks(struct second *second, struct capture_sink *sink)
{
	uint64_t numbers[TASKS], comms[TASKS];
	struct capture_batch batch = { .table = CAPTURE_TASKS,
				       .rows = TASKS,
				       .strings = second->strings,
				       .columns = {
					       [TASKS_TASK] = numbers, [TASKS_COMM] = comms } };

	for (size_t i = 0; i < TASKS; i++) {
		char comm[32];

		snprintf(comm, sizeof(comm), "worker/%zu", i);
		numbers[i] = i;
		comms[i] = string_pool_add(second->strings, comm);
	}
	return sink->batch(sink, &batch);
}

static int push_second(struct second *second, struct capture_sink *sink, uint64_t at_s)
{
	struct capture_batch samples = { .table = CAPTURE_SAMPLES,
					 .bucket_ns = BUCKET_NS,
					 .rows = BUCKETS * SAMPLES };
	struct capture_batch cells = { .table = CAPTURE_CELLS,
				       .bucket_ns = BUCKET_NS,
				       .rows = BUCKETS * CELLS,
				       .strings = second->strings };
	int err;

	for (size_t i = 0; i < SAMPLES_COLUMNS; i++)
		samples.columns[i] = second->samples[i];
	for (size_t i = 0; i < CELLS_COLUMNS; i++)
		cells.columns[i] = second->cells[i];
	err = sink->batch(sink, &samples);
	if (!err)
		err = sink->batch(sink, &cells);
	return err ? err : sink->flush(sink, (at_s + 1) * 1000000000u);
}

static int write_file(const char *path, struct second *second, uint64_t *write_ns)
{
	static const struct capture_header header = { .version = CAPTURE_VERSION,
						      .program_version = "bench",
						      .host = "bench",
						      .kernel = "none",
						      .arch = "none",
						      .bucket_ns = BUCKET_NS,
						      .steps_per_octave = HISTOGRAM_STEPS,
						      .first_bin = HISTOGRAM_FIRST_BIN,
						      .last_bin = HISTOGRAM_LAST_BIN };
	static const struct capture_end end = { .duration_ns = SECONDS * 1000000000ull,
						.cause = "duration",
						.verdict = VERDICT_NO_TOTALS };
	struct cdict_writer *writer;
	struct capture_sink *sink;
	int err = cdict_create(path, &writer);

	if (err)
		return err;
	sink = cdict_writer_sink(writer);
	err = sink->header(sink, &header);
	if (!err)
		err = push_tasks(second, sink);
	for (uint64_t at_s = 0; !err && at_s < SECONDS; at_s++) {
		uint64_t begin_ns;

		make_second(second, at_s);
		begin_ns = cpu_ns();
		err = push_second(second, sink, at_s);
		*write_ns += cpu_ns() - begin_ns;
	}
	if (!err)
		err = sink->end(sink, &end);
	return cdict_close(writer) ?: err;
}

struct sums {
	struct capture_sink sink;
	uint64_t rows;
};

static int take_header(struct capture_sink *sink, const struct capture_header *header)
{
	(void)sink;
	(void)header;
	return 0;
}

static int take_batch(struct capture_sink *sink, const struct capture_batch *batch)
{
	((struct sums *)sink)->rows += batch->rows;
	return 0;
}

static int take_end(struct capture_sink *sink, const struct capture_end *end)
{
	(void)sink;
	(void)end;
	return 0;
}

static int read_file(const char *path, unsigned int tables, uint64_t *read_ns, uint64_t *bytes)
{
	struct sums sums = { .sink = { take_header, take_batch, NULL, take_end } };
	char message[CDICT_MESSAGE_BYTES];
	uint64_t begin_ns = cpu_ns();
	struct cdict_summary summary;
	struct cdict_reader *reader;
	int err = cdict_open(path, &reader, message);

	if (!err)
		err = cdict_read(reader, tables, &sums.sink, &summary, message);
	*read_ns = cpu_ns() - begin_ns;
	if (err) {
		log_error("%s", message);
		return err;
	}
	*bytes = summary.bytes;
	cdict_reader_free(reader);
	if (!summary.whole || (tables == CDICT_ALL_TABLES && sums.rows != ROWS + TASKS)) {
		log_error("%" PRIu64 " rows came back: %s", sums.rows, summary.cut);
		return -1;
	}
	return 0;
}

static int run(const char *path, struct second *second)
{
	uint64_t write_ns = 0, read_ns = 0, skip_ns = 0, bytes = 0;
	struct rusage usage;
	int err = write_file(path, second, &write_ns);

	if (err)
		log_error("cannot write %s: %s", path, strerror(-err));
	if (!err)
		err = read_file(path, CDICT_ALL_TABLES, &read_ns, &bytes);
	if (!err)
		err = read_file(path, 1u << CAPTURE_TASKS, &skip_ns, &bytes);
	if (err)
		return err;
	getrusage(RUSAGE_SELF, &usage);
	printf("rows                       %10" PRIu64 "\n", ROWS);
	printf("bytes a row                %10.2f\n", (double)bytes / (double)ROWS);
	printf("write, ns of CPU a row     %10.1f\n", (double)write_ns / (double)ROWS);
	printf("read all, ns of CPU a row  %10.1f\n", (double)read_ns / (double)ROWS);
	printf("read all, s of CPU         %10.3f\n", (double)read_ns / 1e9);
	printf("read tasks, s of CPU       %10.3f\n", (double)skip_ns / 1e9);
	printf("memory peak, MiB           %10.1f\n", (double)usage.ru_maxrss / 1024);
	return 0;
}

int main(int argc, char **argv)
{
	struct second *second = calloc(1, sizeof(*second));
	char folder[] = "/tmp/pftrace-bench-XXXXXX";
	char path[64];
	int err;

	if (!second || !mkdtemp(folder))
		return EXIT_FAILURE;
	second->strings = string_pool_new();
	second->random = 88172645463325252u;
	second->kinds[0] = string_pool_add(second->strings, "run");
	second->kinds[1] = string_pool_add(second->strings, "sleep");
	second->kinds[2] = string_pool_add(second->strings, "wait");
	snprintf(path, sizeof(path), "%s/bench.cdict", folder);
	err = run(path, second);
	if (!err && argc == 3 && strcmp(argv[1], "--keep") == 0)
		err = rename(path, argv[2]);
	unlink(path);
	rmdir(folder);
	string_pool_free(second->strings);
	free(second);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
