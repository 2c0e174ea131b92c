// SPDX-License-Identifier: Apache-2.0
// What the charts and panels share besides the state: derived data, computed once for all.

import { computed, signal } from '@preact/signals-core';

import { cpuColour, nameColour, pack, unpack } from './draw/colour.js';
import { count, duration } from './data/format.js';
import { matrix } from './data/locality.js';
import { isIdle, isUnknown } from './data/model.js';
import { matchesQuery } from './data/query.js';
import { createAnnouncer } from './ui/cell_cursor.js';
import { NO_NAME, printable } from './ui/dom.js';

const OTHERS = 0.2;

export function createPage(model, state, theme, tooltip) {
	const page = { model, state, theme, tooltip, layersOf: {}, exports: {}, announce: createAnnouncer(), stage: signal(0) };

	// task -> { runNs, switches, byCpu } over the whole window, and over the range shown
	page.totals = computed(() => {
		page.stage.value; // there is more to be told
		return matrix(model.locality, model.window);
	});
	page.matrix = computed(() => (state.settled.value === model.window ? page.totals.value : matrix(model.locality, state.settled.value)));
	// all but idle, by run time
	page.shownTasks = computed(() => {
		const runNs = (task) => page.totals.value.get(task.task)?.runNs ?? 0;
		const seen = new Set(model.tasks);
		for (const number of page.totals.value.keys()) seen.add(model.task(number));
		return [...seen].filter((task) => !isIdle(task)).sort((a, b) => runNs(b) - runNs(a) || a.task - b.task);
	});
	// the tasks that the filter lets through; null: all
	const cpusOf = (task) => page.totals.value.get(task.task)?.byCpu.keys() ?? [];
	page.matches = (task, query) => matchesQuery(task, query, cpusOf);
	page.selected = computed(() => {
		const query = state.filter.value.trim();
		if (!query) return null;
		page.totals.value;
		return new Set(page.shownTasks.value.filter((task) => page.matches(task, query)).map((task) => task.task));
	});
	page.wanted = (number) => page.selected.value === null || page.selected.value.has(number);
	page.only = (query) => { state.filter.value = query; };
	page.hide = (query) => { state.filter.value = [state.filter.value, `-${query}`].filter(Boolean).join(' '); };
	page.tasksInView = computed(() => page.shownTasks.value.map((task) => task.task).filter((task) => page.wanted(task) && page.matrix.value.has(task)));
	// colours by task number, and by core: 0xaabbggrr, 0 for idle
	page.taskColours = computed(() => {
		const dark = theme.dark.value;
		const byName = new Map();
		const ofName = (name) => {
			if (!byName.has(name)) byName.set(name, pack(nameColour(name, dark)));
			return byName.get(name);
		};
		const all = [...page.shownTasks.value, ...model.tasks];
		const colours = new Uint32Array(all.reduce((most, task) => Math.max(most, task.task + 1), 0));
		for (const task of all) colours[task.task] = isIdle(task) ? 0 : isUnknown(task) ? 0x80808080 : ofName(task.name ?? '');
		return colours;
	});
	page.cpuColours = computed(() => {
		const colours = new Uint32Array(model.cpus.reduce((most, cpu) => Math.max(most, cpu.cpu + 1), 0));
		model.cpus.forEach((cpu, i) => { colours[cpu.cpu] = pack(cpuColour(i, theme.dark.value)); });
		return colours;
	});
	// the chosen task stands out from all others
	page.laneColours = computed(() => {
		const chosen = state.task.value;
		if (chosen === null && page.selected.value === null) return page.taskColours.value;
		const stands = (task) => (chosen === null ? page.wanted(task) : task === chosen);
		return page.taskColours.value.map((colour, task) => (stands(task) ? colour : ((colour & 0xffffff) | ((colour >>> 24) * OTHERS << 24)) >>> 0));
	});

	// tasks that share their name are told apart by their tid
	const sharers = computed(() => {
		const seen = new Map();
		for (const task of page.shownTasks.value) seen.set(task.name, (seen.get(task.name) ?? 0) + 1);
		return seen;
	});
	page.tidOf = (task) => (task.tid !== null && sharers.value.get(task.name) > 1 ? String(task.tid) : '');
	page.label = (task) => [printable(task.name) || NO_NAME, page.tidOf(task)].filter(Boolean).join(' ');

	page.cssColour = (number) => unpack(page.taskColours.value[number] ?? 0);
	page.choose = (number) => { state.task.value = state.task.value === number ? null : number; };
	page.taskWords = () => (state.task.value === null ? page.selected.value === null ? 'all tasks but idle' : `${count(page.selected.value.size)} tasks: ${printable(state.filter.value)}` : page.label(model.task(state.task.value)));
	page.taskLines = (task) => {
		const sums = page.totals.value.get(task.task);
		const lines = [
			{ name: 'tid', value: task.tid === null ? 'not known' : String(task.tid) },
			{ name: 'process', value: task.tgid === null ? 'not known' : String(task.tgid) },
			{ name: 'kind', value: printable(task.kind) },
		];
		if (task.comm && task.comm !== task.name) lines.push({ name: 'comm', value: printable(task.comm) });
		if (task.vm) lines.push({ name: 'vm', value: printable(task.vm) });
		if (task.cgroup) lines.push({ name: 'cgroup', value: printable(task.cgroup) });
		lines.push({ name: 'run time', value: duration(sums?.runNs ?? 0) }, { name: 'switched in', value: count(sums?.switches ?? 0) });
		return lines;
	};
	return page;
}
