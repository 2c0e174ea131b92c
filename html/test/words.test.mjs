// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';

import { bytes, count, duration, moment, percent, rate, share, short, signed } from '../src/data/format.js';
import { notices, facts } from '../src/data/facts.js';
import { gridRows, cellValue, ALL } from '../src/data/grid.js';
import { coveredWindow } from '../src/data/model.js';
import { compareNames, groupTasks, matchesQuery } from '../src/data/query.js';
import { DEFAULTS, formatHash, parseHash } from '../src/hash.js';
import { clampRange, pan, rangesBefore, rangeWithin, sameRange, zoomAt } from '../src/range.js';
import { fitText, timeTicks } from '../src/draw/axes.js';
import { hashName } from '../src/draw/colour.js';

test('what is little is told apart from nothing', () => {
	assert.deepEqual([0, 0.02, 0.05, 0.26, 4, 9.94, 9.96, 1500].map(rate), [
		'0',
		'< 0.1',
		'0.1',
		'0.3',
		'4',
		'9.9',
		'10',
		'1.5k',
	]);
	assert.deepEqual(
		[0, 0.0004, 0.0006, 0.5].map((part) => share(part)),
		['0.0 %', '< 0.1 %', '0.1 %', '50.0 %'],
	);
	assert.equal(share(0.00004, 2), '< 0.01 %');
});

test('a difference that rounds to nothing has no sign', () => {
	assert.deepEqual(
		[-0.5, -0.0004, 0, 0.0004, 0.002].map((part) => signed(part, share)),
		['−50.0 %', '0.0 %', '0.0 %', '0.0 %', '+0.2 %'],
	);
	assert.deepEqual(
		[-2000, -0.02, 0.3].map((each) => signed(each, rate)),
		['−2k', '0', '+0.3'],
	);
});

test('lengths have the unit that fits', () => {
	assert.deepEqual(
		[0, 999, 1000, 1234567, 59.4e9, 125e9, 7322e9].map((ns) => duration(ns)),
		['0 ns', '999 ns', '1 µs', '1.23 ms', '59.4 s', '2 min 5 s', '2 h 2 min'],
	);
	assert.equal(duration(null), 'not known');
});

test('with more digits, long lengths keep all parts and decimals of the seconds', () => {
	assert.deepEqual(
		[59.98768e9, 60e9, 125.125e9, 2625.9e9, 2625.999e9, 7322.52e9, 3600e9, 3605.25e9].map((ns) => duration(ns, 6)),
		['59.9877 s', '1 min', '2 min 5.125 s', '43 min 45.9 s', '43 min 46 s', '2 h 2 min 2.52 s', '1 h', '1 h 5.25 s'],
	);
	assert.equal(duration(2625.9e9), '43 min 46 s');
});

test('what is rounded up to the next unit is one of that', () => {
	assert.deepEqual(
		[999.6, 999499, 999999, 999.9e6, 59.97e9, 3599.9e9].map((ns) => duration(ns)),
		['1 µs', '999 µs', '1 ms', '1 s', '1 min', '1 h'],
	);
	assert.deepEqual([999.6, 9960, 999499, 999999, 1e9 - 1].map(short), ['1k', '10k', '999k', '1M', '1G']);
	assert.deepEqual([1023, (1 << 20) - 1, 2 ** 30 - 1].map(bytes), ['1023 B', '1 MiB', '1 GiB']);
});

test('moments have as many decimals as their steps need', () => {
	assert.equal(moment(1.5e9, 1e8), '1.5 s');
	assert.equal(moment(1.5e9, 1e5), '1.5000 s');
	assert.equal(moment(3725e9, 1e9), '1:02:05');
	assert.equal(moment(125.5e9, 1e8), '0:02:05.5');
	assert.equal(moment(-0.02e9, 1e8), '0.0 s');
});

test('moments are rounded before they are split: no second is the 60th', () => {
	assert.equal(moment(179.7e9, 1e9), '0:03:00');
	assert.equal(moment(3599.96e9, 1e8), '1:00:00.0');
	assert.equal(moment(119.99e9, 1e8), '0:02:00.0');
	assert.equal(moment(119.94e9, 1e8), '119.9 s');
});

