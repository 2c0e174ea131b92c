/* SPDX-License-Identifier: Apache-2.0 */
/* pftrace record in parts: when one ends, and what is counted of it. */
#include "cmd_record_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* Borders at which the totals could not be told, before one is taken all the same. */
#define TRIES 5

/* A border is asked for a little before its time, so that no drain has passed it. */
#define AHEAD_NS (LIVE_DRAIN_INTERVAL_NS + 20000000ULL)

const char *record_path(const struct record *record)
{
	return record->name.shown ? record->name.shown : record->options->out;
}

bool record_is_in_parts(const struct record *record)
{
	return record_options_in_parts(record->options);
}

static bool is_flight(const struct record *record)
{
	return record->options->flight_ns;
}

/* ---- when ---- */

/* When the part is to end by its length, since zero; UINT64_MAX: never. */
static uint64_t planned_end_ns(const struct record *record)
{
	uint64_t length_ns =
		is_flight(record) ? record_flight_part_ns(record) : record->options->rotate_ns;

	return length_ns ? record->parts.begin_ns + length_ns : UINT64_MAX;
}

static bool is_due(const struct record *record, uint64_t at_ns)
{
	uint64_t bytes = record->options->rotate_bytes;

	if (record->parts.asked || at_ns + AHEAD_NS >= planned_end_ns(record))
		return true;
	return bytes && cdict_writer_bytes(record->writer) >= bytes;
}

static uint64_t border_ns(const struct record *record, uint64_t at_ns)
{
	uint64_t planned_ns = planned_end_ns(record);

	if (planned_ns >= at_ns && planned_ns <= at_ns + AHEAD_NS)
		return planned_ns;
	return is_flight(record) ? record_flight_border(record, at_ns) : at_ns;
}

void record_parts_ask(struct record *record, const char *cause)
{
	struct record_parts *parts = &record->parts;

	parts->asked = true;
	if (!parts->wanted[0])
		snprintf(parts->wanted, sizeof(parts->wanted), "%s", cause);
}

static void look_after_job(struct record *record)
{
	if (worker_has_ended(&record->parts.worker))
		(is_flight(record) ? record_flight_done : record_rotate_done)(record);
}

int record_parts_tick(struct record *record, uint64_t now_ns)
{
	struct record_parts *parts = &record->parts;
	uint64_t at_ns = now_ns - record->started_ns;
	int error;

	if (!record_is_in_parts(record))
		return 0;
	look_after_job(record);
	if (parts->cutting || now_ns < parts->not_before_ns || !is_due(record, at_ns))
		return 0;
	if (!is_flight(record) && worker_is_busy(&parts->worker))
		return 0; /* the disk is slow: this part is longer */
	error = is_flight(record) ? 0 : record_rotate_prepare(record);
	parts->not_before_ns = error ? now_ns + NS_PER_S : 0;
	if (error)
		return 0; /* what is recorded goes on into the file there is */
	parts->cutting = true;
	parts->tries = 0;
	live_cut_at(record->live, border_ns(record, at_ns));
	return 0;
}

/* ---- what is counted ---- */

void record_parts_counters(const struct record *record, struct account_counters *counters)
{
	const struct account_counters *before = &record->parts.before;

	account_counters(record->account, counters);
	counters->lost_switches -= before->lost_switches;
	counters->lost_run_ns -= before->lost_run_ns;
	for (int cause = 0; cause < LOSS_CAUSES; cause++)
		counters->losses[cause] -= before->losses[cause];
}

void record_parts_add(struct record *record, const struct capture_end *end, uint64_t file_bytes)
{
	struct record_sums *sums = &record->parts.sums;

	sums->duration_ns += end->duration_ns;
	sums->switches = capture_add_known(sums->switches, end->switches);
	sums->user_cpu_ns += end->cost.user_cpu_ns;
	sums->file_bytes += file_bytes;
	if (end->verdict > sums->verdict)
		sums->verdict = end->verdict;
	for (size_t i = 0; i < end->proof_count; i++)
		sums->proven_run_ns += end->proof[i].totals_run_ns;
}

/* ---- the border ---- */

static int turn(struct record *record, const struct capture_end *end)
{
	struct record_parts *parts = &record->parts;
	int error;

	parts->begin_ns += end->duration_ns;
	parts->cutting = false;
	parts->asked = false;
	error = is_flight(record) ? record_flight_turn(record, end)
				  : record_rotate_turn(record, end);
	account_counters(record->account, &parts->before);
	return error;
}

/* The capture's zero, then the borders: a flight recorder's keep to its grid. */
static void try_the_next(struct record *record, uint64_t at_ns)
{
	record->parts.tries++;
	live_cut_at(record->live,
		    is_flight(record) ? record_flight_border(record, at_ns + 1) : at_ns + 1);
}

int record_parts_cut(struct record *record)
{
	struct capture_end end = { .cause = "next file" };
	uint64_t at_ns;
	int error;

	if (!record->parts.cutting || !live_is_at_cut(record->live))
		return 0;
	at_ns = live_cut_at(record->live, 0);
	record_fill_user_cost(record, &end);
	error = live_cut(record->live, &end, record->parts.tries >= TRIES);
	if (error == -EAGAIN) {
		try_the_next(record, at_ns);
		return 0;
	}
	return error ? error : turn(record, &end);
}

void record_parts_free(struct record *record)
{
	struct record_parts *parts = &record->parts;

	worker_wait(&parts->worker);
	if (parts->next)
		cdict_drop(parts->next);
	series_name_free(&parts->next_name);
	record_flight_free(record);
	series_close(&parts->series);
	*parts = (struct record_parts){ 0 };
}
