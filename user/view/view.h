/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which rows of a capture: a time window, a choice of tasks, tasks merged or named apart. A view
 * never changes a capture; it reads a file in one pass for the tasks (names may change until the
 * end) and one for the rows, and holds the tasks only.
 */
#ifndef VIEW_VIEW_H
#define VIEW_VIEW_H

#include "capture/capture.h"
#include "cdict/cdict.h"

#include <stdbool.h>
#include <stdint.h>

struct names_map;
struct view;

struct view_options {
	uint64_t from_ns;      /* from the capture's zero */
	uint64_t cap_ns;       /* the window's end, from the capture's zero; CAPTURE_NIL: none */
	const char *task;      /* regex (POSIX extended) over names, or a number: a tid; NULL: all.
				   A leading '*' is forgiven */
	const char *task_word; /* what the user knows `task` as, in messages; NULL: "--task" */
	bool merge_sys_tasks;  /* swapper/0, swapper/1... -> swapper; likewise kernel threads of
				   one name per CPU (kworker/0:1, ksoftirqd/1 -> ksoftirqd) */
	bool merge_names;      /* tasks of one name -> one task with as many members; idle, unknown
				   and other stay apart */
	bool append_tid;       /* perf -> perf:2834 */
	struct names_map *map; /* names that replace the file's, by tid (view_rename.h); NULL:
				   none. The view takes it over, also when it cannot be opened */
	bool all_rows;	       /* `task` only marks tasks as selected; the rows of all are read */
	bool one_pass;	       /* the tasks are read with the rows; see view_is_one_pass() */
};

/* A task as the view shows it; several of the file's may stand behind it when merged. */
struct view_task {
	uint64_t task; /* number in the view, dense from 0, in order of first sight in the file */
	uint64_t
		file_task; /* its number in the file, what is told of it; of several: the first's */
	uint64_t tid;	   /* CAPTURE_NIL: not known, or several are merged */
	uint64_t tgid;	   /* likewise */
	const char *name;  /* annotated name or comm, tid appended if asked: bytes cleaned */
	const char *comm;
	const char *kind;
	const char *vm;	    /* or NULL */
	const char *cgroup; /* or NULL */
	const char *unit;   /* the cgroup in short (names/cgroup_name.h), or NULL */
	uint64_t vcpu;
	uint32_t members; /* tasks of the file that stand behind it */
	uint64_t start_ns;
	uint64_t end_ns;
	bool selected;
};

/*
 * Opens a capture and reads its tasks. On error -errno and a message that names file or option:
 * -EINVAL for a bad regex.
 */
int view_open(const char *path, const struct view_options *options, struct view **view,
	      char message[CDICT_MESSAGE_BYTES]);
/* The same for a reader that is open, which the view frees, also on an error. */
int view_open_reader(struct cdict_reader *reader, const struct view_options *options,
		     struct view **view, char message[CDICT_MESSAGE_BYTES]);
void view_free(struct view *view);

/*
 * True when one_pass was asked for and neither `task` nor merging needs the tasks first.
 * Then view_read() goes first and once, and passes rows of `tasks` on as they come: before it
 * nothing is known of tasks, the capture's end and the summary.
 */
bool view_is_one_pass(const struct view *view);

const char *view_path(const struct view *view);
const struct capture_header *view_header(const struct view *view);
const struct capture_cpu *view_cpus(const struct view *view, size_t *count);
size_t view_task_count(const struct view *view);
const struct view_task *view_task(const struct view *view, uint64_t task);
bool view_any_selected(const struct view *view);
/* Rows of options->map, and how many of them name no task of this capture. */
void view_map_counts(const struct view *view, size_t *rows, size_t *unmatched);
/* Window in ns since zero: [from, to), to = the capture's end where there is no cap. */
uint64_t view_from_ns(const struct view *view);
uint64_t view_to_ns(const struct view *view);
/*
 * The buckets that view_read() found in the window: from the start of the first to the end of the
 * last (never beyond the capture's). Shares are of this length. Before a read, and without a
 * window, the window itself.
 */
void view_covered(const struct view *view, uint64_t *from_ns, uint64_t *to_ns);
/* What the file itself says: end, whole or cut, rows. */
const struct cdict_summary *view_summary(const struct view *view);

/*
 * Pushes the rows of these tables that lie in the window (a bucket belongs to the window when its
 * start does) and belong to selected tasks (tables without tasks: all), with task numbers of the
 * view (tasks, next; CAPTURE_NIL stays, and stands for a task that the file does not know).
 * - `tasks` comes from memory: one row a task, as it was known last.
 * - `switches` with a selected `task` or `next`.
 * - `cpus` and `losses` tell what holds from then on: rows before the window come, too.
 * - Tables without time ignore the window.
 * `sink` sees header, batches, end. Returns 0, the sink's error, or -errno with a message.
 */
int view_read(struct view *view, unsigned int tables, struct capture_sink *sink,
	      char message[CDICT_MESSAGE_BYTES]);

#endif
