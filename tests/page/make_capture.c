/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes a capture whose every row is known: usage: make_capture KIND OUT.cdict
 * Beside it, OUT.cdict.rows has the same rows as text lines, for tests that add them up anew:
 *	samples START_NS BUCKET_NS TASK CPU RUN_NS SWITCHES MIGRATIONS
 *	cells START_NS BUCKET_NS TASK KIND BIN COUNT
 *	exits START_NS BUCKET_NS TASK ISA REASON COUNT HOST_NS
 */
#include "base/string_pool.h"
#include "capture/capture.h"
#include "capture/histogram.h"
#include "cdict/cdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS 1000000ULL

struct kind {
	const char *name;
	uint32_t cpus;
	uint64_t tasks;
	uint64_t buckets;
	uint64_t bucket_ns;
	uint64_t per_cpu; /* tasks that share a core in one bucket */
	bool hostile;
	bool kvm;
	bool no_sched; /* KVM only */
	bool cut;      /* no end */
	bool losses;
	bool doubles; /* the second half has buckets twice as long */
	bool rows;    /* write the text lines, too */
	bool skewed;  /* most lengths are of few tasks, as on real machines */
	bool gaps;    /* nothing in the middle half */
	bool huge;    /* numbers that no machine reaches */
};

/* clang-format off */
static const struct kind kinds[] = {
	{ .name = "plain", .cpus = 4, .tasks = 24, .buckets = 400, .bucket_ns = 10 * MS, .per_cpu = 3, .rows = true },
	{ .name = "crowd", .cpus = 12, .tasks = 300, .buckets = 100, .bucket_ns = 10 * MS, .per_cpu = 6, .rows = true },
	{ .name = "hostile", .cpus = 4, .tasks = 12, .buckets = 300, .bucket_ns = 10 * MS, .per_cpu = 3, .hostile = true, .losses = true, .rows = true },
	{ .name = "kvm", .cpus = 8, .tasks = 12, .buckets = 300, .bucket_ns = 10 * MS, .per_cpu = 2, .kvm = true, .rows = true },
	{ .name = "kvm-only", .cpus = 8, .tasks = 12, .buckets = 100, .bucket_ns = 10 * MS, .per_cpu = 2, .kvm = true, .no_sched = true, .rows = true },
	{ .name = "empty", .cpus = 2, .buckets = 0, .bucket_ns = 10 * MS, .rows = true },
	{ .name = "one-bucket", .cpus = 2, .tasks = 3, .buckets = 1, .bucket_ns = 10 * MS, .per_cpu = 2, .rows = true },
	{ .name = "one-task", .cpus = 1, .tasks = 1, .buckets = 50, .bucket_ns = 10 * MS, .per_cpu = 1, .rows = true },
	{ .name = "cut", .cpus = 2, .tasks = 6, .buckets = 100, .bucket_ns = 10 * MS, .per_cpu = 2, .cut = true, .rows = true },
	{ .name = "doubling", .cpus = 2, .tasks = 8, .buckets = 200, .bucket_ns = 10 * MS, .per_cpu = 3, .doubles = true, .rows = true },
	{ .name = "gaps", .cpus = 2, .tasks = 4, .buckets = 200, .bucket_ns = 10 * MS, .per_cpu = 2, .gaps = true, .rows = true },
	{ .name = "huge", .cpus = 2, .tasks = 4, .buckets = 50, .bucket_ns = 10 * MS, .per_cpu = 2, .huge = true, .rows = true },
	{ .name = "million", .cpus = 16, .tasks = 400, .buckets = 6000, .bucket_ns = 10 * MS, .per_cpu = 16 },
	{ .name = "hour", .cpus = 256, .tasks = 5000, .buckets = 3600, .bucket_ns = 1000 * MS, .per_cpu = 6, .skewed = true },
	{ .name = "day", .cpus = 256, .tasks = 5000, .buckets = 2880, .bucket_ns = 30000 * MS, .per_cpu = 6, .skewed = true },
};
/* clang-format on */

static const char *const hostile_names[] = {
	"</script><img src=x onerror=window.hacked=1>",
	"\"><svg onload=window.hacked=1>",
	"'; window.hacked=1; //",
	"<!--<script>",
	"\342\200\256drowssap", /* right-to-left override */
	"\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d",
	"tab\tnew\nline\x1b[31m",
	"{{constructor.constructor('window.hacked=1')()}}",
	"&lt;b&gt;&amp;",
	"",
};

struct maker {
	const struct kind *kind;
	struct capture_sink *sink;
	struct string_pool *strings;
	FILE *rows;
	uint64_t random;
	uint64_t bucket_ns;
	uint64_t switches;
	/* one batch in the making */
	enum capture_table table;
	uint64_t columns[CAPTURE_COLUMNS_MAX][CAPTURE_BATCH_ROWS];
	size_t count;
};

