// SPDX-License-Identifier: Apache-2.0
// Elements without markup: text goes in as text only, so a hostile name is just a strange name.

export function element(name, properties = {}, ...children) {
	const made = document.createElement(name);
	for (const [key, value] of Object.entries(properties)) {
		if (key === 'class') made.className = value;
		else if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
		else if (value === true) made.setAttribute(key, '');
		else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
	}
	made.append(...children.filter((child) => child !== null && child !== undefined));
	return made;
}

// Control characters and direction marks would disturb the line around a name.
export const printable = (text) => (text ?? '').replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{fffd}');

export const NO_NAME = '(no name)';

// A name, kept from changing the direction of what stands beside it.
export const nameOf = (text, properties = {}) => element('bdi', properties, printable(text) || NO_NAME);

export const clear = (parent, ...children) => parent.replaceChildren(...children);

// Buttons of which one (or, with `several`, any) is pressed.
export function choice({ label, options, read, write, several = false }) {
	const buttons = options.map(([value, text, title]) =>
		element(
			'button',
			{ type: 'button', title, onclick: () => write(several ? toggled(read(), value) : value) },
			text,
		),
	);
	const group = element('div', { class: 'choice', role: 'group', 'aria-label': label }, ...buttons);
	return {
		element: group,
		update() {
			const now = [].concat(read());
			buttons.forEach((button, i) =>
				button.setAttribute('aria-pressed', String(now.includes(options[i][0]))),
			);
		},
	};
}

// At least one stays.
function toggled(list, value) {
	const next = list.includes(value) ? list.filter((each) => each !== value) : [...list, value];
	return next.length ? next : list;
}

// `sorted` is the column that the rows are ordered by, from low to high where `rising`.
export function table({ caption, head, rows, className = '', sorted = -1, rising = false }) {
	const line = (cells, name) =>
		element(
			'tr',
			{},
			...cells.map((cell, i) =>
				element(
					i === 0 ? 'th' : name,
					{ scope: name === 'th' ? 'col' : i === 0 ? 'row' : null },
					cell,
				),
			),
		);
	const headLine = line(head, 'th');
	headLine.children[sorted]?.setAttribute('aria-sort', rising ? 'ascending' : 'descending');
	return element(
		'table',
		{ class: className },
		caption ? element('caption', {}, caption) : null,
		element('thead', {}, headLine),
		element('tbody', {}, ...rows.map((row) => line(row, 'td'))),
	);
}
