// SPDX-License-Identifier: Apache-2.0
// Which task had which core (charts 4, 5, 6 and the overview).

import { coarseParts, columnAt, columnCount, groupCount, lowerBound, startOf } from './sparse.js';

export const RUN_NS = 0;
export const SWITCHES = 1;

// Columns that touch [from, to), as [first, last + 1).
export function columnsOf(sparse, range) {
	return [
		Math.max(0, columnAt(sparse, range.from)),
		Math.max(0, Math.ceil(range.to / sparse.gridNs) - sparse.first),
	];
}

// The time that the columns of a range cover within the window.
export function coveredNs(sparse, range, window) {
	const [first, end] = columnsOf(sparse, range);
	return Math.max(
		1,
		Math.min(startOf(sparse, end), window.to) - Math.max(startOf(sparse, first), window.from),
	);
}

// Calls visit(group, inner, run_ns, switches, column) for each cell of the range.
export function eachCell(sparse, range, visit) {
	const [first, end] = columnsOf(sparse, range);
	for (let group = 0; group < groupCount(sparse); group++)
		for (
			let i = lowerBound(sparse, group, first);
			i < sparse.begins[group + 1] && sparse.column[i] < end;
			i++
		)
			visit(
				group,
				sparse.inner[i],
				sparse.values[RUN_NS][i],
				sparse.values[SWITCHES][i],
				sparse.column[i],
			);
}

// task -> { runNs, switches, byCpu: Map cpu -> [run_ns, switches], most: [run_ns, switches] on one core }
// over a range, on these cores (null: all). Coarser `levels` of `sparse` make it quick.
export function matrix(sparse, range, cores = null, levels = [sparse]) {
	const rows = new Map();
	const tasks = 1 + sparse.inner.reduce((most, task) => Math.max(most, task), 0);
	const [sums, most] = [0, 0].map(() => [new Float64Array(tasks), new Float64Array(tasks)]);
	const parts = coarseParts(levels, columnsOf(sparse, range));
	const found = [];
	const isFound = new Uint8Array(tasks);
	for (let group = 0; group < groupCount(sparse); group++) {
		if (cores && !cores.has(sparse.upper[group])) continue;
		for (const { sparse: level, first, end } of parts)
			for (
				let i = lowerBound(level, group, first);
				i < level.begins[group + 1] && level.column[i] < end;
				i++
			) {
				const task = level.inner[i];
				sums[RUN_NS][task] += level.values[RUN_NS][i];
				sums[SWITCHES][task] += level.values[SWITCHES][i];
				if (isFound[task]) continue;
				isFound[task] = 1;
				found.push(task);
			}
		for (const task of found) {
			addCell(rows, task, sparse.upper[group], sums[RUN_NS][task], sums[SWITCHES][task]);
			for (let v = 0; v < 2; v++) if (sums[v][task] > most[v][task]) most[v][task] = sums[v][task];
			sums[RUN_NS][task] = sums[SWITCHES][task] = isFound[task] = 0;
		}
		found.length = 0;
	}
	for (const row of rows.values()) row.most = most.map((values) => values[row.task]);
	return rows;
}

function addCell(rows, task, cpu, runNs, switches) {
	let row = rows.get(task);
	if (!row) rows.set(task, (row = { task, runNs: 0, switches: 0, byCpu: new Map(), most: null }));
	row.byCpu.set(cpu, [runNs, switches]);
	row.runNs += runNs;
	row.switches += switches;
}

// Sums several rows of a matrix, e.g. all tasks but idle.
export function sumRows(rows) {
	const sum = { task: null, runNs: 0, switches: 0, byCpu: new Map(), most: [0, 0] };
	for (const row of rows) {
		sum.runNs += row.runNs;
		sum.switches += row.switches;
		for (const [cpu, cell] of row.byCpu) {
			const total = sum.byCpu.get(cpu);
			if (total) {
				total[RUN_NS] += cell[RUN_NS];
				total[SWITCHES] += cell[SWITCHES];
			} else sum.byCpu.set(cpu, [cell[RUN_NS], cell[SWITCHES]]);
		}
	}
	for (const cell of sum.byCpu.values()) sum.most = sum.most.map((most, i) => Math.max(most, cell[i]));
	return sum;
}

// Busy part (0..1) of these cores (null: all) by column; idle and unknown do not count. -1 where there is no cell at all.
export function utilisation(sparse, window, cpuCount, counts, cores = null) {
	const end = Math.min(columnsOf(sparse, window)[1], columnCount(sparse));
	const busy = new Float64Array(end).fill(-1);
	eachCell(sparse, window, (group, task, runNs, switches, column) => {
		if (cores && !cores.has(sparse.upper[group])) return;
		busy[column] = Math.max(0, busy[column]) + (counts(task) ? runNs : 0);
	});
	for (let column = 0; column < end; column++) {
		if (busy[column] < 0) continue;
		const from = Math.max(startOf(sparse, column), window.from);
		const to = Math.min(startOf(sparse, column + 1), window.to);
		busy[column] = to > from ? Math.min(1, busy[column] / (to - from) / Math.max(1, cpuCount)) : 0;
	}
	return busy;
}

