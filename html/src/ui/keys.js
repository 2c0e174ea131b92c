// SPDX-License-Identifier: Apache-2.0
// Keys for everything; letters never act while something is being typed.

import { pan, zoomAt } from '../range.js';
import { element } from './dom.js';

const STEP = 0.2;

export function attachKeys(page, { picker }) {
	const { state, model } = page;
	const move = (part) => state.zoom(pan(state.view.value, (state.view.value.to - state.view.value.from) * part, model.window), { remember: false });
	const scale = (factor) => {
		const view = state.view.value;
		state.zoom(zoomAt(view, state.cursor.value ?? (view.from + view.to) / 2, factor, model.window), { remember: state.range.value === null });
	};
	const step = (by) => {
		const tasks = page.shownTasks.value;
		const now = tasks.findIndex((task) => task.task === state.task.value);
		const next = tasks[Math.max(0, Math.min(tasks.length - 1, now + by))];
		if (next) state.task.value = next.task;
	};
	const show = (number) => {
		const chart = document.getElementById(`chart-${number}`);
		chart?.scrollIntoView({ block: 'start' });
		chart?.focus({ preventScroll: true });
	};
	const help = createHelp();
	const keys = {
		a: () => move(-STEP), ArrowLeft: () => move(-STEP), d: () => move(STEP), ArrowRight: () => move(STEP),
		w: () => scale(0.7), s: () => scale(1 / 0.7), '+': () => scale(0.7), '-': () => scale(1 / 0.7),
		0: () => state.zoom(null), Backspace: () => state.back(),
		j: () => step(1), k: () => step(-1),
		t: () => { state.theme.value = page.theme.dark.value ? 'light' : 'dark'; },
		'/': () => picker.open(),
		'?': () => help.showModal(),
		Escape: () => {
			page.tooltip.release();
			state.task.value = null;
		},
	};
	for (let number = 1; number <= 6; number++) keys[number] = () => show(number);
	document.addEventListener('keydown', (event) => {
		if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
		if (event.target.closest?.('input, textarea, select, [contenteditable]')) return;
		const act = keys[event.key] ?? keys[event.key.toLowerCase()];
		if (!act) return;
		event.preventDefault();
		act();
	});
	return help;
}

const HELP = [
	['wheel, W S', 'zoom time at the pointer'],
	['drag', 'choose a range of time'],
	['shift-drag, A D, ← →', 'move along time'],
	['double click, 0', 'all of it'],
	['Backspace', 'back to the range before'],
	['/', 'search tasks'],
	['J K', 'next and previous task'],
	['click', 'pin the tooltip; on a name: follow that task'],
	['1 to 6', 'go to a chart'],
	['T', 'light or dark'],
	['Esc', 'let go'],
];

function createHelp() {
	const dialog = element('dialog', { class: 'help', 'aria-label': 'Help' },
		element('h2', {}, 'Keys and pointer'),
		element('dl', {}, ...HELP.flatMap(([key, words]) => [element('dt', {}, key), element('dd', {}, words)])),
		element('p', {}, 'The address of this page holds what you see: copy it to share the view.'),
		element('form', { method: 'dialog' }, element('button', { autofocus: true }, 'Close')));
	document.body.append(dialog);
	return dialog;
}
