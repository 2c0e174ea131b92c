// SPDX-License-Identifier: Apache-2.0
// A canvas that knows its size, its theme and its pointer; what is on it is somebody else's.
// With `rows` it scrolls: the canvas stays, and draws the rows that are in sight.

import { effect, signal } from '@preact/signals-core';

import { element } from '../ui/dom.js';
import { timeX, timeAtX } from './axes.js';
import { attachCellCursor } from '../ui/cell_cursor.js';
import { attachTimeGestures } from '../ui/gestures.js';
import { createMarks } from './marks.js';
import { attachPaper } from './paper.js';

export function createPlot(page, options) {
	const canvas = element('canvas', {
		tabindex: '0',
		role: 'application',
		'aria-roledescription': 'chart',
		'aria-label': options.label,
	});
	const cursor = element('div', { class: 'cursor-line' });
	const brush = element('div', { class: 'brush' });
	cursor.hidden = true;
	brush.hidden = true;
	const spacer = element('div', { class: 'spacer' });
	const frame = element(
		'div',
		{ class: options.rows ? 'plot scrolls' : 'plot' },
		canvas,
		spacer,
		cursor,
		brush,
	);
	const ctx = canvas.getContext('2d');
	const visible = signal(false);
	let pending = false;
	let size = null;

	// Where the data lies inside the canvas, in CSS pixels.
	const box = () => {
		const margin = options.margin(frame.clientWidth);
		const height = viewHeight();
		return {
			x: margin.left,
			y: margin.top,
			width: Math.max(1, frame.clientWidth - margin.left - margin.right),
			height: Math.max(1, height - margin.top - margin.bottom),
			scroll: options.rows ? frame.scrollTop : 0,
			full: { width: frame.clientWidth, height },
			dpr: devicePixelRatio || 1,
		};
	};
	const viewHeight = () => {
		if (!options.rows) return options.height(frame.clientWidth);
		const margin = options.margin(frame.clientWidth);
		const all = options.rows.count() * options.rows.height() + margin.top + margin.bottom;
		return Math.min(all, options.rows.max());
	};
	const layout = () => {
		const { full, dpr } = box();
		const next = [full.width, full.height, dpr].join();
		if (options.rows) {
			const margin = options.margin(frame.clientWidth);
			const all = options.rows.count() * options.rows.height() + margin.top + margin.bottom;
			frame.style.height = `${full.height}px`;
			spacer.style.height = `${Math.max(0, all - full.height)}px`;
		}
		if (next === size) return;
		size = next;
		canvas.width = Math.round(full.width * dpr);
		canvas.height = Math.round(full.height * dpr);
		canvas.style.height = `${full.height}px`;
	};
	const paint = () => {
		pending = false;
		if (frame.clientWidth === 0) return;
		layout(); // out of sight, too: nothing below moves when it is drawn
		if (!visible.peek()) return;
		const now = box();
		ctx.setTransform(now.dpr, 0, 0, now.dpr, 0, 0);
		ctx.clearRect(0, 0, now.full.width, now.full.height);
		options.draw(ctx, now);
		if (!performance.getEntriesByName('first-chart').length) performance.mark('first-chart');
	};
	const request = () => {
		if (pending) return;
		pending = true;
		requestAnimationFrame(paint);
	};

	new ResizeObserver(request).observe(frame);
	new IntersectionObserver(
		(entries) => {
			visible.value = entries[entries.length - 1].isIntersecting;
		},
		{ rootMargin: '200px' },
	).observe(frame);
	if (options.rows) frame.addEventListener('scroll', request, { passive: true });
	// what is out of sight is not even reckoned
	effect(() => {
		if (!visible.value) return;
		options.depends();
		page.theme.palette.value;
		page.theme.pixelRatio.value;
		request();
	});

	const place = (mark, from, to) => {
		const now = box();
		mark.style.left = `${Math.max(now.x, from)}px`;
		mark.style.width = `${Math.max(1, Math.min(now.x + now.width, to) - Math.max(now.x, from))}px`;
		mark.style.top = `${now.y + now.scroll}px`;
		mark.style.height = `${now.height}px`;
	};
	const plot = {
		element: frame,
		canvas,
		box,
		request,
		options,
		layout,
		inside(x, y) {
			const now = box();
			return x >= now.x && x < now.x + now.width && y >= now.y && y < now.y + now.height;
		},
		showBrush(x0, x1) {
			brush.hidden = x0 === null;
			if (x0 !== null) place(brush, Math.min(x0, x1), Math.max(x0, x1));
		},
	};
	attachPointer(page, plot, options);
	attachPaper(plot, options);
	if (options.cells) attachCellCursor(page, plot, options);
	if (options.time) {
		attachTimeGestures(page, plot, options);
		createMarks(page, plot, options, box);
		effect(() => {
			const at = page.state.cursor.value;
			const view = options.wholeWindow ? page.state.window : page.state.view.value;
			cursor.hidden = at === null || at < view.from || at > view.to;
			if (!cursor.hidden) {
				const x = timeX(at, view, box());
				place(cursor, x, x + 1);
			}
		});
	}
	return plot;
}

function attachPointer(page, plot, options) {
	const { canvas } = plot;
	const position = (event) => {
		const rect = canvas.getBoundingClientRect();
		return [event.clientX - rect.left, event.clientY - rect.top];
	};
	plot.position = position;
	canvas.addEventListener('pointermove', (event) => {
		const [x, y] = position(event);
		const box = plot.box();
		const found = options.hover ? options.hover(x, y, box) : null;
		canvas.classList.toggle('points', Boolean(found?.clickable));
		if (found) page.tooltip.show(found, event.clientX, event.clientY);
		else page.tooltip.hide();
		if (options.time)
			page.state.cursor.value = plot.inside(x, y)
				? timeAtX(x, options.wholeWindow ? page.state.window : page.state.view.value, box)
				: null;
	});
	canvas.addEventListener('pointerleave', () => {
		page.tooltip.hide();
		if (options.time) page.state.cursor.value = null;
	});
	if (!options.time)
		canvas.addEventListener('click', (event) => options.click?.(...position(event), plot.box()));
}
