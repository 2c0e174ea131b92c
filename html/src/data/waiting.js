// SPDX-License-Identifier: Apache-2.0
// Who ran while a task waited. The capture counts waits by the time step in which they ended, so this
// is who had the cores in these steps, weighed by how long the waits were. Pure.

import { binStartNs } from './heat.js';
import { columnsOf } from './locality.js';
import { columnAt, lowerBound, startOf } from './sparse.js';

// column of `locality` -> ns that the task waited, as far as bins tell (their geometric middle).
export function waitsByColumn(heat, waitKind, task, locality, range, steps) {
	const found = new Map();
	const [first, end] = columnsOf(heat, range);
	for (let group = 0; group < heat.upper.length; group++) {
		if (heat.upper[group] !== waitKind || heat.lower[group] !== task) continue;
		for (
			let i = lowerBound(heat, group, first);
			i < heat.begins[group + 1] && heat.column[i] < end;
			i++
		) {
			const at = columnAt(locality, startOf(heat, heat.column[i]));
			found.set(at, (found.get(at) ?? 0) + heat.values[0][i] * binStartNs(heat.inner[i] + 0.5, steps));
		}
	}
	return found;
}

// [[task, part]], most first: the part (0..1) that others had of the time of all cores, in the steps
// in which the task waited; longer waits weigh more.
export function whoRanMeanwhile(locality, waits, task) {
	const each = (visit) => {
		for (let group = 0; group < locality.upper.length; group++)
			for (const column of waits.keys())
				for (
					let i = lowerBound(locality, group, column);
					i < locality.begins[group + 1] && locality.column[i] === column;
					i++
				)
					visit(column, locality.inner[i], locality.values[0][i]);
	};
	const add = (sums, key, value) => sums.set(key, (sums.get(key) ?? 0) + value);
	const [whole, sums] = [new Map(), new Map()];
	each((column, holder, runNs) => add(whole, column, runNs));
	each((column, holder, runNs) => {
		if (holder !== task) add(sums, holder, (waits.get(column) * runNs) / Math.max(1, whole.get(column)));
	});
	const total = [...waits.values()].reduce((sum, weight) => sum + weight, 0);
	return [...sums].map(([holder, sum]) => [holder, sum / Math.max(1, total)]).sort((a, b) => b[1] - a[1]);
}
