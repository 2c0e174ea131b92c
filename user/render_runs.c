/* SPDX-License-Identifier: Apache-2.0 */
#include "render_runs.h"

#include "base/array.h"
#include "base/at_once.h"
#include "base/log.h"
#include "capture/fan_out.h"
#include "view/run_names.h"
#include "view/view_runs_sink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TABLES (HEAT_TABLES | LOCALITY_TABLES | EXACT_RUNS_TABLES | EXITS_TABLES | INCIDENTS_TABLES)

static bool is_several(const struct render_runs *runs)
{
	return runs->count > 1;
}

/* Of several runs; one run's tasks tell it themselves, on their way. */
static int find_idle(struct render_runs *runs)
{
	int error = 0;

	for (size_t name = 0; name < runs->aligned.name_count && !error; name++)
		error = idle_set_put(&runs->idle, name, runs->aligned.names[name].kind);
	return error;
}

/* Rows of several runs take the numbers of the names on their way. */
static int read_rows(struct render_runs *runs, size_t run, struct capture_sink *sink,
		     char message[CDICT_MESSAGE_BYTES])
{
	struct view_runs_sink renumber;
	int error;

	if (!is_several(runs))
		return view_read(runs->views[run], TABLES | IDLE_SET_TABLES, sink, message);
	error = view_runs_sink_init(&renumber, &runs->aligned, run, sink);
	if (!error)
		error = view_read(runs->views[run], TABLES, &renumber.sink, message);
	view_runs_sink_free(&renumber);
	return error;
}

static int read_charts(struct render_runs *runs, size_t run, size_t cells,
		       char message[CDICT_MESSAGE_BYTES])
{
	struct render_run *charts = calloc(1, sizeof(*charts));
	uint64_t from_ns = view_from_ns(runs->views[run]);
	size_t budget = cells / runs->count * 2 / 5;
	struct fan_out fan_out;

	if (!charts)
		return -ENOMEM;
	runs->runs[run] = charts;
	heat_init(&charts->heat, from_ns, budget, &runs->idle);
	locality_init(&charts->locality, from_ns, budget);
	exact_runs_init(&charts->exact, budget / 2);
	exits_init(&charts->exits, from_ns, budget / 4);
	incidents_init(&charts->incidents);
	fan_out_init(&fan_out);
	if (!is_several(runs))
		fan_out_add(&fan_out, &runs->idle.sink); /* before the heat map asks it */
	fan_out_add(&fan_out, &charts->heat.sink);
	fan_out_add(&fan_out, &charts->locality.sink);
	fan_out_add(&fan_out, &charts->exact.sink);
	fan_out_add(&fan_out, &charts->exits.sink);
	fan_out_add(&fan_out, &charts->incidents.sink);
	return read_rows(runs, run, &fan_out.sink, message);
}

/* ---- one time grid ---- */

static void find_widest(const struct raster *raster, uint64_t *column_ns)
{
	if (raster->count && raster->column_ns > *column_ns)
		*column_ns = raster->column_ns;
}

static int widen(struct raster *raster, uint64_t column_ns, uint64_t from_ns)
{
	uint64_t bucket_ns = raster->bucket_ns;
	int error = 0;

	if (raster->count && column_ns)
		error = raster_widen(raster, column_ns, from_ns);
	raster->bucket_ns = bucket_ns; /* which stay as they were recorded */
	return error;
}

/* Columns of all runs as wide as the widest, so that what lies side by side can be compared. */
static int share_grid(struct render_runs *runs)
{
	uint64_t heat_ns = 0, all_ns = 0, locality_ns = 0, exits_ns = 0;
	int error = 0;

	for (size_t run = 0; run < runs->count; run++) {
		find_widest(&runs->runs[run]->heat.raster, &heat_ns);
		find_widest(&runs->runs[run]->heat.all, &all_ns);
		find_widest(&runs->runs[run]->locality.raster, &locality_ns);
		find_widest(&runs->runs[run]->exits.raster, &exits_ns);
	}
	for (size_t run = 0; run < runs->count && !error; run++) {
		struct render_run *of = runs->runs[run];
		uint64_t from_ns = view_from_ns(runs->views[run]);

		error = widen(&of->heat.raster, heat_ns, from_ns);
		if (!error)
			error = widen(&of->heat.all, all_ns, from_ns);
		if (!error)
			error = widen(&of->locality.raster, locality_ns, from_ns);
		if (!error)
			error = widen(&of->exits.raster, exits_ns, from_ns);
	}
	return error;
}

