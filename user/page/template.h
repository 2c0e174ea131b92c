/* SPDX-License-Identifier: Apache-2.0 */
/* The page without its data, bundled from html/ and embedded at build time. */
#ifndef PAGE_TEMPLATE_H
#define PAGE_TEMPLATE_H

#include <stddef.h>

struct template_part {
	const char *text; /* not ended by NUL */
	size_t length;
};

#define TEMPLATE_PARTS 3

/*
 * What stands before, between and behind the two places where data belong: those of the first
 * chart, and, behind the script, the others. 0, or -EBADMSG when there is no such place.
 */
int template_parts(struct template_part parts[TEMPLATE_PARTS]);

/* Licences of the third-party code in the page, as plain text; empty when there is none. */
struct template_part template_licences(void);

#endif
