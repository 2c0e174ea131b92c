/* SPDX-License-Identifier: Apache-2.0 */
/* The options of pftrace record. */
#ifndef CMD_RECORD_OPTIONS_H
#define CMD_RECORD_OPTIONS_H

#include "cmd_record_filter.h"
#include "cmd_record_names.h"
#include "watch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct record_options {
	uint64_t duration_ns;  /* 0: until a signal */
	uint64_t bucket_ns;    /* 0: auto */
	uint32_t ring_bytes;   /* 0: the default */
	uint64_t rotate_ns;    /* a new file so often, and ... */
	uint64_t rotate_bytes; /* ... when one has so many bytes; both 0: one file */
	uint32_t keep;	       /* so many files that are finished; 0: all */
	uint64_t flight_ns;    /* only the last so many are kept, in memory; 0: all, in the file */
	struct watch_rule when[WATCH_RULES_MAX]; /* and written when one of these comes true */
	size_t when_count;
	const char *out; /* points into argv, or to default_out */
	char **command;	 /* behind "--", ended by NULL; NULL: none */
	bool as_user;	 /* it runs as whoever called sudo */
	bool detail;	 /* rows of `switches`, too */
	struct record_filter filter;
	struct record_names_options names;
	bool no_sched;
	bool no_kvm;
	size_t kvm_hook; /* enum live_kvm_hook */
	bool quiet;
	bool help;
	char default_out[320];
};

/*
 * 0, or -EINVAL after one line on stderr that names the option and what is wrong; then, too, the
 * command is set when there is one.
 */
int record_options_parse(int argc, char **argv, struct record_options *options);

void record_options_free(struct record_options *options);

void record_options_help(void);

/* The length of the first buckets: as given, or what "auto" means for files of this length. */
uint64_t record_options_bucket_ns(const struct record_options *options);

/* One recording that is cut at borders of buckets. */
static inline bool record_options_in_parts(const struct record_options *options)
{
	return options->rotate_ns || options->rotate_bytes || options->flight_ns;
}

#endif
