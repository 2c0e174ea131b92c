// SPDX-License-Identifier: Apache-2.0
// Exact runs of a detail capture: who ran on a core from when on, until the core's next run begins.

import { Reader } from './bytes.js';

export const NO_RUNS = { leftOut: 0, cores: new Map() };

// user/page/runs.c writes this form. cores: cpu -> { at: ns, task: number or -1 where it is not known }.
export function decodeRuns(bytes) {
	const reader = new Reader(bytes);
	const leftOut = reader.varint();
	const cpus = Array.from({ length: reader.varint() });
	cpus.forEach((_, i) => {
		cpus[i] = reader.varint();
	});
	const counts = cpus.map(() => reader.varint());
	const at = counts.map((count) => {
		const begins = new Float64Array(count);
		for (let i = 0, ns = 0; i < count; i++) begins[i] = ns += reader.varint();
		return begins;
	});
	const task = counts.map((count) => {
		const tasks = new Int32Array(count);
		for (let i = 0; i < count; i++) tasks[i] = reader.varint() - 1;
		return tasks;
	});
	return { leftOut, cores: new Map(cpus.map((cpu, i) => [cpu, { at: at[i], task: task[i] }])) };
}

// The last run that had begun by then; -1 before the first. Of several of one moment the last holds.
export function runAt({ at }, ns) {
	let [low, high] = [0, at.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (at[middle] <= ns) low = middle + 1;
		else high = middle;
	}
	return low - 1;
}

// The runs that touch a range, as [first, last + 1).
export const runsOf = (core, { from, to }) => [Math.max(0, runAt(core, from)), runAt(core, to) + 1];

// From when to when a run lasted, and whose it was; the last one lasts until the end of the window.
export const runOf = (core, i, window) => ({
	task: core.task[i],
	from: core.at[i],
	to: i + 1 < core.at.length ? core.at[i + 1] : window.to,
});

// Whether runs can be told apart in so many pixels.
export function areApart(core, range, width) {
	if (!core) return false;
	const [first, end] = runsOf(core, range);
	return end - first <= width / 2;
}
