// SPDX-License-Identifier: Apache-2.0
// Quantised cells through a colour table into one image, stretched unsmoothed over the plot.

import { quantise } from '../data/heat.js';
import { columnAt, startOf } from '../data/sparse.js';
import { timeX } from './axes.js';
import { blit, createImage } from './image.js';

export function drawDensity(ctx, box, view, level, colours) {
	const first = Math.max(0, columnAt(level, view.from));
	const end = Math.min(level.columns, columnAt(level, view.to) + 1);
	if (end <= first) return;
	const width = end - first;
	const cells = quantise(level);
	const { image, pixels } = createImage(width, level.bins);
	for (let column = 0; column < width; column++) {
		const from = (first + column) * level.bins;
		for (let bin = 0; bin < level.bins; bin++)
			pixels[(level.bins - 1 - bin) * width + column] = colours[cells[from + bin]];
	}
	blit(
		ctx,
		image,
		box,
		timeX(startOf(level, first), view, box),
		box.y,
		timeX(startOf(level, end), view, box),
		box.y + box.height,
	);
}
