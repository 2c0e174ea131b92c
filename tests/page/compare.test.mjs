// SPDX-License-Identifier: Apache-2.0
// The page of several runs, whose every value is known (make_runs.py): what it tells, and what it does not.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { openPage, startBrowser } from './browser.mjs';
import { folder, run } from './captures.mjs';
import { csvRows, exported } from './exporting.mjs';
import { faintWords } from './ink.mjs';
import { atRest, openTable, paintAll, pointAt } from './pointing.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let browser;
before(async () => {
	browser = await startBrowser();
	// Debian's msgpack for Python belongs to Debian's Python
	execFileSync(existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3', [
		new URL('make_runs.py', import.meta.url).pathname,
		folder,
	]);
});
after(() => browser.close());

const file = (name) => join(folder, `load-${name}.cdict`);
let pages = 0;

async function withRuns(names, use, how = {}) {
	const path = join(folder, `compared-${pages++}.html`);
	const made = run('render', '--out', path, ...names.map(file));
	assert.equal(made.status, 0, made.stderr);
	const { page, problems, requests } = await openPage(browser, path, how);
	try {
		await use(page);
		assert.deepEqual(
			problems.filter((text) => !/willReadFrequently/.test(text)),
			[],
		);
		assert.deepEqual(await page.evaluate(() => globalThis.violations), []);
		assert.deepEqual(
			requests.filter((url) => !url.startsWith('file://')),
			[],
		);
	} finally {
		await page.context().close();
	}
}

const PAIR = ['before', 'after'];

// A chart's table as { head, rows: { name: { head: text } } }.
const tableOf = async (page, chart) => {
	return (await openTable(page, chart)).evaluate((table) => {
		const texts = (line) => [...line.children].map((cell) => cell.textContent);
		const [head] = [...table.tHead.rows].map(texts);
		return Object.fromEntries(
			[...table.tBodies[0].rows]
				.map(texts)
				.map(([name, ...cells]) => [name, Object.fromEntries(cells.map((cell, i) => [head[i + 1], cell]))]),
		);
	});
};

test('tasks of one name are one in all runs, and those of one run are told', () =>
	withRuns(PAIR, async (page) => {
		const head = await page.locator('.head').innerText();
		assert.match(head, /A before/i);
		assert.match(head, /2 tasks, by name, are in both A before and B after/);
		assert.match(head, /Only in A before: gone\./);
		assert.match(head, /Only in B after: fresh\./);
		assert.match(head, /The number of CPUs differs: A 2, B 4\./);
		assert.match(head, /The kernel differs: A 6\.2, B 6\.4\./);
		assert.equal(await page.title(), 'before, after – pftrace');
	}));

test('chart 5 tells shares of both runs, of cores that are there', () =>
	withRuns(PAIR, async (page) => {
		const rows = await tableOf(page, 5);
		assert.deepEqual(rows.both, {
			all: '30.0 % → 60.0 % (× 2.00)',
			'core 0': '20.0 % → 60.0 % (× 3.00)',
			'core 1': '10.0 % → 0.0 % (× 0.00)',
			'core 2': 'not known → 0.0 %',
			'core 3': 'not known → 0.0 %',
		});
		assert.equal(rows['gone only in A'].all, '10.0 % → not in this run');
		assert.equal(rows['fresh only in B'].all, 'not in this run → 10.0 %');
		assert.equal(rows['all tasks'].all, '60.0 % → 100.0 % (× 1.67)');
		assert.equal(rows.idle.all, '140.0 % → 110.0 % (× 0.79)');
		// what changed most first; who is in one run only last
		assert.deepEqual(Object.keys(rows), ['all tasks', 'idle', 'both', 'CPU 0/KVM', 'gone only in A', 'fresh only in B']);
	}));

test('chart 6 tells rates, not counts: one run is twice as long', () =>
	withRuns(PAIR, async (page) => {
		const rows = await tableOf(page, 6);
		assert.equal(rows.both.all, '400 → 300 (× 0.75)');
		assert.equal(rows['CPU 0/KVM'].all, '500 → 500 (× 1.00)');
	}));

