/* SPDX-License-Identifier: Apache-2.0 */
/* From a sample of a tracepoint to what it means for the tasks that are followed. */
#ifndef IMPORT_PERF_EVENTS_H
#define IMPORT_PERF_EVENTS_H

#include "import/events.h"
#include "import/perf_file.h"

/* The number of an event that is used, or: */
#define PERF_EVENTS_UNUSED (-1)	   /* it is counted by name only */
#define PERF_EVENTS_TEXT_ONLY (-2) /* perf script's text is needed */
int perf_events_kind(struct span name);

/* Which fields it has, by name; NULL behind the last. */
const char *const *perf_events_fields(int kind);

/* Feeds one sample, at_ns since the capture's zero. 0 or -errno. */
int perf_events_take(struct events *events, const struct perf_sample *sample, uint64_t at_ns);

#endif
