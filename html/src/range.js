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
