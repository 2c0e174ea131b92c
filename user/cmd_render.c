/* SPDX-License-Identifier: Apache-2.0 */
/* pftrace render: a capture as one HTML page. */
#include "base/atomic_file.h"
#include "base/log.h"
#include "capture/fan_out.h"
#include "command.h"
#include "invoker.h"
#include "page/page.h"
#include "reading_options.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Cells that a page may hold: beyond that time becomes coarser. They bound the memory, too: 36
 * bytes a cell while reading, twice that while sorting, so 300 MiB at most with all of them.
 */
#define CELLS_DEFAULT 5 /* million, of all charts together */
#define CELLS_MAX 12
#define MILLION ((size_t)1 << 20)

struct render {
	struct reading_options reading;
	const char *out;
	const char *label;
	bool open;
	size_t cells; /* million */
	char *path;   /* of the page; owned */
	bool *idle;   /* by task of the view; owned */

	struct heat heat;
	struct locality locality;
	struct exact_runs runs;
	struct exits exits;
	struct incidents incidents;
};

enum { OPTION_OUT = 'o', OPTION_LABEL = 'l', OPTION_OPEN = 'O', OPTION_CELLS = 'c' };

/* clang-format off */
static const struct option long_options[] = {
	READING_LONG_OPTIONS,
	{ "out", required_argument, NULL, OPTION_OUT },
	{ "label", required_argument, NULL, OPTION_LABEL },
	{ "open", no_argument, NULL, OPTION_OPEN },
	{ "cells", required_argument, NULL, OPTION_CELLS },
	{ 0 },
};
/* clang-format on */

static void print_help(void)
{
	puts("usage: pftrace render [options] FILE\n"
	     "\n"
	     "Writes one HTML page with six charts, which needs no network and no server.\n"
	     "\n"
	     "  --out FILE           where to; else FILE with .html for .cdict\n"
	     "  --label TEXT         the page's title; else the file's name\n"
	     "  --open               shows the page in the browser (xdg-open)\n"
	     "  --cells MILLIONS     how fine in time: 1 to 12, some 5 MB each; else 5\n" READING_HELP
	     "\n"
	     "exit codes: 0 done, 1 failed, 2 wrong usage, 3 done, but FILE is not whole");
}

static int parse_cells(const char *text, size_t *cells)
{
	char *end;

	*cells = strtoul(text, &end, 10);
	if (*text >= '0' && *text <= '9' && *end == '\0' && *cells >= 1 && *cells <= CELLS_MAX)
		return 0;
	log_error("--cells: '%s' is no whole number from 1 to %d (million cells)", text, CELLS_MAX);
	return -EINVAL;
}

/* 0, or -EINVAL after a line on stderr. */
static int parse(struct render *render, int argc, char **argv)
{
	int option;

	render->cells = CELLS_DEFAULT;
	reading_init(&render->reading, argv);
	render->reading.detail = true;
	while ((option = reading_next(&render->reading, argc, argv, long_options)) > 0) {
		if (option == OPTION_OUT)
			render->out = optarg;
		else if (option == OPTION_LABEL)
			render->label = optarg;
		else if (option == OPTION_OPEN)
			render->open = true;
		else if (parse_cells(optarg, &render->cells))
			return -EINVAL;
	}
	if (option || render->reading.help)
		return option;
	return reading_file(&render->reading, argc, argv);
}

/* The page's path: as the user said, or beside the capture. */
static char *page_path(const struct render *render, const char *capture)
{
	size_t length = strlen(capture);
	char *path;

	if (render->out)
		return strdup(render->out);
	if (length > 6 && strcmp(capture + length - 6, ".cdict") == 0)
		length -= 6;
	return asprintf(&path, "%.*s.html", (int)length, capture) < 0 ? NULL : path;
}

/* The file's name without folders and ending. The result is the caller's. */
static char *default_label(const char *capture)
{
	const char *slash = strrchr(capture, '/');
	char *label = strdup(slash ? slash + 1 : capture);
	char *dot = label ? strstr(label, ".cdict") : NULL;

	if (dot && dot > label)
		*dot = '\0';
	return label;
}

static int find_idle(struct render *render, const struct view *view)
{
	size_t count = view_task_count(view);

	render->idle = calloc(count ? count : 1, sizeof(*render->idle));
	if (!render->idle)
		return -ENOMEM;
	for (size_t task = 0; task < count; task++) {
		const char *kind = view_task(view, task)->kind;

		render->idle[task] = kind && strcmp(kind, "idle") == 0;
	}
	return 0;
}