test('ticks of long captures are round minutes and hours', () => {
	const words = (from, to) => timeTicks({ from: from * 1e9, to: to * 1e9 }, 800).map((tick) => tick.text);
	assert.deepEqual(words(0, 3600), ['0 s', '0:10:00', '0:20:00', '0:30:00', '0:40:00', '0:50:00', '1:00:00']);
	assert.deepEqual(words(100, 1000), ['0:05:00', '0:10:00', '0:15:00']);
	assert.deepEqual(words(0, 86400).slice(-1), ['24:00:00']);
	assert.deepEqual(words(0, 2), ['0.0 s', '0.5 s', '1.0 s', '1.5 s', '2.0 s']);
	assert.ok(words(0, 1e9).length > 2);
});

test('numbers are short where there is little room', () => {
	assert.deepEqual([0, 999, 1000, 1234, 56789, 2 ** 63].map(short), ['0', '999', '1k', '1.2k', '57k', '9223372T']);
	assert.equal(count(1234567), '1,234,567');
	assert.deepEqual(
		[
			count(0, 'task'),
			count(1, 'task'),
			count(1.4, 'switch'),
			count(1234, 'switch'),
			count(2, 'guest stretch'),
			count(null, 'task'),
		],
		['0 tasks', '1 task', '1 switch', '1,234 switches', '2 guest stretches', 'not known'],
	);
	assert.equal(bytes(5 << 20), '5 MiB');
	assert.equal(percent(0.1234), '12.3 %');
});

test('the hash holds the state and gives it back', () => {
	const state = {
		...DEFAULTS,
		range: { from: 1.5e6, to: 20e6 },
		task: 7,
		sort: 0,
		lanes: 'tasks',
		theme: 'dark',
		layers: ['sleep', 'wait'],
	};
	assert.deepEqual(parseHash(formatHash(state)), state);
	assert.equal(formatHash(DEFAULTS), '');
});

test('a hash that makes no sense leaves the defaults', () => {
	for (const hash of ['#', '#t=9-1&task=x&lanes=up', '#t=1e999-2&layers=none', '#%%%&task=-1', '#theme=<script>'])
		assert.deepEqual(parseHash(hash), DEFAULTS);
	// a part of a search would find other tasks
	assert.equal(parseHash(`#q=${'a'.repeat(5000)}`).filter, '');
});

test('zoom and pan stay inside the window', () => {
	const window = { from: 0, to: 1e9 };
	assert.deepEqual(zoomAt({ from: 0, to: 1e9 }, 5e8, 0.5, window), { from: 2.5e8, to: 7.5e8 });
	assert.deepEqual(zoomAt({ from: 0, to: 1e9 }, 5e8, 3, window), window);
	assert.deepEqual(pan({ from: 0, to: 1e8 }, -5e8, window), { from: 0, to: 1e8 });
	assert.deepEqual(pan({ from: 0, to: 1e8 }, 5e9, window), { from: 9e8, to: 1e9 });
	assert.equal(clampRange({ from: 5e8, to: 5e8 }, window).to - 5e8, 1000);
});

test('the way back leads to ranges that are not shown already', () => {
	const window = { from: 0, to: 1e9 };
	const [a, b] = [
		{ from: 0, to: 5e8 },
		{ from: 1e8, to: 5e8 },
	];
	assert.equal(rangeWithin({ from: -5, to: 2e9 }, window), null);
	assert.equal(rangeWithin(null, window), null);
	assert.deepEqual(rangeWithin(b, window), b);
	assert.deepEqual(
		[sameRange(null, null), sameRange(a, { ...a }), sameRange(a, b), sameRange(a, null)],
		[true, true, false, false],
	);
	assert.deepEqual(rangesBefore([], null), []);
	assert.deepEqual(rangesBefore([null, null], null), []);
	assert.deepEqual(rangesBefore([null, a, { ...b }], b), [null, a]);
	assert.deepEqual(rangesBefore([null, a], null), [null, a]);
});

