/* SPDX-License-Identifier: Apache-2.0 */
#include "changes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what holds in every run ---- */

static uint64_t loss_count(const struct comparison *c, const char *cause, unsigned int column)
{
	const struct tallied_table *losses = table(c, CAPTURE_LOSSES);

	for (size_t i = losses->count; i-- > 0;)
		if (!strcmp(string_pool_text(c->result->strings,
					     losses->rows[i].values[LOSSES_CAUSE]),
			    cause))
			return losses->rows[i].values[column];
	return 0;
}

static bool compare_sums(struct comparison *c)
{
	const struct capture_end *end = &c->result->tally.end;
	uint64_t cells = 0, missed = loss_count(c, "missed_switch", LOSSES_COUNT);
	uint64_t unknown = end->runs_before_zero + end->runs_after_loss + end->runs_missed_switch;
	uint64_t lost = loss_count(c, "ring_full", LOSSES_SWITCHES);
	uint64_t pairs =
		tally_sum(&c->result->tally, CAPTURE_SUCCESSORS, SUCCESSORS_COUNT, 0, CAPTURE_NIL);

	for (size_t i = 0; i < c->rows.cell_count; i++)
		if (!c->rows.cells[i].kind)
			cells += c->rows.cells[i].count;
	if (end->verdict != VERDICT_EQUAL)
		return differs(c, "verdict %s", capture_verdict_word(end->verdict));
	if (cells + unknown != end->switches + missed)
		return differs(c,
			       "%" PRIu64 " run cells + %" PRIu64 " unknown runs, %" PRIu64
			       " switches + %" PRIu64 " missed",
			       cells, unknown, end->switches, missed);
	if (pairs != end->switches)
		return differs(c, "%" PRIu64 " successors, %" PRIu64 " switches", pairs,
			       end->switches);
	if (end->switches != c->oracle.switches)
		return differs(c, "%" PRIu64 " switches, true %" PRIu64, end->switches,
			       c->oracle.switches);
	if (lost != c->oracle.lost_switches)
		return differs(c, "%" PRIu64 " switches lost, true %" PRIu64, lost,
			       c->oracle.lost_switches);
	if (c->result->history.unfounded_markers)
		return differs(c, "%" PRIu64 " markers where no switch was missed",
			       c->result->history.unfounded_markers);
	/* a task that is seen elsewhere has left by a missed switch, or one not yet known lost */
	if (missed < c->oracle.missed ||
	    missed > c->oracle.missed + c->oracle.unseen + c->oracle.lost_switches)
		return differs(c, "%" PRIu64 " missed switches, true %" PRIu64, missed,
			       c->oracle.missed);
	return true;
}

/* A CPU's time within a bucket that it was offline. */
static uint64_t offline_ns(const struct comparison *c, uint32_t cpu, uint64_t from_ns,
			   uint64_t to_ns)
{
	const struct tallied_table *cpus = table(c, CAPTURE_CPUS);
	uint64_t since_ns = 0, sum = 0;
	bool offline = false;

	for (size_t i = 0; i <= cpus->count; i++) {
		bool last = i == cpus->count;
		const uint64_t *v = last ? NULL : cpus->rows[i].values;
		uint64_t at_ns = last ? UINT64_MAX : v[CPUS_AT_NS];

		if (!last && v[CPUS_CPU] != cpu)
			continue;
		if (offline) {
			uint64_t a = since_ns > from_ns ? since_ns : from_ns;
			uint64_t b = at_ns < to_ns ? at_ns : to_ns;

			sum += b > a ? b - a : 0;
		}
		if (!last)
			offline = !v[CPUS_ONLINE];
		since_ns = at_ns;
	}
	return sum;
}

/* A clock that lags or goes wrong may put the last switches a little behind the end. */
static bool fills(const struct comparison *c, uint64_t sum_ns, uint64_t length_ns, bool last)
{
	if (sum_ns == length_ns)
		return true;
	return last && sum_ns > length_ns &&
	       sum_ns <= length_ns + c->result->plan.lag_ns + (c->result->plan.drift ? SIM_MS : 0);
}