static void check(int error, const char *what)
{
	if (!error)
		return;
	fprintf(stderr, "make_capture: %s: %s\n", what, strerror(-error));
	exit(1);
}

/* xorshift64*: the same rows on every machine. */
static uint64_t next_random(struct maker *maker, uint64_t below)
{
	maker->random ^= maker->random >> 12;
	maker->random ^= maker->random << 25;
	maker->random ^= maker->random >> 27;
	return (maker->random * 0x2545F4914F6CDD1DULL >> 20) % below;
}

static void push(struct maker *maker)
{
	struct capture_batch batch = {
		.table = maker->table,
		.bucket_ns = capture_table_info(maker->table)->bucketed ? maker->bucket_ns : 0,
		.rows = maker->count,
		.strings = maker->strings,
	};

	for (size_t i = 0; i < CAPTURE_COLUMNS_MAX; i++)
		batch.columns[i] = maker->columns[i];
	if (maker->count)
		check(maker->sink->batch(maker->sink, &batch), "batch");
	maker->count = 0;
}

/* A row of the batch; another table, or a full batch, pushes what there is. */
static void put(struct maker *maker, enum capture_table table, const uint64_t *values)
{
	if (table != maker->table || maker->count == CAPTURE_BATCH_ROWS)
		push(maker);
	maker->table = table;
	for (size_t i = 0; i < capture_table_info(table)->column_count; i++)
		maker->columns[i][maker->count] = values[i];
	maker->count++;
}

static uint64_t text(struct maker *maker, const char *value)
{
	return string_pool_add(maker->strings, value);
}

/* Tasks 0 .. cpus-1 are idle, then come kind->tasks others. */
static void put_task(struct maker *maker, uint64_t task)
{
	const struct kind *kind = maker->kind;
	uint64_t other = task - kind->cpus;
	bool idle = task < kind->cpus;
	bool vcpu = !idle && kind->kvm && other < 4;
	char name[64];
	uint64_t row[TASKS_COLUMNS];

	for (size_t i = 0; i < TASKS_COLUMNS; i++)
		row[i] = CAPTURE_NIL;
	if (idle)
		snprintf(name, sizeof(name), "swapper/%u", (unsigned int)task);
	else if (vcpu)
		snprintf(name, sizeof(name), "CPU %u/KVM", (unsigned int)other);
	else if (kind->hostile && other < sizeof(hostile_names) / sizeof(hostile_names[0]))
		snprintf(name, sizeof(name), "%s", hostile_names[other]);
	else
		snprintf(name, sizeof(name), "worker-%u", (unsigned int)other / 3);
	row[TASKS_TASK] = task;
	row[TASKS_TID] = idle ? 0 : 1000 + other;
	row[TASKS_TGID] = idle ? 0 : 1000 + other / 3 * 3;
	row[TASKS_COMM] = text(maker, name);
	row[TASKS_NAME] = vcpu ? text(maker, name) : CAPTURE_NIL;
	row[TASKS_KIND] = text(maker, idle ? "idle" : vcpu ? "vcpu" : "task");
	row[TASKS_VM] = vcpu ? text(maker, "guest-1") : CAPTURE_NIL;
	row[TASKS_VCPU] = vcpu ? other : CAPTURE_NIL;
	put(maker, CAPTURE_TASKS, row);
}

static void put_sample(struct maker *maker, uint64_t bucket, uint64_t task, uint64_t cpu,
		       uint64_t run_ns, uint64_t switches)
{
	uint64_t migrations = task < maker->kind->cpus ? 0 : next_random(maker, 1 + switches / 4);
	uint64_t row[SAMPLES_COLUMNS] = { bucket,
					  task,
					  cpu,
					  run_ns,
					  switches,
					  switches / 2,
					  switches - switches / 2,
					  migrations,
					  run_ns / 10,
					  run_ns / 20,
					  bucket * maker->bucket_ns };

	put(maker, CAPTURE_SAMPLES, row);
	maker->switches += switches;
	if (maker->rows)
		fprintf(maker->rows, "samples %llu %llu %llu %llu %llu %llu %llu\n",
			(unsigned long long)(bucket * maker->bucket_ns),
			(unsigned long long)maker->bucket_ns, (unsigned long long)task,
			(unsigned long long)cpu, (unsigned long long)run_ns,
			(unsigned long long)switches, (unsigned long long)migrations);
}

