// SPDX-License-Identifier: Apache-2.0
// Cores, groups, migrations, stretches: pure functions of charts 3 to 6.
import assert from 'node:assert/strict';
import test from 'node:test';

import { Reader } from '../src/data/bytes.js';
import { guestsOf } from '../src/charts/guests.js';
import { chosenCores, coreList, recordedCores } from '../src/data/cores.js';
import { foldExits } from '../src/data/exits.js';
import { gridRows } from '../src/data/grid.js';
import { gapsOf, longestHolders, matrix, stretches, utilisation } from '../src/data/locality.js';
import { migrationsByTask, ways } from '../src/data/migrations.js';
import { groupTasks, prefixOf } from '../src/data/query.js';
import { decodeSparse, halve, regroup, transpose } from '../src/data/sparse.js';
import { waitsByColumn, whoRanMeanwhile } from '../src/data/waiting.js';
import { mix } from '../src/draw/colour.js';
import { formatHash, parseHash, DEFAULTS } from '../src/hash.js';
import { sparse } from './encode.mjs';

const decode = ({ inner = true, values = 1, ...rest }) =>
	decodeSparse(new Reader(sparse({ inner, values, ...rest })), { inner, values });

const CPUS = [0, 1, 2, 3].map((cpu) => ({ cpu, node: cpu >> 1, package: cpu >> 1, core: cpu, thread: 0 }));

test('cores are lists of numbers and ranges, nodes and packages; nonsense is all of them', () => {
	const found = (text) => {
		const cores = chosenCores(text, CPUS);
		return cores && [...cores];
	};
	assert.deepEqual(found('1'), [1]);
	assert.deepEqual(found('0,2-3'), [0, 2, 3]);
	assert.deepEqual(found('3, 0'), [0, 3]);
	assert.deepEqual(found('node:1'), [2, 3]);
	assert.deepEqual(found('package:0 3'), [0, 1, 3]);
	assert.deepEqual(found('2-99'), [2, 3]);
	for (const text of ['', ' ', 'x', '1,x', '9', '-1', '3-1', 'node:', 'node:x', '1e3']) assert.equal(found(text), null, text);
	assert.equal(coreList(new Set([3, 0, 1, 7])), '0-1,3,7');
});

test('cores that record --cpus left out were not recorded', () => {
	const numbers = (filters) => recordedCores({ filters }, CPUS).map((cpu) => cpu.cpu);
	const all = CPUS.map((cpu) => cpu.cpu);
	assert.deepEqual(numbers([]), all);
	assert.deepEqual(numbers(['tasks=x', 'cpus=0']), [0]);
	assert.deepEqual(numbers(['cpus=nonsense']), all);
});

test('the hash keeps cores, groups and the moment that is pointed at', () => {
	const state = { ...DEFAULTS, cores: '5,30-40 node:1', group: 'vm', sort: 'name', cursor: 1.5e9 };
	assert.deepEqual(parseHash(formatHash(state)), state);
	assert.equal(formatHash({ ...DEFAULTS, cores: 'node:1,2' }), '#cores=node:1,2');
	assert.deepEqual(parseHash('#group=<b>&at=x&sort=-1'), DEFAULTS);
});

// two tasks (7, 9) on two cores
const CORES = [
	{ upper: 0, column: 0, inner: 7, values: [6, 2] },
	{ upper: 0, column: 0, inner: 9, values: [4, 1] },
	{ upper: 0, column: 1, inner: 9, values: [10, 3] },
	{ upper: 1, column: 1, inner: 7, values: [5, 4] },
	{ upper: 1, column: 3, inner: 7, values: [9, 1] },
];
const locality = () => decode({ cells: CORES, values: 2 });

test('regrouped cells that meet are summed, and those without a row are left out', () => {
	const all = regroup(
		locality(),
		() => 0,
		(cpu) => cpu,
	);
	assert.deepEqual([Array.from(all.upper), Array.from(all.column), Array.from(all.inner)], [[0], [0, 1, 1, 3], [0, 0, 1, 1]]);
	assert.deepEqual(Array.from(all.values[0]), [10, 10, 5, 9]);
	const one = regroup(
		locality(),
		(cpu, task) => (task === 7 ? 3 : -1),
		(cpu) => cpu,
	);
	assert.deepEqual([Array.from(one.upper), Array.from(one.begins), Array.from(one.values[1])], [[3], [0, 3], [2, 4, 1]]);
	const none = regroup(
		locality(),
		() => -1,
		() => 0,
	);
	assert.deepEqual([none.upper.length, none.column.length, Array.from(none.begins)], [0, 0, [0]]);
	const twice = transpose(transpose(locality()));
	assert.deepEqual(
		Array.from(twice.values[0]),
		CORES.map((cell) => cell.values[0]),
	);
	assert.deepEqual(Array.from(halve(all).values[0]), [20, 5, 9]);
});

