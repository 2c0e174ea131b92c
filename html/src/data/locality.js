// SPDX-License-Identifier: Apache-2.0
// Which task had which core (charts 4, 5, 6 and the overview).

import { columnAt, columnCount, groupCount, lowerBound, startOf } from './sparse.js';

export const RUN_NS = 0;
export const SWITCHES = 1;

// Columns that touch [from, to), as [first, last + 1).
export function columnsOf(sparse, range) {
	return [Math.max(0, columnAt(sparse, range.from)), Math.max(0, Math.ceil(range.to / sparse.gridNs) - sparse.first)];
}

// The time that the columns of a range cover within the window.
export function coveredNs(sparse, range, window) {
	const [first, end] = columnsOf(sparse, range);
	return Math.max(1, Math.min(startOf(sparse, end), window.to) - Math.max(startOf(sparse, first), window.from));
}

// Calls visit(group, inner, run_ns, switches, column) for each cell of the range.
export function eachCell(sparse, range, visit) {
	const [first, end] = columnsOf(sparse, range);
	for (let group = 0; group < groupCount(sparse); group++)
		for (let i = lowerBound(sparse, group, first); i < sparse.begins[group + 1] && sparse.column[i] < end; i++)
			visit(group, sparse.inner[i], sparse.values[RUN_NS][i], sparse.values[SWITCHES][i], sparse.column[i]);
}

// task -> { runNs, switches, byCpu: Map cpu -> [run_ns, switches] } over a range.
export function matrix(sparse, range) {
	const rows = new Map();
	const tasks = 1 + sparse.inner.reduce((most, task) => Math.max(most, task), 0);
	const sums = [new Float64Array(tasks), new Float64Array(tasks)];
	const [first, end] = columnsOf(sparse, range);
	for (let group = 0; group < groupCount(sparse); group++) {
		const found = new Set();
		let last = -1;
		for (let i = lowerBound(sparse, group, first); i < sparse.begins[group + 1] && sparse.column[i] < end; i++) {
			const task = sparse.inner[i];
			sums[RUN_NS][task] += sparse.values[RUN_NS][i];
			sums[SWITCHES][task] += sparse.values[SWITCHES][i];
			if (task !== last) found.add(last = task);
		}
		for (const task of found) {
			addCell(rows, task, sparse.upper[group], sums[RUN_NS][task], sums[SWITCHES][task]);
			sums[RUN_NS][task] = 0;
			sums[SWITCHES][task] = 0;
		}
	}
	return rows;
}

function addCell(rows, task, cpu, runNs, switches) {
	let row = rows.get(task);
	if (!row) rows.set(task, row = { task, runNs: 0, switches: 0, byCpu: new Map() });
	row.byCpu.set(cpu, [runNs, switches]);
	row.runNs += runNs;
	row.switches += switches;
}

// Sums several rows of a matrix, e.g. all tasks but idle.
export function sumRows(rows) {
	const sum = { task: null, runNs: 0, switches: 0, byCpu: new Map() };
	for (const row of rows) {
		sum.runNs += row.runNs;
		sum.switches += row.switches;
		for (const [cpu, [runNs, switches]] of row.byCpu) {
			const cell = sum.byCpu.get(cpu) ?? [0, 0];
			cell[RUN_NS] += runNs;
			cell[SWITCHES] += switches;
			sum.byCpu.set(cpu, cell);
		}
	}
	return sum;
}

// Busy part (0..1) of all cores by column; idle and unknown do not count.
export function utilisation(sparse, window, cpuCount, counts) {
	const end = Math.min(columnsOf(sparse, window)[1], columnCount(sparse));
	const busy = new Float64Array(end);
	eachCell(sparse, window, (group, task, runNs, switches, column) => {
		if (counts(task)) busy[column] += runNs;
	});
	for (let column = 0; column < end; column++) {
		const from = Math.max(startOf(sparse, column), window.from);
		const to = Math.min(startOf(sparse, column + 1), window.to);
		busy[column] = to > from ? Math.min(1, busy[column] / (to - from) / Math.max(1, cpuCount)) : 0;
	}
	return busy;
}

// Who had this group (a core, or a task's cores) in one column, most time first.
export function holders(sparse, group, column) {
	const found = [];
	for (let i = lowerBound(sparse, group, column); i < sparse.begins[group + 1] && sparse.column[i] === column; i++)
		found.push({ inner: sparse.inner[i], runNs: sparse.values[RUN_NS][i], switches: sparse.values[SWITCHES][i] });
	return found.sort((a, b) => b.runNs - a.runNs);
}

export const columnSpan = (sparse, column, window) => ({
	from: Math.max(startOf(sparse, column), window.from),
	to: Math.min(startOf(sparse, column + 1), window.to),
});

const longest = new WeakMap();

// Per group and column who held longest, and the part of the time (0..1) that was held at all;
// `blank` says of holders that do not count. Made once for each level.
export function longestHolders(sparse, window, blank) {
	if (!longest.has(sparse)) longest.set(sparse, findLongest(sparse, window, blank));
	return longest.get(sparse);
}

function findLongest(sparse, window, blank) {
	const count = sparse.column.length;
	const column = new Uint32Array(count);
	const holder = new Uint32Array(count);
	const share = new Float32Array(count);
	const begins = new Uint32Array(sparse.begins.length);
	let out = 0;
	for (let group = 0; group < groupCount(sparse); group++) {
		for (let i = sparse.begins[group]; i < sparse.begins[group + 1];) {
			const at = sparse.column[i];
			let sum = 0;
			let most = 0;
			for (; i < sparse.begins[group + 1] && sparse.column[i] === at; i++) {
				const runNs = sparse.values[RUN_NS][i];
				if (blank(sparse.inner[i]) || runNs === 0) continue;
				sum += runNs;
				if (runNs > most) {
					most = runNs;
					holder[out] = sparse.inner[i];
				}
			}
			if (most === 0) continue;
			const span = columnSpan(sparse, at, window);
			column[out] = at;
			share[out++] = Math.min(1, sum / Math.max(1, span.to - span.from));
		}
		begins[group + 1] = out;
	}
	return { column: column.slice(0, out), holder: holder.slice(0, out), share: share.slice(0, out), begins };
}
