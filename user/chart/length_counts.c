/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/length_counts.h"

#include "capture/table.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void length_counts_free(struct length_counts *lengths)
{
	free(lengths->counts);
	memset(lengths, 0, sizeof(*lengths));
}

/* Makes room so that `bin` lies between first and last. */
static int reach(struct length_counts *lengths, uint32_t bin)
{
	uint32_t first = lengths->bins && lengths->first < bin ? lengths->first : bin;
	uint32_t last = lengths->bins && lengths->first + lengths->bins - 1 > bin
				? lengths->first + lengths->bins - 1
				: bin;
	uint64_t *counts = calloc(last - first + 1, sizeof(*counts));

	if (!counts)
		return -ENOMEM;
	if (lengths->bins)
		memcpy(counts + (lengths->first - first), lengths->counts,
		       lengths->bins * sizeof(*counts));
	free(lengths->counts);
	*lengths = (struct length_counts){ counts, first, last - first + 1 };
	return 0;
}

int length_counts_add(struct length_counts *lengths, uint64_t bin, uint64_t count)
{
	uint32_t place = bin < LENGTH_COUNTS_BIN_MAX ? (uint32_t)bin : LENGTH_COUNTS_BIN_MAX;

	/* below `first` wraps around to more than there are */
	if (place - lengths->first >= lengths->bins && reach(lengths, place))
		return -ENOMEM;
	lengths->counts[place - lengths->first] += count;
	return 0;
}

int length_counts_add_all(struct length_counts *lengths, const struct length_counts *other)
{
	int error = 0;

	for (uint32_t i = 0; i < other->bins && !error; i++)
		if (other->counts[i])
			error = length_counts_add(lengths, other->first + i, other->counts[i]);
	return error;
}

uint64_t length_counts_total(const struct length_counts *lengths)
{
	uint64_t total = 0;

	for (uint32_t i = 0; i < lengths->bins; i++)
		total += lengths->counts[i];
	return total;
}

uint64_t length_counts_percentile(const struct length_counts *lengths, double share,
				  uint32_t steps_per_octave)
{
	uint64_t total = length_counts_total(lengths);
	uint64_t rank = (uint64_t)ceil(share * (double)total);
	uint64_t passed = 0;
	double length_ns;
	uint32_t i = 0;

	if (!total || !steps_per_octave)
		return CAPTURE_NIL;
	for (rank = rank ? rank : 1; i < lengths->bins - 1; i++) {
		passed += lengths->counts[i];
		if (passed >= rank)
			break;
	}
	length_ns = exp2((lengths->first + i + 0.5) / steps_per_octave);
	return length_ns < 0x1p63 ? (uint64_t)llround(length_ns) : INT64_MAX;
}
