// SPDX-License-Identifier: Apache-2.0
// The page in a second browser, Debian's firefox-esr: the same data, drawn, and answering.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import test, { after, before } from 'node:test';

import { capture, render } from './captures.mjs';
import { startFirefox } from './firefox.mjs';
import { boxAtRest, PATIENCE_MS, STILL_FRAMES } from './pointing.mjs';

const FIREFOX = process.env.FIREFOX || '/usr/bin/firefox-esr';
const skip = !existsSync(FIREFOX) && 'there is no firefox-esr';

let firefox = null;
before(async () => {
	if (!skip) firefox = await startFirefox(FIREFOX);
});
after(() => firefox?.close());

async function withPage(kind, use, how = {}) {
	const page = await firefox.open(render(kind).path, how);
	try {
		await page.evaluate(() => {
			globalThis.violations = [];
			document.addEventListener('securitypolicyviolation', (event) => globalThis.violations.push(event.violatedDirective));
		});
		await use(page);
		assert.deepEqual(page.problems, []);
		assert.deepEqual(await page.evaluate(() => globalThis.violations), []);
	} finally {
		await page.close();
	}
}
const stateOf = (page, name) => page.evaluate((key) => globalThis.pftrace.state[key].value, name);
// Brings it into sight, and waits until nothing above it grows any more. (No reference to the outside
// survives the way into the page, so the text of the function goes along.)
async function boxOf(page, selector) {
	const look = `(chosen, frames) => {
		const element = document.querySelector(chosen);
		element.scrollIntoView({ block: 'center' });
		return (${boxAtRest})(element, frames);
	}`;
	for (const end = Date.now() + PATIENCE_MS; ; ) {
		const box = await page.evaluate(look, selector, STILL_FRAMES);
		if (box.inSight) return box;
		if (Date.now() > end) throw new Error(`${selector} does not stay in sight`);
	}
}
// What is read once that is right, or at last: what was done to the page works when Firefox gets to it.
async function eventually(read, isRight) {
	for (const end = Date.now() + PATIENCE_MS; ; ) {
		const found = await read();
		if (isRight(found) || Date.now() > end) return found;
		await new Promise((done) => setTimeout(done, 20));
	}
}
const stateOnce = (page, name, isRight) => eventually(() => stateOf(page, name), isRight);

test('Firefox: decoded sums are those of the rows, and all charts are drawn', { skip }, () =>
	withPage('kvm', async (page) => {
		const { rows } = capture('kvm');
		const sum = (table, column) => rows[table].reduce((total, row) => total + row[column], 0);
		assert.deepEqual(
			await page.evaluate(() => {
				const { model } = globalThis.pftrace;
				const all = (part, i) => part.values[i].reduce((total, each) => total + each, 0);
				return [
					all(model.locality, 0),
					all(model.locality, 1),
					all(model.migrations, 0),
					all(model.heat, 0),
					all(model.heatAll, 0),
					all(model.exits, 0),
					all(model.exits, 1),
				];
			}),
			[
				sum('samples', 4),
				sum('samples', 5),
				sum('samples', 6),
				sum('cells', 5),
				sum('cells', 5),
				sum('exits', 5),
				sum('exits', 6),
			],
		);
		for (const chart of [1, 2, 3, 4, 5, 6]) {
			await boxOf(page, `#chart-${chart} canvas`);
			const count = (selector) => {
				const canvas = document.querySelector(selector);
				return new Set(
					new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer),
				).size;
			};
			const colours = await eventually(
				() => page.evaluate(count, `#chart-${chart} canvas`),
				(found) => found > 6,
			);
			assert.ok(colours > 6, `chart ${chart}: ${colours}`);
		}
	}),
);

test('Firefox: hostile names are text and nothing else', { skip }, () =>
	withPage('hostile', async (page) => {
		assert.ok(
			(await page.evaluate(() => [...document.querySelectorAll('.legend bdi')].map((each) => each.textContent))).some(
				(name) => name.includes('onerror'),
			),
		);
		assert.equal(await page.evaluate(() => globalThis.hacked ?? null), null);
		assert.equal(await page.evaluate(() => document.querySelectorAll('img, svg, iframe, object, embed').length), 0);
	}),
);

test('Firefox: keys', { skip }, () =>
	withPage('plain', async (page) => {
		await page.press('w');
		assert.ok((await stateOnce(page, 'range', Boolean)).to < 4e9);
		await page.press('0');
		assert.equal(await stateOnce(page, 'range', (range) => !range), null);
		await page.press('j', 't', 'p', 'm');
		assert.equal((await stateOnce(page, 'markers', (markers) => markers.length)).length, 1);
		assert.notEqual(await stateOf(page, 'task'), null);
		assert.equal(await stateOf(page, 'percentiles'), true);
		assert.match(await page.evaluate(() => document.documentElement.dataset.theme), /light|dark/);
		await page.press('/');
		await page.press(...'worker-2');
		const listed = () => page.evaluate(() => document.querySelectorAll('#task-list li').length);
		assert.equal(await eventually(listed, (count) => count === 3), 3);
		await page.press('Escape', '1', 'ArrowRight', 'ArrowDown');
		const told = () => page.evaluate(() => document.querySelector('.tooltip').textContent.length);
		assert.ok((await eventually(told, (length) => length > 10)) > 10);
	}),
);

test('Firefox: pointer', { skip }, () =>
	withPage('plain', async (page) => {
		const box = await boxOf(page, '#chart-1 canvas');
		const x = (part) => box.x + 76 + part * (box.width - 90);
		await page.drag([x(0.25), box.y + 60], [x(0.5), box.y + 64]);
		const brush = await stateOnce(page, 'brush', Boolean);
		assert.ok(Math.abs(brush.from - 1e9) < 3e7 && Math.abs(brush.to - 2e9) < 3e7, JSON.stringify(brush));
		await page.press('Enter');
		assert.ok(Math.abs((await stateOnce(page, 'range', Boolean)).from - 1e9) < 3e7);
		await page.press('0');
		assert.equal(await stateOnce(page, 'range', (range) => !range), null);
		await page.wheel(x(0.5), box.y + 60, -300);
		assert.ok((await stateOnce(page, 'range', Boolean)).from > 0);
		await page.click(x(0.5), box.y + 160);
		const pinned = () => page.evaluate(() => document.querySelectorAll('.tooltip.pinned .histogram canvas').length);
		assert.equal(await eventually(pinned, (count) => count === 1), 1);
	}),
);

test('Firefox: the first chart is painted', { skip }, () =>
	withPage('plain', async (page) => {
		const isPainted = () => page.evaluate(() => performance.getEntriesByName('first-chart')[0]?.startTime > 0);
		assert.ok(await eventually(isPainted, Boolean));
	}),
);

// Chromium tells pages nothing of the ratio that its tools pretend.
test('Firefox: charts are as sharp as the screen that the window moves to', { skip }, () =>
	withPage('plain', async (page) => {
		const sharpness = () =>
			page.evaluate(() => {
				const canvas = document.querySelector('#chart-1 canvas');
				return [canvas.width / canvas.clientWidth, canvas.clientWidth];
			});
		await boxOf(page, '#chart-1 canvas');
		const [ratio, width] = await sharpness();
		assert.equal(ratio, 1);
		for (const wanted of [2, 3]) {
			await page.setPixelRatio(wanted);
			assert.deepEqual(await eventually(sharpness, ([found]) => found === wanted), [wanted, width]);
		}
	}),
);
