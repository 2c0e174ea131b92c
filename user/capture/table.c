/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/table.h"

#include <errno.h>
#include <string.h>

#define INTEGER(column)                 \
	{                               \
		column, CAPTURE_INTEGER \
	}
#define STRING(column)                 \
	{                              \
		column, CAPTURE_STRING \
	}

static const struct capture_table_info tables[CAPTURE_TABLES] = {
	[CAPTURE_TASKS] = { "tasks",
			    false,
			    TASKS_COLUMNS,
			    { INTEGER("task"), INTEGER("tid"), INTEGER("tgid"), INTEGER("start_ns"),
			      INTEGER("end_ns"), STRING("comm"), STRING("name"), STRING("kind"),
			      STRING("vm"), INTEGER("vcpu"), STRING("cgroup"),
			      INTEGER("first_voluntary"), INTEGER("first_involuntary"),
			      INTEGER("first_run_delay_ns"), INTEGER("first_run_ns"),
			      INTEGER("last_voluntary"), INTEGER("last_involuntary"),
			      INTEGER("last_run_delay_ns"), INTEGER("last_run_ns") } },
	[CAPTURE_SAMPLES] = { "samples",
			      true,
			      SAMPLES_COLUMNS,
			      { INTEGER("bucket"), INTEGER("task"), INTEGER("cpu"),
				INTEGER("run_ns"), INTEGER("switches"), INTEGER("voluntary"),
				INTEGER("involuntary"), INTEGER("migrations"), INTEGER("wait_ns"),
				INTEGER("wait_max_ns"), INTEGER("wait_max_at_ns") } },
	[CAPTURE_VCPU_SAMPLES] = { "vcpu_samples",
				   true,
				   VCPU_SAMPLES_COLUMNS,
				   { INTEGER("bucket"), INTEGER("task"), INTEGER("guest_ns"),
				     INTEGER("host_ns"), INTEGER("halted_ns"),
				     INTEGER("blocked_ns"), INTEGER("waiting_ns") } },
	[CAPTURE_CELLS] = { "cells",
			    true,
			    CELLS_COLUMNS,
			    { INTEGER("bucket"), INTEGER("task"), STRING("kind"), INTEGER("bin"),
			      INTEGER("count") } },
	[CAPTURE_EXITS] = { "exits",
			    true,
			    EXITS_COLUMNS,
			    { INTEGER("bucket"), INTEGER("task"), STRING("isa"), INTEGER("reason"),
			      INTEGER("count"), INTEGER("host_ns"), INTEGER("off_ns"),
			      INTEGER("host_min_ns"), INTEGER("host_max_ns"), INTEGER("guest_ns"),
			      INTEGER("unpaired") } },
	[CAPTURE_EXIT_CELLS] = { "exit_cells",
				 true,
				 EXIT_CELLS_COLUMNS,
				 { INTEGER("bucket"), INTEGER("task"), STRING("isa"),
				   INTEGER("reason"), INTEGER("bin"), INTEGER("count") } },
	[CAPTURE_TOTALS] = { "totals",
			     false,
			     TOTALS_COLUMNS,
			     { INTEGER("task"), INTEGER("cpu"), INTEGER("run_ns"),
			       INTEGER("switches"), INTEGER("voluntary"),
			       INTEGER("involuntary") } },
	[CAPTURE_EXIT_TOTALS] = { "exit_totals",
				  false,
				  EXIT_TOTALS_COLUMNS,
				  { INTEGER("task"), STRING("isa"), INTEGER("reason"),
				    INTEGER("count"), INTEGER("host_ns"),
				    INTEGER("host_max_ns") } },
	[CAPTURE_SWITCHES] = { "switches",
			       false,
			       SWITCHES_COLUMNS,
			       { INTEGER("at_ns"), INTEGER("cpu"), INTEGER("task"), INTEGER("next"),
				 STRING("state"), INTEGER("wait_us") } },
	[CAPTURE_SUCCESSORS] = { "successors",
				 false,
				 SUCCESSORS_COLUMNS,
				 { INTEGER("task"), INTEGER("next"), INTEGER("count") } },
	[CAPTURE_CPUS] = { "cpus",
			   false,
			   CPUS_COLUMNS,
			   { INTEGER("cpu"), INTEGER("at_ns"), INTEGER("online") } },
	[CAPTURE_LOSSES] = { "losses",
			     false,
			     LOSSES_COLUMNS,
			     { INTEGER("at_ns"), STRING("cause"), INTEGER("count"),
			       INTEGER("switches"), INTEGER("run_ns") } },
};

const struct capture_table_info *capture_table_info(enum capture_table table)
{
	return &tables[table];
}

int capture_table_find(const char *name)
{
	for (int table = 0; table < CAPTURE_TABLES; table++)
		if (strcmp(tables[table].name, name) == 0)
			return table;
	return -ENOENT;
}
