/* SPDX-License-Identifier: Apache-2.0 */
#include "live/timeline.h"

#define SLOPE_DIVISOR 2000 /* 500 ppm */

void timeline_init(struct timeline *line, uint64_t zero_ns)
{
	*line = (struct timeline){ .zero_ns = zero_ns };
}

void timeline_pair(struct timeline *line, uint64_t rq_ns, uint64_t mono_ns)
{
	int64_t offset_ns = (int64_t)(mono_ns - rq_ns);
	int64_t highest_ns;

	if (line->has_pair && rq_ns >= line->pair_rq_ns) {
		highest_ns =
			line->offset_ns + (int64_t)((rq_ns - line->pair_rq_ns) / SLOPE_DIVISOR);
		if (offset_ns > highest_ns)
			offset_ns = highest_ns;
	}
	line->offset_ns = offset_ns;
	line->pair_rq_ns = rq_ns;
	line->has_pair = true;
}

static uint64_t forward(struct timeline *line, uint64_t at_ns)
{
	if (at_ns > line->last_ns)
		line->last_ns = at_ns;
	return line->last_ns;
}

uint64_t timeline_at_mono(struct timeline *line, uint64_t mono_ns)
{
	return forward(line, mono_ns > line->zero_ns ? mono_ns - line->zero_ns : 0);
}

uint64_t timeline_at_rq(struct timeline *line, uint64_t rq_ns)
{
	return timeline_at_mono(line, rq_ns + (uint64_t)line->offset_ns);
}
