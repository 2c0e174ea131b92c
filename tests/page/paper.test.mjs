// SPDX-License-Identifier: Apache-2.0
// The page on paper: every chart is there, light, and with whole rows.

import assert from 'node:assert/strict';
import test from 'node:test';

import { sheetsOf } from '../../html/src/draw/paper.js';
import { capture } from './captures.mjs';
import { withPage } from './with_page.mjs';

// What the sheets of each chart are when the browser prints: their colours, and the words at the left.
async function printed(page) {
	await page.evaluate(() => {
		const words = new Map();
		const write = CanvasRenderingContext2D.prototype.fillText;
		CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
			const inSight = y * this.getTransform().d < this.canvas.height;
			if (x === 4 && inSight) words.set(this.canvas, [...(words.get(this.canvas) ?? []), text]);
			write.call(this, text, x, y);
		};
		addEventListener(
			'beforeprint',
			() => {
				CanvasRenderingContext2D.prototype.fillText = write;
				globalThis.printed = {
					theme: document.documentElement.dataset.theme,
					charts: [1, 2, 3, 4, 5, 6].map((chart) => ({
						sheets: [...document.querySelectorAll(`#chart-${chart} .sheet`)].map((canvas) => ({
							colours: new Set(
								new Uint32Array(
									canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer,
								),
							).size,
							words: words.get(canvas) ?? [],
						})),
						leftOut: document.querySelector(`#chart-${chart} .left-out`)?.innerText ?? '',
					})),
				};
			},
			{ once: true },
		);
	});
	assert.ok((await page.pdf()).length > 20000);
	return page.evaluate(() => globalThis.printed);
}

test('all charts are there and light, and the theme comes back', () =>
	withPage(
		'kvm',
		async (page) => {
			const drawn = () =>
				page.evaluate(() => {
					const canvas = document.querySelector('#chart-6 canvas');
					return new Set(
						new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer),
					).size;
				});
			assert.ok((await drawn()) < 3, 'not in sight, not painted');
			const { theme, charts } = await printed(page);
			assert.equal(theme, 'light');
			for (const [i, { sheets, leftOut }] of charts.entries()) {
				assert.equal(sheets.length, 1, `chart ${i + 1}`);
				assert.ok(sheets[0].colours > 6, `chart ${i + 1}`);
				assert.equal(leftOut, '');
			}
			assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
			assert.equal(await page.locator('.sheet').count(), 0);
			assert.equal(await page.locator('#chart-1 canvas').isVisible(), true);
		},
		{ colorScheme: 'dark', viewport: { width: 1400, height: 500 } },
	));

test('rows are whole and from the first on, and those without a place are counted', () =>
	withPage('crowd', async (page) => {
		const { rows, cores } = capture('crowd');
		const all = 2 + new Set(rows.samples.map((row) => row[2]).filter((task) => task >= cores)).size;
		assert.ok(all > 110, String(all));
		await page.locator('#chart-5 .plot').evaluate((plot) => {
			plot.scrollTop = 700;
		});
		const { charts } = await printed(page);
		for (const chart of [charts[4], charts[5]]) {
			const names = chart.sheets.flatMap(({ words }) => words.slice(0, -1)); // the last is the head
			assert.deepEqual(names.slice(0, 2), ['all tasks', 'idle']);
			assert.equal(names.length, 100);
			for (const { words } of chart.sheets) assert.equal(words.at(-1), 'task');
			assert.equal(chart.leftOut, `The first 100 of ${all} rows: ${all - 100} are left out on paper.`);
		}
		assert.equal(await page.locator('.left-out').count(), 0);
		assert.equal(await page.locator('#chart-5 .plot').evaluate((plot) => plot.scrollTop), 700);
	}));

test('what is shown is told, as the toolbar is not there', () =>
	withPage(
		'plain',
		async (page) => {
			const words = page.locator('.paper-words');
			assert.equal(await words.isVisible(), false);
			await page.emulateMedia({ media: 'print' });
			assert.equal(await words.innerText(), 'Shown: 1.000 s to 2.500 s · 1.5 s, 3 tasks: worker-1.');
		},
		{ hash: '#t=1000-2500&q=worker-1' },
	));

test('sheets share the rows out, in order', () => {
	assert.deepEqual(sheetsOf(3, 22), { sheets: [{ first: 0, rows: 3 }], left: 0 });
	const { sheets, left } = sheetsOf(1000, 18);
	assert.equal(left + sheets.reduce((sum, { rows }) => sum + rows, 0), 1000);
	sheets.forEach(({ first, rows }, i) => {
		assert.equal(first, i ? sheets[i - 1].first + sheets[i - 1].rows : 0);
		assert.ok(rows > 0);
	});
	assert.deepEqual(sheetsOf(0, 22), { sheets: [], left: 0 });
});
