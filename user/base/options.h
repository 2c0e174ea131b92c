/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values of command line options. Each function returns 0, or -EINVAL after one line on stderr that
 * names the option (as the user wrote it, "--from") and the value.
 */
#ifndef BASE_OPTIONS_H
#define BASE_OPTIONS_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A whole number between min and max. */
int options_number(const char *option, const char *text, uint64_t min, uint64_t max,
		   uint64_t *value);

/* Milliseconds or seconds, fractions allowed ("1.5"), in ns; what is below 1 ns is cut off. */
int options_milliseconds(const char *option, const char *text, uint64_t *ns);
int options_seconds(const char *option, const char *text, uint64_t *ns);

/* One of `words` (`count` of them): its place in them. */
int options_word(const char *option, const char *text, const char *const *words, size_t count,
		 size_t *place);

/*
 * Says that getopt_long() returned `option`: ':', a value lacks, or '?', the word is not known, or not
 * in this way; "-x" for a letter of "-qx". -EINVAL. No letter that takes a value may be in a cluster.
 */
int options_refuse(const char *command, int option, char **argv, const struct option *long_options);

/* What a command takes that has no more than --format and --help; `format` is the place of --format's
   word in `formats`. Operands begin at optind. */
struct options_format {
	size_t format;
	bool help; /* was asked for: nothing behind it was looked at */
};
int options_format_only(const char *command, int argc, char **argv, const char *const *formats,
			size_t count, struct options_format *options);

/* True when the text is all digits, and at least one. */
bool options_is_number(const char *text);

#endif
