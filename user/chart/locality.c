/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/locality.h"

#include "chart/batch_sink.h"

#include <string.h>

static uint64_t known(uint64_t value)
{
	return value == CAPTURE_NIL ? 0 : value;
}

static int add_migrations(struct locality *locality, const struct capture_batch *batch, size_t row)
{
	const uint64_t *const *columns = batch->columns;
	uint64_t migrations = known(columns[SAMPLES_MIGRATIONS][row]);

	if (migrations == 0)
		return 0;
	return raster_add(&locality->migrations, columns[SAMPLES_TASK][row],
			  columns[SAMPLES_BUCKET][row] * batch->bucket_ns,
			  columns[SAMPLES_CPU][row], migrations, 0);
}

static int add_rows(struct locality *locality, const struct capture_batch *batch)
{
	const uint64_t *const *columns = batch->columns;
	int error = raster_widen(&locality->raster, batch->bucket_ns, locality->from_ns);

	if (!error)
		error = raster_widen(&locality->migrations, batch->bucket_ns, locality->from_ns);

	for (size_t row = 0; row < batch->rows && !error; row++) {
		uint64_t run_ns = known(columns[SAMPLES_RUN_NS][row]);
		uint64_t switches = known(columns[SAMPLES_SWITCHES][row]);

		if (columns[SAMPLES_CPU][row] == CAPTURE_NIL)
			continue;
		/* even of a task that only waited there: it may run in the next bucket */
		error = add_migrations(locality, batch, row);
		/* a task that only waited, or slept, was on no core */
		if (error || (run_ns == 0 && switches == 0))
			continue;
		error = raster_add(&locality->raster, columns[SAMPLES_CPU][row],
				   columns[SAMPLES_BUCKET][row] * batch->bucket_ns,
				   columns[SAMPLES_TASK][row], run_ns, switches);
		locality->run_ns += run_ns;
		locality->switches += switches;
	}
	return error;
}

static int on_batch(struct capture_sink *sink, const struct capture_batch *batch)
{
	struct locality *locality = (struct locality *)sink;

	return batch->table == CAPTURE_SAMPLES ? add_rows(locality, batch) : 0;
}

void locality_init(struct locality *locality, uint64_t from_ns, size_t budget)
{
	memset(locality, 0, sizeof(*locality));
	locality->sink = batch_sink(on_batch);
	locality->from_ns = from_ns;
	raster_init(&locality->raster, budget, LOCALITY_TASK_BITS);
	raster_init(&locality->migrations, budget / 4, LOCALITY_CPU_BITS);
}

int locality_finish(struct locality *locality)
{
	int error = raster_finish(&locality->raster);

	return error ? error : raster_finish(&locality->migrations);
}

void locality_free(struct locality *locality)
{
	raster_free(&locality->raster);
	raster_free(&locality->migrations);
}