static bool compare_fill(struct comparison *c)
{
	uint64_t duration_ns = c->result->history.end_ns - c->result->history.zero_ns;
	uint32_t cpus = c->result->plan.cpus;
	uint64_t *sums = calloc(cpus, sizeof(*sums));
	uint64_t from_ns = 0, bucket_ns, to_ns;
	size_t i = 0;
	bool equal = true;

	if (!sums)
		abort();
	while (from_ns < duration_ns && equal) {
		sim_bucket_start(&c->grid, from_ns, &bucket_ns);
		to_ns = from_ns + bucket_ns < duration_ns ? from_ns + bucket_ns : duration_ns;
		memset(sums, 0, cpus * sizeof(*sums));
		for (; i < c->rows.count && c->rows.rows[i].start_ns < from_ns + bucket_ns; i++)
			sums[c->rows.rows[i].cpu] += c->rows.rows[i].run_ns;
		for (uint32_t cpu = 0; cpu < cpus && equal; cpu++)
			if (!fills(c, sums[cpu] + offline_ns(c, cpu, from_ns, to_ns),
				   to_ns - from_ns, to_ns == duration_ns))
				equal = differs(c,
						"CPU %u, bucket at %" PRIu64 ": %" PRIu64
						" of %" PRIu64 " ns",
						cpu, from_ns, sums[cpu], to_ns - from_ns);
		from_ns += bucket_ns;
	}
	free(sums);
	return equal;
}

/* Sums over time: as if there were one bucket. */
static struct sim_rows without_time(const struct sim_rows *rows)
{
	struct sim_rows sums = { 0 };

	for (size_t i = 0; i < rows->count; i++) {
		struct sim_row row = rows->rows[i];

		row.start_ns = 0;
		sim_add_row(&sums, &row);
	}
	for (size_t i = 0; i < rows->cell_count; i++) {
		struct sim_cell cell = rows->cells[i];

		cell.start_ns = 0;
		sim_add_cell(&sums, &cell);
	}
	sim_rows_settle(&sums);
	return sums;
}

#define SAME(field)                                                                              \
	do {                                                                                     \
		if (x->field != y->field)                                                        \
			return differs(c,                                                        \
				       "bucket at %" PRIu64 " ns, t%" PRId64 ", CPU %u: " #field \
				       " %" PRIu64 ", true %" PRIu64,                            \
				       x->start_ns, x->task, x->cpu, (uint64_t)x->field,         \
				       (uint64_t)y->field);                                      \
	} while (0)

/* wait_known is nil in the file: compared where no partial rows of one key can differ. */
static bool compare_row(struct comparison *c, const struct sim_row *x, const struct sim_row *y)
{
	SAME(start_ns);
	SAME(task);
	SAME(cpu);
	SAME(switches);
	SAME(voluntary);
	SAME(involuntary);
	if (!c->exact)
		return true;
	SAME(run_ns);
	SAME(migrations);
	if (!c->result->parts || !c->timed) /* what lies before a border counts behind it */
		SAME(wait_ns);
	SAME(wait_max_ns);
	if (x->wait_max_ns)
		SAME(wait_max_at_ns);
	return true;
}

/* Rows that say nothing but that they are there do not count. */
static const struct sim_row *next_row(const struct comparison *c, const struct sim_rows *rows,
				      size_t *at)
{
	bool waits = !c->result->parts || !c->timed;

	for (; *at < rows->count; ++*at) {
		const struct sim_row *row = &rows->rows[*at];

		if (row->switches ||
		    (c->exact && (row->run_ns || row->migrations || (waits && row->wait_ns))))
			return &rows->rows[(*at)++];
	}
	return NULL;
}

static bool compare_rows(struct comparison *c, const struct sim_rows *ours,
			 const struct sim_rows *theirs)
{
	size_t i = 0, k = 0;

	for (;;) {
		const struct sim_row *x = next_row(c, ours, &i);
		const struct sim_row *y = next_row(c, theirs, &k);

		if (!x && !y)
			return true;
		if (!x)
			return differs(c, "no row at %" PRIu64 " ns for t%" PRId64 ", CPU %u",
				       y->start_ns, y->task, y->cpu);
		if (!y)
			return differs(c, "a row at %" PRIu64 " ns too many: t%" PRId64 ", CPU %u",
				       x->start_ns, x->task, x->cpu);
		if (!compare_row(c, x, y))
			return false;
	}
}

static bool compare_timed_rows(struct comparison *c)
{
	bool equal;

	c->timed = true;
	equal = compare_rows(c, &c->rows, &c->oracle.rows);
	c->timed = false;
	return equal;
}

static const struct sim_cell *next_cell(const struct sim_rows *rows, size_t *at, bool runs_only)
{
	for (; *at < rows->cell_count; ++*at)
		if (!runs_only || !rows->cells[*at].kind)
			return &rows->cells[(*at)++];
	return NULL;
}

