// SPDX-License-Identifier: Apache-2.0
// Everything a person can do with the page: by pointer and by keyboard.

import assert from 'node:assert/strict';
import test from 'node:test';

import { capture } from './captures.mjs';
import { csvRows, exported } from './exporting.mjs';
import { atRest, openTable, tableHas } from './pointing.mjs';
import { withPage } from './with_page.mjs';

const stateOf = (page, name) => page.evaluate((key) => globalThis.pftrace.state[key].value, name);
const press = async (page, ...keys) => {
	for (const key of keys) await page.keyboard.press(key);
};
const frames = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

async function drag(page, selector, from, to, { modifier = null, y = 60 } = {}) {
	const canvas = page.locator(selector);
	await atRest(canvas);
	const box = await canvas.boundingBox();
	const x = (part) => box.x + 76 + part * (box.width - 90);
	if (modifier) await page.keyboard.down(modifier);
	await page.mouse.move(x(from), box.y + y);
	await page.mouse.down();
	await page.mouse.move(x((from + to) / 2), box.y + y + 3);
	await page.mouse.move(x(to), box.y + y + 5);
	await page.mouse.up();
	if (modifier) await page.keyboard.up(modifier);
}
const near = (value, wanted, within) => assert.ok(Math.abs(value - wanted) <= within, `${value} is not near ${wanted}`);