test('ways lead from the core of most time to the next one', () => {
	const byTask = transpose(locality());
	assert.deepEqual(ways(byTask, 0, [0, 9]), [{ left: 0, at: 1, from: 0, to: 1 }]);
	assert.deepEqual(ways(byTask, 1, [0, 9]), []);
	assert.deepEqual(ways(byTask, 0, [1, 9]), []);
});

test('migrations add up by task over a range, to chosen cores', () => {
	const moves = decode({
		cells: [
			{ upper: 7, column: 0, inner: 0, values: [3] },
			{ upper: 7, column: 1, inner: 1, values: [4] },
			{ upper: 9, column: 5, inner: 1, values: [1] },
		],
	});
	assert.deepEqual(
		[...migrationsByTask(moves, { from: 0, to: 1000 })],
		[
			[7, 7],
			[9, 1],
		],
	);
	assert.deepEqual([...migrationsByTask(moves, { from: 0, to: 15 }, new Set([1]))], [[7, 4]]);
});

test('a matrix and utilisation of chosen cores leave out the others; no cell at all is not 0', () => {
	assert.deepEqual([...matrix(locality(), { from: 0, to: 100 }, new Set([1])).keys()], [7]);
	assert.deepEqual(Array.from(utilisation(locality(), { from: 0, to: 40 }, 2, () => true)), [0.5, 0.75, -1, 0.45]);
	assert.deepEqual(
		Array.from(utilisation(locality(), { from: 0, to: 40 }, 1, (task) => task !== 7, new Set([1]))),
		[-1, 0, -1, 0],
	);
});

test('gaps are where nothing is known, to the end', () => {
	assert.deepEqual(gapsOf([0.5, -1, -1, 0, -1], 9), [
		[1, 3],
		[4, 9],
	]);
	assert.deepEqual(gapsOf([], 7), [[0, 7]]);
	assert.deepEqual(gapsOf([0, 1], 2), []);
});

test('stretches are of one key with more than half of the time, across short gaps', () => {
	const cells = [
		[0, 7, 8],
		[1, 7, 3],
		[1, 9, 3],
		[2, 7, 9],
		[3, 9, 9],
		[6, 7, 10],
	].map(([column, inner, run]) => ({ upper: 0, column, inner, values: [run, 1] }));
	const part = decode({ cells, values: 2 });
	const found = (bridge, keyOf = (task) => task) =>
		stretches(part, 0, [0, 99], { keyOf, bridge, capacity: () => 10 }).map(({ first, end, key }) => [first, end, key]);
	assert.deepEqual(found(0.5), [
		[0, 1, 7],
		[2, 3, 7],
		[3, 4, 9],
		[6, 7, 7],
	]);
	assert.deepEqual(found(2), [
		[0, 3, 7],
		[3, 4, 9],
		[6, 7, 7],
	]);
	assert.deepEqual(
		found(2, () => 'all'),
		[
			[0, 4, 'all'],
			[6, 7, 'all'],
		],
	);
	assert.deepEqual(
		found(2, (task) => (task === 7 ? null : task)),
		[[3, 4, 9]],
	);
});

test('where only a blank holder was, it is the holder', () => {
	const cells = [
		{ upper: 0, column: 0, inner: 1, values: [10, 1] },
		{ upper: 0, column: 2, inner: 1, values: [8, 1] },
		{ upper: 0, column: 2, inner: 7, values: [2, 1] },
	];
	const found = longestHolders(decode({ cells, values: 2 }), { from: 0, to: 30 }, (task) => task === 1);
	assert.deepEqual(
		[Array.from(found.column), Array.from(found.holder), Array.from(found.share, (each) => Math.round(each * 10))],
		[
			[0, 2],
			[1, 7],
			[10, 2],
		],
	);
});

test('names begin with all up to what tells members of a kind apart', () => {
	for (const [name, prefix] of [
		['CPU 0/KVM', 'CPU'],
		['kworker/u8:3', 'kworker'],
		['sched-messaging', 'sched-messaging'],
		['worker-12', 'worker'],
		['Firewall.05.vcpu0', 'Firewall'],
		['memfd:sealed-91', 'memfd'],
		['nginx: worker process', 'nginx'],
		['7zip', '7zip'],
		['', ''],
		[null, ''],
	])
		assert.equal(prefixOf(name), prefix, name);
});

