// SPDX-License-Identifier: Apache-2.0
// What stays in sight: brand, tasks, range of time with those before it, markers, theme, help.

import { effect } from '@preact/signals-core';

import { duration, moment } from '../data/format.js';
import { coreList } from '../data/cores.js';
import { countedWords, rangeWords } from '../data/facts.js';
import { clear, element, printable } from './dom.js';

const CRUMBS = 4;
const NOTICEABLE = 1.05; // times the range that is shown

export function createToolbar(page, { tasks, help, exporting }) {
	const { state, theme } = page;
	const words = element('span', { class: 'range' });
	const crumbs = element('nav', { class: 'crumbs', 'aria-label': 'Ranges before' });
	const button = (text, title, onclick) => element('button', { type: 'button', title, onclick }, text);
	const back = button('← back', 'Back to the range before (Backspace)', () => state.back());
	const all = button('show all', 'Show all of it (0, or double click)', () => state.zoom(null));
	const none = button('all tasks', 'Show all tasks (Esc)', () => {
		state.task.value = null;
	});
	const filter = button('', 'Show all tasks again', () => {
		state.filter.value = '';
	});
	filter.className = 'chip';
	const group = button('', 'Tasks one by one again', () => {
		state.group.value = 'none';
	});
	group.className = 'chip';
	const cores = createCores(page);
	const distance = button('', 'Take the markers away (Shift+M)', () => {
		state.markers.value = [];
	});
	distance.className = 'chip';
	const icon = (text, label, onclick) =>
		element(
			'button',
			{ type: 'button', class: 'icon', 'aria-label': label, title: label, onclick },
			text,
		);
	effect(() => {
		const view = state.view.value;
		words.textContent = rangeWords(view) + countedWords(page.model, view, NOTICEABLE);
		all.hidden = state.range.value === null;
		back.hidden = state.before.value.length === 0;
		none.hidden = state.task.value === null;
		group.hidden = state.group.value === 'none';
		group.textContent = `by ${state.group.value === 'vm' ? 'VM' : state.group.value} ✕`;
		filter.hidden = !state.filter.value.trim();
		filter.textContent = `${printable(state.filter.value).slice(0, 40)} ✕`;
	});
	effect(() => {
		const past = state.before.value;
		const from = Math.max(0, past.length - CRUMBS);
		clear(
			crumbs,
			...past
				.slice(from)
				.map((range, i) =>
					element(
						'button',
						{
							type: 'button',
							title: range ? `${moment(range.from)} to ${moment(range.to)}` : 'All of it',
							onclick: () => state.backTo(from + i),
						},
						range ? duration(range.to - range.from) : 'all',
					),
				),
		);
		crumbs.hidden = past.length < 2;
	});
	effect(() => {
		const [a, b] = [...state.markers.value].sort((x, y) => x - y);
		distance.hidden = a === undefined;
		if (a !== undefined)
			distance.textContent =
				b === undefined ? `A ${moment(a, 1e4)} ✕` : `A to B ${duration(b - a, 6)} ✕`;
	});
	const bar = element(
		'header',
		{ class: 'toolbar', 'aria-label': 'View' },
		element('span', { class: 'brand' }, 'pftrace'),
		tasks.element,
		none,
		filter,
		group,
		cores.element,
		words,
		back,
		crumbs,
		all,
		distance,
		element('span', { class: 'gap' }),
		icon('⤓', 'Export (E)', () => exporting.open()),
		icon('◐', 'Light or dark (T)', () => {
			state.theme.value = theme.dark.value ? 'light' : 'dark';
		}),
		icon('?', 'Help (?)', () => help.showModal()),
	);
	// what is gone to must not lie below it, however many lines it has
	new ResizeObserver(() =>
		document.documentElement.style.setProperty('--toolbar', `${bar.offsetHeight}px`),
	).observe(bar);
	return { element: bar, cores };
}

// Which cores: 5,30-40 or node:1; what is not understood is said, and changes nothing.
function createCores(page) {
	const { state } = page;
	const input = element('input', {
		type: 'text',
		placeholder: 'all',
		'aria-label': 'Cores, such as 5,30-40 or node:1',
		title: 'Which cores: 5,30-40, node:1, package:0 (C); empty is all',
		autocomplete: 'off',
		spellcheck: 'false',
		size: 7,
		onchange: () => take(),
		onkeydown: (event) => {
			if (event.key === 'Enter') take();
			else if (event.key !== 'Escape') return;
			else input.value = state.cores.value;
			input.blur();
			event.stopPropagation();
		},
	});
	const take = () => {
		state.cores.value = input.value.trim();
	};
	const none = element('button', {
		type: 'button',
		class: 'chip',
		title: 'Show all cores again',
		onclick: () => {
			state.cores.value = '';
		},
	});
	effect(() => {
		const { value } = state.cores;
		if (document.activeElement !== input || value !== input.value) input.value = value;
		input.setAttribute('aria-invalid', String(value !== '' && page.cores.value === null));
		none.hidden = value === '';
		none.textContent = page.cores.value
			? `${page.cores.value.size} of ${page.cpusKnown().length} ✕`
			: `no such core ✕`;
		if (page.cores.value)
			none.setAttribute('aria-label', `cores ${coreList(page.cores.value)}: show all again`);
	});
	return {
		element: element(
			'label',
			{ class: 'cores' },
			element('span', { class: 'caption' }, 'Cores'),
			input,
			none,
		),
		open() {
			input.focus();
			input.select();
		},
	};
}
