// SPDX-License-Identifier: Apache-2.0
// What the charts and panels share besides the state: derived data, computed once for all.

import { computed, signal } from '@preact/signals-core';

import { chosenCores, coreList, recordedCores } from './data/cores.js';
import { count, duration } from './data/format.js';
import { matrix } from './data/locality.js';
import { migrationsByTask } from './data/migrations.js';
import { isIdle, isUnknown } from './data/model.js';
import { groupTasks, matchesQuery } from './data/query.js';
import { cpuColour, mix, nameColour, pack, packCss, unpack } from './draw/colour.js';
import { createAnnouncer } from './ui/cell_cursor.js';
import { NO_NAME, printable } from './ui/dom.js';

const OTHERS = 0.2;
const WORDS_MAX = 80;
const shorten = (text) => (text.length > WORDS_MAX ? `${text.slice(0, WORDS_MAX)} …` : text);

// `cpus`: those that can be chosen, where other runs have more than this one.
export function createPage(model, state, theme, tooltip, { cpus = null } = {}) {
	const page = {
		model,
		state,
		theme,
		tooltip,
		layersOf: {},
		exports: {},
		announce: createAnnouncer(),
		stage: signal(0),
	};

	// task -> { runNs, switches, byCpu } over the whole window, and over the range shown
	page.totals = computed(() => {
		page.stage.value; // there is more to be told
		return matrix(model.locality, model.window);
	});
	// the coarser levels of chart 4 that are there already: sums over long ranges are quick with them
	page.levels = () => page.coreLevels?.made ?? [model.locality];
	page.cpusKnown = () => cpus ?? model.cpus;
	// the chosen cores; null: all of them
	page.cores = computed(() => {
		page.stage.value;
		return chosenCores(state.cores.value, page.cpusKnown());
	});
	page.cpusShown = computed(() =>
		page.cores.value ? model.cpus.filter((cpu) => page.cores.value.has(cpu.cpu)) : model.cpus,
	);
	// those of them whose time is known: what parts of all cores are parts of
	page.cpusCounted = computed(() => {
		const recorded = new Set(recordedCores(model.meta, model.cpus));
		return page.cpusShown.value.filter((cpu) => recorded.has(cpu));
	});
	page.chooseCore = (cpu) => {
		state.cores.value = state.cores.value === String(cpu) ? '' : String(cpu);
	};
	page.matrix = computed(() =>
		state.settled.value === model.window && !page.cores.value
			? page.totals.value
			: matrix(model.locality, state.settled.value, page.cores.value, page.levels()),
	);
	page.migrations = computed(() => {
		page.stage.value;
		return migrationsByTask(model.migrations, state.settled.value, page.cores.value);
	});
	// all but idle, by run time
	page.shownTasks = computed(() => {
		const runNs = (task) => page.totals.value.get(task.task)?.runNs ?? 0;
		const seen = new Set(model.tasks);
		for (const number of page.totals.value.keys()) seen.add(model.task(number));
		return [...seen]
			.filter((task) => !isIdle(task))
			.sort((a, b) => runNs(b) - runNs(a) || a.task - b.task);
	});
	// where it was in this run
	page.cpusOf = (task) => page.totals.value.get(task.task)?.byCpu.keys() ?? [];
	// of several runs: in any of them
	page.cpusOfAny = (task) => (page.peers ?? [page]).flatMap((peer) => [...peer.cpusOf(task)]);
	page.matches = (task, query) => matchesQuery(task, query, page.cpusOfAny);
	// the tasks that the filter lets through; null: all
	page.selected = computed(() => {
		const query = state.filter.value.trim();
		const cores = page.cores.value;
		if (!query && !cores) return null;
		page.totals.value;
		const there = (task) => !cores || page.cpusOfAny(task).some((cpu) => cores.has(cpu));
		return new Set(
			page.shownTasks.value
				.filter((task) => there(task) && page.matches(task, query))
				.map((task) => task.task),
		);
	});
	page.wanted = (number) => page.selected.value === null || page.selected.value.has(number);
	page.only = (query) => {
		state.filter.value = query;
	};
	page.hide = (query) => {
		state.filter.value = [state.filter.value, `-${query}`].filter(Boolean).join(' ');
	};
	page.tasksInView = computed(() =>
		page.shownTasks.value
			.map((task) => task.task)
			.filter((task) => page.wanted(task) && page.matrix.value.has(task)),
	);
	// task -> { label, query, members, ... }; null: tasks stand alone
	page.groups = computed(() => {
		const by = state.group.value;
		if (by === 'none') return null;
		const groups = groupTasks(page.shownTasks.value, by, (task) => page.totals.value.get(task.task));
		groups.forEach((group, index) => {
			group.index = index;
		});
		return groups;
	});
	page.groupOf = computed(
		() =>
			page.groups.value &&
			new Map(page.groups.value.flatMap((group) => group.members.map((task) => [task.task, group]))),
	);
	// its members alone, one by one
	page.openGroup = (group) => {
		page.only(group.query);
		state.group.value = 'none';
	};
	// what gives a task its colour, and its place in legends
	page.kindOf = (task) => page.groupOf.value?.get(task.task)?.label ?? task.name ?? '';
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
		for (const task of all)
			colours[task.task] = isIdle(task) ? 0 : isUnknown(task) ? 0x80808080 : ofName(page.kindOf(task));
		return colours;
	});
	page.cpuColours = computed(() => {
		const colours = new Uint32Array(model.cpus.reduce((most, cpu) => Math.max(most, cpu.cpu + 1), 0));
		model.cpus.forEach((cpu, i) => {
			colours[cpu.cpu] =
				!page.cores.value || page.cores.value.has(cpu.cpu) ? pack(cpuColour(i, theme.dark.value)) : 0;
		});
		return colours;
	});
	// the chosen task stands out from all others; idle is the colour of the plot; all are opaque
	page.stands = (task) => (state.task.value === null ? page.wanted(task) : task === state.task.value);
	page.laneColours = computed(() => {
		const ground = packCss(theme.palette.value.plot);
		state.task.value; // read by page.stands()
		return page.taskColours.value.map((colour, task) =>
			mix(ground, colour, ((colour >>> 24) / 255) * (page.stands(task) ? 1 : OTHERS)),
		);
	});

	// tasks that share their name are told apart by their tid
	const sharers = computed(() => {
		const seen = new Map();
		for (const task of page.shownTasks.value) seen.set(task.name, (seen.get(task.name) ?? 0) + 1);
		return seen;
	});
	page.tidOf = (task) => (task.tid !== null && sharers.value.get(task.name) > 1 ? String(task.tid) : '');
	page.label = (task) => [printable(task.name) || NO_NAME, page.tidOf(task)].filter(Boolean).join(' ');

	page.coreTitle = (cpu) => {
		const known = model.cpus.find((each) => each.cpu === cpu);
		return known
			? `core ${cpu} (node ${known.node}, package ${known.package}, core ${known.core}, thread ${known.thread})`
			: `core ${cpu}`;
	};
	page.cssColour = (number) => unpack(page.taskColours.value[number] ?? 0);
	page.choose = (number) => {
		state.task.value = state.task.value === number ? null : number;
	};
	page.taskWords = () => {
		if (state.task.value !== null) return page.label(model.task(state.task.value));
		if (page.selected.value === null) return 'all tasks but idle';
		const cores =
			page.cores.value &&
			`on core${page.cores.value.size > 1 ? 's' : ''} ${coreList(page.cores.value)}`;
		return `${count(page.selected.value.size, 'task')}: ${[shorten(printable(state.filter.value)), cores].filter(Boolean).join(' ')}`;
	};
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
		lines.push(
			{ name: 'run time', value: duration(sums?.runNs ?? 0) },
			{ name: 'switched in', value: count(sums?.switches ?? 0) },
		);
		return lines;
	};
	return page;
}