test('search words all have to fit, and - takes away', () => {
	const task = { name: 'CPU 0/KVM', comm: 'qemu', vm: 'guest-1', tid: 77, tgid: 70, kind: 'vcpu' };
	for (const query of ['', 'cpu', 'kvm qemu', '/^cpu \\d/', 'pid:70', 'tid:77', '77', 'vm:guest', '-worker', 'kind:vcpu'])
		assert.ok(matchesQuery(task, query), query);
	for (const query of ['worker', 'cpu worker', 'pid:1', '-kvm', '/^KVM/', '/(/', 'vm:other'])
		assert.ok(!matchesQuery(task, query), query);
});

test('the same name has the same colour on every page', () => {
	assert.equal(hashName('worker'), hashName('worker'));
	assert.notEqual(hashName('worker-1'), hashName('worker-2'));
});

const TASKS = {
	0: { task: 0, name: 'swapper/0', kind: 'idle' },
	1: { task: 1, name: 'swapper/1', kind: 'idle' },
	2: { task: 2, name: 'a', kind: 'task' },
	3: { task: 3, name: 'b', kind: 'task' },
	4: { task: 4, name: '?', kind: 'unknown' },
};
const row = (task, ...cells) => [
	task,
	{
		task,
		runNs: cells.reduce((sum, [, run]) => sum + run, 0),
		switches: cells.reduce((sum, [, , switches]) => sum + switches, 0),
		byCpu: new Map(cells.map(([cpu, run, switches]) => [cpu, [run, switches]])),
	},
];

test('charts 5 and 6 have all tasks, idle and unknown above, then tasks by the sorted column', () => {
	const rows = new Map([
		row(0, [0, 50, 1]),
		row(1, [1, 60, 2]),
		row(2, [0, 30, 9]),
		row(3, [0, 10, 1], [1, 40, 1]),
		row(4, [1, 5, 1]),
	]);
	const model = { task: (number) => TASKS[number] };
	const byAll = gridRows(model, rows, { value: 0, sort: null });
	assert.deepEqual(
		byAll.map((each) => each.label),
		['all tasks', 'idle', 'unknown', 'b', 'a'],
	);
	assert.equal(cellValue(byAll[0], 0, 0), 40);
	assert.equal(cellValue(byAll[1], ALL, 0), 110);
	assert.equal(cellValue(byAll[4], 1, 0), null);
	assert.deepEqual(
		gridRows(model, rows, { value: 0, sort: 0 })
			.slice(3)
			.map((each) => each.label),
		['a', 'b'],
	);
	assert.deepEqual(
		gridRows(model, rows, { value: 1, sort: null })
			.slice(3)
			.map((each) => each.label),
		['a', 'b'],
	);
});

const META = {
	whole: true,
	cut: '',
	being_written_elsewhere: false,
	losses: [],
	cpu_changes: [],
	not_offered: [],
	filters: [],
	recorded: ['sched'],
	bucket_ns: 1e7,
	options: { from_ns: 0, cap_ns: null, task: null },
	host: 'h',
	kernel: 'k',
	realtime_ns: 0,
	last_at_ns: 5e9,
	end: {
		duration_ns: 5e9,
		cause: 'duration',
		cut: false,
		verdict: 'equal',
		cost: { bpf_ns_per_switch: 40, bpf_ns: 1e6, user_cpu_ns: 1e6, memory_peak_bytes: 1, kernel_memory_bytes: 1 },
	},
};
const part = (more = {}) => ({ column: [1], gridNs: 1e7, bucketNs: 1e7, coarsened: 0, shifts: [0], ...more });
const model = (meta = {}, more = {}) => ({
	meta: { ...META, ...meta },
	heat: part(),
	heatAll: part(),
	locality: part(),
	exits: part({ column: [] }),
	window: { from: 0, to: 5e9 },
	cpus: [1],
	...more,
});

test('a whole capture without losses has nothing to warn of', () => {
	assert.deepEqual(notices(model()), []);
});

test('steps that differ by task are said as from finest to widest', () => {
	const [only] = notices(model({}, { heat: part({ coarsened: 3, shifts: [0, 3, 1] }) })).filter((notice) =>
		/steps/.test(notice.text),
	);
	assert.match(only.text, /busiest tasks in steps of up to 80 ms, quiet ones of 10 ms/);
});

