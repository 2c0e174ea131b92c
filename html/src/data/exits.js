// SPDX-License-Identifier: Apache-2.0
// Exits by task and kind over a range of time (chart 3).

import { groupCount, lowerBound } from './sparse.js';
import { columnsOf } from './locality.js';

// Rows of tasks as rows of their groups (a Map task -> { label, query }).
export function foldExits(rows, groupOf) {
	const found = new Map();
	for (const row of rows) {
		const group = groupOf.get(row.task);
		const sum = found.get(group) ?? {
			task: row.task,
			group,
			members: 0,
			count: 0,
			hostNs: 0,
			kinds: new Map(),
		};
		sum.members++;
		sum.count += row.count;
		sum.hostNs += row.hostNs;
		for (const [kind, values] of row.kinds) {
			const before = sum.kinds.get(kind) ?? [0, 0];
			sum.kinds.set(
				kind,
				before.map((value, i) => value + values[i]),
			);
		}
		found.set(group, sum);
	}
	return [...found.values()];
}

// { rows: [{ task, count, hostNs, kinds: Map kind -> [count, host_ns] }], kinds: [kind by count] }
export function exitTable(exits, range) {
	const rows = new Map();
	const kinds = new Map();
	const [first, end] = columnsOf(exits, range);
	for (let group = 0; group < groupCount(exits); group++) {
		let count = 0;
		let hostNs = 0;
		for (
			let i = lowerBound(exits, group, first);
			i < exits.begins[group + 1] && exits.column[i] < end;
			i++
		) {
			count += exits.values[0][i];
			hostNs += exits.values[1][i];
		}
		if (count === 0 && hostNs === 0) continue;
		const task = exits.upper[group];
		const kind = exits.lower[group];
		const row = rows.get(task) ?? { task, count: 0, hostNs: 0, kinds: new Map() };
		row.kinds.set(kind, [count, hostNs]);
		row.count += count;
		row.hostNs += hostNs;
		rows.set(task, row);
		const sum = kinds.get(kind) ?? [0, 0];
		kinds.set(kind, [sum[0] + count, sum[1] + hostNs]);
	}
	return {
		rows: [...rows.values()].sort((a, b) => b.count - a.count),
		kinds: [...kinds]
			.sort((a, b) => b[1][0] - a[1][0])
			.map(([kind, [count, hostNs]]) => ({ kind, count, hostNs })),
	};
}
