/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/compare_values.h"

#include "base/array.h"
#include "base/student_t.h"
#include "chart/compare_percentile.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* Events in the run that has more of them, below which a rate tells nothing. */
#define EVENTS_MIN 20
#define NS_PER_S 1e9

enum divisor { BY_TIME, BY_SWITCHES, PERCENTILE };

static const struct metric {
	const char *word;
	enum compare_unit unit;
	enum divisor divisor;
	enum run_blocks_sum sum;
	double share; /* of a percentile */
} metrics[COMPARE_METRICS] = {
	[COMPARE_RUN] = { "run", COMPARE_SHARE, BY_TIME, RUN_BLOCKS_RUN_NS, 0 },
	[COMPARE_SWITCHES] = { "switches", COMPARE_RATE, BY_TIME, RUN_BLOCKS_SWITCHES, 0 },
	[COMPARE_MIGRATIONS] = { "migrations", COMPARE_RATE, BY_TIME, RUN_BLOCKS_MIGRATIONS, 0 },
	[COMPARE_WAIT_AVG] = { "wait_avg", COMPARE_NS, BY_SWITCHES, RUN_BLOCKS_WAIT_NS, 0 },
	[COMPARE_WAIT_P50] = { "wait_p50", COMPARE_NS, PERCENTILE, RUN_BLOCKS_WAIT_NS, 0.5 },
	[COMPARE_WAIT_P90] = { "wait_p90", COMPARE_NS, PERCENTILE, RUN_BLOCKS_WAIT_NS, 0.9 },
	[COMPARE_WAIT_P99] = { "wait_p99", COMPARE_NS, PERCENTILE, RUN_BLOCKS_WAIT_NS, 0.99 },
	[COMPARE_GUEST] = { "guest", COMPARE_SHARE, BY_TIME, RUN_BLOCKS_GUEST_NS, 0 },
	[COMPARE_HALTED] = { "halted", COMPARE_SHARE, BY_TIME, RUN_BLOCKS_HALTED_NS, 0 },
	[COMPARE_BLOCKED] = { "blocked", COMPARE_SHARE, BY_TIME, RUN_BLOCKS_BLOCKED_NS, 0 },
	[COMPARE_WAITING] = { "waiting", COMPARE_SHARE, BY_TIME, RUN_BLOCKS_WAITING_NS, 0 },
	[COMPARE_EXITS] = { "exits", COMPARE_RATE, BY_TIME, RUN_BLOCKS_EXITS, 0 },
	[COMPARE_HOST] = { "host", COMPARE_SHARE, BY_TIME, RUN_BLOCKS_HOST_NS, 0 },
};

const char *compare_metric_word(enum compare_metric metric)
{
	return metrics[metric].word;
}

enum compare_unit compare_metric_unit(enum compare_metric metric)
{
	return metrics[metric].unit;
}

int compare_metric_find(const char *word)
{
	for (int metric = 0; metric < COMPARE_METRICS; metric++)
		if (strcmp(metrics[metric].word, word) == 0)
			return metric;
	return -ENOENT;
}

/* ---- one run ---- */

/* Blocks of one run that were recorded whole, without gaps between them. */
struct columns {
	double up[RUN_BLOCKS_MAX];
	double down[RUN_BLOCKS_MAX];
	size_t blocks;
	double events; /* in all */
};

static const uint64_t *sums_of(const struct run_blocks *blocks, size_t name, uint64_t kind,
			       enum run_blocks_sum sum)
{
	const struct run_blocks_name *sums = blocks->names[name];
	const struct run_blocks_exits *exits;

	if (kind == COMPARE_ALL_KINDS)
		return sums && sums->known >> sum & 1 ? sums->sums[sum] : NULL;
	exits = run_blocks_exits_of(blocks, name, kind);
	if (!exits)
		return NULL;
	return sum == RUN_BLOCKS_EXITS ? exits->counts : exits->host_ns;
}

static double at(const uint64_t *sums, size_t block)
{
	return sums ? (double)sums[block] : 0;
}

/* NULL stands for zeros. */
static void fill(struct columns *columns, const struct run_blocks *blocks, const uint64_t *up,
		 const uint64_t *down, const uint64_t *events)
{
	*columns = (struct columns){ 0 };
	for (size_t block = 0; block < RUN_BLOCKS_MAX; block++) {
		if (!blocks->covered_ns[block])
			continue;
		columns->up[columns->blocks] = at(up, block);
		columns->down[columns->blocks++] = at(down, block);
		columns->events += at(events, block);
	}
}

