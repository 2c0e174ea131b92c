/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What merge and account cost a switch: blocks of three loads are made beforehand, then drained 20
 * times a second and flushed once a second of their own time. bench_account [NAME]: one load only;
 * with a file name after it the rows are written there as a cdict.
 */
#include "account/account.h"
#include "base/array.h"
#include "base/string_pool.h"
#include "cdict/cdict.h"
#include "live/merge.h"
#include "pftrace.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define ZERO_NS UINT64_C(1000000000)
#define DRAIN_NS UINT64_C(50000000)
#define MS UINT64_C(1000000)

struct load {
	const char *name;
	const char *what;
	uint32_t cpus;
	uint32_t tasks;
	uint64_t run_ns;
	uint32_t idle_between; /* one in so many switch-ins is of idle */
	uint64_t switches;
	uint64_t bucket_ns;
};

static const struct load loads[] = {
	{ "pipe", "2 tasks + idle on 2 CPUs", 2, 2, 2600, 2, 4000000, 10 * MS },
	{ "messaging", "320 tasks on 2 CPUs", 2, 320, 6000, 50, 2000000, 10 * MS },
	{ "queues", "320 tasks on 2 CPUs, 25,000 switches/s", 2, 320, 80000, 50, 250000, 10 * MS },
	{ "large", "5000 tasks on 256 CPUs", 256, 5000, 300000, 4, 4000000, 10 * MS },
	{ "sleepers", "100000 mostly sleeping tasks on 2 CPUs", 2, 100000, 20000, 3, 1000000,
	  1000 * MS },
};

struct task {
	uint64_t wait_total_ns;
	uint64_t free_ns; /* it left its CPU then */
	bool seen;
};

struct cpu {
	uint64_t now_ns;
	uint64_t number;
	uint64_t closed_ns;
	uint64_t since_ns;
	uint32_t running;
	uint32_t sequence;
	struct pft_block block;
	bool seeded;
};

struct drain {
	struct pft_block *blocks;
	size_t count;
	size_t capacity;
};

struct recording {
	struct drain *drains;
	size_t count;
	uint64_t duration_ns;
	uint64_t switches;
};

static uint64_t random_state = 1;

static uint64_t random_below(uint64_t limit)
{
	random_state = random_state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (random_state >> 33) % limit;
}

static void submit(struct recording *recording, struct cpu *cpu)
{
	uint64_t at_ns = cpu->block.mono_ns - ZERO_NS;
	struct drain *drain;

	if (!PFT_WORD_COUNT(cpu->block.word))
		return;
	drain = &recording->drains[at_ns / DRAIN_NS];
	if (ARRAY_RESERVE(drain->blocks, drain->capacity, drain->count + 1))
		abort();
	drain->blocks[drain->count++] = cpu->block;
	cpu->sequence++;
	cpu->block.word = (uint64_t)cpu->sequence << 32;
}

static void begin_block(struct cpu *cpu, uint32_t number)
{
	cpu->block.first_number = cpu->number;
	cpu->block.closed_run_ns = cpu->closed_ns;
	cpu->block.rq_ns = cpu->now_ns;
	cpu->block.mono_ns = cpu->now_ns;
	cpu->block.since_ns = cpu->since_ns;
	cpu->block.running_tid = cpu->running;
	cpu->block.cpu = number;
	cpu->block.flags = cpu->seeded ? 0 : PFT_BLOCK_SINCE_IS_MONO;
	cpu->block.seeded_mono_ns = ZERO_NS;
	cpu->seeded = true;
}

/* A task that is not running, of those that like this CPU; 0: none at hand. */
static uint32_t pick(const struct load *load, const struct task *tasks, uint32_t cpu,
		     uint64_t now_ns)
{
	for (int tries = 0; tries < 4; tries++) {
		uint32_t task = (uint32_t)random_below(load->tasks);

		if (load->tasks >= load->cpus * 2 && random_below(10))
			task = task / load->cpus * load->cpus + cpu; /* most stay at home */
		else if (load->tasks == load->cpus)
			task = cpu;
		if (task < load->tasks && tasks[task].free_ns <= now_ns)
			return task + 1;
	}
	return 0;
}

