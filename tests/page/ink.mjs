// SPDX-License-Identifier: Apache-2.0
// Which words of a chart's canvas can hardly be read: each is compared with the pixel below it.

import { contrast, pack } from '../../html/src/draw/colour.js';
import { atRest } from './pointing.mjs';

const AA = 4.5;

// Draws a chart anew; resolves to the words with less contrast than text has to have, and to how many
// stand on colours.
export async function faintWords(page, id) {
	await atRest(page.locator(`#${id} canvas`));
	const words = await page.evaluate(async (chart) => {
		const { plot } = (globalThis.pftrace.page ?? globalThis.pftrace).exports[chart];
		const { canvas } = plot;
		const context = canvas.getContext('2d');
		const card = getComputedStyle(canvas.closest('.card')).backgroundColor;
		const { fillText: write, clearRect: begin } = context;
		const found = [];
		// what is painted twice has its words once
		context.clearRect = function (...rectangle) {
			found.length = 0;
			begin.apply(this, rectangle);
		};
		context.fillText = function (text, x, y) {
			const inside = { left: 1, center: 0, right: -1 }[this.textAlign];
			const at = [x + inside, y].map((each) => Math.round(each * devicePixelRatio));
			found.push({ text, ink: this.fillStyle, below: [...this.getImageData(...at, 1, 1).data] });
			write.call(this, text, x, y);
		};
		plot.request();
		await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
		delete context.fillText;
		delete context.clearRect;
		return found.map((word) => ({ ...word, card: card.match(/\d+/g).map(Number) }));
	}, id);
	const packed = (r, g, b) => pack({ r, g, b });
	const onCard = ({ below: [r, g, b, alpha], card }) =>
		packed(...[r, g, b].map((each, i) => card[i] + ((each - card[i]) * alpha) / 255));
	const inkOf = ({ ink }) => packed(...[1, 3, 5].map((from) => parseInt(ink.slice(from, from + 2), 16)));
	const coloured = words.filter(({ below }) => below[3] > 0);
	return {
		checked: coloured.length,
		faint: words
			.map((word) => ({ ...word, contrast: contrast(onCard(word), inkOf(word)) }))
			.filter((word) => word.contrast < AA)
			.map((word) => `${word.text}: ${word.contrast.toFixed(2)}, ${word.ink} on ${word.below}`),
	};
}
