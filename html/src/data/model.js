// SPDX-License-Identifier: Apache-2.0
// The page's data, decoded: plain arrays and objects, nothing of the DOM.

import { Reader } from './bytes.js';
import { NO_RUNS } from './runs.js';
import { decodeSparse } from './sparse.js';

export const FORMAT = 4;

export function decodeStrings(bytes) {
	const reader = new Reader(bytes);
	const text = new TextDecoder();
	return Array.from({ length: reader.varint() }, () => text.decode(reader.take(reader.varint())));
}

// user/page/tasks.c writes this form.
export function decodeTasks(bytes, strings) {
	const reader = new Reader(bytes);
	const count = reader.varint();
	const tasks = Array.from({ length: count }, () => ({}));
	for (const name of ['task', 'tid', 'tgid', 'vcpu', 'startNs', 'endNs'])
		for (const task of tasks) task[name] = reader.nullable();
	for (const name of ['name', 'comm', 'kind', 'vm', 'cgroup', 'unit'])
		for (const task of tasks) {
			const id = reader.nullable();
			task[name] = id === null ? null : (strings[id] ?? null);
		}
	return tasks;
}

// What is said of a task that rows speak of and the tasks do not.
const stranger = (task) => ({
	task,
	tid: null,
	tgid: null,
	vcpu: null,
	startNs: null,
	endNs: null,
	name: `task ${task}`,
	comm: null,
	kind: 'unknown',
	vm: null,
	cgroup: null,
	unit: null,
});

// The buckets that were read, as user/view says them; where it cannot, what the rows speak of.
export function coveredWindow(meta, parts) {
	const told = { from: meta.from_ns ?? 0, to: meta.to_ns ?? 0 };
	if (told.to > told.from) return told;
	const filled = parts.filter((part) => part.column.length);
	const from = Math.min(...filled.map((part) => part.fromNs), filled.length ? Infinity : 0);
	return { from, to: Math.max(from + 1, ...filled.map((part) => part.toNs)) };
}

function cpusOf(meta, locality) {
	const known = new Map(meta.cpus.map((cpu) => [cpu.cpu, cpu]));
	for (const cpu of locality.upper)
		if (!known.has(cpu)) known.set(cpu, { cpu, package: 0, core: cpu, thread: 0, node: 0 });
	return [...known.values()].sort((a, b) => a.node - b.node || a.package - b.package || a.cpu - b.cpu);
}

const nothing = (values) => ({
	gridNs: 1,
	bucketNs: 0,
	coarsened: 0,
	fromNs: 0,
	toNs: 0,
	first: 0,
	upper: new Float64Array(0),
	lower: new Float64Array(0),
	shifts: new Uint8Array(0),
	begins: new Uint32Array(1),
	column: new Uint32Array(0),
	inner: new Uint32Array(0),
	values: Array.from({ length: values }, () => new Float64Array(0)),
});

// What the first chart needs; completeModel() adds the rest when it is there.
export function buildModel({ meta, strings, tasks, heatAll }) {
	const list = decodeTasks(tasks, decodeStrings(strings));
	const byTask = new Map(list.map((task) => [task.task, task]));
	const model = {
		meta,
		tasks: list,
		task(number) {
			if (!byTask.has(number)) byTask.set(number, stranger(number));
			return byTask.get(number);
		},
		heat: nothing(1),
		// of all idle tasks (lower 1) and of all others (lower 0): finer in time than task by task
		heatAll: decodeSparse(new Reader(heatAll), { inner: true, values: 1 }),
		locality: nothing(2),
		migrations: nothing(1), // of a task (upper) to a core (inner)
		exits: nothing(2),
		runs: NO_RUNS,
	};
	model.window = coveredWindow(meta, [model.heatAll]);
	model.cpus = cpusOf(meta, model.locality);
	model.hasKvm = false;
	return model;
}

export const decodeHeat = (bytes) => decodeSparse(new Reader(bytes), { inner: true, values: 1 });
export const decodeLocality = (bytes) => decodeSparse(new Reader(bytes), { inner: true, values: 2 });
export const decodeMigrations = (bytes) => decodeSparse(new Reader(bytes), { inner: true, values: 1 });
export const decodeExits = (bytes) => decodeSparse(new Reader(bytes), { inner: false, values: 2 });

export function completeModel(model, parts) {
	const { meta } = model;
	Object.assign(model, parts);
	const window = coveredWindow(meta, [model.locality, model.heatAll, model.exits]);
	// the state holds on to the first one
	Object.assign(model.window, window);
	model.cpus = cpusOf(meta, model.locality);
	model.hasKvm =
		Array.from(model.heatAll.upper).some((kind) => /^(guest|host)$/.test(meta.heat_kinds[kind])) ||
		model.exits.column.length > 0;
}

export const isIdle = (task) => task.kind === 'idle';
export const isUnknown = (task) => task.kind === 'unknown';
