// SPDX-License-Identifier: Apache-2.0
// What lies over every chart with a time axis: the chosen range, and the two markers.

import { effect } from '@preact/signals-core';

import { element } from '../ui/dom.js';
import { timeX } from './axes.js';

export const MARKER_NAMES = ['A', 'B'];

export function createMarks(page, plot, options, box) {
	const { state } = page;
	const chosen = element('div', { class: 'brush chosen' });
	const markers = MARKER_NAMES.map((name) =>
		element('div', { class: 'marker' }, element('span', {}, name)),
	);
	plot.element.append(chosen, ...markers);
	const view = () => (options.wholeWindow ? state.window : state.view.value);
	const place = (mark, from, to) => {
		const now = box();
		const [left, right] = [from, to].map((ns) =>
			Math.max(now.x, Math.min(now.x + now.width, timeX(ns, view(), now))),
		);
		mark.hidden = to < view().from || from > view().to;
		Object.assign(mark.style, {
			left: `${left}px`,
			width: `${Math.max(1, right - left)}px`,
			top: `${now.y + now.scroll}px`,
			height: `${now.height}px`,
		});
	};
	const update = () => {
		const brush = state.brush.value;
		chosen.hidden = true;
		if (brush) place(chosen, brush.from, brush.to);
		const moments = [...state.markers.value].sort((a, b) => a - b);
		markers.forEach((mark, i) => {
			mark.hidden = true;
			if (moments[i] !== undefined) place(mark, moments[i], moments[i]);
		});
	};
	effect(() => {
		state.view.value;
		update();
	});
	new ResizeObserver(update).observe(plot.element);
	if (options.rows) plot.element.addEventListener('scroll', update, { passive: true });
}
