// SPDX-License-Identifier: Apache-2.0
// The frame around a chart: title, one line that says how to read it, controls, table.

import { clear, element } from '../ui/dom.js';

// `fillTable` gives the table's element when it is opened, and again when its data change.
export function createCard({ number, id, title, hint, controls = [], body = [], fillTable = null }) {
	const holder = element('div', { class: 'table-holder', tabindex: '0', role: 'region', 'aria-label': `${title}, as a table` });
	const details = fillTable && element('details', { class: 'as-table' },
		element('summary', {}, 'As a table'), holder);
	const refresh = () => {
		if (details?.open) clear(holder, fillTable());
	};
	details?.addEventListener('toggle', refresh);
	const section = element('section', { class: 'card', id, 'aria-labelledby': `${id}-title`, tabindex: '-1' },
		element('header', {},
			element('span', { class: 'number', 'aria-hidden': 'true' }, String(number)),
			element('h2', { id: `${id}-title` }, title),
			element('div', { class: 'controls' }, ...controls)),
		element('p', { class: 'hint' }, hint), ...body, details);
	return { element: section, refresh };
}

export const emptyState = (title, text) => element('div', { class: 'empty' },
	element('strong', {}, title), element('span', {}, text));

export const noKvm = (meta) => emptyState('No KVM data', meta.recorded.includes('kvm') ?
	'KVM was recorded, but no virtual machine ran in this window.' :
	'This capture recorded the scheduler only. On a host that runs virtual machines, KVM is recorded with it.');

// Time charts share their gutter, so that one moment lies below the other.
export const gutter = (width) => (width < 640 ? 52 : 76);
export const RIGHT = 14;
