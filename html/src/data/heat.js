// SPDX-License-Identifier: Apache-2.0
// Density of lengths over time (charts 1 and 2): dense, because each pixel asks for it.

import { columnCount } from './sparse.js';

export const STEPS = 8;
// Lengths that a bin holds: from this up to that of the next bin (capture/histogram.h).
export const binStartNs = (bin, steps = STEPS) => 2 ** (bin / steps);
export const binOf = (ns, steps = STEPS) => Math.log2(Math.max(ns, 1e-9)) * steps;

// The lowest and highest bin that hold anything of these kinds; null when none does.
export function binExtent(heat, kinds) {
	let low = Infinity;
	let high = -Infinity;
	for (let group = 0; group < heat.upper.length; group++) {
		if (!kinds.includes(heat.upper[group])) continue;
		for (let i = heat.begins[group]; i < heat.begins[group + 1]; i++) {
			if (heat.inner[i] < low) low = heat.inner[i];
			if (heat.inner[i] > high) high = heat.inner[i];
		}
	}
	return low <= high ? { low, high } : null;
}

// Beyond this many cells single precision is exact enough (to 2^24 a cell) and half as large.
const EXACT_CELLS = 8e6;

function emptyLevel(first, columns, bins, gridNs, low) {
	const Type = columns * bins > EXACT_CELLS ? Float32Array : Float64Array;
	return { first, columns, bins, low, gridNs, data: new Type(columns * bins), max: 0, total: 0 };
}

function settle(level) {
	for (const value of level.data) {
		if (value > level.max) level.max = value;
		level.total += value;
	}
	return level;
}

// All cells of one kind whose task is wanted, summed: data[column * bins + bin - low].
export function density(heat, kind, extent, wanted) {
	const groups = [];
	for (let group = 0; group < heat.upper.length; group++)
		if (heat.upper[group] === kind && wanted(heat.lower[group])) groups.push(group);
	// as coarse as the coarsest of them
	const shift = groups.reduce((most, group) => Math.max(most, heat.shifts[group]), 0);
	const size = 2 ** shift;
	const first = Math.floor(heat.first / size);
	const columns = Math.floor((heat.first + columnCount(heat) - 1) / size) - first + 1;
	const level = emptyLevel(
		first,
		Math.max(0, columns),
		extent.high - extent.low + 1,
		heat.gridNs * size,
		extent.low,
	);
	for (const group of groups)
		for (let i = heat.begins[group]; i < heat.begins[group + 1]; i++)
			level.data[
				(Math.floor((heat.first + heat.column[i]) / size) - first) * level.bins +
					heat.inner[i] -
					extent.low
			] += heat.values[0][i];
	return settle(level);
}

export function halveDensity(level) {
	const odd = level.first % 2;
	const columns = (level.columns + odd + 1) >> 1;
	const next = emptyLevel(Math.floor(level.first / 2), columns, level.bins, level.gridNs * 2, level.low);
	for (let column = 0; column < level.columns; column++) {
		const from = column * level.bins;
		const to = ((column + odd) >> 1) * level.bins;
		for (let bin = 0; bin < level.bins; bin++) next.data[to + bin] += level.data[from + bin];
	}
	return settle(next);
}

// 0 stays 0; all else becomes 1..255 on a log scale, so that what is there stays visible.
export function quantise(level) {
	if (!level.quantised) {
		const scale = 254 / Math.max(1, Math.log1p(level.max) - Math.log(2));
		level.quantised = Uint8Array.from(level.data, (value) =>
			value > 0
				? Math.min(255, Math.max(1, 1 + Math.floor((Math.log1p(value) - Math.log(2)) * scale)))
				: 0,
		);
	}
	return level.quantised;
}

// Colours for a most that another level has.
export function rescale(level, most) {
	level.max = most;
	level.quantised = null;
}

// Counts by bin over the columns of [from, to).
export function histogram(level, from, to) {
	const counts = new Float64Array(level.bins);
	for (let column = Math.max(0, from); column < Math.min(level.columns, to); column++)
		for (let bin = 0; bin < level.bins; bin++) counts[bin] += level.data[column * level.bins + bin];
	return counts;
}

// The bin below whose end this part of the counted lengths lies; null when nothing was counted.
export function percentileBin(counts, part) {
	let total = 0;
	for (const count of counts) total += count;
	if (total === 0) return null;
	let sum = 0;
	for (let bin = 0; bin < counts.length; bin++) {
		sum += counts[bin];
		if (sum >= total * part) return bin;
	}
	return counts.length - 1;
}
