/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Logarithmic bins of lengths: 8 an octave, so that a bin is 9 % wide. Bin b holds the lengths
 * from 2^(b/8) ns up to, not including, 2^((b+1)/8) ns; the first and the last are open.
 */
#ifndef CAPTURE_HISTOGRAM_H
#define CAPTURE_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_STEPS 8
#define HISTOGRAM_FIRST_BIN (7 * HISTOGRAM_STEPS)     /* below 140 ns */
#define HISTOGRAM_LAST_BIN (44 * HISTOGRAM_STEPS + 7) /* from 9 hours */

/* The bin of a length. */
uint32_t histogram_bin(uint64_t length_ns);

/* Where a bin begins, in ns (2^(bin/8), rounded up to the first whole ns that is in it). */
uint64_t histogram_bin_start_ns(uint32_t bin);

#endif