static void put_cell(struct maker *maker, uint64_t bucket, uint64_t task, const char *kind,
		     uint64_t length_ns, uint64_t count)
{
	uint64_t bin = histogram_bin(length_ns);
	uint64_t row[CELLS_COLUMNS] = { bucket, task, text(maker, kind), bin, count };

	put(maker, CAPTURE_CELLS, row);
	if (maker->rows)
		fprintf(maker->rows, "cells %llu %llu %llu %s %llu %llu\n",
			(unsigned long long)(bucket * maker->bucket_ns),
			(unsigned long long)maker->bucket_ns, (unsigned long long)task, kind,
			(unsigned long long)bin, (unsigned long long)count);
}

static void put_exit(struct maker *maker, uint64_t bucket, uint64_t task, uint64_t reason,
		     uint64_t count, uint64_t host_ns)
{
	uint64_t row[EXITS_COLUMNS] = { bucket,	 task,	      text(maker, "svm"), reason,  count,
					host_ns, host_ns / 4, host_ns / count,	  host_ns, 2 * MS };

	put(maker, CAPTURE_EXITS, row);
	if (maker->rows)
		fprintf(maker->rows, "exits %llu %llu %llu svm %llu %llu %llu\n",
			(unsigned long long)(bucket * maker->bucket_ns),
			(unsigned long long)maker->bucket_ns, (unsigned long long)task,
			(unsigned long long)reason, (unsigned long long)count,
			(unsigned long long)host_ns);
}

/* A length between `low` and some hundred times that, short ones more often. */
static uint64_t some_length(struct maker *maker, uint64_t low)
{
	return low + low * next_random(maker, 20) * (1 + next_random(maker, 12));
}

static void put_core(struct maker *maker, uint64_t bucket, uint64_t cpu)
{
	const struct kind *kind = maker->kind;
	uint64_t left_ns = maker->bucket_ns;
	uint64_t block = kind->tasks / kind->cpus ? kind->tasks / kind->cpus : 1;

	for (uint64_t i = 0; i < kind->per_cpu && kind->tasks; i++) {
		/* mostly tasks of this core, now and then one from anywhere; load comes in waves */
		uint64_t home = cpu * block + (bucket / 40 + i) % block;
		uint64_t other = next_random(maker, 12) ? home : next_random(maker, kind->tasks);
		uint64_t task = kind->cpus + other % kind->tasks;
		uint64_t wave = 1 + (bucket / 25 + cpu) % 4;
		uint64_t run_ns = next_random(maker, left_ns / 5 * wave / kind->per_cpu + 1) + 1;
		uint64_t switches = 1 + next_random(maker, 40);

		if (kind->huge && next_random(maker, 3) == 0)
			run_ns = (uint64_t)1 << 62;
		put_sample(maker, bucket, task, cpu, run_ns, switches);
		if (run_ns < left_ns)
			left_ns -= run_ns;
	}
	put_sample(maker, bucket, cpu, cpu, left_ns, 1 + next_random(maker, 20));
}

static uint64_t some_task(struct maker *maker)
{
	uint64_t tasks = maker->kind->tasks;

	if (maker->kind->skewed)
		tasks >>= next_random(maker, 8);
	return next_random(maker, tasks ? tasks : 1);
}

static void put_lengths(struct maker *maker, uint64_t bucket, uint64_t cpu)
{
	const struct kind *kind = maker->kind;

	for (uint64_t i = 0; i < kind->per_cpu && kind->tasks; i++) {
		uint64_t task = kind->cpus + some_task(maker);
		uint64_t most = kind->huge ? (uint64_t)1 << 61 : 60;

		put_cell(maker, bucket, task, "run", some_length(maker, 3000),
			 1 + next_random(maker, most));
		put_cell(maker, bucket, task, "sleep", some_length(maker, 90000),
			 1 + next_random(maker, 30));
		put_cell(maker, bucket, task, "wait", some_length(maker, 1500),
			 1 + next_random(maker, 20));
	}
	put_cell(maker, bucket, cpu, "run", some_length(maker, 20000), 1 + next_random(maker, 9));
}

static void put_vcpus(struct maker *maker, uint64_t bucket)
{
	static const uint64_t reasons[] = { 0x72, 0x7b, 0x78, 0x400, 0x60, 0x3e7 };

	for (uint64_t vcpu = 0; vcpu < 4; vcpu++) {
		uint64_t task = maker->kind->cpus + vcpu;

		put_cell(maker, bucket, task, "guest", some_length(maker, 4000),
			 1 + next_random(maker, 50));
		put_cell(maker, bucket, task, "host", some_length(maker, 900),
			 1 + next_random(maker, 50));
		put_exit(maker, bucket, task, reasons[next_random(maker, 6)],
			 1 + next_random(maker, 90), 1000 + next_random(maker, 4000000));
	}
}

static void put_losses(struct maker *maker)
{
	for (uint64_t second = 0; second < 4; second++) {
		uint64_t row[LOSSES_COLUMNS] = { second * 900 * MS, text(maker, "ring_full"),
						 second * second, second * 250, second * 3 * MS };

		put(maker, CAPTURE_LOSSES, row);
	}
}

