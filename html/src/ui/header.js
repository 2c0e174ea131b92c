// SPDX-License-Identifier: Apache-2.0
// The head of the page: what was captured, where, how well, at what cost.

import { facts, notices } from '../data/facts.js';
import { element, printable } from './dom.js';

export function createHeader(page) {
	const { model } = page;
	const list = element(
		'dl',
		{ class: 'facts' },
		...facts(model, page.totals.value).map(({ name, value, title, level }) =>
			element(
				'div',
				{ title: title ? printable(title) : null, class: level || null },
				element('dt', {}, name),
				element('dd', {}, printable(value)),
			),
		),
	);
	const notes = element(
		'ul',
		{ class: 'notices', 'aria-label': 'Notices' },
		...notices(model).map(({ level, text }) => element('li', { class: level }, printable(text))),
	);
	return element(
		'div',
		{ class: 'head' },
		element('h1', {}, element('bdi', {}, printable(model.meta.label))),
		list,
		notes.children.length ? notes : null,
	);
}
