/* SPDX-License-Identifier: Apache-2.0 */
/* Role and group out of an instance's name: "x-FULL-01-y__CSR__0" becomes "CSR.01". */
#ifndef OPENSTACK_NAMING_H
#define OPENSTACK_NAMING_H

#include <regex.h>
#include <stdbool.h>

#define NAMING_BYTES 256

struct naming {
	bool has_pattern;
	regex_t pattern;
	const char *form; /* borrowed: \1 to \9 stand for what was in brackets, \0 for all of it */
};

/* `pattern` is a POSIX extended regular expression, or NULL: names stay. 0, or -EINVAL after a line on
   stderr. */
int naming_init(struct naming *naming, const char *pattern, const char *form);
void naming_free(struct naming *naming);

/* The name to show; one that the pattern does not match, or of which nothing would be left, stays. */
void naming_apply(const struct naming *naming, const char *name, char shown[NAMING_BYTES]);

#endif