test('chart 3 tells exits a second and host time, by reason', () =>
	withRuns(PAIR, async (page) => {
		let rows = await tableOf(page, 3);
		assert.deepEqual(rows['CPU 0/KVM'], {
			all: '700 → 1.1k (× 1.57)',
			HLT: '500 → 1k (× 2.00)',
			EPT_VIOLATION: '200 → 0 (× 0.00)',
			IO_INSTRUCTION: '0 → 100 (new)',
		});
		assert.deepEqual(rows['all vCPUs'], rows['CPU 0/KVM']);
		await page.locator('#chart-3').getByRole('button', { name: 'host time' }).click();
		rows = await tableOf(page, 3);
		assert.equal(rows['CPU 0/KVM'].HLT, '0.5 % → 0.5 % (× 1.00)');
	}));

test('a run that did not record KVM has no exits, which is not 0', () =>
	withRuns(['before', 'plain'], async (page) => {
		const rows = await tableOf(page, 3);
		assert.equal(rows['all vCPUs'].all, '700 → not known');
		assert.equal(rows['CPU 0/KVM only in A'].HLT, '500 → not in this run');
	}));

test('exits are there when the runs that have some are chosen, and the search lets their vCPUs through', async () => {
	await withRuns(['plain', 'one', 'before'], async (page) => {
		assert.deepEqual(await tableOf(page, 3), { 'all vCPUs': { all: 'not known → not known' } });
		await page.getByLabel('Run that is B in charts 3, 5 and 6').selectOption('2');
		assert.equal((await tableOf(page, 3))['CPU 0/KVM only in C'].HLT, 'not in this run → 500');
	});
	await withRuns(
		PAIR,
		async (page) => {
			assert.deepEqual(Object.keys(await tableOf(page, 3)), ['all vCPUs']);
			await page.keyboard.press('Escape');
			assert.equal((await tableOf(page, 3))['CPU 0/KVM'].HLT, '500 → 1k (× 2.00)');
		},
		{ hash: '#q=both' },
	);
});

const cellAt = async (page, chart, row, column) => {
	const canvas = page.locator(`#chart-${chart} canvas`);
	await atRest(canvas);
	await canvas.focus();
	const box = await canvas.boundingBox();
	const left = Math.max(88, Math.min(box.width * 0.26, 230));
	const width = column === 0 ? 84 : Math.min(130, (box.width - left - 10 - 84) / 4);
	const x = left + (column === 0 ? 42 : 84 + (column - 0.5) * width);
	return { canvas, x, y: 26 + (row + 0.5) * 22, edge: { x: left + 84 + (column - 1) * width + 3, y: 26 + row * 22 + 4 } };
};

test('a tooltip holds both values, the difference and the ratio', () =>
	withRuns(PAIR, async (page) => {
		const { canvas, x, y } = await cellAt(page, 5, 2, 1);
		const words = await pointAt(page, canvas, { x, y });
		for (const part of [
			/both, core 0/,
			/A before\s+20\.00 % of one core/,
			/B after\s+60\.00 % of one core/,
			/difference\s+\+40\.00 %/,
			/ratio\s+× 3\.00/,
		])
			assert.match(words, part);
	}));

const pixel = (page, chart, { x, y }) =>
	page.evaluate(
		([id, left, top]) => {
			const canvas = document.querySelector(`#chart-${id} canvas`);
			const ratio = canvas.width / canvas.clientWidth;
			return [...canvas.getContext('2d').getImageData(Math.round(left * ratio), Math.round(top * ratio), 1, 1).data];
		},
		[chart, x, y],
	);

test('on a phone there is room for a name beside the run that it is only in', () =>
	withRuns(
		['before', 'plain'],
		async (page) => {
			const [name, all] = await page.evaluate(() => {
				const { x } = globalThis.pftrace.page.exports['chart-5'].plot.box();
				const { columns, rect } = globalThis.pftrace.page.exports['chart-5'].plot.options.cells(
					globalThis.pftrace.page.exports['chart-5'].plot.box(),
				);
				return [x, rect(columns - 1, 0).width];
			});
			assert.ok(name >= 130, String(name));
			assert.ok(all >= 50, String(all));
		},
		{ viewport: { width: 390, height: 844 } },
	));

test('orange is more, violet is less, and what is missing has no colour', () =>
	withRuns(PAIR, async (page) => {
		const colour = async (column) => pixel(page, 5, (await cellAt(page, 5, 2, column)).edge);
		const more = await colour(1);
		assert.ok(more[0] > more[2] + 60, `orange: ${more}`);
		const less = await colour(2);
		assert.ok(less[2] > less[1] + 20 && less[2] > less[0], `violet: ${less}`);
		const missing = await colour(3);
		assert.ok(Math.max(...missing.slice(0, 3)) - Math.min(...missing.slice(0, 3)) < 12, `grey: ${missing}`);
	}));