static void do_switch(struct recording *recording, const struct load *load, struct task *tasks,
		      struct cpu *cpu, uint32_t number)
{
	uint64_t run_ns = load->run_ns / 4 + random_below(load->run_ns * 3 / 2);
	uint32_t next =
		random_below(load->idle_between) ? pick(load, tasks, number, cpu->now_ns) : 0;
	struct pft_sample *sample;
	uint32_t count = PFT_WORD_COUNT(cpu->block.word);

	if (next == cpu->running)
		next = next ? 0 : pick(load, tasks, number, cpu->now_ns);
	if (next == cpu->running)
		return;
	if (count == PFT_BLOCK_SAMPLES ||
	    (count &&
	     (cpu->now_ns - cpu->block.rq_ns > PFT_BLOCK_AGE_NS ||
	      (cpu->now_ns - ZERO_NS) / DRAIN_NS != (cpu->block.mono_ns - ZERO_NS) / DRAIN_NS))) {
		submit(recording, cpu);
		count = 0;
	}
	if (!count)
		begin_block(cpu, number);
	sample = &cpu->block.samples[count];
	sample->delta_ns = (uint32_t)(cpu->now_ns - cpu->block.rq_ns);
	sample->next = next | (random_below(3) ? PFT_STATE_INTERRUPTIBLE << PFT_SAMPLE_STATE_SHIFT
					       : PFT_SAMPLE_PREEMPTED);
	if (cpu->running)
		tasks[cpu->running - 1].free_ns = cpu->now_ns + 1;
	if (next) {
		struct task *task = &tasks[next - 1];

		task->wait_total_ns += random_below(cpu->now_ns - task->free_ns + 1) / 4;
		if (!task->seen)
			sample->next |= PFT_SAMPLE_FIRST;
		task->seen = true;
		task->free_ns = UINT64_MAX;
		sample->wait_total_ns = task->wait_total_ns;
	}
	cpu->block.word++;
	cpu->number++;
	cpu->closed_ns += cpu->now_ns - cpu->since_ns;
	cpu->since_ns = cpu->now_ns;
	cpu->running = next;
	cpu->now_ns += run_ns;
	recording->switches++;
}

static void record(const struct load *load, struct recording *recording)
{
	struct cpu *cpus = calloc(load->cpus, sizeof(*cpus));
	struct task *tasks = calloc(load->tasks, sizeof(*tasks));

	recording->duration_ns = load->switches / load->cpus * load->run_ns;
	recording->count = recording->duration_ns / DRAIN_NS + 2;
	recording->drains = calloc(recording->count, sizeof(*recording->drains));
	if (!cpus || !tasks || !recording->drains)
		abort();
	for (uint32_t i = 0; i < load->cpus; i++) {
		cpus[i].since_ns = ZERO_NS;
		cpus[i].now_ns = ZERO_NS + 1000 + i;
	}
	for (uint64_t until_ns = ZERO_NS + load->run_ns * 2;
	     until_ns < ZERO_NS + recording->duration_ns; until_ns += load->run_ns)
		for (uint32_t i = 0; i < load->cpus; i++)
			while (cpus[i].now_ns < until_ns) {
				uint64_t before_ns = cpus[i].now_ns;

				do_switch(recording, load, tasks, &cpus[i], i);
				if (cpus[i].now_ns == before_ns)
					cpus[i].now_ns += load->run_ns / 4;
			}
	for (uint32_t i = 0; i < load->cpus; i++)
		submit(recording, &cpus[i]);
	free(cpus);
	free(tasks);
}

/* ---- sinks ---- */

struct counting {
	struct capture_sink sink;
	uint64_t rows[CAPTURE_TABLES];
};

static int count_batch(struct capture_sink *sink, const struct capture_batch *batch)
{
	((struct counting *)sink)->rows[batch->table] += batch->rows;
	return 0;
}

static int ignore_end(struct capture_sink *sink, const struct capture_end *end)
{
	(void)sink;
	(void)end;
	return 0;
}

