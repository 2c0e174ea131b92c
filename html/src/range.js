// SPDX-License-Identifier: Apache-2.0
// Ranges of time: zoom and pan within a window. Pure.

export const MIN_RANGE_NS = 1000;

export function clampRange(range, window) {
	const full = window.to - window.from;
	const length = Math.min(Math.max(range.to - range.from, Math.min(MIN_RANGE_NS, full)), full);
	const from = Math.min(Math.max(range.from, window.from), window.to - length);
	return { from, to: from + length };
}

// Shorter (factor < 1) or longer around a fixed moment.
export function zoomAt(range, at, factor, window) {
	return clampRange({ from: at - (at - range.from) * factor, to: at + (range.to - at) * factor }, window);
}

export function pan(range, byNs, window) {
	return clampRange({ from: range.from + byNs, to: range.to + byNs }, window);
}

// As the state keeps it: inside the window, and null for all of it.
export function rangeWithin(range, window) {
	const next = range && clampRange(range, window);
	return next && (next.from > window.from || next.to < window.to) ? next : null;
}

export const sameRange = (a, b) =>
	a === b || (a !== null && b !== null && a.from === b.from && a.to === b.to);

// The ranges that there is a way back to: the last ones are left out where they are what is shown.
export const rangesBefore = (past, shown) =>
	past.slice(0, past.findLastIndex((range) => !sameRange(range, shown)) + 1);