static int finish_raster(void *context)
{
	return raster_finish(context);
}

static int finish_heat_all(void *context)
{
	return heat_finish_all(context);
}

static int finish_exact(void *context)
{
	return exact_runs_finish(context);
}

static int finish_run(struct render_run *of)
{
	const struct at_once_job jobs[] = {
		{ finish_raster, &of->heat.raster },  { finish_raster, &of->locality.raster },
		{ finish_heat_all, &of->heat },	      { finish_raster, &of->locality.migrations },
		{ finish_raster, &of->exits.raster }, { finish_exact, &of->exact },
	};

	return at_once(jobs, ARRAY_LENGTH(jobs));
}

static int finish(struct render_runs *runs)
{
	int error = 0;

	for (size_t run = 0; run < runs->count && !error; run++)
		error = finish_run(runs->runs[run]);
	if (!error && is_several(runs))
		error = share_grid(runs);
	for (size_t run = 0; run < runs->count; run++) {
		struct render_run *of = runs->runs[run];

		runs->pages[run] = (struct page_run){
			.name = runs->names[run],
			.view = runs->views[run],
			.heat = &of->heat,
			.locality = &of->locality,
			.runs = &of->exact,
			.exits = &of->exits,
			.incidents = &of->incidents,
		};
	}
	return error;
}

/* ---- all of it ---- */

static enum exit_code failed(int error)
{
	log_error("cannot make the page: %s", strerror(-error));
	return EXIT_FAILED;
}

static enum exit_code open_all(struct render_runs *runs, const struct reading_options *reading)
{
	enum exit_code code = EXIT_OK;
	int error = 0;

	idle_set_init(&runs->idle);
	runs->count = reading->path_count;
	for (size_t run = 0; run < runs->count && code == EXIT_OK; run++)
		code = reading_open_one(reading, reading->paths[run], &runs->views[run]);
	if (code != EXIT_OK)
		return code;
	runs->names = run_names_make((const char *const *)reading->paths, runs->count);
	if (!runs->names)
		error = -ENOMEM;
	if (!error && is_several(runs))
		error = view_runs_align(&runs->aligned, runs->views, runs->count);
	if (!error && is_several(runs))
		error = find_idle(runs);
	return error ? failed(error) : EXIT_OK;
}

enum exit_code render_runs_read(struct render_runs *runs, const struct reading_options *reading,
				size_t cells)
{
	enum exit_code code = open_all(runs, reading);
	int error;

	for (size_t run = 0; run < runs->count && (code == EXIT_OK || code == EXIT_INCOMPLETE);
	     run++) {
		char message[CDICT_MESSAGE_BYTES] = "";
		enum exit_code of_run;

		error = read_charts(runs, run, cells, message);
		of_run = reading_done(runs->views[run], error, message);
		code = of_run == EXIT_OK ? code : of_run;
	}
	if (code != EXIT_OK && code != EXIT_INCOMPLETE)
		return code;
	error = finish(runs);
	return error ? failed(error) : code;
}

void render_runs_free(struct render_runs *runs)
{
	for (size_t run = 0; run < runs->count; run++) {
		if (runs->runs[run]) {
			heat_free(&runs->runs[run]->heat);
			locality_free(&runs->runs[run]->locality);
			exact_runs_free(&runs->runs[run]->exact);
			exits_free(&runs->runs[run]->exits);
			free(runs->runs[run]);
		}
		view_free(runs->views[run]);
	}
	run_names_free(runs->names, runs->count);
	view_runs_free(&runs->aligned);
	idle_set_free(&runs->idle);
	memset(runs, 0, sizeof(*runs));
}