test('a cut file, losses and coarsened time are said', () => {
	const text = notices(
		model(
			{
				whole: false,
				cut: 'f: cut at byte 9',
				losses: [{ cause: 'ring_full', serious: true, count: 3, switches: 750, run_ns: 1, moments_ns: [] }],
			},
			{ heat: part({ coarsened: 2, gridNs: 4e7 }) },
		),
	)
		.map((notice) => notice.text)
		.join('\n');
	assert.match(text, /not whole: f: cut at byte 9/);
	assert.match(text, /no room in the ring: 3 \(750 switches\)/);
	assert.match(text, /steps of 40 ms \(recorded: 10 ms\)/);
});

test('cores that left or came back are told', () => {
	const [notice] = notices(
		model({
			cpu_changes: [
				{ cpu: 3, at_ns: 1.5e9, online: false },
				{ cpu: 3, at_ns: 2e9, online: true },
			],
		}),
	);
	assert.equal(notice.text, 'Cores that left or came back: core 3 left at 1.500 s, core 3 came at 2.000 s.');
});

test('losses and a difference of totals are bad facts', () => {
	const end = { ...META.end, verdict: 'different' };
	const found = facts(
		model({ end, losses: [{ cause: 'recursion', serious: true, count: 1, switches: 0, run_ns: 0, moments_ns: [] }] }),
		new Map(),
	);
	assert.equal(found.find((fact) => fact.name === 'Losses').level, 'bad');
	assert.equal(found.find((fact) => fact.name === 'Samples and totals').level, 'bad');
});

test('of a cost that is not known, and of switches that nobody counted, nothing is said', () => {
	const cost = { bpf_ns_per_switch: null, bpf_ns: null, user_cpu_ns: null, memory_peak_bytes: null, kernel_memory_bytes: null };
	const lost = { cause: 'lost_in_source', serious: true, count: 5, switches: null, run_ns: null, moments_ns: [] };
	const found = (end) => Object.fromEntries(facts(model({ end, losses: [lost] }), new Map()).map((fact) => [fact.name, fact]));
	const none = found({ ...META.end, cost });
	assert.equal(none['Cost of tracing'].value, 'not known');
	assert.equal(none['Cost of tracing'].title, '');
	assert.equal(none.Losses.value, 'events that the imported recording had lost itself: 5');
	const some = found({ ...META.end, cost: { ...cost, user_cpu_ns: 2e6, kernel_memory_bytes: 1024 } });
	assert.equal(some['Cost of tracing'].title, 'pftrace itself 2 ms, memory in the kernel 1 KiB');
});

test('the window is what was read, or what the rows speak of', () => {
	assert.deepEqual(coveredWindow({ from_ns: 5, to_ns: 9 }, []), { from: 5, to: 9 });
	assert.deepEqual(coveredWindow({ from_ns: 0, to_ns: 0 }, []), { from: 0, to: 1 });
	assert.deepEqual(coveredWindow({ from_ns: 0, to_ns: 0 }, [part({ fromNs: 3, toNs: 8 }), part({ fromNs: 2, toNs: 4 })]), {
		from: 2,
		to: 8,
	});
});

test('lists of numbers, quotes, cores and prefixes are search words', () => {
	const one = { task: 5, name: 'kworker/3:1', comm: null, tid: 70, tgid: 7, kind: 'kthread', vm: 'my vm', cgroup: '/a b' };
	const cpus = () => [3, 30];
	for (const query of [
		'task:1,4-6',
		'cpu:30',
		'cpu:1-3',
		'vm:"my vm"',
		'cgroup:"/a b"',
		'prefix:kworker',
		'process:7',
		'-cpu:4',
		'-vm:other',
	])
		assert.ok(matchesQuery(one, query, cpus), query);
	for (const query of ['task:1-4', 'cpu:4', 'vm:"no vm"', 'prefix:kwork', 'process:70', '-cpu:3', 'tid:x'])
		assert.ok(!matchesQuery(one, query, cpus), query);
});

