// SPDX-License-Identifier: Apache-2.0
// Core locality of single switches: exact runs where one looks closer than the buckets.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';

import { openPage, startBrowser } from './browser.mjs';
import { folder, run } from './captures.mjs';
import { pointAt } from './pointing.mjs';

let browser;
before(async () => {
	browser = await startBrowser();
});
after(() => browser.close());

const switchAt = (us, from, to) =>
	`${from[0]} ${from[1]} [000] 100.${String(us).padStart(6, '0')}: sched:sched_switch: prev_comm=${from[0]} prev_pid=${from[1]} prev_prio=120 prev_state=S ==> next_comm=${to[0]} next_pid=${to[1]} next_prio=120`;
const IDLE = ['swapper/0', 0];
const ALPHA = ['alpha', 10];
const BETA = ['beta', 11];

// alpha 1000 to 1400 us, beta to 1500, idle to 1900, alpha to 40,000, idle; buckets are 10 ms
const LINES = [
	switchAt(0, IDLE, IDLE),
	switchAt(1000, IDLE, ALPHA),
	switchAt(1400, ALPHA, BETA),
	switchAt(1500, BETA, IDLE),
	switchAt(1900, IDLE, ALPHA),
	switchAt(40000, ALPHA, IDLE),
	switchAt(90000, IDLE, BETA),
];

async function withRuns(use, { lines = LINES, options = [] } = {}) {
	const source = join(folder, 'runs.txt');
	const path = join(folder, 'runs.html');
	writeFileSync(source, `${lines.join('\n')}\n`);
	const made = run('render', ...options, '--out', path, source);
	assert.equal(made.status, 0, made.stderr);
	const { page, problems } = await openPage(browser, path);
	try {
		await use(page);
		assert.deepEqual(
			problems.filter((text) => !/willReadFrequently/.test(text)),
			[],
		);
	} finally {
		await page.context().close();
	}
}

const zoom = (page, from, to) =>
	page.evaluate(
		async ([a, b]) => {
			globalThis.pftrace.state.zoom({ from: a, to: b });
			await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
		},
		[from * 1000, to * 1000],
	);

// What stands in lane 0 at so many microseconds: [colour, words of the tooltip].
async function laneAt(page, us) {
	const canvas = page.locator('#chart-4 canvas').first();
	const place = await page.evaluate((ns) => {
		const plot = globalThis.pftrace.exports['chart-4'].plot.box();
		const { from, to } = globalThis.pftrace.state.view.value;
		return { x: plot.x + ((ns - from) / (to - from)) * plot.width, y: plot.y + 20, dpr: plot.dpr };
	}, us * 1000);
	const words = await pointAt(page, canvas, { x: place.x, y: place.y });
	const colour = await canvas.evaluate(
		(element, { x, y, dpr }) =>
			[...element.getContext('2d').getImageData(Math.round(x * dpr), Math.round(y * dpr), 1, 1).data].slice(0, 3),
		place,
	);
	return { colour: colour.join(), words };
}

test('zoomed in, each run has its place to the microsecond, and its length is told', () =>
	withRuns(async (page) => {
		await zoom(page, 900, 2100);
		const alpha = await laneAt(page, 1200);
		const beta = await laneAt(page, 1450);
		const idle = await laneAt(page, 1700);
		const again = await laneAt(page, 2000);
		assert.match(alpha.words, /alpha/);
		assert.match(alpha.words, /400 µs|0\.4 ms/);
		assert.match(alpha.words, /one run/);
		assert.match(beta.words, /beta/);
		assert.match(idle.words, /swapper/);
		assert.equal(again.colour, alpha.colour);
		assert.notEqual(alpha.colour, beta.colour);
		assert.notEqual(idle.colour, alpha.colour);
		const edges = [(await laneAt(page, 1398)).words, (await laneAt(page, 1403)).words];
		assert.match(edges[0], /alpha/);
		assert.match(edges[1], /beta/);
	}));

test('runs with room for it bear the name of their task', () =>
	withRuns(async (page) => {
		await zoom(page, 900, 2100);
		const words = await page.evaluate(async () => {
			const { plot } = globalThis.pftrace.exports['chart-4'];
			plot.canvas.scrollIntoView({ block: 'center' });
			await new Promise((done) => setTimeout(done, 300));
			const context = plot.canvas.getContext('2d');
			const { x, y, width, height } = plot.box();
			const written = [];
			context.fillText = (text, left, top) => {
				if (left > x && left < x + width && top > y && top < y + height) written.push(text);
			};
			plot.request();
			await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
			return written;
		});
		// idle, from 1500 to 1900 us, has none
		assert.deepEqual(words, ['alpha', 'beta', 'alpha']);
	}));

test('without single switches, and where they are too many, the buckets are shown', async () => {
	const many = Array.from({ length: 250000 }, (_, i) => switchAt(i * 4, i % 2 ? ALPHA : BETA, i % 2 ? BETA : ALPHA));
	await withRuns(
		async (page) => {
			assert.equal(await page.evaluate(() => globalThis.pftrace.model.runs.cores.size), 0);
			assert.match(await page.locator('main').innerText(), /single switches are left out/);
			await zoom(page, 900, 2100);
			assert.doesNotMatch((await laneAt(page, 1200)).words, /one run/);
		},
		{ lines: many, options: ['--cells', '1'] },
	);
});
