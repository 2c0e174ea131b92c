/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many lengths fell into which logarithmic bin (capture/histogram.h), kept only between the
 * first and the last bin in use: most tasks use few.
 */
#ifndef CHART_LENGTH_COUNTS_H
#define CHART_LENGTH_COUNTS_H

#include <stdint.h>

/* Bins beyond count as this one: no file makes an array longer. */
#define LENGTH_COUNTS_BIN_MAX 4095

struct length_counts {
	uint64_t *counts; /* of the bins first, first + 1 ... */
	uint32_t first;
	uint32_t bins;
};

/* Zero bytes are an empty one. */
void length_counts_free(struct length_counts *lengths);

/* 0 or -ENOMEM. */
int length_counts_add(struct length_counts *lengths, uint64_t bin, uint64_t count);

/* Adds what `other` counted. 0 or -ENOMEM. */
int length_counts_add_all(struct length_counts *lengths, const struct length_counts *other);

uint64_t length_counts_total(const struct length_counts *lengths);

/*
 * The length, in ns, that this share (0.5: the median) of the counted do not pass: the middle of
 * its bin, so right within half a bin's width. CAPTURE_NIL when nothing was counted.
 */
uint64_t length_counts_percentile(const struct length_counts *lengths, double share,
				  uint32_t steps_per_octave);

#endif
