// SPDX-License-Identifier: Apache-2.0
// Lanes of chart 4. In a high lane the holders of a column stand one on the other, each as high as
// its share of the time, idle above them; what is not known stays as it was. A thin lane shows the
// one that held longest, paler when all held less. Colours are a table by holder, 0xaabbggrr,
// opaque; 0 is left out.

import { columnAt, lowerBound, startOf } from '../data/sparse.js';
import { columnSpan, longestHolders } from '../data/locality.js';
import { line, timeX } from './axes.js';
import { mix } from './colour.js';
import { blit, createImage } from './image.js';

const PALE = 0.3;
const SHADES = 8;
const HATCH_PX = 7;
const WHOLE = 0.995; // of a column: the rest is rounding

export function visibleColumns(sparse, view) {
	const first = Math.max(0, columnAt(sparse, view.from));
	return [first, Math.max(first, columnAt(sparse, view.to) + 1)];
}

// Says "nothing is known here" until something is drawn over it.
export function drawHatch(ctx, box, top, height, palette) {
	ctx.save();
	ctx.beginPath();
	ctx.rect(box.x, top, box.width, height);
	ctx.clip();
	ctx.strokeStyle = palette.faint;
	ctx.lineWidth = 1;
	ctx.beginPath();
	for (let x = box.x - height; x < box.x + box.width; x += HATCH_PX) {
		ctx.moveTo(x, top + height);
		ctx.lineTo(x + height, top);
	}
	ctx.stroke();
	ctx.restore();
}

// `parts`: how many cores a whole column stands for.
// What lies outside of a run's own window: another run was longer.
export function drawNotRecorded(ctx, box, view, window, palette) {
	for (const [from, to] of [
		[view.from, window.from],
		[window.to, view.to],
	]) {
		if (to <= from) continue;
		const x0 = Math.max(box.x, timeX(Math.max(from, view.from), view, box));
		const x1 = Math.min(box.x + box.width, timeX(Math.min(to, view.to), view, box));
		if (x1 - x0 >= 1) drawHatch(ctx, { ...box, x: x0, width: x1 - x0 }, box.y, box.height, palette);
	}
}

export function drawHighLane(
	ctx,
	box,
	{ view, window, sparse, group, top, height, colours, blank, ground, parts = 1 },
) {
	const [first, end] = visibleColumns(sparse, view);
	let i = lowerBound(sparse, group, first);
	const stop = sparse.begins[group + 1];
	if (i >= stop || sparse.column[i] >= end) return;
	const rows = Math.max(1, Math.round(height * box.dpr));
	const width = end - first;
	const { image, pixels } = createImage(width, rows);
	while (i < stop && sparse.column[i] < end) {
		const column = sparse.column[i];
		const from = i;
		while (i < stop && sparse.column[i] === column) i++;
		const span = columnSpan(sparse, column, window);
		fillStack(
			sparse,
			from,
			i,
			Math.max(1, span.to - span.from) * parts,
			{ pixels, x: column - first, width, rows },
			{ colours, blank, ground },
		);
	}
	blit(
		ctx,
		image,
		box,
		timeX(startOf(sparse, first), view, box),
		top,
		timeX(startOf(sparse, end), view, box),
		top + height,
	);
}

function fillStack(sparse, from, to, capacity, { pixels, x, width, rows }, { colours, blank, ground }) {
	let [sum, idle, filled, longest, colour] = [0, 0, 0, 0, 0];
	const fill = (end, own) => {
		for (; filled < end; filled++) pixels[(rows - 1 - filled) * width + x] = own;
	};
	for (let i = from; i < to; i++) {
		const holder = sparse.inner[i];
		const runNs = sparse.values[0][i];
		if (blank(holder)) idle += runNs;
		else if (colours[holder] !== 0 && runNs > 0) {
			if (runNs > longest) {
				longest = runNs;
				colour = colours[holder];
			}
			sum += runNs;
			fill(Math.min(rows, Math.round((sum / capacity) * rows)), colours[holder]);
		}
	}
	// what is not nothing stays visible
	if (filled === 0 && longest > 0) fill(1, colour);
	const known = (sum + idle) / capacity;
	if (idle > 0) fill(known > WHOLE ? rows : Math.min(rows, Math.round(known * rows)), ground);
}

