// SPDX-License-Identifier: Apache-2.0
// Rows of charts 5 and 6: all tasks, idle, then each task; sorted by a core or by all. Pure.

import { isIdle, isUnknown } from './model.js';
import { sumRows } from './locality.js';

export const ALL = 'all';

// rows: what matrix() gave; value: 0 for run_ns, 1 for switches; sort: a core, or null for all.
export function gridRows(model, rows, { value, sort, wanted = () => true }) {
	const list = [...rows.values()].map((row) => ({ ...row, of: model.task(row.task) }));
	const tasks = list.filter((row) => !isIdle(row.of) && !isUnknown(row.of));
	const idle = list.filter((row) => isIdle(row.of));
	const unknown = list.filter((row) => isUnknown(row.of));
	const key = (row) => (sort === null ? [row.runNs, row.switches][value] : row.byCpu.get(sort)?.[value] ?? 0);
	const special = (label, kind, members) => ({ ...sumRows(members), label, kind });
	return [
		special('all tasks', 'all', tasks),
		special('idle', 'idle', idle),
		...(unknown.length ? [special('unknown', 'unknown', unknown)] : []),
		...tasks.filter((row) => wanted(row.of)).sort((a, b) => key(b) - key(a) || a.task - b.task)
			.map((row) => ({ ...row, label: row.of.name, kind: 'task' })),
	];
}

// The number in one cell; null where the task never was on this core, which is not 0.
export function cellValue(row, cpu, value) {
	if (cpu === ALL) return [row.runNs, row.switches][value];
	const cell = row.byCpu.get(cpu);
	return cell ? cell[value] : null;
}
