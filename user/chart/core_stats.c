/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/core_stats.h"

#include "base/array.h"
#include "base/string_pool.h"
#include "chart/batch_sink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* No view has so many: the reader refuses numbers beyond 2^28. */
#define TASKS_MAX ((uint64_t)1 << 32)

enum kind { KIND_BUSY, KIND_IDLE, KIND_UNKNOWN };

static enum kind kind_of(const char *word)
{
	if (!word || strcmp(word, "unknown") == 0)
		return KIND_UNKNOWN;
	return strcmp(word, "idle") == 0 ? KIND_IDLE : KIND_BUSY;
}

/* Tasks come before their rows. */
static int fold_tasks(struct core_stats *stats, const struct capture_batch *batch)
{
	for (size_t i = 0; i < batch->rows; i++) {
		uint64_t task = batch->columns[TASKS_TASK][i];
		uint64_t kind = batch->columns[TASKS_KIND][i];

		if (task >= TASKS_MAX)
			return -EBADMSG;
		if (ARRAY_RESERVE(stats->kinds, stats->kind_capacity, task + 1))
			return -ENOMEM;
		while (stats->task_count <= task)
			stats->kinds[stats->task_count++] = KIND_UNKNOWN;
		stats->kinds[task] = (unsigned char)kind_of(string_pool_text(batch->strings, kind));
	}
	return 0;
}

/* The row of a CPU, made when it is new. */
static int find_core(struct core_stats *stats, uint64_t cpu, struct core_stats_row **core)
{
	if (cpu > CORE_STATS_CPU_MAX)
		return -EBADMSG;
	if (cpu >= stats->count) {
		if (ARRAY_RESERVE(stats->cores, stats->capacity, cpu + 1))
			return -ENOMEM;
		memset(stats->cores + stats->count, 0,
		       (cpu + 1 - stats->count) * sizeof(*stats->cores));
		stats->count = cpu + 1;
	}
	*core = &stats->cores[cpu];
	(*core)->seen = true;
	return 0;
}

static uint64_t known_or_zero(uint64_t value)
{
	return value == CAPTURE_NIL ? 0 : value;
}

static int fold_samples(struct core_stats *stats, const struct capture_batch *batch)
{
	for (size_t i = 0; i < batch->rows; i++) {
		uint64_t task = batch->columns[SAMPLES_TASK][i];
		uint64_t run_ns = known_or_zero(batch->columns[SAMPLES_RUN_NS][i]);
		enum kind kind = task < stats->task_count ? stats->kinds[task] : KIND_UNKNOWN;
		struct core_stats_row *core;
		int error = find_core(stats, batch->columns[SAMPLES_CPU][i], &core);

		if (error)
			return error;
		core->switches += known_or_zero(batch->columns[SAMPLES_SWITCHES][i]);
		core->busy_ns += kind == KIND_BUSY ? run_ns : 0;
		core->idle_ns += kind == KIND_IDLE ? run_ns : 0;
		core->unknown_ns += kind == KIND_UNKNOWN ? run_ns : 0;
	}
	return 0;
}

/* ---- offline ---- */

static struct core_stats_absence *open_absence(const struct core_stats *stats,
					       const struct core_stats_row *core)
{
	struct core_stats_absence *last =
		core->absences ? &stats->absences[core->absences - 1] : NULL;

	return last && last->to_ns == CAPTURE_NIL ? last : NULL;
}

static int goes_away(struct core_stats *stats, struct core_stats_row *core, uint64_t at_ns)
{
	if (open_absence(stats, core))
		return 0;
	if (ARRAY_RESERVE(stats->absences, stats->absence_capacity, stats->absence_count + 1))
		return -ENOMEM;
	stats->absences[stats->absence_count++] =
		(struct core_stats_absence){ (uint32_t)(core - stats->cores), at_ns, CAPTURE_NIL };
	core->absences = stats->absence_count;
	return 0;
}

static void comes_back(struct core_stats *stats, struct core_stats_row *core, uint64_t at_ns)
{
	struct core_stats_absence *absence = open_absence(stats, core);

	if (absence)
		absence->to_ns = at_ns;
}

static int fold_cpus(struct core_stats *stats, const struct capture_batch *batch)
{
	int error = 0;

	for (size_t i = 0; i < batch->rows && !error; i++) {
		uint64_t cpu = batch->columns[CPUS_CPU][i];
		uint64_t at_ns = known_or_zero(batch->columns[CPUS_AT_NS][i]);
		bool is_new = cpu >= stats->count || !stats->cores[cpu].seen;
		struct core_stats_row *core;

		error = find_core(stats, cpu, &core);
		if (!error && is_new) /* the header has all that were online at zero */
			error = goes_away(stats, core, 0);
		if (error)
			return error;
		if (batch->columns[CPUS_ONLINE][i])
			comes_back(stats, core, at_ns);
		else
			error = goes_away(stats, core, at_ns);
	}
	return error;
}

static void count_absences(struct core_stats *stats, uint64_t from_ns, uint64_t to_ns)
{
	for (size_t i = 0; i < stats->absence_count; i++) {
		const struct core_stats_absence *absence = &stats->absences[i];
		uint64_t first_ns = absence->from_ns > from_ns ? absence->from_ns : from_ns;
		uint64_t last_ns = absence->to_ns < to_ns ? absence->to_ns : to_ns;

		if (first_ns < last_ns)
			stats->cores[absence->cpu].offline_ns += last_ns - first_ns;
	}
}

void core_stats_finish(struct core_stats *stats, uint64_t from_ns, uint64_t to_ns)
{
	stats->length_ns = to_ns - from_ns;
	count_absences(stats, from_ns, to_ns);
	for (size_t cpu = 0; cpu < stats->count; cpu++) {
		struct core_stats_row *core = &stats->cores[cpu];
		uint64_t told_ns =
			core->busy_ns + core->idle_ns + core->unknown_ns + core->offline_ns;

		core->rest_ns = told_ns < stats->length_ns ? stats->length_ns - told_ns : 0;
	}
}

/* ---- the sink ---- */

static int stats_header(struct capture_sink *sink, const struct capture_header *header)
{
	struct core_stats *stats = (struct core_stats *)sink;
	struct core_stats_row *core;
	int error = 0;

	for (size_t i = 0; i < header->cpu_count && !error; i++)
		error = find_core(stats, header->cpus[i].cpu, &core);
	return error;
}

static int stats_batch(struct capture_sink *sink, const struct capture_batch *batch)
{
	struct core_stats *stats = (struct core_stats *)sink;

	if (batch->table == CAPTURE_TASKS)
		return fold_tasks(stats, batch);
	if (batch->table == CAPTURE_SAMPLES)
		return fold_samples(stats, batch);
	return batch->table == CAPTURE_CPUS ? fold_cpus(stats, batch) : 0;
}

void core_stats_init(struct core_stats *stats)
{
	*stats = (struct core_stats){ .sink = batch_sink(stats_batch) };
	stats->sink.header = stats_header;
}

void core_stats_free(struct core_stats *stats)
{
	free(stats->cores);
	free(stats->kinds);
	free(stats->absences);
	*stats = (struct core_stats){ 0 };
}
