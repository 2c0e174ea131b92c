// SPDX-License-Identifier: Apache-2.0
// What charts 3, 5 and 6 compare.

import { coresOf, exitsOf, kindKey } from '../data/runs_compare.js';
import { rate, share } from '../data/format.js';
import { printable } from '../ui/dom.js';
import { createCompareGrid, nothingToCompare } from './compare_grid.js';

const FORMAT = {
	share: { text: (value) => share(value), full: (value) => `${share(value, 2)} of one core` },
	rate: { text: (value) => rate(value), full: (value) => `${rate(value)} a second` },
};

const taskRows = (compare, tasks) =>
	tasks
		.filter((task) => compare.page.wanted(task))
		.map((task) => ({ row: task, task, label: compare.page.model.task(task).name }));

function readCores(compare, a, b, range) {
	const chosen = compare.page.cores.value;
	const sides = [a, b].map((run) => coresOf(run, range, chosen));
	const cores = new Set(
		[...a.model.cpus, ...b.model.cpus].map((cpu) => cpu.cpu).filter((cpu) => !chosen || chosen.has(cpu)),
	);
	return {
		sides,
		columns: [...cores]
			.sort((one, other) => one - other)
			.map((cpu) => ({
				key: cpu,
				label: cores.size <= 12 ? `core ${cpu}` : String(cpu),
				title: `core ${cpu}`,
			})),
		rows: [
			{ row: 'tasks', label: 'all tasks' },
			{ row: 'idle', label: 'idle' },
			...taskRows(compare, [...new Set(sides.flatMap((side) => side.tasks))]),
		],
	};
}

function readExits(compare, a, b, range) {
	const sides = [a, b].map((run) => exitsOf(run, range));
	const columns = [...new Set(sides.flatMap((side) => side.columns))];
	const names = new Map(
		[a, b]
			.flatMap((run) => run.model.meta.exit_kinds)
			.map((kind) => [kindKey(kind), printable(kind.name)]),
	);
	return {
		sides,
		columns: columns.map((key) => ({ key, label: names.get(key), title: `${names.get(key)} (${key})` })),
		rows: [
			{ row: 'tasks', label: 'all vCPUs' },
			...taskRows(compare, [...new Set(sides.flatMap((side) => side.tasks))]),
		],
	};
}

export function createCompareCards(compare) {
	const { state } = compare;
	const exits = createCompareGrid(compare, {
		number: 3,
		id: 'chart-3',
		title: 'KVM exit types',
		hint: 'Why vCPUs left their guests: exits a second, or the share of time that the host took for them.',
		read: (a, b, range) => readExits(compare, a, b, range),
		format: FORMAT,
		measureOf: () => (state.exits.value === 'host' ? 'share' : 'rate'),
		control: {
			label: 'Measure',
			options: [
				['rate', 'per second', 'Exits a second'],
				['host', 'host time', 'Time that the host took'],
			],
			read: () => (state.exits.value === 'host' ? 'host' : 'rate'),
			write: (value) => {
				state.exits.value = value;
			},
		},
		none: () =>
			compare.runs.some((run) => run.model.exits.column.length)
				? null
				: nothingToCompare('No run recorded exits of virtual machines.'),
	});
	const assignment = createCompareGrid(compare, {
		number: 5,
		id: 'chart-5',
		title: 'Core assignment',
		hint: 'Run time of each task on each core, as a part of the range shown; 100 % is one core. What changed most stands first.',
		read: (a, b, range) => readCores(compare, a, b, range),
		format: FORMAT,
		measureOf: () => 'share',
	});
	const switches = createCompareGrid(compare, {
		number: 6,
		id: 'chart-6',
		title: 'Switches by core',
		hint: 'How often a second each task was switched in on each core. What changed most stands first.',
		read: (a, b, range) => readCores(compare, a, b, range),
		format: FORMAT,
		measureOf: () => 'rate',
	});
	return { exits, assignment, switches };
}
