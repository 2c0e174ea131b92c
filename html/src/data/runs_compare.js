// SPDX-License-Identifier: Apache-2.0
// Several runs side by side: values of a task and a column in each, and what differs. Pure.
// A value that is missing is null, which is not 0: the task, the core or KVM is not in that run.

import { recordedCores } from './cores.js';
import { exitTable } from './exits.js';
import { coveredNs, matrix, sumRows } from './locality.js';
import { isIdle, isUnknown } from './model.js';
import { Reader } from './bytes.js';

export const ALL = 'all';

// user/page/page.c writes this form: [run][task]: how many tasks have the name.
export function decodeMembers(bytes, runs, tasks) {
	const reader = new Reader(bytes);
	return Array.from({ length: runs }, () => Array.from({ length: tasks }, () => reader.varint()));
}

// The part of a range that a run recorded; null: none of it.
export function recordedPart(range, window) {
	const from = Math.max(range.from, window.from);
	const to = Math.min(range.to, window.to);
	return to > from ? { from, to } : null;
}

const counts = (task) => !isIdle(task) && !isUnknown(task);

// What a run did on cores in a range: the share of one core's time and the switches a second, by row and
// column. A row is a task's number, 'tasks' (all but idle) or 'idle'; a column a core or ALL, which is those
// of `chosen` (null: all).
export function coresOf(run, range, chosen = null) {
	const { model } = run;
	const part = model.locality.column.length ? recordedPart(range, model.window) : null;
	const rows = part ? matrix(model.locality, part, chosen) : new Map();
	const list = [...rows.values()];
	const special = {
		tasks: sumRows(list.filter((row) => counts(model.task(row.task)))),
		idle: sumRows(list.filter((row) => isIdle(model.task(row.task)))),
	};
	const cores = new Set(recordedCores(model.meta, model.cpus).map((cpu) => cpu.cpu));
	const covered = part ? coveredNs(model.locality, part, model.window) : 0;
	const numbers = (row, column) => {
		if (!row) return [0, 0];
		return column === ALL ? [row.runNs, row.switches] : (row.byCpu.get(column) ?? [0, 0]);
	};
	const value = (row, column, measure) => {
		if (!part || (column !== ALL && !cores.has(column))) return null;
		if (typeof row === 'number' && !run.has(row)) return null;
		const [runNs, switches] = numbers(typeof row === 'number' ? rows.get(row) : special[row], column);
		return measure === 'share' ? runNs / covered : (switches / covered) * 1e9;
	};
	return { value, tasks: list.map((row) => row.task).filter((task) => counts(model.task(task))), covered };
}

export const kindKey = ({ isa, reason }) => `${isa}:${reason}`;

// The same for exits: exits a second, and the share of time that the host took for them. A row is a
// task's number or 'tasks', a column a key of a kind or ALL.
export function exitsOf(run, range) {
	const { model } = run;
	const recorded = model.meta.recorded.includes('kvm') || model.exits.column.length > 0;
	const part = recorded ? recordedPart(range, model.window) : null;
	const found = part && model.exits.column.length ? exitTable(model.exits, part) : { rows: [], kinds: [] };
	const keys = model.meta.exit_kinds.map(kindKey);
	const add = (sums, key, [count, hostNs]) => {
		const [before, hostBefore] = sums.get(key) ?? [0, 0];
		sums.set(key, [before + count, hostBefore + hostNs]);
	};
	const rows = new Map([['tasks', new Map()]]);
	for (const row of found.rows) {
		rows.set(row.task, new Map());
		for (const sums of [rows.get(row.task), rows.get('tasks')])
			for (const [kind, numbers] of row.kinds)
				for (const key of [keys[kind], ALL]) add(sums, key, numbers);
	}
	const covered = !part
		? 0
		: model.exits.column.length
			? coveredNs(model.exits, part, model.window)
			: part.to - part.from;
	const value = (row, column, measure) => {
		if (!part || (typeof row === 'number' && !run.has(row))) return null;
		const [count, hostNs] = rows.get(row)?.get(column) ?? [0, 0];
		return measure === 'share' ? hostNs / covered : (count / covered) * 1e9;
	};
	return {
		value,
		tasks: found.rows.map((row) => row.task),
		columns: [...rows.get('tasks')]
			.sort((a, b) => b[1][0] - a[1][0])
			.map(([key]) => key)
			.filter((key) => key !== ALL),
		covered,
	};
}

// Both values and what lies between them. ratio is Infinity from nothing to something, and null when
// a value is missing or there is nothing in either.
export function difference(a, b) {
	if (a === null || b === null) return { a, b, delta: null, ratio: null };
	return { a, b, delta: b - a, ratio: a > 0 ? b / a : b > 0 ? Infinity : null };
}

// -1 (much less in b) to 1 (much more): a place on a diverging scale. Ratios are even in both directions:
// half of it is as far from 1 as twice of it; beyond 16 times colours stay.
export const RATIO_MOST = 4;
export function place(kind, { delta, ratio }, most) {
	if (kind === 'ratio')
		return ratio === null ? null : Math.max(-1, Math.min(1, Math.log2(ratio) / RATIO_MOST));
	if (delta === null) return null;
	// the square root lets small ones be seen beside large ones
	return most > 0 ? Math.sign(delta) * Math.sqrt(Math.min(1, Math.abs(delta) / most)) : 0;
}

// Tasks that only one of the two has, and those that both have.
export function sharedTasks(tasks, a, b) {
	const sides = { both: [], a: [], b: [] };
	for (const task of tasks.filter(counts)) {
		const [inA, inB] = [a.has(task.task), b.has(task.task)];
		if (inA || inB) sides[inA && inB ? 'both' : inA ? 'a' : 'b'].push(task);
	}
	return sides;
}
