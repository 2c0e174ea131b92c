// SPDX-License-Identifier: Apache-2.0
// A lane of chart 4: in each column the holders stand one on the other, as high as their share of
// the time. A lane that is too thin for that shows the one that held longest, paler when it held less.

import { columnAt, lowerBound, startOf } from '../data/sparse.js';
import { columnSpan } from '../data/locality.js';
import { timeX } from './axes.js';
import { blit, createImage } from './image.js';

const THIN_PX = 9;

// Colours come as 0xaabbggrr; `colourOf(inner)` is 0 for what is left blank (idle).
export function drawLane(ctx, box, view, window, sparse, group, { top, height, colourOf }) {
	const first = Math.max(0, columnAt(sparse, view.from));
	const end = columnAt(sparse, view.to) + 1;
	if (end <= first) return;
	const rows = height < THIN_PX ? 1 : Math.round(height * box.dpr);
	const { image, pixels } = createImage(end - first, rows);
	const width = end - first;
	let i = lowerBound(sparse, group, first);
	const stop = sparse.begins[group + 1];
	let any = false;
	while (i < stop && sparse.column[i] < end) {
		const column = sparse.column[i];
		const from = i;
		while (i < stop && sparse.column[i] === column) i++;
		const span = columnSpan(sparse, column, window);
		const stack = rows === 1 ? fillThin : fillStack;
		any = stack(sparse, from, i, Math.max(1, span.to - span.from), pixels, column - first, width, rows, colourOf) || any;
	}
	if (!any) return;
	blit(ctx, image, box, timeX(startOf(sparse, first), view, box), top, timeX(startOf(sparse, end), view, box), top + height);
}

function fillStack(sparse, from, to, capacity, pixels, x, width, rows, colourOf) {
	let sum = 0;
	let filled = 0;
	let longest = 0;
	let colour = 0;
	for (let i = from; i < to; i++) {
		const own = colourOf(sparse.inner[i]);
		const runNs = sparse.values[0][i];
		if (own === 0 || runNs === 0) continue;
		if (runNs > longest) {
			longest = runNs;
			colour = own;
		}
		sum += runNs;
		const end = Math.min(rows, Math.round((sum / capacity) * rows));
		for (; filled < end; filled++) pixels[(rows - 1 - filled) * width + x] = own;
	}
	// what is not nothing stays visible
	if (filled === 0 && longest > 0) pixels[(rows - 1) * width + x] = colour;
	return longest > 0;
}

function fillThin(sparse, from, to, capacity, pixels, x, width, rows, colourOf) {
	let sum = 0;
	let longest = 0;
	let colour = 0;
	for (let i = from; i < to; i++) {
		const own = colourOf(sparse.inner[i]);
		if (own === 0) continue;
		sum += sparse.values[0][i];
		if (sparse.values[0][i] > longest) {
			longest = sparse.values[0][i];
			colour = own;
		}
	}
	const alpha = (colour >>> 24) * (0.25 + 0.75 * Math.min(1, sum / capacity));
	if (longest > 0) pixels[x] = ((colour & 0xffffff) | (Math.round(alpha) << 24)) >>> 0;
	return longest > 0;
}