const TASKS = [
	[7, 'a-1'],
	[9, 'a-2'],
	[11, 'b'],
].map(([task, name]) => ({ task, name, kind: 'task', comm: null, tid: task, tgid: 1, vm: null, cgroup: null }));
const groupOf = () =>
	new Map(groupTasks(TASKS, 'prefix', () => null).flatMap((group) => group.members.map((task) => [task.task, group])));

test('rows of charts 5 and 6 fold into their groups and sort by name', () => {
	const rows = new Map(
		[
			[7, [10, 1]],
			[9, [20, 2]],
			[11, [25, 9]],
		].map(([task, [runNs, switches]]) => [task, { task, runNs, switches, byCpu: new Map([[0, [runNs, switches]]]) }]),
	);
	const model = { task: (number) => TASKS.find((task) => task.task === number) };
	const folded = gridRows(model, rows, { value: 0, sort: null, groupOf: groupOf() }).slice(2);
	assert.deepEqual(
		folded.map((row) => [row.label, row.members, row.runNs, row.kind]),
		[
			['a', 2, 30, 'group'],
			['b', 1, 25, 'group'],
		],
	);
	assert.deepEqual(
		gridRows(model, rows, { value: 0, sort: 'name' })
			.slice(2)
			.map((row) => row.label),
		['a-1', 'a-2', 'b'],
	);
});

test('exits fold into groups', () => {
	const row = (task, kinds) => ({
		task,
		count: kinds.reduce((sum, [, [exits]]) => sum + exits, 0),
		hostNs: kinds.reduce((sum, [, [, hostNs]]) => sum + hostNs, 0),
		kinds: new Map(kinds),
	});
	const [a, b] = foldExits(
		[
			row(7, [[0, [1, 10]]]),
			row(9, [
				[0, [2, 20]],
				[1, [3, 30]],
			]),
			row(11, [[1, [4, 40]]]),
		],
		groupOf(),
	);
	assert.deepEqual(
		[a.members, a.count, a.hostNs, [...a.kinds]],
		[
			2,
			6,
			60,
			[
				[0, [3, 30]],
				[1, [3, 30]],
			],
		],
	);
	assert.deepEqual([b.members, b.count], [1, 4]);
});

test('who ran meanwhile is weighed by how long the waits were', () => {
	// bin 16 is 4 ns long and more: its middle is 2 ** (16.5 / 8)
	const heat = decode({
		cells: [
			{ upper: 2, lower: 7, column: 1, inner: 16, values: [3] },
			{ upper: 2, lower: 9, column: 0, inner: 16, values: [1] },
		],
	});
	const waits = waitsByColumn(heat, 2, 7, locality(), { from: 0, to: 100 });
	assert.deepEqual([...waits], [[1, 3 * 2 ** (16.5 / 8)]]);
	assert.deepEqual(
		whoRanMeanwhile(locality(), waits, 7).map(([task, part]) => [task, Math.round(part * 300)]),
		[[9, 200]],
	);
	assert.deepEqual(whoRanMeanwhile(locality(), new Map(), 7), []);
});

test('guests are machines with their virtual CPUs in order', () => {
	const vcpu = (task, vm, number) => ({ task, vm, vcpu: number, kind: 'vcpu' });
	const found = guestsOf([
		vcpu(1, 'vm-10', 0),
		vcpu(2, 'vm-2', 1),
		vcpu(3, 'vm-2', 0),
		vcpu(4, null, null),
		{ task: 5, kind: 'task', vm: 'vm-2' },
	]);
	assert.deepEqual(
		found.map(({ vm, vcpus }) => [vm, vcpus.map((task) => task.task)]),
		[
			['vm-2', [3, 2]],
			['vm-10', [1]],
			[null, [4]],
		],
	);
});

test('mixed colours are opaque and between the two', () => {
	assert.equal(mix(0xff000000, 0xffffffff, 0.5), 0xff808080);
	assert.equal(mix(0xff102030, 0x00000000, 0), 0xff102030);
});

test('few coarse columns sum up to what the fine ones give, whatever the range', () => {
	const cells = Array.from({ length: 60 }, (_, i) => ({
		upper: i % 2,
		column: Math.floor(i / 4),
		inner: i % 3,
		values: [i + 1, 1],
	})).sort((a, b) => a.upper - b.upper || a.column - b.column || a.inner - b.inner);
	const base = decode({ cells, values: 2, first: 3 });
	const levels = [base, halve(base), halve(halve(base))];
	for (let from = 0; from < 18; from++)
		for (let to = from; to < 19; to++) {
			const range = { from: (from + 3) * 10, to: (to + 3) * 10 };
			assert.deepEqual(matrix(base, range, null, levels), matrix(base, range), `${from} to ${to}`);
		}
});
