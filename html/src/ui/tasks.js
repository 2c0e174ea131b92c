// SPDX-License-Identifier: Apache-2.0
// The tasks: search, sort, group; follow one, show some only, hide others.

import { effect, signal } from '@preact/signals-core';

import { count, duration } from '../data/format.js';
import { compareNames, groupTasks } from '../data/query.js';
import { choice, clear, element, nameOf, printable } from './dom.js';
import { swatch } from './tooltip.js';

const LISTED = 300;
const GROUPS = [
	['none', 'no groups'],
	['prefix', 'by prefix'],
	['process', 'by process'],
	['vm', 'by VM'],
	['cgroup', 'by cgroup'],
];
const SORTS = [
	['run', 'time', 'Most run time first'],
	['switches', 'switches', 'Most switches first'],
	['name', 'name', 'By name'],
	['tid', 'tid', 'By tid'],
];

const sumsOfPage = (page) => (task) => page.totals.value.get(task.task);
const amountOfSums = (sumsOf) => (tasks, bySwitches) => {
	const sum = (key) => tasks.reduce((total, task) => total + (sumsOf(task)?.[key] ?? 0), 0);
	return bySwitches ? count(sum('switches')) : duration(sum('runNs'));
};

function orders(sumsOf) {
	const most = (key) => (a, b) => (sumsOf(b)?.[key] ?? 0) - (sumsOf(a)?.[key] ?? 0) || a.task - b.task;
	return {
		run: most('runNs'),
		switches: most('switches'),
		name: (a, b) => compareNames(a.name, b.name) || a.task - b.task,
		tid: (a, b) => (a.tid ?? Infinity) - (b.tid ?? Infinity) || a.task - b.task,
	};
}

const groupOrders = {
	run: (a, b) => b.runNs - a.runNs,
	switches: (a, b) => b.switches - a.switches,
	name: (a, b) => compareNames(a.label, b.label),
	tid: (a, b) => b.runNs - a.runNs,
};

