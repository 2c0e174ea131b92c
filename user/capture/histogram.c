/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/histogram.h"

/*
 * Where the steps of an octave begin: 2^(k/8) for k = 1..7, times 2^63, rounded up. A length is
 * shifted until its top bit is bit 63 and compared, so the border is exact for every length.
 */
static const uint64_t step_starts[HISTOGRAM_STEPS - 1] = {
	0x8b95c1e3ea8bd6e7ULL, 0x9837f0518db8a970ULL, 0xa5fed6a9b15138ebULL, 0xb504f333f9de6485ULL,
	0xc5672a115506dadeULL, 0xd744fccad69d6af5ULL, 0xeac0c6e7dd24392fULL,
};

uint32_t histogram_bin(uint64_t length_ns)
{
	uint32_t octave, step, bin;
	uint64_t mantissa;

	if (!length_ns)
		return HISTOGRAM_FIRST_BIN;
	octave = 63 - (uint32_t)__builtin_clzll(length_ns);
	mantissa = length_ns << (63 - octave);
	step = mantissa >= step_starts[3] ? 4 : 0;
	step += mantissa >= step_starts[step + 1] ? 2 : 0;
	step += mantissa >= step_starts[step] ? 1 : 0;
	bin = octave * HISTOGRAM_STEPS + step;
	if (bin < HISTOGRAM_FIRST_BIN)
		return HISTOGRAM_FIRST_BIN;
	return bin < HISTOGRAM_LAST_BIN ? bin : HISTOGRAM_LAST_BIN;
}

uint64_t histogram_bin_start_ns(uint32_t bin)
{
	uint32_t octave = bin / HISTOGRAM_STEPS;
	uint32_t step = bin % HISTOGRAM_STEPS;
	uint64_t start, rest;

	if (octave > 63)
		return UINT64_MAX;
	if (!step)
		return 1ULL << octave;
	start = step_starts[step - 1] >> (63 - octave);
	rest = step_starts[step - 1] & ((1ULL << (63 - octave)) - 1);
	return start + (rest ? 1 : 0);
}
