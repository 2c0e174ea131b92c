/* SPDX-License-Identifier: Apache-2.0 */
/* pftrace remap: names from a mapping file into an existing capture. */
#include "base/log.h"
#include "base/options.h"
#include "base/string_pool.h"
#include "cdict/cdict.h"
#include "chart/batch_sink.h"
#include "command.h"
#include "invoker.h"
#include "map_option.h"
#include "out_option.h"
#include "view/view_rename.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct remap {
	struct map_option map_option;
	const char *path;
	const char *out; /* NULL: in the place of the file */
	bool help;

	struct names_map *map;
	struct cdict_reader *reader;
	struct cdict_writer *writer;
	struct cdict_summary summary; /* of the first pass */
	struct view_tasks tasks;
};

static void print_help(void)
{
	puts("usage: pftrace remap FILE --map CSV [--out FILE]\n"
	     "\n"
	     "Gives the tasks of a capture the names of a CSV file, for good. Rows are\n"
	     "tid,instance,type,uuid,group-type,group-id,task-name, which makes the name\n"
	     "task-name.group-id.type, or tid,name. All other data stay as they are.\n"
	     "\n"
	     "  -m, --map CSV   the names; may come several times\n"
	     "  -o, --out FILE  into FILE; else the capture itself is replaced, when all is\n"
	     "                  written\n"
	     "  -h, --help      this\n"
	     "\n"
	     "exit codes: 0 done, 1 failed: the capture is as it was, 2 wrong usage");
}

/* ---- options ---- */

static const struct option options_known[] = {
	{ "map", required_argument, NULL, 'm' },
	{ "out", required_argument, NULL, 'o' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static int take_option(struct remap *remap, int option, char **argv)
{
	switch (option) {
	case 'm':
		return map_option_add(&remap->map_option, optarg);
	case 'o':
		remap->out = optarg;
		return 0;
	case 'h':
		remap->help = true;
		return 0;
	}
	return options_refuse("remap", option, argv, options_known);
}

static int check(struct remap *remap, int argc, char **argv)
{
	if (optind == argc) {
		log_error("which capture? usage: pftrace remap FILE --map CSV");
		return -EINVAL;
	}
	if (argc - optind > 1) {
		log_error("'%s' is one FILE too many: pftrace remap takes one", argv[optind + 1]);
		return -EINVAL;
	}
	if (!remap->map_option.count) {
		log_error("which names? give --map CSV");
		return -EINVAL;
	}
	remap->path = argv[optind];
	/* of the capture itself, which may be replaced, all is in the new one */
	return out_option_check(remap->out, NULL, 0, &remap->map_option);
}

static int parse(struct remap *remap, int argc, char **argv)
{
	int option;

	optind = 0;
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":m:o:h", options_known, NULL)) != -1)
		if (take_option(remap, option, argv))
			return -EINVAL;
	return remap->help ? 0 : check(remap, argc, argv);
}

/* ---- the first pass: who is who ---- */

struct collector {
	struct capture_sink sink;
	struct view_tasks *tasks;
};

static int collect_batch(struct capture_sink *sink, const struct capture_batch *batch)
{
	return view_tasks_collect(((struct collector *)sink)->tasks, batch);
}

static int match(struct remap *remap, char message[CDICT_MESSAGE_BYTES])
{
	struct collector collector = {
		.sink = batch_sink(collect_batch),
		.tasks = &remap->tasks,
	};
	int error = cdict_read(remap->reader, 1u << CAPTURE_TASKS, &collector.sink, &remap->summary,
			       message);

	if (error)
		return error;
	if (!remap->summary.whole) {
		snprintf(message, CDICT_MESSAGE_BYTES,
			 "%.200s is not whole (%.200s): it is left alone; give --map to the "
			 "commands that read it",
			 cdict_path(remap->reader), remap->summary.cut);
		return -EBADMSG;
	}
	return view_rename(&remap->tasks, remap->map, cdict_header(remap->reader)->monotonic_ns,
			   remap->summary.end->duration_ns);
}

