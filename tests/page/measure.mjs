// SPDX-License-Identifier: Apache-2.0
// How quick a page is, for people and for tests: node tests/page/measure.mjs PAGE.html
// Prints the time until the first chart is painted, until all is ready, and frames of pan and zoom.

import { resolve } from 'node:path';

import { openPage, startBrowser } from './browser.mjs';

const quantile = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];

// Milliseconds from frame to frame while the range changes in each of them.
const frames = (page, kind) => page.evaluate(async (what) => {
	const { state, model } = globalThis.pftrace;
	const frame = () => new Promise((done) => requestAnimationFrame(done));
	const full = model.window.to - model.window.from;
	const times = [];
	const width = full / 4;
	await frame();
	let before = performance.now();
	for (let i = 0; i < 90; i++) {
		if (what === 'pan') state.zoom({ from: model.window.from + (i / 90) * (full - width), to: model.window.from + (i / 90) * (full - width) + width }, { remember: false });
		else {
			const half = (full / 2) * 0.93 ** i;
			const middle = model.window.from + full * 0.4;
			state.zoom({ from: middle - half, to: middle + half }, { remember: false });
		}
		await frame();
		times.push(performance.now() - before);
		before = performance.now();
	}
	state.zoom(null);
	return times;
}, kind);

export async function measure(browser, path) {
	const { page } = await openPage(browser, resolve(path));
	const first = await page.evaluate(() => performance.getEntriesByName('first-chart')[0]?.startTime ?? null);
	const ready = await page.evaluate(() => performance.getEntriesByName('ready')[0]?.startTime ?? null);
	await page.waitForTimeout(2500); // what is prepared ahead
	const result = { first, ready, cells: await page.evaluate(() => {
		const { model } = globalThis.pftrace;
		return [model.heat, model.heatAll, model.locality, model.exits].map((part) => part.column.length);
	}) };
	for (const chart of [1, 4]) {
		await page.locator(`#chart-${chart}`).scrollIntoViewIfNeeded();
		await page.waitForTimeout(300);
		for (const kind of ['pan', 'zoom']) {
			const times = (await frames(page, kind)).sort((a, b) => a - b);
			result[`${kind} chart ${chart}`] = { median: quantile(times, 0.5), p95: quantile(times, 0.95), most: times.at(-1) };
		}
	}
	await page.context().close();
	return result;
}

if (process.argv[1] && resolve(process.argv[1]) === import.meta.filename) {
	const browser = await startBrowser();
	console.log(await measure(browser, process.argv[2]));
	await browser.close();
}
