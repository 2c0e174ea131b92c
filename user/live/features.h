/* SPDX-License-Identifier: Apache-2.0 */
/* Hook by hook: what this machine offers a recorder, tried for real where there is the right to. */
#ifndef LIVE_FEATURES_H
#define LIVE_FEATURES_H

#include "live/probe.h"

#include <stddef.h>

enum feature_state {
	FEATURE_WORKS,
	FEATURE_MISSING,
	FEATURE_REFUSED, /* it may be there, but there is no right to use it */
	FEATURE_UNTRIED, /* it cannot be tried without rights, and the kernel's types */
};

struct feature {
	const char *name;
	const char *purpose; /* what it is good for */
	enum feature_state state;
	bool needed;	    /* there is no recording without it */
	bool written_only;  /* the way that this kernel needs was never tried on a real one */
	const char *remedy; /* what to do, when it does not work; else NULL */
	char detail[160];   /* what was found; may be empty */
};

#define FEATURES_MAX 24

struct features {
	struct feature list[FEATURES_MAX];
	size_t count;
};

/* Fills in `features`; never fails. Loads and attaches small programs for a moment. */
void features_read(const struct probe *probe, struct features *features);

/* "works", "missing", ... */
const char *feature_state_word(enum feature_state state);

/* Of the feature with this name; missing when there is none. */
enum feature_state features_state(const struct features *features, const char *name);

/* False when something is missing that recording needs. */
bool features_suffice(const struct features *features);

#endif