test('a drag chooses, Enter zooms, Esc lets go; the choice is in the address', () =>
	withPage('plain', async (page) => {
		await drag(page, '#chart-1 canvas', 0.25, 0.5);
		const brush = await stateOf(page, 'brush');
		near(brush.from, 1e9, 2e7);
		near(brush.to, 2e9, 2e7);
		await page.waitForFunction(() => /^#b=\d/.test(location.hash));
		assert.equal(await page.locator('#chart-4 .brush.chosen').isVisible(), true, 'on all charts over time');
		await press(page, 'Escape');
		assert.equal(await stateOf(page, 'brush'), null);
		await drag(page, '#chart-4 canvas', 0.25, 0.5);
		await press(page, 'Enter');
		assert.equal(await stateOf(page, 'brush'), null);
		near((await stateOf(page, 'range')).from, 1e9, 2e7);
	}));

test('[ and ] choose by keyboard, at the cell cursor', () =>
	withPage('plain', async (page) => {
		await press(page, '1', 'ArrowRight', 'ArrowRight', '[', 'End', ']');
		const brush = await stateOf(page, 'brush');
		assert.ok(brush.from > 0 && brush.from < 1e8, String(brush.from));
		assert.ok(brush.to > 3.9e9);
		await press(page, 'Enter');
		near((await stateOf(page, 'range')).from, brush.from, 1e6);
	}));

test('the selection tells its statistics', () =>
	withPage(
		'plain',
		async (page) => {
			const { rows } = capture('plain');
			await press(page, 'i');
			const words = await page.locator('dialog[open]').innerText();
			const switches = rows.samples.filter((row) => row[0] >= 1e9 && row[0] < 2e9).reduce((sum, row) => sum + row[5], 0);
			assert.match(words, new RegExp(`${switches.toLocaleString('en')} switches`));
			const runs = rows.cells
				.filter((row) => row[3] === 'run' && row[2] >= 4 && row[0] >= 1e9 && row[0] < 2e9)
				.reduce((sum, row) => sum + row[5], 0);
			assert.match(words, new RegExp(`run\\s+${runs.toLocaleString('en')}\\s`));
			await press(page, 'Escape');
			assert.equal(await page.locator('dialog[open]').count(), 0);
			await page.locator('.selection button', { hasText: 'statistics' }).click();
			assert.equal(await page.locator('dialog[open]').count(), 1);
		},
		{ hash: '#b=1000-2000' },
	));

test('the link of a view gives the same view', () =>
	withPage(
		'plain',
		async (page) => {
			await press(page, 'm', 'j', 'p');
			const link = await page.evaluate(() => globalThis.pftrace.state.link());
			const before = await page.evaluate(() =>
				['brush', 'range', 'markers', 'task', 'percentiles', 'filter'].map(
					(name) => globalThis.pftrace.state[name].value,
				),
			);
			const copy = page.locator('.selection button', { hasText: 'copy link' });
			// it says so for a moment only
			await copy.evaluate((button) => {
				globalThis.said = new Promise((done) => {
					new MutationObserver(() => done(button.textContent)).observe(button, { childList: true });
				});
			});
			await copy.click();
			assert.equal(await page.evaluate(() => globalThis.said), 'copied');
			await page.evaluate(() => {
				for (const [name, value] of [
					['brush', null],
					['markers', []],
					['task', null],
					['percentiles', false],
					['filter', ''],
				])
					globalThis.pftrace.state[name].value = value;
			});
			await page.waitForFunction(() => !location.hash.includes('task'));
			await page.evaluate(
				(hash) => {
					location.hash = hash;
				},
				link.slice(link.indexOf('#')),
			);
			await page.waitForFunction(() => globalThis.pftrace.state.task.value !== null);
			assert.deepEqual(
				await page.evaluate(() =>
					['brush', 'range', 'markers', 'task', 'percentiles', 'filter'].map(
						(name) => globalThis.pftrace.state[name].value,
					),
				),
				before,
			);
		},
		{ hash: '#t=500-3500&b=1000-2000&q=worker' },
	));

test('shift-drag moves, and so do A and D', () =>
	withPage(
		'plain',
		async (page) => {
			await drag(page, '#chart-1 canvas', 0.5, 0.25, { modifier: 'Shift' });
			near((await stateOf(page, 'range')).from, 1.25e9, 2e7);
			await press(page, 'a');
			near((await stateOf(page, 'range')).from, 1.05e9, 2e7);
			await press(page, 'd', 'd');
			near((await stateOf(page, 'range')).from, 1.45e9, 2e7);
			await press(page, 'ArrowLeft');
			near((await stateOf(page, 'range')).from, 1.25e9, 2e7);
		},
		{ hash: '#t=1000-2000' },
	));

test('W and S zoom, 0 shows all, Backspace and breadcrumbs go back', () =>
	withPage('plain', async (page) => {
		await press(page, 'w');
		near((await stateOf(page, 'range')).to, 3.4e9, 1e7);
		await press(page, 's', 's');
		assert.equal(await stateOf(page, 'range'), null);
		await page.evaluate(() => {
			for (const [from, to] of [
				[1e9, 3e9],
				[1.5e9, 2.5e9],
				[2e9, 2.1e9],
			])
				globalThis.pftrace.state.zoom({ from, to });
		});
		const crumbs = page.locator('.crumbs button');
		assert.deepEqual(
			(await crumbs.allInnerTexts()).slice(-2).map((text) => text.replace(/\s*›/, '').trim()),
			['2 s', '1 s'],
		);
		await press(page, 'Backspace');
		assert.deepEqual(await stateOf(page, 'range'), { from: 1.5e9, to: 2.5e9 });
		await crumbs.last().click();
		assert.deepEqual(await stateOf(page, 'range'), { from: 1e9, to: 3e9 });
		await press(page, '0');
		assert.equal(await stateOf(page, 'range'), null);
	}));

test('there is a way back only where it leads to another range', () =>
	withPage('plain', async (page) => {
		const back = page.getByRole('button', { name: '← back' });
		await press(page, '0', '0');
		await page.locator('#chart-1 canvas').dblclick({ position: { x: 400, y: 60 } });
		await frames(page);
		assert.equal(await back.isVisible(), false, 'nothing changed');
		await press(page, 'w');
		assert.equal(await back.isVisible(), true);
		const range = await stateOf(page, 'range');
		await press(page, '0', '0');
		await back.click();
		assert.deepEqual(await stateOf(page, 'range'), range);
		await press(page, 's', 's');
		assert.equal(await stateOf(page, 'range'), null);
		assert.equal(await back.isVisible(), false, 'zoomed out to where it began');
	}));

test('the overview zooms by a drag, moves what is shown, and resizes it', () =>
	withPage('plain', async (page) => {
		await drag(page, '.overview canvas', 0.25, 0.5, { y: 20 });
		near((await stateOf(page, 'range')).from, 1e9, 3e7);
		await drag(page, '.overview canvas', 0.4, 0.65, { y: 20 });
		near((await stateOf(page, 'range')).from, 2e9, 3e7);
		near((await stateOf(page, 'range')).to, 3e9, 3e7);
		await drag(page, '.overview canvas', 0.75, 0.9, { y: 20 });
		near((await stateOf(page, 'range')).from, 2e9, 3e7);
		near((await stateOf(page, 'range')).to, 3.6e9, 3e7);
		await press(page, 'Backspace');
		near((await stateOf(page, 'range')).to, 3e9, 3e7);
		await page.evaluate(() => document.activeElement.blur());
		await page.locator('.overview canvas').focus();
		await press(page, 'ArrowRight', 'ArrowRight');
		assert.match(await page.locator('.aside').innerText(), /% busy; 0\.0\d s to 0\.0\d s, all 4 cores/);
	}));

test('two markers tell their distance', () =>
	withPage('plain', async (page) => {
		const canvas = page.locator('#chart-1 canvas');
		await atRest(canvas);
		const box = await canvas.boundingBox();
		for (const part of [0.25, 0.75]) {
			await page.mouse.move(box.x + 76 + part * (box.width - 90), box.y + 60);
			await press(page, 'm');
		}
		const markers = await stateOf(page, 'markers');
		near(markers[1] - markers[0], 2e9, 1e7);
		assert.equal(await page.locator('#chart-4 .marker:visible').count(), 2);
		assert.match(await page.locator('.chip', { hasText: 'A to B' }).innerText(), /^A to B (2|1\.99\d*|2\.00\d*) s/);
		await page.waitForFunction(() => /^#m=[\d.]+_[\d.]+&at=/.test(location.hash));
		await press(page, 'Shift+M');
		assert.deepEqual(await stateOf(page, 'markers'), []);
	}));

test('percentiles are where the counts are', () =>
	withPage('plain', async (page) => {
		await page.locator('#chart-1 button', { hasText: 'percentiles' }).click();
		assert.equal(await stateOf(page, 'percentiles'), true);
		await frames(page);
		const found = await page.evaluate(() => {
			const { pftrace } = globalThis;
			const level = pftrace.layersOf['chart-1']('run')(1);
			return { low: level.low, gridNs: level.gridNs, of: level.percentiles?.map((bins) => bins[3] + level.low) };
		});
		const { rows } = capture('plain');
		// whichever level is drawn, its percentiles are those of its rows
		if (found.of) {
			const bins = rows.cells
				.filter((row) => row[3] === 'run' && row[2] >= 4 && Math.floor(row[0] / found.gridNs) === 3)
				.sort((a, b) => a[4] - b[4]);
			const total = bins.reduce((sum, row) => sum + row[5], 0);
			const at = (part) => {
				let sum = 0;
				return bins.find((row) => (sum += row[5]) >= total * part)[4];
			};
			assert.deepEqual(found.of, [0.5, 0.9, 0.99, 1].map(at));
		} else assert.fail('no percentiles were drawn');
		await press(page, 'p');
		assert.equal(await stateOf(page, 'percentiles'), false);
	}));

test('percentiles are drawn in charts 1 and 2, by their buttons and by P', () =>
	withPage('kvm', async (page) => {
		const buttons = [1, 2].map((chart) => page.locator(`#chart-${chart} button`, { hasText: 'percentiles' }));
		const drawn = async () => {
			for (const chart of [2, 1]) {
				await atRest(page.locator(`#chart-${chart} canvas`));
			}
			return {
				pressed: await Promise.all(buttons.map((button) => button.getAttribute('aria-pressed'))),
				pictures: await page.evaluate(() =>
					[1, 2].map((chart) => document.querySelector(`#chart-${chart} canvas`).toDataURL()),
				),
			};
		};
		const without = await drawn();
		await buttons[1].click();
		const with_ = await drawn();
		assert.deepEqual([without.pressed, with_.pressed], [Array(2).fill('false'), Array(2).fill('true')]);
		assert.ok(with_.pictures.every((picture, i) => picture !== without.pictures[i]));
		await press(page, 'p');
		assert.deepEqual(await drawn(), without);
		await press(page, 'p');
		assert.deepEqual(await drawn(), with_);
		await buttons[0].click();
		assert.deepEqual(await drawn(), without);
	}));

test('tasks are found by text, /regex/, cpu:, pid: and -x', () =>
	withPage('plain', async (page) => {
		const { rows } = capture('plain');
		const listed = async (query) => {
			await page.locator('.picker-panel input').fill(query);
			return page.locator('#task-list li').count();
		};
		await press(page, '/');
		const all = await page.evaluate(() => globalThis.pftrace.model.tasks.length);
		assert.equal(await listed('worker-1'), 3);
		assert.equal(await listed('/^worker-[12]$/'), 6);
		assert.equal(await listed('-worker'), all - 24);
		const onCore = new Set(rows.samples.filter((row) => row[3] === 3).map((row) => row[2]));
		assert.equal(await listed('cpu:3'), onCore.size);
		const tid = await page.evaluate(() => globalThis.pftrace.model.tasks.find((task) => task.name === 'worker-1').tid);
		assert.equal(await listed(`tid:${tid}`), 1);
		assert.equal(await listed('nobody'), 0);
		await press(page, 'Escape');
		assert.equal(await page.locator('.picker-panel').isVisible(), false);
		await press(page, '/');
		await listed(`tid:${tid}`);
		await press(page, 'Shift+Enter');
		assert.equal(await page.locator('.picker-button .label').innerText(), '1 task');
	}));

test('only, hide, and all again: in all charts', () =>
	withPage('plain', async (page) => {
		const { rows } = capture('plain');
		await press(page, '/');
		await page.keyboard.type('worker-2');
		await press(page, 'Shift+Enter');
		assert.equal(await stateOf(page, 'filter'), 'worker-2');
		const members = await page.evaluate(() => [...globalThis.pftrace.selected.value]);
		assert.equal(members.length, 3);
		const runs = rows.cells
			.filter((row) => row[3] === 'run' && members.includes(row[2]))
			.reduce((sum, row) => sum + row[5], 0);
		assert.match(await page.locator('#chart-1 .summary').innerText(), new RegExp(`^${runs.toLocaleString('en')} runs`));
		await openTable(page, 5);
		await tableHas(page, 5, 2 + 3);
		await page.locator('.chip', { hasText: 'worker-2' }).click();
		assert.equal(await stateOf(page, 'filter'), '');
		await page.locator('.picker-button').click();
		await page.locator('#task-list li', { hasText: 'worker-3' }).first().getByRole('button', { name: /^hide/ }).click();
		await tableHas(page, 5, 2 + 23);
		await page.locator('#task-list li', { hasText: 'worker-4' }).first().getByRole('button', { name: /^only/ }).click();
		await tableHas(page, 5, 2 + 1);
	}));

test('tasks are sorted and grouped, and a group is shown alone', () =>
	withPage('plain', async (page) => {
		await press(page, '/');
		const { rows } = capture('plain');
		const switches = new Map();
		for (const row of rows.samples) switches.set(row[2], (switches.get(row[2]) ?? 0) + row[5]);
		await page.locator('.picker-panel button', { hasText: 'switches' }).click();
		const most = Math.max(...switches.values());
		assert.equal(await page.locator('#task-list li .run').first().innerText(), most.toLocaleString('en'));
		await page.locator('.picker-panel select').selectOption('prefix');
		const groups = await page.locator('#task-list .name').allInnerTexts();
		assert.ok(groups.includes('worker'), groups.join());
		await page.locator('#task-list .pick', { hasText: 'worker' }).click();
		assert.equal(await stateOf(page, 'filter'), 'prefix:worker');
		assert.equal(await page.evaluate(() => globalThis.pftrace.selected.value.size), 24);
		for (const by of ['process', 'vm', 'cgroup']) {
			await press(page, '/');
			await page.locator('.picker-panel select').selectOption(by);
			assert.ok((await page.locator('#task-list li').count()) > 0);
			await press(page, 'Escape');
		}
	}));

test('arrows walk through the list of tasks, Enter follows one; J and K step', () =>
	withPage('plain', async (page) => {
		await press(page, '/');
		await page.keyboard.type('worker');
		await press(page, 'ArrowDown', 'ArrowDown');
		const name = await page.evaluate(() => document.activeElement.querySelector('.name').textContent);
		await press(page, 'Enter');
		const chosen = () => page.evaluate(() => globalThis.pftrace.model.task(globalThis.pftrace.state.task.value).name);
		assert.equal(await chosen(), name);
		const before = await stateOf(page, 'task');
		await press(page, 'j');
		assert.notEqual(await stateOf(page, 'task'), before);
		await press(page, 'k');
		assert.equal(await stateOf(page, 'task'), before);
		await press(page, 'Escape');
		assert.equal(await stateOf(page, 'task'), null);
	}));

for (const chart of [1, 2, 3, 4, 5, 6])
	test(`arrows move a cell cursor in chart ${chart}, and it is announced`, () =>
		withPage('kvm', async (page) => {
			await press(page, String(chart));
			assert.equal(await page.evaluate(() => document.activeElement.closest('.card')?.id), `chart-${chart}`);
			const heard = new Set();
			for (const key of ['ArrowRight', 'ArrowDown', 'ArrowRight', 'ArrowDown', 'ArrowDown']) {
				await press(page, key);
				heard.add(await page.locator('.aside').innerText());
			}
			assert.ok(heard.size >= 3, [...heard].join(' | '));
			assert.ok([...heard].every((text) => text.length > 5));
			assert.equal(await stateOf(page, 'range'), null, 'time did not move');
			assert.equal(await page.locator(`#chart-${chart} .cell-cursor`).isVisible(), true);
		}));

test('a click pins the tooltip, Esc lets it go', () =>
	withPage('plain', async (page) => {
		await atRest(page.locator('#chart-1 canvas'));
		await page.locator('#chart-1 canvas').click({ position: { x: 400, y: 200 } });
		await page.locator('.tooltip.pinned').waitFor();
		await press(page, 'Escape');
		assert.equal(await page.locator('.tooltip').isVisible(), false);
		await press(page, '5', 'ArrowRight', 'Enter');
		assert.equal(await page.locator('.tooltip.pinned').count(), 1);
	}));

test('a name in a chart is followed by a click', () =>
	withPage('plain', async (page) => {
		const canvas = page.locator('#chart-5 canvas');
		await atRest(canvas);
		await canvas.click({ position: { x: 30, y: 26 + 22 * 2.5 } });
		assert.notEqual(await stateOf(page, 'task'), null);
	}));

test('T changes the theme, ? helps, numbers go to charts', () =>
	withPage('plain', async (page) => {
		await press(page, 't');
		assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
		await page.getByRole('button', { name: 'Light or dark (T)' }).click();
		assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'light');
		await press(page, '?');
		assert.equal((await page.locator('dialog[open] dt').count()) > 10, true);
		await press(page, 't', 'Escape');
		assert.equal(
			await page.evaluate(() => document.documentElement.dataset.theme),
			'light',
			'letters do nothing behind the help',
		);
	}));

test('CSV of a chart holds the rows of the capture: in sight, and all', () =>
	withPage(
		'plain',
		async (page) => {
			const { rows } = capture('plain');
			const runNs = (table) => table.slice(1).reduce((sum, row) => sum + Number(row[6]), 0);
			const sight = csvRows((await exported(page, { format: 'CSV', chart: 'chart-4' })).bytes);
			assert.deepEqual(sight[0], ['from_ns', 'to_ns', 'cpu', 'task', 'tid', 'name', 'run_ns', 'switches']);
			assert.equal(
				runNs(sight),
				rows.samples.filter((row) => row[0] >= 1e9 && row[0] < 2e9).reduce((sum, row) => sum + row[4], 0),
			);
			const all = csvRows((await exported(page, { format: 'CSV', chart: 'chart-4', part: 'all' })).bytes);
			assert.equal(
				runNs(all),
				rows.samples.reduce((sum, row) => sum + row[4], 0),
			);
			const heat = csvRows((await exported(page, { format: 'CSV', chart: 'chart-1', part: 'all' })).bytes);
			assert.equal(
				heat
					.slice(1)
					.filter((row) => row[2] === 'wait')
					.reduce((sum, row) => sum + Number(row[5]), 0),
				rows.cells.filter((row) => row[3] === 'wait' && row[2] >= 4).reduce((sum, row) => sum + row[5], 0),
			);
		},
		{ hash: '#t=1000-2000' },
	));

test('pictures of every chart: PNG and SVG', () =>
	withPage('kvm', async (page) => {
		for (const chart of [1, 2, 3, 4, 5, 6].map((number) => `chart-${number}`)) {
			const png = await exported(page, { format: 'PNG', chart });
			assert.match(png.name, new RegExp(`${chart}\\.png$`));
			assert.deepEqual([...png.bytes.subarray(1, 4)], [...Buffer.from('PNG')]);
			const svg = (await exported(page, { format: 'SVG', chart, part: 'all' })).bytes.toString('utf8');
			const problem = await page.evaluate(
				(text) =>
					new DOMParser().parseFromString(text, 'image/svg+xml').querySelector('parsererror')?.textContent ?? null,
				svg,
			);
			assert.equal(problem, null);
			assert.ok(svg.includes('<text') && svg.length > 2000);
		}
	}));

test('hostile names stay text in SVG and CSV', () =>
	withPage('hostile', async (page) => {
		const svg = (await exported(page, { format: 'SVG', chart: 'chart-5', part: 'all' })).bytes.toString('utf8');
		assert.ok(!/<script|<img|<!--/.test(svg));
		const csv = (await exported(page, { format: 'CSV', chart: 'chart-5', part: 'all' })).bytes.toString('utf8');
		assert.ok(csv.includes('"\'; window.hacked=1; //"') || csv.includes("'; window.hacked=1; //"));
		assert.ok(csv.includes('"""><svg onload=window.hacked=1>"'));
	}));