static bool compare_cells(struct comparison *c, const struct sim_rows *ours,
			  const struct sim_rows *theirs)
{
	static const char *const kinds[] = { "run", "sleep", "wait" };
	size_t i = 0, k = 0;

	for (;;) {
		const struct sim_cell *x = next_cell(ours, &i, !c->exact);
		const struct sim_cell *y = next_cell(theirs, &k, !c->exact);

		if (!x && !y)
			return true;
		if (!x || !y || x->start_ns != y->start_ns || x->task != y->task ||
		    x->kind != y->kind || x->bin != y->bin || x->count != y->count) {
			const struct sim_cell *z = x ? x : y;

			return differs(
				c,
				"cells at %" PRIu64 " ns, t%" PRId64 ", %s, bin %" PRIu64
				": %" PRIu64 ", true %" PRIu64 " (t%" PRId64 " bin %" PRIu64 ")",
				z->start_ns, z->task, kinds[z->kind], z->bin, x ? x->count : 0,
				y ? y->count : 0, y ? y->task : 0, y ? y->bin : 0);
		}
	}
}

/* ---- what holds within limits ---- */

static uint64_t apart(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

/* Run time by task and CPU: moved by lag at each border, and by what was not known in time. */
static bool compare_run_time(struct comparison *c, const struct sim_rows *ours,
			     const struct sim_rows *theirs)
{
	uint64_t apart_ns = 0;
	size_t i = 0, k = 0;

	while (i < ours->count || k < theirs->count) {
		const struct sim_row *x = i < ours->count ? &ours->rows[i] : NULL;
		const struct sim_row *y = k < theirs->count ? &theirs->rows[k] : NULL;
		int order = !x			 ? 1
			    : !y		 ? -1
			    : x->task != y->task ? (x->task < y->task ? -1 : 1)
			    : x->cpu != y->cpu	 ? (x->cpu < y->cpu ? -1 : 1)
						 : 0;

		apart_ns += order < 0	? x->run_ns
			    : order > 0 ? y->run_ns
					: apart(x->run_ns, y->run_ns);
		i += order <= 0;
		k += order >= 0;
	}
	if (apart_ns > c->lost_ns_allowed)
		return differs(c, "run times differ by %" PRIu64 " ns in all, allowed %" PRIu64,
			       apart_ns, c->lost_ns_allowed);
	return true;
}

/* Sleeps and waits: how many cells by task and kind differ. */
static bool compare_cell_counts(struct comparison *c, const struct sim_rows *ours,
				const struct sim_rows *theirs)
{
	uint64_t sums[2][3] = { { 0 } };

	for (size_t i = 0; i < ours->cell_count; i++)
		sums[0][ours->cells[i].kind] += ours->cells[i].count;
	for (size_t i = 0; i < theirs->cell_count; i++)
		sums[1][theirs->cells[i].kind] += theirs->cells[i].count;
	for (int kind = 1; kind < 3; kind++)
		if (apart(sums[0][kind], sums[1][kind]) > c->cells_allowed)
			return differs(c,
				       "%s cells %" PRIu64 ", true %" PRIu64
				       ", allowed to differ by %" PRIu64,
				       kind == 1 ? "sleep" : "wait", sums[0][kind], sums[1][kind],
				       c->cells_allowed);
	return true;
}

static uint64_t sum_of_waits(const struct sim_rows *rows)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < rows->count; i++)
		sum += rows->rows[i].wait_ns;
	return sum;
}

static bool compare_within_limits(struct comparison *c, const struct sim_rows *ours,
				  const struct sim_rows *theirs)
{
	uint64_t ours_ns = sum_of_waits(ours), theirs_ns = sum_of_waits(theirs);

	if (!compare_run_time(c, ours, theirs) || !compare_cell_counts(c, ours, theirs))
		return false;
	if (!c->cells_allowed && apart(ours_ns, theirs_ns) > c->lost_ns_allowed)
		return differs(c, "waits %" PRIu64 " ns, true %" PRIu64, ours_ns, theirs_ns);
	return true;
}

/* ---- tasks and totals ---- */

/* Not when its last CPU was not seeded yet. */
static bool saw_death(const struct sim_history *history, uint32_t task)
{
	for (size_t i = history->switch_count; i-- > 0;)
		if (history->switches[i].prev == task)
			return history->switches[i].state == PFT_STATE_DEAD &&
			       history->switches[i].number != SIM_NIL;
	return false;
}

/* Behind some border it got another name, and no row: the part before has the name of its time. */
static bool is_named_elsewhere(const struct comparison *c, int64_t task)
{
	const struct sim_history *history = &c->result->history;
	uint64_t named_ns = history->tasks[task].named_ns, last_ns = 0, border_ns = 0;

	for (size_t i = 0; i < c->rows.count; i++)
		if (c->rows.rows[i].task == task)
			last_ns = c->rows.rows[i].start_ns;
	for (uint64_t i = 0; i < c->result->parts; i++)
		if (history->zero_ns + c->result->borders_ns[i] <= named_ns)
			border_ns = c->result->borders_ns[i];
	return last_ns < border_ns;
}