static uint64_t cpu_time_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000 * MS + (uint64_t)now.tv_nsec;
}

static long resident_kib(void)
{
	long pages = 0;
	FILE *file = fopen("/proc/self/statm", "re");

	if (file && fscanf(file, "%*d %ld", &pages) != 1)
		pages = 0;
	if (file)
		fclose(file);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void must(int error, const char *what)
{
	if (!error)
		return;
	fprintf(stderr, "bench_account: %s: %s\n", what, strerror(-error));
	exit(1);
}

static void follow(const struct load *load, const struct recording *recording,
		   struct capture_sink *sink, struct string_pool *strings, const char *where,
		   const struct counting *counting)
{
	struct account_options options = { .cpu_count = load->cpus,
					   .bucket_ns = load->bucket_ns,
					   .rows_per_s_max = 50000,
					   .wait_offered = true };
	struct capture_end end = { .duration_ns = recording->duration_ns };
	long before_kib = resident_kib(), peak_kib = before_kib;
	uint64_t begin_ns = cpu_time_ns(), spent_ns;
	struct account *account = account_new(&options, sink, strings);
	struct merge *merge = merge_new(load->cpus, ZERO_NS, account);
	struct account_counters counters;

	if (!account || !merge)
		abort();
	for (size_t i = 0; i < recording->count; i++) {
		const struct drain *drain = &recording->drains[i];

		for (size_t k = 0; k < drain->count; k++)
			must(merge_block(merge, &drain->blocks[k], PFT_BLOCK_BYTES), "merge");
		must(merge_advance(merge, ZERO_NS + i * DRAIN_NS), "merge");
		if (i % 20 == 19)
			must(account_flush(account, merge_complete_ns(merge)), "account");
		if (resident_kib() > peak_kib)
			peak_kib = resident_kib();
	}
	must(merge_advance(merge, UINT64_MAX), "merge");
	account_counters(account, &counters);
	must(account_end(account, &end, false, false), "account");
	spent_ns = cpu_time_ns() - begin_ns;
	printf("%-10s %-40s %-6s %8" PRIu64 " switches  %6.1f ns each  %7.1f MiB  bucket %" PRIu64
	       " ms",
	       load->name, load->what, where, counters.switches,
	       (double)spent_ns / (double)counters.switches, (double)(peak_kib - before_kib) / 1024,
	       counters.bucket_ns / MS);
	if (counting)
		printf("  rows/s %" PRIu64 ", cells/s %" PRIu64,
		       counting->rows[CAPTURE_SAMPLES] * 1000 / (recording->duration_ns / MS),
		       counting->rows[CAPTURE_CELLS] * 1000 / (recording->duration_ns / MS));
	putchar('\n');
	merge_free(merge);
	account_free(account);
}

static void follow_into_file(const struct load *load, const struct recording *recording,
			     const char *path)
{
	struct capture_header header = { .version = CAPTURE_VERSION, .bucket_ns = load->bucket_ns };
	struct string_pool *strings = string_pool_new();
	struct cdict_writer *writer;

	must(cdict_create(path, &writer), path);
	must(cdict_writer_sink(writer)->header(cdict_writer_sink(writer), &header), path);
	follow(load, recording, cdict_writer_sink(writer), strings, "cdict", NULL);
	must(cdict_close(writer), path);
	string_pool_free(strings);
}

int main(int argc, char **argv)
{
	for (size_t i = 0; i < ARRAY_LENGTH(loads); i++) {
		struct counting counting = { .sink = { .batch = count_batch, .end = ignore_end } };
		struct string_pool *strings = string_pool_new();
		struct recording recording = { 0 };

		if (argc > 1 && strcmp(argv[1], loads[i].name))
			continue;
		record(&loads[i], &recording);
		follow(&loads[i], &recording, &counting.sink, strings, "none", &counting);
		if (argc > 2)
			follow_into_file(&loads[i], &recording, argv[2]);
		for (size_t k = 0; k < recording.count; k++)
			free(recording.drains[k].blocks);
		free(recording.drains);
		string_pool_free(strings);
	}
	return 0;
}