test('the query of a group finds the members of the group and nobody else', () => {
	const tasks = [
		['a b"c', 1],
		['a b"c', 2],
		['worker/1', 3],
		['worker/2', 4],
		['', 5],
		['7', null],
	].map(([name, tgid], task) => ({
		task,
		name,
		comm: null,
		tid: task,
		tgid,
		kind: 'task',
		vm: task % 2 ? `v "${task}"` : null,
		cgroup: null,
	}));
	for (const by of ['prefix', 'process', 'vm', 'cgroup'])
		for (const group of groupTasks(tasks, by, () => null))
			assert.deepEqual(
				tasks.filter((task) => matchesQuery(task, group.query)),
				group.members,
				`${by} ${group.query}`,
			);
	// a link holds it, however many they are
	assert.ok(groupTasks(tasks, 'vm', () => null).some((group) => group.key === null && group.query === 'no:vm'));
});

test('names are ordered by group, and by the value of their numbers', () => {
	const names = [
		'swapper/10',
		'Zebra.01.vcpu10',
		'Ape.10.vcpu0',
		'swapper/9',
		'Ape.2.vcpu0',
		'Zebra.01.vcpu2',
		'bash',
		'a01',
		'a1',
		'',
	];
	assert.deepEqual(names.sort(compareNames), [
		'',
		'Zebra.01.vcpu2',
		'Zebra.01.vcpu10',
		'Ape.2.vcpu0',
		'Ape.10.vcpu0',
		'a01',
		'a1',
		'bash',
		'swapper/9',
		'swapper/10',
	]);
});

test('cgroups are grouped by what they belong to, and found by that', () => {
	const path = (part) => `/machine.slice/machine-qemu\\x2d1\\x2dfw.scope/libvirt/${part}`;
	const tasks = [
		[path('vcpu0'), 'fw'],
		[path('emulator'), 'fw'],
		['/', null],
		[null, null],
	].map(([cgroup, unit], task) => ({ task, name: 'x', comm: null, tid: task, tgid: 1, kind: 'task', vm: null, cgroup, unit }));
	const groups = groupTasks(tasks, 'cgroup', () => null);
	assert.deepEqual(
		groups.map((group) => [group.label, group.members.length]),
		[
			['fw', 2],
			['/', 1],
			['no cgroup', 1],
		],
	);
	for (const group of groups)
		assert.deepEqual(
			tasks.filter((task) => matchesQuery(task, group.query)),
			group.members,
			group.query,
		);
	assert.ok(matchesQuery(tasks[0], 'cgroup:libvirt'));
});

test('an imported recording has no cost of ours', () => {
	const end = {
		...META.end,
		verdict: 'no totals',
		cost: { bpf_ns_per_switch: 0, bpf_ns: 0, user_cpu_ns: 0, memory_peak_bytes: 0, kernel_memory_bytes: 0 },
	};
	assert.equal(facts(model({ end }), new Map()).find((fact) => fact.name === 'Cost of tracing').value, 'not of pftrace');
});

test('where nothing was recorded, the step is that of the recording, and there is no share of nothing', () => {
	const nothing = { column: [], gridNs: 1 };
	const found = facts(
		model({ end: { ...META.end, duration_ns: 0 } }, { heatAll: nothing, locality: nothing, window: { from: 0, to: 0 } }),
		new Map(),
	);
	const value = (name) => found.find((fact) => fact.name === name).value;
	assert.equal(value('Time step'), '10 ms');
	assert.equal(value('Cost of tracing'), '40 ns a switch');
	assert.equal(found.find((fact) => fact.name === 'Switches').title, undefined);
});

test('what is cut to its place ends with a whole character', () => {
	const ctx = { measureText: (text) => ({ width: text.length * 10 }) };
	assert.equal(fitText(ctx, 'plain', 50), 'plain');
	assert.equal(fitText(ctx, 'longer', 50), 'long…');
	assert.equal(fitText(ctx, 'a\u{1f980}\u{1f980}\u{1f980}', 50), 'a\u{1f980}…');
	assert.equal(fitText(ctx, '\u{1f980}\u{1f980}', 20), '');
});