for (const colorScheme of ['light', 'dark'])
	test(`words on colours can be read, whatever is shown, ${colorScheme}`, () =>
		withRuns(
			PAIR,
			async (page) => {
				for (const show of ['a', 'b', 'delta', 'ratio']) {
					await page.evaluate((what) => {
						globalThis.pftrace.state.show.value = what;
					}, show);
					const { checked, faint } = await faintWords(page, 'chart-5');
					assert.ok(checked > 1, `${show}: ${checked}`);
					assert.deepEqual(faint, [], show);
				}
				assert.deepEqual(await faintWords(page, 'chart-4-run-1'), { checked: 1, faint: [] });
			},
			{ colorScheme },
		));

test('what is shown is in the address, and a link brings it back', () =>
	withRuns(
		PAIR,
		async (page) => {
			await page.locator('#chart-5').getByRole('button', { name: 'B ÷ A' }).click();
			await page.waitForFunction(() => location.hash.includes('show=ratio'));
			assert.equal(
				await page.locator('#chart-6').getByRole('button', { name: 'B ÷ A' }).getAttribute('aria-pressed'),
				'true',
			);
		},
		{ hash: '#show=a' },
	));

test('charts 1 and 4 stand side by side on one time axis and one scale', () =>
	withRuns(PAIR, async (page) => {
		for (const id of ['chart-1', 'chart-2', 'chart-4'])
			for (const run of ['', '-run-1']) assert.equal(await page.locator(`#${id}${run}`).count(), 1, id + run);
		const legends = await page.evaluate(() =>
			['chart-1', 'chart-1-run-1'].map((id) => document.querySelector(`#${id} .legend`).innerText),
		);
		assert.equal(legends[0], legends[1]);
		// counts of one grid: both have the same columns
		const grids = await page.evaluate(() =>
			globalThis.pftrace.pages.map(({ model }) => [model.heatAll.gridNs, model.locality.gridNs]),
		);
		assert.deepEqual(grids[0], grids[1]);
		assert.deepEqual(await page.evaluate(() => globalThis.pftrace.state.view.value), { from: 0, to: 2e9 });
	}));

test('a range that only one run recorded tells nothing of the other', () =>
	withRuns(
		PAIR,
		async (page) => {
			const rows = await tableOf(page, 5);
			assert.equal(rows.both.all, 'not known → 60.0 %');
		},
		{ hash: '#t=1200-1800' },
	));

test('buckets of other lengths come to one grid, and no number changes', () =>
	withRuns(['before', 'coarse'], async (page) => {
		for (const chart of [3, 5, 6])
			for (const [name, cells] of Object.entries(await tableOf(page, chart)))
				for (const words of Object.values(cells)) {
					const [, a, b] = /^(.+) → (.+?)(?: \(.*\))?$/.exec(words);
					assert.equal(a, b, `chart ${chart}, ${name}`);
				}
		const grids = await page.evaluate(() =>
			globalThis.pftrace.pages.map(({ model }) =>
				[model.heatAll, model.heat, model.locality, model.exits].map((part) => part.gridNs),
			),
		);
		assert.deepEqual(grids, [
			[4e7, 4e7, 4e7, 4e7],
			[4e7, 4e7, 4e7, 4e7],
		]);
		assert.equal(
			...(await page.evaluate(() =>
				['chart-1', 'chart-1-run-1'].map((id) => document.querySelector(`#${id} .summary`).innerText),
			)),
		);
	}));

test('of three runs, any two are compared', () =>
	withRuns(['before', 'after', 'plain'], async (page) => {
		await page.getByLabel('Run that is B in charts 3, 5 and 6').selectOption('2');
		const rows = await tableOf(page, 5);
		assert.equal(rows.both.all, '30.0 % → 50.0 % (× 1.67)');
		assert.equal(await page.locator('#chart-1-run-2').count(), 1);
	}));

test('what else differs is told, of one and of several', () =>
	withRuns(['before', 'plain'], async (page) => {
		const words = await page.getByRole('list', { name: 'What else differs' }).innerText();
		assert.match(words, /^1 task, by name, is in both A before and B plain;/m);
		assert.match(words, /^The filters differ: A none, B name both\.$/m);
		assert.doesNotMatch(words, /kernel/);
	}));

