// SPDX-License-Identifier: Apache-2.0
// Lanes of chart 4. In a high lane the holders of a column stand one on the other, each as high as
// its share of the time. A thin lane shows the one that held longest, paler when all held less.
// Colours are a table by holder, 0xaabbggrr; 0 is left blank (idle).

import { columnAt, lowerBound, startOf } from '../data/sparse.js';
import { columnSpan, longestHolders } from '../data/locality.js';
import { timeX } from './axes.js';
import { blit, createImage } from './image.js';

const PALE = 0.25;

function visibleColumns(sparse, view) {
	const first = Math.max(0, columnAt(sparse, view.from));
	return [first, Math.max(first, columnAt(sparse, view.to) + 1)];
}

export function drawHighLane(ctx, box, { view, window, sparse, group, top, height, colours }) {
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
		fillStack(sparse, from, i, Math.max(1, span.to - span.from), { pixels, x: column - first, width, rows }, colours);
	}
	blit(ctx, image, box, timeX(startOf(sparse, first), view, box), top, timeX(startOf(sparse, end), view, box), top + height);
}

function fillStack(sparse, from, to, capacity, { pixels, x, width, rows }, colours) {
	let sum = 0;
	let filled = 0;
	let longest = 0;
	let colour = 0;
	for (let i = from; i < to; i++) {
		const own = colours[sparse.inner[i]];
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
}

// All thin lanes at once: an image with a line a lane. `groups` may hold undefined: an empty lane.
export function drawThinLanes(ctx, box, { view, window, sparse, groups, top, height, colours, blank }) {
	const [first, end] = visibleColumns(sparse, view);
	const width = end - first;
	if (width === 0 || groups.length === 0) return;
	const { column, holder, share, begins } = longestHolders(sparse, window, blank);
	const { image, pixels } = createImage(width, groups.length);
	groups.forEach((group, row) => {
		if (group === undefined) return;
		const from = row * width - first;
		for (let i = lowerBound({ begins, column }, group, first); i < begins[group + 1] && column[i] < end; i++) {
			const colour = colours[holder[i]];
			const alpha = Math.round((colour >>> 24) * (PALE + (1 - PALE) * share[i]));
			pixels[from + column[i]] = ((colour & 0xffffff) | (alpha << 24)) >>> 0;
		}
	});
	blit(ctx, image, box, timeX(startOf(sparse, first), view, box), top, timeX(startOf(sparse, end), view, box), top + groups.length * height);
}
