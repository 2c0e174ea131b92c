// SPDX-License-Identifier: Apache-2.0
// How quick a page is, for people and for tests: node tests/page/measure.mjs PAGE.html
// Prints the time until the first chart is painted, until all is ready, and of frames of pan and zoom
// their distance and the CPU time of the page's thread.

import { resolve } from 'node:path';

import { openPage, startBrowser } from './browser.mjs';

const quantile = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];

const FRAMES = 90;

// What one frame of a gesture shows: a part of the window that moves, or becomes smaller.
const step = ({ what, i, count }) => {
	const { state, model } = globalThis.pftrace;
	const full = model.window.to - model.window.from;
	const half = what === 'pan' ? full / 8 : (full / 2) * 0.93 ** i;
	const middle =
		what === 'pan'
			? model.window.from + half + (i / count) * (full - 2 * half)
			: model.window.from + full * 0.4;
	state.zoom({ from: middle - half, to: middle + half }, { remember: false });
};

// Milliseconds from frame to frame while the range changes in each of them.
const frames = (page, kind) =>
	page.evaluate(`(async () => {
	const act = ${step};
	const frame = () => new Promise((done) => requestAnimationFrame(done));
	const times = [];
	await frame();
	let before = performance.now();
	for (let i = 0; i < ${FRAMES}; i++) {
		act({ what: '${kind}', i, count: ${FRAMES} });
		await frame();
		times.push(performance.now() - before);
		before = performance.now();
	}
	globalThis.pftrace.state.zoom(null);
	return times;
})()`);

// CPU time of the page's own thread for each of these frames: what a busy machine does not change.
async function work(page, kind) {
	const session = await page.context().newCDPSession(page);
	await session.send('Performance.enable', { timeDomain: 'threadTicks' });
	const busy = async () => {
		const { metrics } = await session.send('Performance.getMetrics');
		return metrics.find(({ name }) => name === 'TaskDuration').value * 1000;
	};
	const times = [];
	for (let i = 0; i < FRAMES; i++) {
		const before = await busy();
		await page.evaluate(step, { what: kind, i, count: FRAMES });
		await page.evaluate(
			() =>
				new Promise((done) => {
					requestAnimationFrame(() => requestAnimationFrame(done));
				}),
		);
		times.push((await busy()) - before);
	}
	await page.evaluate(() => globalThis.pftrace.state.zoom(null));
	await session.detach();
	return times;
}

const summary = (times) => {
	const sorted = times.sort((a, b) => a - b);
	return `median ${quantile(sorted, 0.5).toFixed(1)}, p95 ${quantile(sorted, 0.95).toFixed(1)}, most ${sorted.at(-1).toFixed(1)} ms`;
};

export async function measure(browser, path) {
	const { page } = await openPage(browser, resolve(path));
	const first = await page.evaluate(
		() => performance.getEntriesByName('first-chart')[0]?.startTime ?? null,
	);
	const ready = await page.evaluate(() => performance.getEntriesByName('ready')[0]?.startTime ?? null);
	await page.waitForTimeout(2500); // what is prepared ahead
	const result = {
		first,
		ready,
		cells: await page.evaluate(() => {
			const { model } = globalThis.pftrace;
			return [model.heat, model.heatAll, model.locality, model.exits].map((part) => part.column.length);
		}),
	};
	for (const chart of [1, 4]) {
		await page.locator(`#chart-${chart}`).scrollIntoViewIfNeeded();
		await page.waitForTimeout(300);
		for (const kind of ['pan', 'zoom']) {
			result[`${kind} chart ${chart}, frames`] = summary(await frames(page, kind));
			await page.waitForTimeout(600); // what comes when a range has settled
			result[`${kind} chart ${chart}, CPU time`] = summary(await work(page, kind));
			await page.waitForTimeout(600);
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
