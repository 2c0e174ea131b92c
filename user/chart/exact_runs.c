/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/exact_runs.h"

#include "base/array.h"
#include "chart/batch_sink.h"

#include <errno.h>
#include <stdlib.h>

/* The cdict reader lets no greater numbers of CPUs pass. */
#define CPUS_MAX 65536

static void leave_out(struct exact_runs *runs, size_t rows)
{
	runs->left_out += runs->count + rows;
	free(runs->runs);
	runs->runs = NULL;
	runs->count = runs->capacity = 0;
}

static uint32_t number_of(uint64_t task)
{
	return task < UINT32_MAX - 1 ? (uint32_t)task + 1 : 0;
}

static int take_batch(struct capture_sink *sink, const struct capture_batch *batch)
{
	struct exact_runs *runs = (struct exact_runs *)sink;
	uint64_t at_ns = batch->base_ns;

	if (batch->table != CAPTURE_SWITCHES)
		return 0;
	if (runs->left_out || runs->count + batch->rows > runs->max) {
		leave_out(runs, batch->rows);
		return 0;
	}
	if (ARRAY_RESERVE(runs->runs, runs->capacity, runs->count + batch->rows))
		return -ENOMEM;
	for (size_t row = 0; row < batch->rows; row++) {
		if (batch->columns[SWITCHES_CPU][row] >= CPUS_MAX)
			return -EBADMSG;
		at_ns += batch->columns[SWITCHES_AT_NS][row];
		runs->runs[runs->count++] = (struct exact_run){
			.at_ns = at_ns,
			.cpu = (uint32_t)batch->columns[SWITCHES_CPU][row],
			.task = number_of(batch->columns[SWITCHES_NEXT][row]),
		};
	}
	return 0;
}

void exact_runs_init(struct exact_runs *runs, size_t max)
{
	*runs = (struct exact_runs){ .sink = batch_sink(take_batch), .max = max };
}

/* Room for the runs of each core: where they begin in `sorted`. NULL without memory. */
static size_t *places_of(const struct exact_runs *runs)
{
	size_t *places = calloc(CPUS_MAX + 1, sizeof(*places));

	for (size_t i = 0; places && i < runs->count; i++)
		places[runs->runs[i].cpu + 1]++;
	for (size_t cpu = 0; places && cpu < CPUS_MAX; cpu++)
		places[cpu + 1] += places[cpu];
	return places;
}

/* A core's runs are in the order of time already, and stay so, those of one moment, too. */
int exact_runs_finish(struct exact_runs *runs)
{
	struct exact_run *sorted = malloc((runs->count + 1) * sizeof(*sorted));
	size_t *places = places_of(runs);
	int error = sorted && places ? 0 : -ENOMEM;

	for (size_t i = 0; !error && i < runs->count; i++)
		sorted[places[runs->runs[i].cpu]++] = runs->runs[i];
	free(places);
	if (error) {
		free(sorted);
		return error;
	}
	free(runs->runs);
	runs->runs = sorted;
	return 0;
}

void exact_runs_free(struct exact_runs *runs)
{
	free(runs->runs);
	runs->runs = NULL;
}