/* ---- the second pass: all of it, with new names ---- */

struct renamer {
	struct capture_sink sink;
	struct capture_sink *next;
	const struct view_tasks *tasks;
	struct string_pool *strings;
	uint64_t bucket_ns;
	uint64_t *columns; /* TASKS_COLUMNS of CAPTURE_BATCH_ROWS each */
};

static int pass_header(struct capture_sink *sink, const struct capture_header *header)
{
	struct renamer *renamer = (struct renamer *)sink;

	renamer->bucket_ns = header->bucket_ns;
	return renamer->next->header(renamer->next, header);
}

static uint64_t pooled(struct renamer *renamer, const char *text, int *error)
{
	uint64_t id = text ? string_pool_add(renamer->strings, text) : CAPTURE_NIL;

	if (text && id == STRING_NONE)
		*error = -ENOMEM;
	return id;
}

static int rename_row(struct renamer *renamer, uint64_t *row[TASKS_COLUMNS], size_t i)
{
	struct task_name name;
	int error = 0;

	if (!view_rename_of(renamer->tasks, row[TASKS_TASK][i], &name))
		return 0;
	row[TASKS_NAME][i] = pooled(renamer, name.name, &error);
	if (name.vm)
		row[TASKS_VM][i] = pooled(renamer, name.vm, &error);
	if (name.vcpu != CAPTURE_NIL)
		row[TASKS_VCPU][i] = name.vcpu;
	return error;
}

/* New names stand in a pool of our own, and so all texts of the batch must. */
static int pass_tasks(struct renamer *renamer, const struct capture_batch *batch)
{
	const struct capture_table_info *info = capture_table_info(CAPTURE_TASKS);
	struct capture_batch renamed = *batch;
	uint64_t *columns[TASKS_COLUMNS];
	int error = 0;

	renamed.strings = renamer->strings;
	for (size_t column = 0; column < TASKS_COLUMNS; column++) {
		columns[column] = renamer->columns + column * CAPTURE_BATCH_ROWS;
		renamed.columns[column] = columns[column];
		for (size_t i = 0; i < batch->rows; i++) {
			uint64_t value = batch->columns[column][i];

			if (info->columns[column].type == CAPTURE_STRING)
				value = pooled(renamer, string_pool_text(batch->strings, value),
					       &error);
			columns[column][i] = value;
		}
	}
	for (size_t i = 0; i < batch->rows && !error; i++)
		error = rename_row(renamer, columns, i);
	return error ? error : renamer->next->batch(renamer->next, &renamed);
}

/* Losses are written once a second, behind all complete buckets: there the members are closed. */
static int pass_losses(struct renamer *renamer, const struct capture_batch *batch)
{
	int error = renamer->next->batch(renamer->next, batch);
	uint64_t at_ns = batch->rows ? batch->columns[LOSSES_AT_NS][batch->rows - 1] : 0;

	if (error || !batch->rows)
		return error;
	if (renamer->bucket_ns)
		at_ns -= at_ns % renamer->bucket_ns;
	return renamer->next->flush(renamer->next, at_ns);
}

static int pass_batch(struct capture_sink *sink, const struct capture_batch *batch)
{
	struct renamer *renamer = (struct renamer *)sink;

	if (batch->bucket_ns)
		renamer->bucket_ns = batch->bucket_ns;
	if (batch->table == CAPTURE_TASKS)
		return pass_tasks(renamer, batch);
	if (batch->table == CAPTURE_LOSSES)
		return pass_losses(renamer, batch);
	return renamer->next->batch(renamer->next, batch);
}

static int pass_end(struct capture_sink *sink, const struct capture_end *end)
{
	struct renamer *renamer = (struct renamer *)sink;

	return renamer->next->end(renamer->next, end);
}