static void put_rows(struct maker *maker)
{
	const struct kind *kind = maker->kind;

	for (uint64_t task = 0; task < kind->cpus + kind->tasks; task++)
		put_task(maker, task);
	for (uint64_t bucket = 0; bucket < kind->buckets; bucket++) {
		uint64_t number = bucket;

		if (kind->gaps && bucket >= kind->buckets / 4 && bucket < kind->buckets / 4 * 3)
			continue;
		if (kind->doubles && bucket == kind->buckets / 2) {
			push(maker);
			maker->bucket_ns *= 2;
		}
		if (kind->doubles && bucket >= kind->buckets / 2)
			number = kind->buckets / 4 + bucket - kind->buckets / 2;
		for (uint64_t cpu = 0; cpu < kind->cpus && !kind->no_sched; cpu++)
			put_core(maker, number, cpu);
		for (uint64_t cpu = 0; cpu < kind->cpus && !kind->no_sched; cpu++)
			put_lengths(maker, number, cpu);
		if (kind->kvm)
			put_vcpus(maker, number);
		if (bucket % 64 == 63) {
			push(maker);
			check(maker->sink->flush(maker->sink, (number + 1) * maker->bucket_ns),
			      "flush");
		}
	}
	if (kind->losses)
		put_losses(maker);
	push(maker);
	check(maker->sink->flush(maker->sink, UINT64_MAX), "flush");
}

static void put_header(const struct maker *maker, struct capture_cpu *cpus)
{
	const struct kind *kind = maker->kind;
	struct capture_header header = {
		.version = CAPTURE_VERSION,
		.program_version = PFTRACE_VERSION,
		.host = kind->hostile ? "<host>&\"'" : "testhost",
		.kernel = "6.12.0-test",
		.arch = "x86_64",
		.cpus = cpus,
		.cpu_count = kind->cpus,
		.realtime_ns = 1790000000ULL * 1000 * MS,
		.monotonic_ns = 5000 * MS,
		.bucket_ns = kind->bucket_ns,
		.steps_per_octave = HISTOGRAM_STEPS,
		.first_bin = HISTOGRAM_FIRST_BIN,
		.last_bin = HISTOGRAM_LAST_BIN,
		.recorded = { 1, { "sched" } },
	};

	if (kind->kvm)
		header.recorded = (struct capture_words){ 2, { "sched", "kvm" } };
	if (kind->no_sched)
		header.recorded = (struct capture_words){ 1, { "kvm" } };
	for (uint32_t cpu = 0; cpu < kind->cpus; cpu++)
		cpus[cpu] = (struct capture_cpu){ cpu, cpu * 2 / kind->cpus, cpu / 2, cpu % 2,
						  cpu * 2 / kind->cpus };
	check(maker->sink->header(maker->sink, &header), "header");
}

static void put_end(const struct maker *maker)
{
	const struct kind *kind = maker->kind;
	uint64_t half = kind->doubles ? kind->buckets / 2 : 0;
	struct capture_end end = {
		.duration_ns = (kind->buckets + half) * kind->bucket_ns,
		.cause = "duration",
		.switches = maker->switches,
		.verdict = VERDICT_EQUAL,
		.cost = { 40, maker->switches * 40, 2 * MS, 9 << 20, 5 << 20 },
	};

	check(maker->sink->end(maker->sink, &end), "end");
}

int main(int argc, char **argv)
{
	struct maker *maker = calloc(1, sizeof(*maker));
	struct cdict_writer *writer;
	struct capture_cpu *cpus;
	char path[4096];

	for (size_t i = 0; argc == 3 && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(argv[1], kinds[i].name) == 0)
			maker->kind = &kinds[i];
	if (!maker || !maker->kind) {
		fputs("usage: make_capture KIND OUT.cdict\n", stderr);
		return 2;
	}
	cpus = calloc(maker->kind->cpus, sizeof(*cpus));
	snprintf(path, sizeof(path), "%s.rows", argv[2]);
	maker->rows = maker->kind->rows ? fopen(path, "w") : NULL;
	maker->random = 88172645463325252ULL;
	maker->bucket_ns = maker->kind->bucket_ns;
	maker->strings = string_pool_new();
	check(cdict_create(argv[2], &writer), argv[2]);
	maker->sink = cdict_writer_sink(writer);
	put_header(maker, cpus);
	put_rows(maker);
	if (!maker->kind->cut)
		put_end(maker);
	check(cdict_close(writer), "close");
	if (maker->rows)
		fclose(maker->rows);
	string_pool_free(maker->strings);
	free(cpus);
	free(maker);
	return 0;
}
