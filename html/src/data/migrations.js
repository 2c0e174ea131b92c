// SPDX-License-Identifier: Apache-2.0
// How often tasks came to a core from another one. Pure.

import { columnsOf } from './locality.js';
import { groupCount, lowerBound } from './sparse.js';

// task -> number over a range, to these cores (null: to any).
export function migrationsByTask(migrations, range, cores = null) {
	const found = new Map();
	const [first, end] = columnsOf(migrations, range);
	for (let group = 0; group < groupCount(migrations); group++) {
		let sum = 0;
		for (
			let i = lowerBound(migrations, group, first);
			i < migrations.begins[group + 1] && migrations.column[i] < end;
			i++
		)
			if (!cores || cores.has(migrations.inner[i])) sum += migrations.values[0][i];
		if (sum > 0) found.set(migrations.upper[group], sum);
	}
	return found;
}

// The ways of one holder from core to core, as far as columns show them: [{ at, from, to }], `at`
// the column in which it had most time on a core other than before. `sparse` has tasks as groups.
export function ways(sparse, group, [first, end]) {
	const found = [];
	let before = null;
	for (
		let i = lowerBound(sparse, group, first), stop;
		i < sparse.begins[group + 1] && sparse.column[i] < end;
		i = stop
	) {
		let most = i;
		stop = i + 1;
		for (; stop < sparse.begins[group + 1] && sparse.column[stop] === sparse.column[i]; stop++)
			if (sparse.values[0][stop] > sparse.values[0][most]) most = stop;
		const core = sparse.inner[most];
		if (before && before.core !== core)
			found.push({ left: before.column, at: sparse.column[i], from: before.core, to: core });
		before = { core, column: sparse.column[i] };
	}
	return found;
}