// Where utilisation is not known, up to column `end`: [[first, end]].
export function gapsOf(busy, end) {
	const found = [];
	for (let column = 0; column < end; column++) {
		if (busy[column] >= 0) continue;
		const first = column;
		while (column < busy.length && !(busy[column] >= 0)) column++;
		if (column >= busy.length) column = end;
		found.push([first, column]);
	}
	return found;
}

// Who had this group (a core, or a task's cores) in one column, most time first.
export function holders(sparse, group, column) {
	const found = [];
	for (
		let i = lowerBound(sparse, group, column);
		i < sparse.begins[group + 1] && sparse.column[i] === column;
		i++
	)
		found.push({
			inner: sparse.inner[i],
			runNs: sparse.values[RUN_NS][i],
			switches: sparse.values[SWITCHES][i],
		});
	return found.sort((a, b) => b.runNs - a.runNs);
}

export const columnSpan = (sparse, column, window) => ({
	from: Math.max(startOf(sparse, column), window.from),
	to: Math.min(startOf(sparse, column + 1), window.to),
});

const longest = new WeakMap();

// Per group and column who held longest, and the part of the time (0..1) that was held at all. Where
// nobody but a `blank` holder (idle) was, it is that one. Made once for each level.
export function longestHolders(sparse, window, blank) {
	if (!longest.has(sparse)) longest.set(sparse, findLongest(sparse, window, blank));
	return longest.get(sparse);
}

// The cells from..to are those of one column.
function longestOf(sparse, from, to, blank) {
	let [sum, most, holder] = [0, 0, sparse.inner[from]];
	for (let i = from; i < to; i++) {
		const runNs = sparse.values[RUN_NS][i];
		if (runNs === 0 || blank(sparse.inner[i])) continue;
		sum += runNs;
		if (runNs > most) {
			most = runNs;
			holder = sparse.inner[i];
		}
	}
	return { sum, most, holder };
}

function findLongest(sparse, window, blank) {
	const count = sparse.column.length;
	const column = new Uint32Array(count);
	const holder = new Uint32Array(count);
	const share = new Float32Array(count);
	const begins = new Uint32Array(sparse.begins.length);
	let out = 0;
	for (let group = 0; group < groupCount(sparse); group++) {
		for (let i = sparse.begins[group], end; i < sparse.begins[group + 1]; i = end) {
			const at = sparse.column[i];
			end = i + 1;
			while (end < sparse.begins[group + 1] && sparse.column[end] === at) end++;
			const found = longestOf(sparse, i, end, blank);
			const span = columnSpan(sparse, at, window);
			column[out] = at;
			holder[out] = found.holder;
			share[out++] = found.most === 0 ? 1 : Math.min(1, found.sum / Math.max(1, span.to - span.from));
		}
		begins[group + 1] = out;
	}
	return { column: column.slice(0, out), holder: holder.slice(0, out), share: share.slice(0, out), begins };
}

// Stretches of columns of a group in which holders of one key had most of the time, apart from gaps
// of fewer columns than `bridge`: [{ first, end, holder }]. A key of null begins none.
export function stretches(sparse, group, [first, end], { keyOf, bridge, capacity }) {
	const found = [];
	let last = null;
	for (
		let i = lowerBound(sparse, group, first), stop;
		i < sparse.begins[group + 1] && sparse.column[i] < end;
		i = stop
	) {
		const at = sparse.column[i];
		stop = i + 1;
		while (stop < sparse.begins[group + 1] && sparse.column[stop] === at) stop++;
		const key = keyOfMost(sparse, i, stop, keyOf, capacity(at));
		if (key === null) continue;
		if (last && last.key === key.key && at - last.end < bridge) last.end = at + 1;
		else found.push((last = { first: at, end: at + 1, ...key }));
	}
	return found;
}

// The key whose holders had more than half of the capacity, with one of them.
function keyOfMost(sparse, from, to, keyOf, capacity) {
	const sums = new Map();
	for (let i = from; i < to; i++) {
		const key = keyOf(sparse.inner[i]);
		if (key === null) continue;
		const sum = (sums.get(key) ?? 0) + sparse.values[RUN_NS][i];
		if (sum > capacity / 2) return { key, holder: sparse.inner[i] };
		sums.set(key, sum);
	}
	return null;
}
