/* SPDX-License-Identifier: Apache-2.0 */
/* pftrace render: a capture as one HTML page. */
#include "base/log.h"
#include "base/out_file.h"
#include "command.h"
#include "invoker.h"
#include "out_option.h"
#include "reading_options.h"
#include "render_runs.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Cells that a page may hold: beyond that time becomes coarser. They bound the memory, too: 36
 * bytes a cell while reading, twice that while sorting, so 80 MiB a million with all that is beside.
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
	bool is_file; /* no device or pipe */
	struct render_runs runs;
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
	puts("usage: pftrace render [options] FILE [FILE ...]\n"
	     "\n"
	     "Writes one HTML page with six charts, which needs no network and no server. Of\n"
	     "several captures: side by side, and what is different in the others.\n"
	     "\n"
	     "  -o, --out FILE       where to; else FILE with .html, or .compared.html\n"
	     "  --label TEXT         the page's title; else the file's name\n"
	     "  --open               shows the page in the browser (xdg-open)\n"
	     "  --cells MILLIONS     how fine in time: 1 to 12, some 4 MB each; else 5\n" READING_HELP
	     "  -h, --help           this\n"
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

static int spare_inputs(const struct render *render, const char *page)
{
	const struct reading_options *reading = &render->reading;

	return out_option_check(page, (const char *const *)reading->paths, reading->path_count,
				&reading->map);
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
	option = reading_files(&render->reading, 1, RENDER_RUNS_MAX, argc, argv);
	/* several are aligned by their tasks' names, which must be known then */
	render->reading.view.one_pass = render->reading.path_count == 1;
	return option ? option : spare_inputs(render, render->out);
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
	return asprintf(&path, "%.*s%s.html", (int)length, capture,
			render->runs.count > 1 ? ".compared" : "") < 0
		       ? NULL
		       : path;
}

/* The short names of all, "before, after". The result is the caller's; NULL without memory. */
static char *default_label(const struct render_runs *runs)
{
	char *label = NULL;
	size_t length;
	FILE *text = open_memstream(&label, &length);

	if (!text)
		return NULL;
	for (size_t run = 0; run < runs->count; run++)
		fprintf(text, "%s%s", run ? ", " : "", runs->names[run]);
	fclose(text);
	return label;
}

/* Tells of its own error in one line. */
static int write_page(struct render *render)
{
	char *own_label = default_label(&render->runs);
	struct page_input input = {
		.label = render->label ? render->label : own_label,
		.options = &render->reading.view,
		.runs = render->runs.pages,
		.run_count = render->runs.count,
		.aligned = render->runs.count > 1 ? &render->runs.aligned : NULL,
	};
	struct out_file out = { 0 };
	int error;

	render->path = page_path(render, view_path(render->runs.views[0]));
	/* a name of our own making may be that of another file that was read */
	if (spare_inputs(render, render->path) || invoker_write_begin()) {
		free(own_label);
		return -EPERM;
	}
	error = render->path && own_label ? out_file_open(&out, render->path) : -ENOMEM;
	render->is_file = out.path;
	if (!error)
		error = page_write(&input, out.stream);
	if (!error)
		error = out_file_keep(&out);
	if (error)
		log_error("cannot write the page '%s': %s", render->path ? render->path : "",
			  strerror(-error));
	out_file_drop(&out);
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
	render_runs_free(&render->runs);
	free(render->path);
	free(render);
}

static enum exit_code run(struct render *render)
{
	enum exit_code code =
		render_runs_read(&render->runs, &render->reading, render->cells * MILLION);

	if (code != EXIT_OK && code != EXIT_INCOMPLETE)
		return code;
	if (write_page(render))
		return EXIT_FAILED;
	if (render->is_file) /* else it may be what stdout is, too */
		puts(render->path);
	code = reading_printed(code, 0);
	if (render->open)
		open_page(render->path);
	return code;
}

int cmd_render(int argc, char **argv)
{
	struct render *render = calloc(1, sizeof(*render));
	enum exit_code code = EXIT_USAGE;

	if (!render) {
		log_error("render: no memory");
		return EXIT_FAILED;
	}
	if (parse(render, argc, argv) == 0) {
		code = EXIT_OK;
		if (render->reading.help)
			print_help();
		else
			code = run(render);
	}
	release(render);
	return code;
}