static int read_charts(struct render *render, struct view *view, char message[CDICT_MESSAGE_BYTES])
{
	uint64_t from_ns = view_from_ns(view);
	size_t budget = render->cells * MILLION * 2 / 5;
	struct fan_out charts;
	int error;

	error = find_idle(render, view);
	if (error)
		return error;
	heat_init(&render->heat, from_ns, budget, render->idle, view_task_count(view));
	locality_init(&render->locality, from_ns, budget);
	exact_runs_init(&render->runs, budget / 2);
	exits_init(&render->exits, from_ns, budget / 4);
	incidents_init(&render->incidents);
	fan_out_init(&charts);
	fan_out_add(&charts, &render->heat.sink);
	fan_out_add(&charts, &render->locality.sink);
	fan_out_add(&charts, &render->runs.sink);
	fan_out_add(&charts, &render->exits.sink);
	fan_out_add(&charts, &render->incidents.sink);
	error = view_read(view,
			  HEAT_TABLES | LOCALITY_TABLES | EXACT_RUNS_TABLES | EXITS_TABLES |
				  INCIDENTS_TABLES,
			  &charts.sink, message);
	if (!error)
		error = heat_finish(&render->heat);
	if (!error)
		error = locality_finish(&render->locality);
	if (!error)
		error = exact_runs_finish(&render->runs);
	if (!error)
		error = raster_finish(&render->exits.raster);
	return error;
}

/* Tells of its own error in one line. */
static int write_page(struct render *render, const struct view *view)
{
	char *own_label = default_label(view_path(view));
	struct page_input input = {
		.label = render->label ? render->label : own_label,
		.view = view,
		.options = &render->reading.view,
		.heat = &render->heat,
		.locality = &render->locality,
		.runs = &render->runs,
		.exits = &render->exits,
		.incidents = &render->incidents,
	};
	struct atomic_file atomic = { 0 };
	int error;

	render->path = page_path(render, view_path(view));
	if (invoker_write_begin()) {
		free(own_label);
		return -EPERM;
	}
	error = render->path && own_label ? atomic_file_begin(&atomic, render->path) : -ENOMEM;
	if (!error)
		error = page_write(&input, atomic.file);
	if (!error)
		error = atomic_file_commit(&atomic);
	if (error)
		log_error("cannot write the page '%s': %s", render->path ? render->path : "",
			  error == -EEXIST ? "it is there and is no regular file"
					   : strerror(-error));
	atomic_file_abort(&atomic);
	invoker_write_end();
	free(own_label);
	return error;
}

static void open_page(const char *path)
{
	char *const argv[] = { (char *)"xdg-open", (char *)path, NULL };
	pid_t pid;
	int error;

	/* a browser must not run with root's rights */
	if (geteuid() == 0 && getenv("SUDO_USER")) {
		log_info("not opened as root; as yourself: xdg-open '%s'", path);
		return;
	}
	error = posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ);
	if (error)
		log_warning("--open: cannot start xdg-open (package xdg-utils): %s",
			    strerror(error));
}

static void release(struct render *render)
{
	heat_free(&render->heat);
	locality_free(&render->locality);
	exact_runs_free(&render->runs);
	exits_free(&render->exits);
	free(render->path);
	free(render->idle);
	free(render);
}

static enum exit_code run(struct render *render, struct view *view)
{
	char message[CDICT_MESSAGE_BYTES] = "";
	int error = read_charts(render, view, message);
	enum exit_code code = reading_done(view, error, message);

	if (error)
		return code;
	if (write_page(render, view))
		return EXIT_FAILED;
	puts(render->path);
	fflush(stdout);
	if (render->open)
		open_page(render->path);
	return code;
}

int cmd_render(int argc, char **argv)
{
	struct render *render = calloc(1, sizeof(*render));
	enum exit_code code = EXIT_USAGE;
	struct view *view = NULL;

	if (!render) {
		log_error("render: no memory");
		return EXIT_FAILED;
	}
	if (parse(render, argc, argv) == 0) {
		if (render->reading.help) {
			print_help();
			code = EXIT_OK;
		} else {
			code = reading_open(&render->reading, &view);
			if (code == EXIT_OK)
				code = run(render, view);
		}
	}
	view_free(view);
	release(render);
	return code;
}