static int copy(struct remap *remap, char message[CDICT_MESSAGE_BYTES])
{
	struct renamer renamer = {
		.sink = { .header = pass_header, .batch = pass_batch, .end = pass_end },
		.next = cdict_writer_sink(remap->writer),
		.tasks = &remap->tasks,
		.strings = string_pool_new(),
		.columns = malloc(sizeof(*renamer.columns) * TASKS_COLUMNS * CAPTURE_BATCH_ROWS),
	};
	struct cdict_summary summary;
	int error = -ENOMEM;

	if (renamer.strings && renamer.columns)
		error = cdict_read(remap->reader, CDICT_ALL_TABLES, &renamer.sink, &summary,
				   message);
	string_pool_free(renamer.strings);
	free(renamer.columns);
	return error;
}

/* ---- the file ---- */

/* A file in the place of another has its mode, and its owner when that can be. */
static void take_after(const char *part, const struct stat *old)
{
	if (chown(part, old->st_uid, old->st_gid) && errno != EPERM)
		log_warning("cannot give '%s' the owner of the capture: %s", part, strerror(errno));
	if (chmod(part, old->st_mode & 07777))
		log_warning("cannot give '%s' the mode of the capture: %s", part, strerror(errno));
}

static int say_not_created(const char *path, int error)
{
	if (error == -EEXIST)
		log_error("'%s.part' is there: a recording that runs, or did not end; look at it "
			  "with pftrace info, then move it away or remove it",
			  path);
	else
		out_option_say_not_created(path, error);
	return error;
}

static int write_copy(struct remap *remap, const char *path)
{
	char message[CDICT_MESSAGE_BYTES] = "", *part;
	struct stat old;
	int error;

	if (asprintf(&part, "%s.part", path) < 0)
		return say_not_created(path, -ENOMEM);
	error = cdict_create(path, &remap->writer);
	if (error) {
		free(part);
		return say_not_created(path, error);
	}
	error = copy(remap, message);
	if (!error && !remap->out && stat(path, &old) == 0)
		take_after(part, &old);
	if (error) {
		cdict_drop(remap->writer);
		if (!message[0])
			snprintf(message, sizeof(message), "cannot write '%.300s.part': %s", path,
				 strerror(-error));
		log_error("%s", message);
	} else {
		error = cdict_close(remap->writer);
		if (error)
			log_error("cannot finish '%s': %s", path, strerror(-error));
	}
	free(part);
	return error;
}

static void say_done(const struct remap *remap, const char *path)
{
	size_t rows = names_map_count(remap->map);

	log_info("%s: %zu tasks named", path, rows - remap->tasks.unmatched);
	if (remap->tasks.unmatched)
		log_warning("--map: %zu of %zu tids are not in %s", remap->tasks.unmatched, rows,
			    cdict_path(remap->reader));
}

static int work(struct remap *remap)
{
	char message[CDICT_MESSAGE_BYTES] = "", path[PATH_MAX];
	int error = map_option_read(&remap->map_option, &remap->map);

	if (error)
		return error;
	error = cdict_open(remap->path, &remap->reader, message);
	if (!error)
		error = match(remap, message);
	if (error) {
		log_error("%s", message[0] ? message : strerror(-error));
		return error;
	}
	if (remap->out)
		snprintf(path, sizeof(path), "%s", remap->out);
	else if (!realpath(cdict_path(remap->reader), path)) /* a link stays a link */
		return say_not_created(cdict_path(remap->reader), -errno);
	error = invoker_write_begin();
	if (error)
		return error;
	error = write_copy(remap, path);
	invoker_write_end();
	if (!error)
		say_done(remap, path);
	return error;
}

int cmd_remap(int argc, char **argv)
{
	struct remap remap = { 0 };
	enum exit_code code = EXIT_OK;

	if (parse(&remap, argc, argv))
		return EXIT_USAGE;
	if (remap.help)
		print_help();
	else if (work(&remap))
		code = EXIT_FAILED;
	view_tasks_free(&remap.tasks);
	cdict_reader_free(remap.reader);
	names_map_free(remap.map);
	return code;
}