test('each run has its overview, and a drag on one is a range of all', () =>
	withRuns(PAIR, async (page) => {
		const words = await page.locator('.overview-words').allInnerTexts();
		assert.deepEqual(
			words.map((text) => text.split(':')[0]),
			['A before', 'B after'],
		);
		const canvas = page.locator('.overview canvas').nth(1);
		await atRest(canvas);
		const { x, y, width } = await canvas.boundingBox();
		await page.mouse.move(x + width * 0.5, y + 20);
		await page.mouse.down();
		await page.mouse.move(x + width * 0.7, y + 20, { steps: 4 });
		await page.mouse.up();
		const { view, window } = await page.evaluate(() => ({
			view: globalThis.pftrace.state.view.value,
			window: globalThis.pftrace.state.window,
		}));
		assert.ok(view.from > window.from + 0.3 * (window.to - window.from) && view.to < window.to, JSON.stringify(view));
	}));

test('the tasks panel tells what each task had in either run', () =>
	withRuns(PAIR, async (page) => {
		const rows = await tableOf(page, 5);
		await page.keyboard.press('/');
		const listed = await page
			.locator('#task-list li')
			.evaluateAll((all) => all.map((each) => [...each.querySelectorAll('.name, .run')].map((part) => part.textContent)));
		const found = Object.fromEntries(listed.filter((parts) => parts.length === 2));
		assert.ok(rows.both.all.startsWith(found.both), found.both);
		assert.equal(found.gone, rows['gone only in A'].all.replace('not in this run', '–'));
		assert.equal(found.fresh, rows['fresh only in B'].all.replace('not in this run', '–'));
	}));

test('a filter and a chosen task hold in all runs', () =>
	withRuns(PAIR, async (page) => {
		await page.keyboard.press('/');
		await page.keyboard.type('both');
		await page.keyboard.press('Shift+Enter');
		const rows = await tableOf(page, 5);
		assert.deepEqual(Object.keys(rows), ['all tasks', 'idle', 'both']);
		await page.evaluate(() => {
			globalThis.pftrace.state.task.value = globalThis.pftrace.page.model.tasks.find((task) => task.name === 'gone').task;
		});
		assert.match(await page.locator('#chart-1-run-1 .summary').innerText(), /not in this run/);
		assert.match(await page.locator('#chart-1 .summary').innerText(), /100 runs/);
	}));

test('a name is followed in all runs, by pointer and by keyboard', () =>
	withRuns(PAIR, async (page) => {
		const task = () => page.evaluate(() => globalThis.pftrace.state.task.value);
		const name = Object.keys(await tableOf(page, 5))[2];
		const number = await page.evaluate(
			(wanted) => globalThis.pftrace.page.model.tasks.find((each) => each.name === wanted).task,
			name,
		);
		const canvas = page.locator('#chart-5 canvas');
		await atRest(canvas);
		for (const chosen of [number, null]) {
			await canvas.click({ position: { x: 20, y: 26 + 55 } });
			assert.equal(await task(), chosen);
		}
		for (const key of ['5', 'ArrowRight', 'ArrowDown', 'ArrowDown', 'ArrowLeft']) await page.keyboard.press(key);
		for (const chosen of [number, null]) {
			await page.keyboard.press('Enter');
			assert.equal(await task(), chosen);
			assert.ok(
				(await page.locator('.aside').first().innerText()).startsWith(chosen === null ? 'all tasks' : `${name}; ${name}`),
			);
		}
	}));

