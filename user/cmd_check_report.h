/* SPDX-License-Identifier: Apache-2.0 */
/* What pftrace check found, for people and for programs. */
#ifndef CMD_CHECK_REPORT_H
#define CMD_CHECK_REPORT_H

#include "live/features.h"
#include "live/live_memory.h"
#include "live/probe.h"

#include <stdio.h>

#define CHECK_MESSAGE_BYTES 512

struct check {
	struct probe probe;
	struct features features;
	struct live_memory memory;
	uint32_t online_cpus;
	bool can_record;
	char message[CHECK_MESSAGE_BYTES]; /* when it cannot: why, and what to do */
};

/* 0 or -errno. */
int check_print_text(const struct check *check, FILE *stream);
int check_print_json(const struct check *check, FILE *stream);

#endif
