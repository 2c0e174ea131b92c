// SPDX-License-Identifier: Apache-2.0
// One tooltip for the whole page; a click pins it, Escape or the next click lets it go.

import { clear, element } from './dom.js';
import { histogramBars } from './histogram.js';

const GAP = 14;

export function createTooltip() {
	const box = element('div', { class: 'tooltip', role: 'status' });
	box.hidden = true;
	document.body.append(box);
	let pinned = false;

	const place = (x, y) => {
		const { width, height } = box.getBoundingClientRect();
		const right = x + GAP + width > innerWidth - 8;
		const below = y + GAP + height > innerHeight - 8;
		box.style.left = `${Math.max(8, right ? x - GAP - width : x + GAP)}px`;
		box.style.top = `${Math.max(8, below ? y - GAP - height : y + GAP)}px`;
	};
	const line = ({ name, value, colour, strong }) =>
		element(
			'div',
			{ class: strong ? 'row strong' : 'row' },
			swatch(colour),
			element('span', { class: 'name' }, name),
			element('span', { class: 'value' }, value ?? ''),
		);

	return {
		show({ title, lines, note, histogram }, x, y) {
			if (pinned) return;
			clear(
				box,
				element('div', { class: 'title' }, title),
				...(histogram ? [histogramBars(histogram)] : []),
				...lines.map(line),
				...(note ? [element('div', { class: 'note' }, note)] : []),
			);
			box.hidden = false;
			place(x, y);
		},
		hide() {
			if (!pinned) box.hidden = true;
		},
		pin() {
			pinned = !pinned && !box.hidden;
			box.classList.toggle('pinned', pinned);
			if (!pinned) box.hidden = true;
		},
		// true when there was something to let go
		release() {
			const held = pinned;
			pinned = false;
			box.classList.remove('pinned');
			box.hidden = true;
			return held;
		},
	};
}

export function swatch(colour) {
	if (!colour) return null;
	const made = element('i', { class: 'swatch' });
	made.style.background = colour;
	return made;
}
