// SPDX-License-Identifier: Apache-2.0
// The choice of a task: a button that opens a list with search, most run time first.

import { effect, signal } from '@preact/signals-core';

import { count, duration } from '../data/format.js';
import { clear, element, nameOf } from './dom.js';
import { swatch } from './tooltip.js';
import { matchesQuery } from '../data/query.js';

const LISTED = 300;

export function createPicker(page) {
	const { model, state } = page;
	const query = signal('');
	const open = signal(false);
	const active = signal(0);
	const label = element('span', { class: 'label' });
	const button = element('button', {
		type: 'button', class: 'picker-button', 'aria-haspopup': 'listbox', 'aria-expanded': 'false',
		onclick: () => { open.value = !open.value; },
	}, element('span', { class: 'caption' }, 'Task'), label, element('span', { 'aria-hidden': 'true', class: 'caret' }, '▾'));
	const input = element('input', {
		type: 'search', placeholder: 'name, /regex/, pid:12 …', 'aria-label': 'Search tasks', role: 'combobox',
		'aria-expanded': 'true', 'aria-controls': 'task-list', autocomplete: 'off', spellcheck: 'false',
		oninput: () => { query.value = input.value; active.value = 0; },
	});
	const list = element('ul', { role: 'listbox', id: 'task-list', 'aria-label': 'Tasks' });
	const foot = element('p', { class: 'foot' });
	const panel = element('div', { class: 'picker-panel' }, input, list, foot);
	const root = element('div', { class: 'picker' }, button, panel);

	const idle = () => model.tasks.filter((task) => task.kind === 'idle');
	const found = () => [...page.shownTasks.value, ...idle()].filter((task) => matchesQuery(task, query.value));
	const choose = (number) => {
		state.task.value = number;
		open.value = false;
		button.focus();
	};
	const option = (task, i) => {
		const sums = task && page.totals.value.get(task.task);
		const row = element('li', {
			role: 'option', id: `task-option-${i}`, 'aria-selected': String(i === active.value),
			class: (task?.task ?? null) === state.task.value ? 'chosen' : null,
			onclick: () => choose(task?.task ?? null),
		}, swatch(task && task.kind !== 'idle' ? page.cssColour(task.task) : null),
		task ? nameOf(task.name, { class: 'name' }) : element('span', { class: 'name' }, 'All tasks'),
		element('span', { class: 'tid' }, task && task.tid !== null ? String(task.tid) : ''),
		element('span', { class: 'run' }, task ? duration(sums?.runNs ?? 0) : ''));
		return row;
	};

	let listed = [];
	effect(() => {
		panel.hidden = !open.value;
		button.setAttribute('aria-expanded', String(open.value));
		if (!open.value) return;
		const all = found();
		listed = [...(query.value ? [] : [null]), ...all.slice(0, LISTED)];
		clear(list, ...listed.map(option));
		input.setAttribute('aria-activedescendant', `task-option-${active.value}`);
		list.children[active.value]?.scrollIntoView({ block: 'nearest' });
		foot.textContent = `${count(all.length)} of ${count(model.tasks.length)} tasks${all.length > LISTED ? `; the first ${LISTED} are listed` : ''}, most run time first`;
	});
	effect(() => {
		const task = state.task.value === null ? null : model.task(state.task.value);
		clear(label, ...(task ? [swatch(page.cssColour(task.task)), nameOf(task.name),
			task.tid === null ? '' : element('span', { class: 'tid' }, ` ${task.tid}`)].filter((each) => each !== null) : ['All tasks']));
	});
	effect(() => {
		if (open.value) input.focus();
	});
	input.addEventListener('keydown', (event) => {
		const last = listed.length - 1;
		if (event.key === 'ArrowDown') active.value = Math.min(last, active.value + 1);
		else if (event.key === 'ArrowUp') active.value = Math.max(0, active.value - 1);
		else if (event.key === 'Enter' && listed.length) choose(listed[active.value]?.task ?? null);
		else if (event.key === 'Escape') {
			open.value = false;
			button.focus();
		} else return;
		event.preventDefault();
		event.stopPropagation();
	});
	document.addEventListener('pointerdown', (event) => {
		if (!root.contains(event.target)) open.value = false;
	});
	return { element: root, open: () => { open.value = true; } };
}