let shaded = {};

// Each colour in SHADES steps from pale to full, made anew when colours or ground change.
function shadesOf(colours, ground) {
	if (shaded.colours !== colours || shaded.ground !== ground) {
		const table = new Uint32Array(colours.length * SHADES);
		colours.forEach((colour, holder) => {
			for (let step = 0; step < SHADES; step++)
				table[holder * SHADES + step] =
					colour && mix(ground, colour, PALE + ((1 - PALE) * (step + 1)) / SHADES);
		});
		shaded = { colours, ground, table };
	}
	return shaded.table;
}

// All thin lanes at once: an image with a line a lane. `groups` may hold undefined: an empty lane.
export function drawThinLanes(
	ctx,
	box,
	{ view, window, sparse, groups, top, height, colours, blank, ground },
) {
	const [first, end] = visibleColumns(sparse, view);
	const width = end - first;
	if (width === 0 || groups.length === 0) return;
	const { column, holder, share, begins } = longestHolders(sparse, window, blank);
	const shades = shadesOf(colours, ground);
	const { image, pixels } = createImage(width, groups.length);
	groups.forEach((group, row) => {
		if (group === undefined) return;
		const from = row * width - first;
		for (
			let i = lowerBound({ begins, column }, group, first);
			i < begins[group + 1] && column[i] < end;
			i++
		)
			pixels[from + column[i]] =
				shades[holder[i] * SHADES + Math.min(SHADES - 1, Math.floor(share[i] * SHADES))];
	});
	blit(
		ctx,
		image,
		box,
		timeX(startOf(sparse, first), view, box),
		top,
		timeX(startOf(sparse, end), view, box),
		top + groups.length * height,
	);
}

// A rug of migrations at a lane's upper edge: the darker, the more. `level` has one value a column.
export function drawRug(ctx, box, { view, level, group, top, height, colour }) {
	const [first, end] = visibleColumns(level, view);
	const width = end - first;
	const { image, pixels } = createImage(width, 1);
	const scale = 1 / Math.max(1, Math.log1p(level.most));
	for (let i = lowerBound(level, group, first); i < level.begins[group + 1] && level.column[i] < end; i++) {
		const part = 0.35 + 0.65 * Math.log1p(level.values[0][i]) * scale;
		pixels[level.column[i] - first] =
			((colour & 0xffffff) | (Math.round(Math.min(1, part) * 255) << 24)) >>> 0;
	}
	blit(
		ctx,
		image,
		box,
		timeX(startOf(level, first), view, box),
		top,
		timeX(startOf(level, end), view, box),
		top + height,
	);
}

// The ways of one task from lane to lane.
export function drawWays(ctx, box, { view, level, found, yOf, colour, halo }) {
	ctx.save();
	ctx.beginPath();
	ctx.rect(box.x, box.y, box.width, box.height);
	ctx.clip();
	for (const [width, style] of [
		[4, halo],
		[1.5, colour],
	]) {
		ctx.strokeStyle = style;
		ctx.lineWidth = width;
		ctx.beginPath();
		for (const { left, at, from, to } of found) {
			const [y0, y1] = [yOf(from), yOf(to)];
			if (y0 === null || y1 === null) continue;
			const x1 = timeX(startOf(level, at), view, box);
			ctx.moveTo(Math.min(x1, Math.max(timeX(startOf(level, left + 1), view, box), x1 - 40)), y0);
			ctx.lineTo(x1, y1);
		}
		ctx.stroke();
	}
	ctx.restore();
}

// Words in the middle of a stretch, readable whatever lies below.
export function drawWords(ctx, text, x, y, ink, halo) {
	ctx.textAlign = 'center';
	ctx.textBaseline = 'middle';
	ctx.lineWidth = 3;
	ctx.lineJoin = 'round';
	ctx.strokeStyle = halo;
	ctx.strokeText(text, x, y);
	ctx.fillStyle = ink;
	ctx.fillText(text, x, y);
}

export const laneLine = (ctx, box, y, colour) => {
	ctx.strokeStyle = colour;
	line(ctx, box.x, y, box.x + box.width, y);
};
