// SPDX-License-Identifier: Apache-2.0
// A table of many rows whose columns sort by click or Enter: the first of them are shown.

import { signal } from '@preact/signals-core';

import { element, table } from './dom.js';

const TABLE_ROWS = 500;
const words = new Intl.Collator('en', { numeric: true });

const compare = (a, b) => (typeof a === 'string' ? words.compare(a, b) : b - a);

// rows: [{ keys, cells() }]: what to sort by, and what to show, by column. Text sorts upwards,
// numbers downwards. Gives a function that makes the table; it is made anew when a column is chosen.
export function sortableTable(id) {
	const chosen = signal(null);
	return ({ caption, head, rows, sort }) => {
		const column = chosen.value ?? sort;
		const sorted = rows.slice().sort((a, b) => compare(a.keys[column], b.keys[column]));
		const sorter = (text, i) =>
			element(
				'button',
				{
					type: 'button',
					class: 'sorter',
					'data-sorter': `${id} ${i}`,
					onclick: () => {
						chosen.value = i;
						document.querySelector(`[data-sorter="${id} ${i}"]`)?.focus(); // the table was made anew
					},
				},
				`${text}${i === column ? (typeof rows[0]?.keys[i] === 'string' ? ' ▴' : ' ▾') : ''}`,
			);
		return table({
			className: 'numbers',
			caption: `${caption}${rows.length > TABLE_ROWS ? `: the first ${TABLE_ROWS} of ${rows.length} rows` : ''}`,
			head: head.map(sorter),
			sorted: column,
			rising: typeof rows[0]?.keys[column] === 'string',
			rows: sorted.slice(0, TABLE_ROWS).map((row) => row.cells()),
		});
	};
}