for (const colorScheme of ['light', 'dark'])
	test(`axe-core finds nothing, ${colorScheme}`, () =>
		withRuns(
			['before', 'after', 'plain'],
			async (page) => {
				await tableOf(page, 5);
				// and nothing below the bar on top
				await paintAll(page);
				await page.evaluate(AXE);
				const found = await page.evaluate(async () => {
					const { violations } = await globalThis.axe.run(document, {
						runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
					});
					return violations.map(
						({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`,
					);
				});
				assert.deepEqual(found, []);
			},
			{ colorScheme },
		));

test('one file makes the page of one capture', () =>
	withRuns(['before'], async (page) => {
		assert.equal(await page.locator('#chart-1-run-1').count(), 0);
		assert.equal(await page.locator('.overview').count(), 1);
		assert.equal(await page.title(), 'load-before – pftrace');
	}));

test('a core that was not recorded has no value, and is no part of all cores', async () => {
	await withRuns(['before', 'one'], async (page) => {
		const rows = await tableOf(page, 5);
		assert.equal(rows.both['core 0'], '20.0 % → not known');
		assert.equal(rows.both['core 1'], '10.0 % → 40.0 % (× 4.00)');
		assert.equal(rows.idle['core 0'], '50.0 % → not known');
	});
	await withRuns(['one'], async (page) => {
		await page.keyboard.press('i');
		assert.match(await page.locator('dialog.wide').innerText(), /1 tasks? ran; cores were busy 40\.0 %/);
		assert.equal(await page.locator('.overview-words').innerText(), 'Busy part of the 1 core that was recorded');
	});
});

test('exits a second are those of whole time steps, however short the range', () =>
	withRuns(
		PAIR,
		async (page) => {
			const rows = await tableOf(page, 3);
			assert.equal(rows['CPU 0/KVM'].HLT, '500 → 1k (× 2.00)');
		},
		{ hash: '#t=502-504' },
	));

test('a run without KVM, or without switches, has a word in place of an empty chart', () =>
	withRuns(['before', 'plain', 'kvm-only'], async (page) => {
		const words = (id) => page.locator(`#${id}`).innerText();
		assert.match(await words('chart-2-run-1'), /No KVM data/);
		assert.equal(await page.locator('#chart-2-run-1 canvas').count(), 0);
		assert.match(await words('chart-1-run-2'), /No scheduler data/);
		for (const id of ['chart-1', 'chart-1-run-1', 'chart-2', 'chart-2-run-2'])
			assert.equal(await page.locator(`#${id} canvas`).count(), 1, id);
	}));

test('CSV of a comparison holds the range in sight, or all that any run recorded', () =>
	withRuns(
		PAIR,
		async (page) => {
			const of = async (chart, part) => csvRows((await exported(page, { format: 'CSV', chart, part })).bytes);
			const both = (rows) => rows.find((row) => row[0] === 'both' && row[1] === 'all').slice(3, 5);
			assert.deepEqual(both(await of('chart-5', 'what is in sight')), ['', '0.6']);
			assert.deepEqual(both(await of('chart-5', 'all')), ['0.3', '0.6']);
			const lanes = (await of('chart-4-run-1', 'all')).slice(1);
			assert.equal(Math.max(...lanes.map((row) => Number(row[1]))), 2e9);
		},
		{ hash: '#t=1200-1800' },
	));

test('cores and searches are those of any run', async () => {
	const rowsOf = (hash) => {
		let rows;
		return withRuns(
			PAIR,
			async (page) => {
				rows = await tableOf(page, 5);
			},
			{ hash },
		).then(() => rows);
	};
	// only B has a core 3, and its one task there is in B only
	const third = await rowsOf('#cores=3');
	assert.deepEqual(Object.keys(third), ['all tasks', 'idle', 'fresh only in B']);
	assert.deepEqual(third['fresh only in B'], { all: 'not in this run → 10.0 %', 'core 3': 'not in this run → 10.0 %' });
	assert.ok('fresh only in B' in (await rowsOf('#q=cpu:3')));
	const first = await rowsOf('#cores=1');
	assert.equal(first.both.all, '10.0 % → 0.0 % (× 0.00)');
	assert.deepEqual(Object.keys(first.both), ['all', 'core 1']);
});

test('statistics are those of each run', () =>
	withRuns(
		PAIR,
		async (page) => {
			await page.keyboard.press('i');
			const dialog = page.locator('dialog.wide');
			assert.deepEqual(await dialog.locator('h3').allInnerTexts(), ['A before', 'B after']);
			const words = await dialog.innerText();
			assert.match(words, /Nothing of this range was recorded\.[^]*3 tasks ran; cores were busy 25\.0 %/);
			await page.keyboard.press('Escape');
			await page.keyboard.press('Escape');
		},
		{ hash: '#t=1200-1800' },
	));

test('a selection can be zoomed to in a comparison, too', () =>
	withRuns(
		PAIR,
		async (page) => {
			const bar = page.locator('.selection');
			assert.match(await bar.innerText(), /0\.5/);
			await bar.getByRole('button', { name: 'zoom' }).click();
			assert.deepEqual(await page.evaluate(() => globalThis.pftrace.state.view.value), { from: 5e8, to: 9e8 });
		},
		{ hash: '#b=500-900' },
	));
