// SPDX-License-Identifier: Apache-2.0
// Axes on a canvas: thin lines, few words.

import { ticks } from 'd3-array';

import { duration, moment } from '../data/format.js';
import { binStartNs } from '../data/heat.js';

export const FONT = '11px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';

export const timeX = (ns, view, box) => box.x + ((ns - view.from) / (view.to - view.from)) * box.width;
export const timeAtX = (x, view, box) => view.from + ((x - box.x) / box.width) * (view.to - view.from);

const MINUTE = 60;
const CLOCK_STEPS = [1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 720, 1440, 2880, 7200].map(
	(minutes) => minutes * MINUTE,
);

// Round numbers of seconds, or of minutes and hours where there are minutes between them.
function tickSeconds(from, to, count) {
	const step = CLOCK_STEPS.find((each) => (to - from) / each <= count);
	if ((to - from) / count < MINUTE / 2 || !step) return ticks(from, to, count);
	const first = Math.ceil(from / step);
	return Array.from({ length: Math.floor(to / step) - first + 1 }, (_, i) => (first + i) * step);
}

export function timeTicks(view, width) {
	const ticks = tickSeconds(view.from / 1e9, view.to / 1e9, Math.max(2, Math.floor(width / 120)));
	const step = ticks.length > 1 ? (ticks[1] - ticks[0]) * 1e9 : view.to - view.from;
	return ticks.map((seconds) => ({ ns: seconds * 1e9, text: moment(seconds * 1e9, step) }));
}

export function drawTimeAxis(ctx, box, view, palette, { grid = true } = {}) {
	ctx.font = FONT;
	ctx.textBaseline = 'top';
	const bottom = box.y + box.height;
	for (const { ns, text } of timeTicks(view, box.width)) {
		const x = Math.round(timeX(ns, view, box)) + 0.5;
		if (x < box.x || x > box.x + box.width + 1) continue;
		ctx.strokeStyle = palette.grid;
		line(ctx, x, grid ? box.y : bottom, x, bottom + 5);
		ctx.fillStyle = palette.muted;
		const half = ctx.measureText(text).width / 2;
		ctx.textAlign = 'left';
		ctx.fillText(text, Math.min(x - half, box.x + box.width + 12 - 2 * half), bottom + 8);
	}
}

// Lengths of the bins low..high, from bottom to top.
export function drawLengthAxis(ctx, box, { low, high }, palette, steps) {
	const [from, to] = [binStartNs(low, steps), binStartNs(high + 1, steps)];
	const scale = (ns) => box.y + box.height * (1 - Math.log(ns / from) / Math.log(to / from));
	ctx.font = FONT;
	ctx.textBaseline = 'middle';
	ctx.textAlign = 'right';
	for (let power = Math.ceil(Math.log10(from)); 10 ** power <= to; power++) {
		const y = Math.round(scale(10 ** power)) + 0.5;
		ctx.strokeStyle = palette.grid;
		line(ctx, box.x - 5, y, box.x + box.width, y);
		ctx.fillStyle = palette.muted;
		ctx.fillText(duration(10 ** power), box.x - 9, y);
	}
}

export function line(ctx, x0, y0, x1, y1) {
	ctx.lineWidth = 1;
	ctx.beginPath();
	ctx.moveTo(x0, y0);
	ctx.lineTo(x1, y1);
	ctx.stroke();
}

// A text that ends with … when it is wider than it may be.
export function fitText(ctx, text, width) {
	if (ctx.measureText(text).width <= width) return text;
	let low = 0;
	let high = text.length;
	while (low < high) {
		const middle = (low + high + 1) >> 1;
		if (ctx.measureText(`${text.slice(0, middle)}…`).width <= width) low = middle;
		else high = middle - 1;
	}
	// half a character, as emoji have, is none
	const cut = text.slice(0, low).replace(/[\u{d800}-\u{dbff}]$/u, '');
	return cut ? `${cut}…` : '';
}
