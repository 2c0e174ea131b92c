// SPDX-License-Identifier: Apache-2.0
// A small histogram for the tooltip: the lengths of one moment, a bar a bin, higher on a log scale.

import { element } from './dom.js';

const [WIDTH, HEIGHT] = [260, 48];

// layers: [{ counts, colour }], one on another; `at` is the bin that is pointed at.
export function histogramBars({ layers, at, from, to, ink, words }) {
	const canvas = element('canvas', {
		width: WIDTH * 2,
		height: HEIGHT * 2,
		role: 'img',
		'aria-label': words,
	});
	const ctx = canvas.getContext('2d');
	const bins = layers[0].counts.length;
	const most = Math.max(
		1,
		...layers.map(({ counts }) => counts.reduce((high, each) => Math.max(high, each), 0)),
	);
	const x = (bin) => (bin / bins) * WIDTH;
	ctx.scale(2, 2);
	for (const { counts, colour } of layers) {
		ctx.fillStyle = colour;
		ctx.globalAlpha = layers.length > 1 ? 0.6 : 1;
		counts.forEach((value, bin) => {
			const height =
				value > 0 ? Math.max(1.5, (Math.log1p(value) / Math.log1p(most)) * (HEIGHT - 4)) : 0;
			ctx.fillRect(x(bin), HEIGHT - 1 - height, Math.max(1, x(1) - 0.5), height);
		});
	}
	ctx.globalAlpha = 1;
	ctx.fillStyle = ink;
	ctx.fillRect(0, HEIGHT - 1, WIDTH, 1);
	if (at >= 0 && at < bins) {
		ctx.globalAlpha = 0.55;
		ctx.fillRect(x(at + 0.5) - 0.5, 0, 1, HEIGHT);
	}
	return element(
		'div',
		{ class: 'histogram' },
		canvas,
		element('div', { class: 'ends' }, element('span', {}, from), element('span', {}, to)),
	);
}