/* ---- ratios ---- */

static double scale_of(const struct metric *metric)
{
	return metric->unit == COMPARE_RATE ? NS_PER_S : 1;
}

static bool tells(const struct run_blocks *blocks, size_t name, enum run_blocks_sum sum)
{
	return blocks->names[name] && blocks->names[name]->known >> sum & 1;
}

/* A task without any row did nothing, where the run tells of others. */
static bool is_known(const struct run_blocks *blocks, const struct metric *metric, size_t name)
{
	if (metric->sum == RUN_BLOCKS_EXITS || metric->sum == RUN_BLOCKS_HOST_NS)
		return blocks->knows_exits;
	if (!blocks->names[name] && metric->sum <= RUN_BLOCKS_MIGRATIONS)
		return blocks->knows_switches;
	return tells(blocks, blocks->names[name] ? name : run_blocks_all(blocks), metric->sum);
}

bool compare_values_told(const struct run_blocks *const blocks[2], size_t name,
			 enum compare_metric metric)
{
	return tells(blocks[0], name, metrics[metric].sum) ||
	       tells(blocks[1], name, metrics[metric].sum);
}

static bool too_few(const struct metric *metric, double events_a, double events_b)
{
	if (metric->divisor == BY_SWITCHES) /* both averages have to be worth something */
		return fmin(events_a, events_b) < EVENTS_MIN;
	return metric->unit == COMPARE_RATE && fmax(events_a, events_b) < EVENTS_MIN;
}

static struct spread spread_of(const struct run_blocks *blocks, const struct metric *metric,
			       size_t name, uint64_t kind, double *events)
{
	const uint64_t *up = sums_of(blocks, name, kind, metric->sum);
	const uint64_t *switches = sums_of(blocks, name, COMPARE_ALL_KINDS, RUN_BLOCKS_SWITCHES);
	struct columns columns;
	struct spread spread;

	fill(&columns, blocks, up, metric->divisor == BY_TIME ? blocks->covered_ns : switches,
	     metric->unit == COMPARE_RATE ? up : switches);
	*events = columns.events;
	for (size_t i = 0; i < columns.blocks; i++)
		columns.up[i] *= scale_of(metric);
	spread = spread_of_ratio(columns.up, columns.down, columns.blocks);
	if (!is_known(blocks, metric, name))
		spread.value = NAN;
	return spread;
}

static void compare_ratio(struct compare_values *values, const struct run_blocks *const blocks[2],
			  const struct metric *metric, size_t name, uint64_t kind)
{
	struct spread spreads[2];
	double events[2];

	for (int run = 0; run < 2; run++)
		spreads[run] = spread_of(blocks[run], metric, name, kind, &events[run]);
	values->a = spreads[0].value;
	values->b = spreads[1].value;
	values->too_few = too_few(metric, events[0], events[1]);
	values->least *= fmax(values->a, values->b);
	values->difference = spread_difference(&spreads[0], &spreads[1]);
	values->chance = spread_chance(&values->difference, values->least);
}

int compare_values_of(struct compare_values *values, const struct run_blocks *const blocks[2],
		      size_t name, enum compare_metric metric, uint64_t kind, double least)
{
	*values = (struct compare_values){ .least = least, .chance = NAN };
	if (metrics[metric].divisor == PERCENTILE)
		return compare_percentile(values, blocks, name, metrics[metric].share);
	compare_ratio(values, blocks, &metrics[metric], name, kind);
	return 0;
}

int compare_values_interval(struct compare_values *values, const struct run_blocks *const blocks[2],
			    size_t name, enum compare_metric metric, double chance)
{
	const struct spread_difference *difference = &values->difference;
	double half;

	if (isnan(values->chance))
		return 0;
	if (metrics[metric].divisor == PERCENTILE)
		return compare_percentile_interval(values, blocks, name, metrics[metric].share,
						   chance);
	half = difference->error * student_t_limit(chance, difference->freedom);
	values->low = difference->delta - half;
	values->high = difference->delta + half;
	values->beyond = fabs(difference->delta) - half > values->least;
	return 0;
}