static bool compare_tasks(struct comparison *c)
{
	const struct sim_history *history = &c->result->history;
	bool whole = !c->oracle.lost_switches && !c->result->plan.missed;

	for (size_t key = 1; key < c->key_count; key++) {
		const struct tallied_row *row = tally_task(&c->result->tally, key);
		const struct sim_task *task;
		const char *comm;

		if (!row || c->tasks[key] < (int64_t)c->result->plan.cpus)
			continue;
		task = &history->tasks[c->tasks[key]];
		comm = string_pool_text(c->result->strings, row->values[TASKS_COMM]);
		if (!comm || (strcmp(comm, task->comm) && !is_named_elsewhere(c, c->tasks[key])))
			return differs(c, "t%" PRId64 " is named %s, truly %s", c->tasks[key],
				       comm ? comm : "nil", task->comm);
		if (whole && (row->values[TASKS_END_NS] == CAPTURE_NIL) !=
				     !saw_death(history, (uint32_t)c->tasks[key]))
			return differs(c, "t%" PRId64 " is %s", c->tasks[key],
				       task->end_ns == SIM_NIL ? "not dead" : "dead");
	}
	return true;
}

/* By task and CPU the kernel side's totals are the samples', when nothing was lost. */
static bool compare_totals(struct comparison *c, const struct sim_rows *sums)
{
	const struct tallied_table *totals = table(c, CAPTURE_TOTALS);

	for (size_t i = 0; i < totals->count; i++) {
		const uint64_t *v = totals->rows[i].values;
		int64_t task = c->tasks[v[TOTALS_TASK]];
		uint64_t switches = 0;

		for (size_t k = 0; k < sums->count; k++)
			if (sums->rows[k].task == task && sums->rows[k].cpu == v[TOTALS_CPU])
				switches += sums->rows[k].switches;
		if (switches > v[TOTALS_SWITCHES] ||
		    (!c->oracle.lost_switches && switches != v[TOTALS_SWITCHES]))
			return differs(c,
				       "t%" PRId64 ", CPU %" PRIu64 ": %" PRIu64
				       " switches, by the totals %" PRIu64,
				       task, v[TOTALS_CPU], switches, v[TOTALS_SWITCHES]);
	}
	return true;
}

/* ---- all ---- */

static void set_limits(struct comparison *c)
{
	const struct sim_plan *plan = &c->result->plan;
	uint64_t switches = c->oracle.switches + c->oracle.lost_switches;

	c->exact = !plan->lag_ns && !plan->missed && !c->oracle.gaps;
	if (plan->lag_ns)
		c->lost_ns_allowed +=
			4 * c->oracle.lag_sum_ns + 60 * plan->lag_ns * plan->cpus + switches * 3000;
	if (plan->drift)
		c->lost_ns_allowed += switches * 100000;
	c->lost_ns_allowed += 4 * c->oracle.unknown_ns;
	if (c->oracle.unknown_ns) /* known only after a flush */
		c->lost_ns_allowed += (c->oracle.gaps + 2 * c->oracle.missed) * plan->drain_ns * 3;
	if (!c->exact)
		c->cells_allowed = switches;
}

bool sim_compare(struct sim_result *result)
{
	struct comparison c = { .result = result };
	struct sim_rows ours = { 0 }, theirs = { 0 };
	bool equal;

	result->difference[0] = '\0';
	take_grid(&c);
	sim_oracle(&result->plan, &result->history, &c.grid, &c.oracle);
	if (c.oracle.gaps || c.oracle.missed)
		c.nobodies_allowed = 1 + (c.oracle.gaps + c.oracle.missed) / 50;
	equal = take_tasks(&c);
	if (equal) {
		take_rows(&c);
		set_limits(&c);
		ours = without_time(&c.rows);
		theirs = without_time(&c.oracle.rows);
		if (result->tally.used_before_told)
			equal = differs(&c, "a row names a task that was not told of before");
		equal = equal && compare_sums(&c) && compare_fill(&c);
	}
	if (equal && !c.nobodies) {
		equal = compare_tasks(&c) && compare_totals(&c, &ours) &&
			(!c.exact || compare_timed_rows(&c)) && compare_rows(&c, &ours, &theirs) &&
			compare_cells(&c, &ours, &theirs) &&
			compare_within_limits(&c, &ours, &theirs) && compare_changes(&c);
		if (equal && c.exact)
			equal = compare_cells(&c, &c.rows, &c.oracle.rows);
	}
	sim_rows_free(&ours);
	sim_rows_free(&theirs);
	sim_rows_free(&c.rows);
	sim_rows_free(&c.oracle.rows);
	sim_changes_free(&c.oracle.changes);
	free(c.tasks);
	return equal;
}
