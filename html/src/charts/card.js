// SPDX-License-Identifier: Apache-2.0
// The frame around a chart: title, one line that says how to read it, controls, table.

import { effect, signal } from '@preact/signals-core';

import { clear, element } from '../ui/dom.js';

// `fillTable` gives the table's element when it is opened, and again when the signals that it reads change.
export function createCard({ number, id, title, hint, controls = [], body = [], fillTable = null }) {
	const holder = element('div', {
		class: 'table-holder',
		tabindex: '0',
		role: 'region',
		'aria-label': `${title}, as a table`,
	});
	const details =
		fillTable && element('details', { class: 'as-table' }, element('summary', {}, 'As a table'), holder);
	const open = signal(false);
	details?.addEventListener('toggle', () => {
		open.value = details.open;
	});
	if (details)
		effect(() => {
			if (open.value) clear(holder, fillTable());
		});
	const words = element('p', { class: 'hint' }, hint);
	const section = element(
		'section',
		{ class: 'card', id, 'aria-labelledby': `${id}-title`, tabindex: '-1' },
		element(
			'header',
			{},
			element('span', { class: 'number', 'aria-hidden': 'true' }, String(number)),
			element('h2', { id: `${id}-title` }, title),
			element('div', { class: 'controls' }, ...controls),
		),
		words,
		...body,
		details,
	);
	return { element: section, hint: words };
}

export const emptyState = (title, text) =>
	element('div', { class: 'empty' }, element('strong', {}, title), element('span', {}, text));

export const noKvm = (meta) =>
	emptyState(
		'No KVM data',
		meta.recorded.includes('kvm')
			? 'KVM was recorded, but no virtual machine ran in this window.'
			: 'This capture recorded the scheduler only. On a host that runs virtual machines, KVM is recorded with it.',
	);

export const noSched = () =>
	emptyState('No scheduler data', 'This capture recorded KVM only: what tasks did is not in it.');

// Time charts share their gutter, so that one moment lies below the other.
export const gutter = (width) => (width < 640 ? 52 : 76);
export const RIGHT = 14;
