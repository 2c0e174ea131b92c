// SPDX-License-Identifier: Apache-2.0
// Rows of charts 5 and 6: all tasks, idle, then each task; sorted by a core or by all. Pure.

import { isIdle, isUnknown } from './model.js';
import { sumRows } from './locality.js';

export const ALL = 'all';

// Rows of tasks as rows of their groups (a Map task -> { label, query }).
function foldRows(rows, groupOf) {
	const members = new Map();
	for (const row of rows) {
		const group = groupOf.get(row.task);
		if (!members.has(group)) members.set(group, []);
		members.get(group).push(row);
	}
	return [...members].map(([group, list]) => ({
		...sumRows(list),
		label: group?.label ?? '',
		group,
		members: list.length,
		kind: 'group',
	}));
}

const byLabel = new Intl.Collator('en', { numeric: true });

// rows: what matrix() gave; value: 0 for run_ns, 1 for switches; sort: a core, null for all, or 'name'.
export function gridRows(model, rows, { value, sort, wanted = () => true, groupOf = null }) {
	const list = [...rows.values()].map((row) => ({ ...row, of: model.task(row.task) }));
	const tasks = list.filter((row) => !isIdle(row.of) && !isUnknown(row.of));
	const idle = list.filter((row) => isIdle(row.of));
	const unknown = list.filter((row) => isUnknown(row.of));
	const key = (row) =>
		typeof sort !== 'number' ? [row.runNs, row.switches][value] : (row.byCpu.get(sort)?.[value] ?? 0);
	const named = tasks
		.filter((row) => wanted(row.of))
		.map((row) => ({ ...row, label: row.of.name, kind: 'task' }));
	const shown = groupOf ? foldRows(named, groupOf) : named;
	const special = (label, kind, members) => ({ ...sumRows(members), label, kind });
	return [
		special('all tasks', 'all', tasks),
		special('idle', 'idle', idle),
		...(unknown.length ? [special('unknown', 'unknown', unknown)] : []),
		...shown.sort(
			(a, b) =>
				(sort === 'name' ? byLabel.compare(a.label ?? '', b.label ?? '') : 0) ||
				key(b) - key(a) ||
				a.task - b.task,
		),
	];
}

// The number in one cell; null where the task never was on this core, which is not 0.
export function cellValue(row, cpu, value) {
	if (cpu === ALL) return [row.runNs, row.switches][value];
	const cell = row.byCpu.get(cpu);
	return cell ? cell[value] : null;
}
