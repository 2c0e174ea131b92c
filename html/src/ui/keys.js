// SPDX-License-Identifier: Apache-2.0
// Keys for everything; letters never act while something is being typed.

import { pan, zoomAt } from '../range.js';
import { element } from './dom.js';

const STEP = 0.2;
const GROUPS = ['none', 'prefix', 'process', 'vm', 'cgroup'];

// What is wider than its place, such as a table of many cores, is moved sideways by the browser.
const movesItself = (event) => {
	if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return false;
	const holder = event.target.closest?.('.table-holder, .scrolling');
	return Boolean(holder) && holder.scrollWidth > holder.clientWidth;
};

export function attachKeys(page, { tasks, selection, exporting, cores }) {
	const { state } = page;
	const move = (part) =>
		state.zoom(
			pan(state.view.value, (state.view.value.to - state.view.value.from) * part, state.window),
			{ remember: false },
		);
	const here = () => state.cursor.value ?? (state.view.value.from + state.view.value.to) / 2;
	const scale = (factor) =>
		state.zoom(zoomAt(state.view.value, here(), factor, state.window), {
			remember: state.range.value === null,
		});
	const step = (by) => {
		const shown = page.shownTasks.value.filter((task) => page.wanted(task.task));
		const now = shown.findIndex((task) => task.task === state.task.value);
		const next = shown[Math.max(0, Math.min(shown.length - 1, now + by))];
		if (next) state.task.value = next.task;
	};
	const show = (number) => {
		const chart = document.getElementById(`chart-${number}`);
		chart?.scrollIntoView({ block: 'start' });
		const target = chart?.querySelector('canvas') ?? chart;
		target?.blur();
		target?.focus({ preventScroll: true });
	};
	// one end of the selection; the other stays, or is the end of what is shown
	const brushTo = (end) => {
		const old = state.brush.value ?? state.view.value;
		const at = here();
		const range =
			end === 'from'
				? { from: at, to: old.to > at ? old.to : state.view.value.to }
				: { from: old.from < at ? old.from : state.view.value.from, to: at };
		state.brush.value = range.to > range.from ? range : null;
	};
	const letGo = () => {
		if (page.tooltip.release()) return;
		if (state.brush.value) state.brush.value = null;
		else if (state.task.value !== null) state.task.value = null;
		else if (state.filter.value) state.filter.value = '';
		else if (state.cores.value) state.cores.value = '';
		else state.group.value = 'none';
	};
	const help = createHelp();
	const keys = {
		a: () => move(-STEP),
		ArrowLeft: () => move(-STEP),
		d: () => move(STEP),
		ArrowRight: () => move(STEP),
		w: () => scale(0.7),
		s: () => scale(1 / 0.7),
		'+': () => scale(0.7),
		'-': () => scale(1 / 0.7),
		0: () => state.zoom(null),
		Backspace: () => state.back(),
		j: () => step(1),
		k: () => step(-1),
		p: () => {
			state.percentiles.value = !state.percentiles.value;
		},
		m: () => state.mark(here()),
		M: () => {
			state.markers.value = [];
		},
		'[': () => brushTo('from'),
		']': () => brushTo('to'),
		i: () => selection.show(),
		e: () => exporting.open(),
		t: () => {
			state.theme.value = page.theme.dark.value ? 'light' : 'dark';
		},
		'/': () => tasks.open(),
		c: cores,
		g: () => {
			state.group.value = GROUPS[(GROUPS.indexOf(state.group.value) + 1) % GROUPS.length];
		},
		'?': () => help.showModal(),
		Escape: letGo,
	};
	for (let number = 1; number <= 6; number++) keys[number] = () => show(number);
	document.addEventListener('keydown', (event) => {
		if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
		if (event.target.closest?.('input, textarea, select, [contenteditable]') || movesItself(event))
			return;
		if (event.key === 'Enter' && state.brush.value && !event.target.closest?.('button, summary, a'))
			selection.zoom();
		else {
			const act = keys[event.key] ?? keys[event.key.toLowerCase()];
			if (!act) return;
			act();
		}
		event.preventDefault();
	});
	return help;
}

const HELP = [
	['wheel, W S', 'zoom time at the pointer'],
	['drag, [ ]', 'choose a range of time: start and end'],
	['Enter, I', 'zoom to it; its statistics'],
	['shift-drag, A D, ← →', 'move along time'],
	['double click, 0', 'all of it'],
	['Backspace', 'back to the range before'],
	['arrows in a chart', 'move from cell to cell, and left of them to the names; Enter clicks'],
	['/', 'search tasks: text, /regex/, cpu:3, pid:12, vm:x, -x'],
	['C', 'which cores: 5,30-40, node:1'],
	['G', 'tasks one by one, by prefix, process, VM, cgroup'],
	['J K', 'next and previous task'],
	['M, Shift+M', 'set a marker (two tell their distance), take them away'],
	['P', 'percentiles over charts 1 and 2'],
	['E', 'export PNG, SVG, CSV'],
	['click', 'pin the tooltip; on a name: follow that task, open that group, show that core alone'],
	['1 to 6', 'go to a chart'],
	['T', 'light or dark'],
	['Esc', 'let go'],
];

function createHelp() {
	const dialog = element(
		'dialog',
		{ class: 'help', 'aria-label': 'Help' },
		element('h2', {}, 'Keys and pointer'),
		element(
			'dl',
			{},
			...HELP.flatMap(([key, words]) => [element('dt', {}, key), element('dd', {}, words)]),
		),
		element('p', {}, 'The address of this page holds what you see: copy it to share the view.'),
		element('form', { method: 'dialog' }, element('button', { autofocus: true }, 'Close')),
	);
	document.body.append(dialog);
	return dialog;
}
