// SPDX-License-Identifier: Apache-2.0
// What stays in sight: brand, choice of task, range of time, theme, help.

import { effect } from '@preact/signals-core';

import { duration, moment } from '../data/format.js';
import { element } from './dom.js';

export function createToolbar(page, { picker, help }) {
	const { state, theme } = page;
	const words = element('span', { class: 'range' });
	const back = element('button', { type: 'button', title: 'Back to the range before (Backspace)', onclick: () => state.back() }, '← back');
	const all = element('button', { type: 'button', title: 'Show all of it (0, or double click)', onclick: () => state.zoom(null) }, 'show all');
	const none = element('button', { type: 'button', title: 'Show all tasks (Esc)', onclick: () => { state.task.value = null; } }, 'all tasks');
	const light = element('button', { type: 'button', class: 'icon', 'aria-label': 'Light or dark (T)', title: 'Light or dark (T)',
		onclick: () => { state.theme.value = theme.dark.value ? 'light' : 'dark'; } }, '◐');
	const question = element('button', { type: 'button', class: 'icon', 'aria-label': 'Help (?)', title: 'Help (?)', onclick: () => help.showModal() }, '?');
	effect(() => {
		const view = state.view.value;
		const step = Math.max(1, (view.to - view.from) / 200);
		words.textContent = `${moment(view.from, step)} to ${moment(view.to, step)} · ${duration(view.to - view.from)}`;
		all.hidden = state.range.value === null;
		back.hidden = state.past.value.length === 0;
		none.hidden = state.task.value === null;
	});
	return element('div', { class: 'toolbar', role: 'toolbar', 'aria-label': 'View' },
		element('span', { class: 'brand' }, 'pftrace'), picker.element, none, words, back, all, element('span', { class: 'gap' }), light, question);
}
