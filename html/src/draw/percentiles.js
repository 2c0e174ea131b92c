// SPDX-License-Identifier: Apache-2.0
// Percentiles over the heat maps: a line each, told apart by its dashes and its name.

import { percentileBin } from '../data/heat.js';
import { columnAt, startOf } from '../data/sparse.js';
import { FONT, timeX } from './axes.js';

export const PERCENTILES = [
	{ part: 0.5, name: 'p50', dash: [] },
	{ part: 0.9, name: 'p90', dash: [7, 3] },
	{ part: 0.99, name: 'p99', dash: [2, 3] },
	{ part: 1, name: 'max', dash: [1, 5] },
];
// so wide at least is a column of which percentiles are drawn: single pixels would be noise
export const PERCENTILE_PX = 5;

// By percentile and column the bin, or -1 where nothing ended; made once for each level.
export function percentilesOf(level) {
	level.percentiles ??= PERCENTILES.map(({ part }) =>
		Int16Array.from(
			{ length: level.columns },
			(_, column) =>
				percentileBin(level.data.subarray(column * level.bins, (column + 1) * level.bins), part) ??
				-1,
		),
	);
	return level.percentiles;
}

export function drawPercentiles(ctx, box, view, level, { colour, halo }) {
	const first = Math.max(0, columnAt(level, view.from));
	const end = Math.min(level.columns, columnAt(level, view.to) + 1);
	const yOf = (bin) => box.y + box.height - ((bin + 1) / level.bins) * box.height;
	ctx.save();
	ctx.beginPath();
	ctx.rect(box.x, box.y, box.width, box.height);
	ctx.clip();
	percentilesOf(level).forEach((bins, i) => {
		const path = () => {
			ctx.beginPath();
			for (let column = first, pen = false; column < end; column++) {
				if (bins[column] < 0) {
					pen = false;
					continue;
				}
				const y = yOf(bins[column]);
				const x = timeX(startOf(level, column), view, box);
				if (pen) ctx.lineTo(x, y);
				else ctx.moveTo(x, y);
				ctx.lineTo(timeX(startOf(level, column + 1), view, box), y);
				pen = true;
			}
			ctx.stroke();
		};
		ctx.setLineDash([]);
		ctx.strokeStyle = halo;
		ctx.lineWidth = 3.5;
		path();
		ctx.setLineDash(PERCENTILES[i].dash);
		ctx.strokeStyle = colour;
		ctx.lineWidth = 1.5;
		path();
	});
	ctx.setLineDash([]);
	ctx.restore();
}

// At the right end, from below to above, none on another.
export function drawPercentileNames(ctx, box, view, level, { colour, halo }) {
	const first = Math.max(0, columnAt(level, view.from));
	const end = Math.min(level.columns, columnAt(level, view.to) + 1);
	const yOf = (bin) => box.y + box.height - ((bin + 1) / level.bins) * box.height;
	ctx.font = FONT;
	ctx.textAlign = 'right';
	ctx.textBaseline = 'middle';
	let below = Infinity;
	percentilesOf(level).forEach((bins, i) => {
		let column = end - 1;
		while (column >= first && bins[column] < 0) column--;
		if (column < first) return;
		const y = Math.min(yOf(bins[column]) - 8, below - 12);
		below = y;
		const text = PERCENTILES[i].name;
		ctx.fillStyle = halo;
		ctx.globalAlpha = 0.9;
		const width = ctx.measureText(text).width + 6;
		ctx.fillRect(box.x + box.width - width - 3, y - 6, width, 12);
		ctx.globalAlpha = 1;
		ctx.fillStyle = colour;
		ctx.fillText(text, box.x + box.width - 6, y);
	});
}