// Tasks are sorted by what `sumsOf` gives of one, { runNs, switches }; amountOf(tasks, bySwitches) says it.
export function createTasks(page, { sumsOf = sumsOfPage(page), amountOf = amountOfSums(sumsOf) } = {}) {
	const { model, state } = page;
	const query = signal('');
	const open = signal(false);
	const sort = signal('run');
	const by = state.group;
	const label = element('span', { class: 'label' });
	const button = element(
		'button',
		{
			type: 'button',
			class: 'picker-button',
			'aria-expanded': 'false',
			'aria-controls': 'tasks-panel',
			title: 'Search, choose, group and hide tasks (/)',
			onclick: () => {
				open.value = !open.value;
			},
		},
		element('span', { class: 'caption' }, 'Task'),
		label,
		element('span', { 'aria-hidden': 'true', class: 'caret' }, '▾'),
	);
	const input = element('input', {
		type: 'search',
		placeholder: 'name, /regex/, cpu:3, pid:12, -x',
		'aria-label': 'Search tasks',
		'aria-describedby': 'tasks-foot',
		autocomplete: 'off',
		spellcheck: 'false',
		oninput: () => {
			query.value = input.value;
		},
	});
	const order = choice({
		label: 'Sort',
		options: SORTS,
		read: () => sort.value,
		write: (value) => {
			sort.value = value;
		},
	});
	const grouping = element(
		'select',
		{
			'aria-label': 'Group',
			onchange: () => {
				by.value = grouping.value;
			},
		},
		...GROUPS.map(([value, text]) => element('option', { value }, text)),
	);
	const only = element(
		'button',
		{
			type: 'button',
			title: 'Only what is found, in all charts (Shift+Enter)',
			onclick: () => onlyFound(),
		},
		'show only these',
	);
	const list = element('ul', { id: 'task-list', 'aria-label': 'Tasks' });
	const foot = element('p', { class: 'foot', id: 'tasks-foot', role: 'status' });
	const panel = element(
		'div',
		{ class: 'picker-panel', id: 'tasks-panel', role: 'region', 'aria-label': 'Tasks' },
		input,
		element('div', { class: 'row' }, order.element, grouping, only),
		list,
		foot,
	);
	const root = element('div', { class: 'picker' }, button, panel);

	const close = () => {
		open.value = false;
		button.focus();
	};
	const found = () =>
		[...page.shownTasks.value, ...model.tasks.filter((task) => task.kind === 'idle')]
			.filter((task) => page.matches(task, query.value))
			.sort(orders(sumsOf)[sort.value]);
	const onlyFound = () => {
		page.only(query.value.trim());
		input.value = '';
		query.value = '';
		state.task.value = null;
		close();
	};
	const choose = (number) => {
		state.task.value = number;
		close();
	};
	const shown = (task) => task.kind === 'idle' || page.wanted(task.task);
	const acts = (name, words) => [
		element(
			'button',
			{
				type: 'button',
				class: 'small',
				title: `Only ${name}, in all charts`,
				'aria-label': `only ${name}`,
				onclick: () => {
					page.only(words);
					state.task.value = null;
				},
			},
			'only',
		),
		element(
			'button',
			{
				type: 'button',
				class: 'small',
				title: `Hide ${name}`,
				'aria-label': `hide ${name}`,
				onclick: () => page.hide(words),
			},
			'hide',
		),
	];
	const row = (task) =>
		element(
			'li',
			{
				class:
					[state.task.value === task.task && 'chosen', !shown(task) && 'hidden-task']
						.filter(Boolean)
						.join(' ') || null,
			},
			element(
				'button',
				{
					type: 'button',
					class: 'pick',
					'aria-pressed': String(state.task.value === task.task),
					onclick: () => choose(task.task),
				},
				task.kind === 'idle'
					? element('i', { class: 'swatch blank' })
					: swatch(page.cssColour(task.task)),
				nameOf(task.name, { class: 'name' }),
				element('span', { class: 'tid' }, task.tid === null ? '' : String(task.tid)),
				element('span', { class: 'run' }, amountOf([task], sort.value === 'switches')),
			),
			...(task.kind === 'idle' ? [] : acts(page.label(task), `task:${task.task}`)),
		);
	const groupRow = (group) =>
		element(
			'li',
			{},
			element(
				'button',
				{
					type: 'button',
					class: 'pick',
					onclick: () => {
						page.only(group.query);
						state.task.value = null;
						close();
					},
				},
				nameOf(group.label, { class: 'name' }),
				element('span', { class: 'tid' }, `× ${count(group.members.length)}`),
				element('span', { class: 'run' }, amountOf(group.members, sort.value === 'switches')),
			),
			...acts(printable(group.label), group.query),
		);
	const allRow = () =>
		element(
			'li',
			{ class: state.task.value === null ? 'chosen' : null },
			element(
				'button',
				{
					type: 'button',
					class: 'pick',
					onclick: () => {
						page.only('');
						choose(null);
					},
				},
				element('span', { class: 'name' }, 'All tasks'),
			),
		);

	effect(() => {
		panel.hidden = !open.value;
		button.setAttribute('aria-expanded', String(open.value));
		if (!open.value) return;
		order.update();
		grouping.value = by.value;
		const all = found();
		const groups =
			by.value === 'none' ? null : groupTasks(all, by.value, sumsOf).sort(groupOrders[sort.value]);
		only.disabled = !query.value.trim();
		clear(
			list,
			...(query.value || groups ? [] : [allRow()]),
			...(groups ? groups.slice(0, LISTED).map(groupRow) : all.slice(0, LISTED).map(row)),
		);
		const listed = groups ?? all;
		foot.textContent = `${count(all.length)} of ${count(model.tasks.length, 'task')}${groups ? ` in ${count(groups.length, 'group')}` : ''}${listed.length > LISTED ? `; the first ${LISTED} are listed` : ''}`;
	});
	effect(() => {
		const task = state.task.value === null ? null : model.task(state.task.value);
		const chosen = page.selected.value;
		clear(
			label,
			...(task
				? [
						swatch(page.cssColour(task.task)),
						nameOf(task.name),
						task.tid === null ? '' : element('span', { class: 'tid' }, ` ${task.tid}`),
					].filter((each) => each !== null)
				: [chosen ? count(chosen.size, 'task') : 'All tasks']),
		);
	});
	effect(() => {
		if (open.value) input.focus();
	});
	const buttons = () => [...list.querySelectorAll('.pick')];
	panel.addEventListener('keydown', (event) => {
		const all = buttons();
		const now = all.indexOf(document.activeElement.closest('li')?.querySelector('.pick'));
		if (event.key === 'ArrowDown') all[Math.min(all.length - 1, now + 1)]?.focus();
		else if (event.key === 'ArrowUp') (now > 0 ? all[now - 1] : input).focus();
		else if (event.key === 'Enter' && event.target === input)
			event.shiftKey ? onlyFound() : all[0]?.click();
		else if (event.key === 'Escape') close();
		else return;
		event.preventDefault();
		event.stopPropagation();
	});
	document.addEventListener('pointerdown', (event) => {
		if (!root.contains(event.target)) open.value = false;
	});
	return {
		element: root,
		open: () => {
			open.value = true;
		},
	};
}
