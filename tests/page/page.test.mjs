// SPDX-License-Identifier: Apache-2.0
// Pages of made captures in a real browser: are they right, readable, inert?

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { capture, run } from './captures.mjs';
import { atRest, openTable, paintAll, pointAt } from './pointing.mjs';
import { withPage } from './with_page.mjs';

const sums = (rows, keyOf, valueOf) => {
	const found = {};
	for (const row of rows) found[keyOf(row)] = (found[keyOf(row)] ?? 0) + valueOf(row);
	return found;
};

// What the page decoded, as plain objects keyed "group column-start inner".
const decoded = (page) =>
	page.evaluate(() => {
		const { model } = globalThis.pftrace;
		const flat = (part, valueIndex) => {
			const out = {};
			for (let group = 0; group < part.upper.length; group++)
				for (let i = part.begins[group]; i < part.begins[group + 1]; i++)
					out[
						[
							part.upper[group],
							part.lower[group],
							(part.first + part.column[i]) * part.gridNs,
							part.inner ? part.inner[i] : 0,
						].join(' ')
					] = part.values[valueIndex][i];
			return out;
		};
		return {
			run: flat(model.locality, 0),
			switches: flat(model.locality, 1),
			migrations: flat(model.migrations, 0),
			heat: flat(model.heat, 0),
			heatAll: flat(model.heatAll, 0),
			exits: flat(model.exits, 0),
			host: flat(model.exits, 1),
			heatKinds: model.meta.heat_kinds,
			exitKinds: model.meta.exit_kinds,
			grid: model.locality.gridNs,
		};
	});

// How many different colours a part of a canvas has.
const colours = (page, selector) =>
	page.evaluate((chosen) => {
		const canvas = document.querySelector(chosen);
		const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
		return new Set(new Uint32Array(data.buffer)).size;
	}, selector);

for (const kind of ['plain', 'kvm', 'doubling', 'gaps', 'one-bucket', 'one-task', 'kvm-only'])
	test(`the decoded data of '${kind}' are the rows of the capture`, () =>
		withPage(kind, async (page) => {
			const { rows } = capture(kind);
			const found = await decoded(page);
			const start = (at) => Math.floor(at / found.grid) * found.grid;
			const sampleKey = ([at, , task, cpu]) => [cpu, 0, start(at), task].join(' ');
			assert.deepEqual(
				found.run,
				sums(rows.samples, sampleKey, (row) => row[4]),
			);
			assert.deepEqual(
				found.switches,
				sums(rows.samples, sampleKey, (row) => row[5]),
			);
			assert.deepEqual(
				found.migrations,
				sums(
					rows.samples.filter((row) => row[6] > 0),
					([at, , task, cpu]) => [task, 0, start(at), cpu].join(' '),
					(row) => row[6],
				),
			);
			const grid = Math.max(...rows.cells.map((row) => row[1]));
			assert.deepEqual(
				found.heat,
				sums(
					rows.cells,
					([at, , task, word, bin]) =>
						[found.heatKinds.indexOf(word), task, Math.floor(at / grid) * grid, bin].join(' '),
					(row) => row[5],
				),
			);
			const idle = (task) => (task < capture(kind).cores ? 1 : 0);
			assert.deepEqual(
				found.heatAll,
				sums(
					rows.cells,
					([at, , task, word, bin]) =>
						[found.heatKinds.indexOf(word), idle(task), Math.floor(at / grid) * grid, bin].join(' '),
					(row) => row[5],
				),
			);
			const kindOf = (isa, reason) => found.exitKinds.findIndex((each) => each.isa === isa && each.reason === reason);
			const exitKey = ([at, , task, isa, reason]) => [task, kindOf(isa, reason), at, 0].join(' ');
			assert.deepEqual(
				found.exits,
				sums(rows.exits, exitKey, (row) => row[5]),
			);
			assert.deepEqual(
				found.host,
				sums(rows.exits, exitKey, (row) => row[6]),
			);
		}));

// Rows of `pftrace export` as objects: no field of these tables has a comma or a quote in it.
function exportedRows(kind, table, ...options) {
	const { stdout, status, stderr } = run('export', '--table', table, ...options, capture(kind).cdict);
	assert.equal(status, 0, stderr);
	const [head, ...lines] = stdout
		.trim()
		.split(/\r?\n/)
		.map((line) => line.split(','));
	return lines.map((line) =>
		Object.fromEntries(head.map((name, i) => [name, /^\d+$/.test(line[i]) ? Number(line[i]) : line[i]])),
	);
}

for (const [kind, options] of [
	['kvm', []],
	['doubling', []],
	['gaps', []],
	['kvm', ['--from', '1000', '--cap', '2000']],
	['plain', ['--from', '500', '--task', 'worker-3']],
])
	test(`the decoded data of '${kind}' ${options.join(' ')} are what pftrace export gives`, () =>
		withPage(
			kind,
			async (page) => {
				const found = await decoded(page);
				const samples = exportedRows(kind, 'samples', ...options);
				assert.ok(samples.length > 20);
				const start = (row) => Math.floor(row.at_ns / found.grid) * found.grid;
				const key = (row) => [row.cpu, 0, start(row), row.task].join(' ');
				const ran = samples.filter((row) => row.run_ns > 0 || row.switches > 0);
				assert.deepEqual(
					found.run,
					sums(ran, key, (row) => row.run_ns),
				);
				assert.deepEqual(
					found.switches,
					sums(ran, key, (row) => row.switches),
				);
				assert.deepEqual(
					found.migrations,
					sums(
						ran.filter((row) => row.migrations > 0),
						(row) => [row.task, 0, start(row), row.cpu].join(' '),
						(row) => row.migrations,
					),
				);
				const cells = exportedRows(kind, 'cells', ...options);
				const grid = Math.max(...cells.map((row) => row.bucket_ns));
				assert.deepEqual(
					found.heat,
					sums(
						cells,
						(row) =>
							[found.heatKinds.indexOf(row.kind), row.task, Math.floor(row.at_ns / grid) * grid, row.bin].join(' '),
						(row) => row.count,
					),
				);
				const exits = exportedRows(kind, 'exits', ...options);
				const exitKey = (row) =>
					[
						row.task,
						found.exitKinds.findIndex((each) => each.isa === row.isa && each.reason === row.reason),
						row.at_ns,
						0,
					].join(' ');
				assert.deepEqual(
					found.exits,
					sums(exits, exitKey, (row) => row.count),
				);
				assert.deepEqual(
					found.host,
					sums(exits, exitKey, (row) => row.host_ns),
				);
			},
			{ options },
		));

test('all six charts are drawn, in both themes and at phone width', async () => {
	for (const how of [{}, { colorScheme: 'dark' }, { viewport: { width: 390, height: 844 } }])
		await withPage(
			'kvm',
			async (page) => {
				await paintAll(page);
				for (const chart of [1, 2, 3, 4, 5, 6])
					assert.ok((await colours(page, `#chart-${chart} canvas`)) > 6, `chart ${chart}`);
				assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing sticks out');
			},
			how,
		);
});

test('without KVM data charts 2 and 3 say so', () =>
	withPage('plain', async (page) => {
		for (const chart of [2, 3]) {
			assert.match(await page.locator(`#chart-${chart} .empty`).innerText(), /No KVM data[\s\S]*scheduler only/);
			assert.equal(await page.locator(`#chart-${chart} canvas`).count(), 0);
		}
	}));

test('run shares and switches in the tables are those of the rows', () =>
	withPage('plain', async (page) => {
		const { rows } = capture('plain');
		await openTable(page, 5);
		await openTable(page, 6);
		const cells = (chart, row) => page.locator(`#chart-${chart} tbody tr`).nth(row).locator('th, td').allInnerTexts();
		const busy = (cpu) =>
			rows.samples.filter((row) => row[2] >= 4 && (cpu === null || row[3] === cpu)).reduce((sum, row) => sum + row[4], 0);
		const percent = (ns) => `${((ns / 4e9) * 100).toFixed(1)} %`;
		assert.deepEqual(await cells(5, 0), ['all tasks', percent(busy(null)), ...[0, 1, 2, 3].map((cpu) => percent(busy(cpu)))]);
		const idle = rows.samples.filter((row) => row[2] < 4);
		const idleOf = (cpu) => idle.filter((row) => row[3] === cpu).reduce((sum, row) => sum + row[4], 0);
		assert.deepEqual(await cells(5, 1), [
			'idle',
			percent(idle.reduce((sum, row) => sum + row[4], 0)),
			...[0, 1, 2, 3].map((cpu) => percent(idleOf(cpu))),
		]);
		const [label, all] = await cells(6, 0);
		const switches = rows.samples.filter((row) => row[2] >= 4).reduce((sum, row) => sum + row[5], 0);
		assert.deepEqual([label, all], ['all tasks', `${Math.round(switches / 1000)}k`]);
	}));

test('a window and a choice of tasks hold for the page as they do for rows', () =>
	withPage(
		'plain',
		async (page) => {
			const { rows } = capture('plain');
			assert.deepEqual(await page.evaluate(() => globalThis.pftrace.model.window), { from: 1e9, to: 2e9 });
			const names = await page.evaluate(() => globalThis.pftrace.model.tasks.map((task) => task.name));
			assert.deepEqual([...new Set(names.map((name) => name.replace(/:\d+$/, '')))], ['worker-1']);
			assert.ok(names.every((name) => /:\d+$/.test(name)));
			// tasks 4 + 3 .. 4 + 5 are the worker-1s
			const wanted = rows.samples.filter((row) => row[0] >= 1e9 && row[0] < 2e9 && row[2] >= 7 && row[2] <= 9);
			await openTable(page, 5);
			const [, all] = await page.locator('#chart-5 tbody tr').first().locator('th, td').allInnerTexts();
			assert.equal(all, `${((wanted.reduce((sum, row) => sum + row[4], 0) / 1e9) * 100).toFixed(1)} %`);
			assert.match(await page.locator('.notices').innerText(), /chosen by --task/);
		},
		{ options: ['--from', '1000', '--cap', '2000', '--task', 'worker-1:', '--append-tid', '--merge-sys-tasks'] },
	));

test('the heat map table counts what ended in the range shown', () =>
	withPage(
		'plain',
		async (page) => {
			const { rows } = capture('plain');
			const runs = rows.cells
				.filter((row) => row[3] === 'run' && row[2] >= 4 && row[0] >= 1e9 && row[0] < 2e9)
				.reduce((sum, row) => sum + row[5], 0);
			assert.match(await page.locator('#chart-1 .summary').innerText(), new RegExp(`^${runs.toLocaleString('en')} runs`));
		},
		{ hash: '#t=1000-2000' },
	));

test('hostile names are text and nothing else', () =>
	withPage(
		'hostile',
		async (page, { path }) => {
			const html = readFileSync(path, 'utf8');
			assert.ok(!/onerror=|window\.hacked|onload=/.test(html), 'no name is in the markup');
			await paintAll(page);
			for (const chart of [4, 5, 6]) await page.locator(`#chart-${chart} summary`).click();
			await page.keyboard.press('/');
			const names = await page.locator('#task-list .name').allInnerTexts();
			assert.ok(names.includes('</script><img src=x onerror=window.hacked=1>'));
			assert.ok(names.includes('&lt;b&gt;&amp;'));
			assert.ok(
				names.every((name) => !/[\p{Cc}\u202e]/u.test(name)),
				'no control or direction marks reach the page',
			);
			await page.locator('#task-list li', { hasText: 'onerror' }).click();
			await page.locator('#chart-5 canvas').hover({ position: { x: 30, y: 80 } });
			assert.equal(await page.evaluate(() => globalThis.hacked), undefined);
			assert.equal(await page.locator('img, svg, iframe, object, embed').count(), 0);
			assert.equal(await page.locator('.facts dd').first().innerText(), '<host>&"\'');
		},
		{ options: ['--label', '</title><script>window.hacked=1</script>'] },
	));

test('the policy lets nothing in: no request, no other script, no eval', () =>
	withPage(
		'plain',
		async (page) => {
			const content = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
			assert.match(
				content,
				/default-src 'none'; script-src 'sha256-[^' ]+'; style-src 'sha256-[^' ]+'; img-src data: blob:; connect-src 'none'/,
			);
			const found = await page.evaluate(async () => {
				const result = {};
				result.fetch = await fetch('https://example.invalid/').then(
					() => 'let through',
					() => 'refused',
				);
				const script = document.createElement('script');
				script.textContent = 'globalThis.slipped = 1';
				document.body.append(script);
				result.script = globalThis.slipped ?? 'refused';
				// later: the debugger's own evaluation is let through
				await new Promise((done) =>
					setTimeout(() => {
						try {
							result.eval = new Function('return "let through"')();
						} catch {
							result.eval = 'refused';
						}
						done();
					}),
				);
				while (globalThis.violations.length < 3) await new Promise((done) => setTimeout(done, 5));
				result.violations = globalThis.violations.splice(0).sort();
				return result;
			});
			assert.deepEqual(found, {
				fetch: 'refused',
				script: 'refused',
				eval: 'refused',
				violations: ['connect-src', 'script-src', 'script-src-elem'],
			});
		},
		{ refused: true },
	));

test('losses, and a file that was cut, are said; exit code 3', async () => {
	await withPage('hostile', async (page) => {
		assert.match(
			await page.locator('.notices').innerText(),
			/Lost: sample blocks found no room in the ring: 9 \(750 switches\)/,
		);
		assert.match(await page.locator('.facts .bad').innerText(), /750 switches/);
	});
	await withPage(
		'cut',
		async (page) => {
			assert.match(await page.locator('.notices').innerText(), /not whole/);
			await paintAll(page);
			assert.ok((await colours(page, '#chart-4 canvas')) > 6);
		},
		{ status: 3 },
	);
});

for (const kind of ['empty', 'one-bucket', 'one-task', 'huge', 'gaps', 'kvm-only'])
	test(`the page of '${kind}' is sane`, () =>
		withPage(kind, async (page) => {
			await paintAll(page);
			assert.equal(await page.evaluate(() => document.documentElement.dataset.ready), 'true');
			const words = await page.locator('body').innerText();
			assert.ok(
				!/NaN|undefined|Infinity|\[object|null/.test(words),
				words.match(/.*(NaN|undefined|Infinity|\[object|null).*/)?.[0],
			);
			for (const key of [
				'w',
				'd',
				'j',
				'0',
				't',
				'p',
				'm',
				'm',
				'[',
				']',
				'/',
				'Escape',
				'i',
				'Escape',
				'e',
				'Escape',
				'1',
				'ArrowRight',
				'Enter',
				'Escape',
				'4',
				'End',
				'Escape',
				'5',
				'ArrowDown',
				'Escape',
				'Escape',
			])
				await page.keyboard.press(key);
			const later = await page.locator('body').innerText();
			assert.ok(!/NaN|undefined|Infinity|\[object/.test(later), later.match(/.*(NaN|undefined|Infinity|\[object).*/)?.[0]);
			if (kind === 'kvm-only')
				for (const chart of [1, 4, 5, 6])
					assert.match(await page.locator(`#chart-${chart} .empty`).innerText(), /No scheduler data/);
			if (kind === 'empty') assert.match(await page.locator('#chart-4 .empty').innerText(), /No task ran/);
		}));

test('a gap in the capture stays blank', () =>
	withPage('gaps', async (page) => {
		await paintAll(page);
		const found = await page.evaluate(() =>
			[1, 4].map((chart) => {
				const canvas = document.querySelector(`#chart-${chart} canvas`);
				const width = canvas.width - 90;
				const height = canvas.height - 60;
				// read once: Chromium warns of repeated reading
				const pixels = new Uint32Array(canvas.getContext('2d').getImageData(76, 12, width, height).data.buffer);
				const at = (part) =>
					new Set(
						pixels.filter((_, i) => {
							const x = (i % width) / width;
							return x >= part && x < part + 0.05;
						}),
					).size;
				return [at(0.1), at(0.55), at(0.85)];
			}),
		);
		for (const [before, gap, behind] of found) assert.ok(gap <= 3 && before > gap && behind > gap, JSON.stringify(found));
	}));

test('wheel, drag, double click and Backspace change the range that charts share', () =>
	withPage('plain', async (page) => {
		const range = () => page.evaluate(() => globalThis.pftrace.state.range.value);
		const canvas = page.locator('#chart-1 canvas');
		await atRest(canvas);
		const box = await canvas.boundingBox();
		await page.mouse.move(box.x + box.width / 2, box.y + 80);
		// a wheel's turn comes whenever the browser gets to it
		const isZoomed = () => page.waitForFunction(() => globalThis.pftrace.state.range.value !== null);
		await page.mouse.wheel(0, -300);
		await isZoomed();
		const zoomed = await range();
		assert.ok(zoomed.from > 0 && zoomed.to < 4e9);
		await page.keyboard.press('0');
		assert.equal(await range(), null);
		await page.mouse.move(box.x + 300, box.y + 60);
		await page.mouse.down();
		await page.mouse.move(box.x + 500, box.y + 90);
		await page.mouse.up();
		assert.equal(await range(), null, 'chosen, but not zoomed to');
		await page.locator('.selection button', { hasText: 'zoom' }).click();
		const dragged = await range();
		assert.ok(dragged.to - dragged.from > 4e8 && dragged.to - dragged.from < 7e8);
		await page.waitForFunction(() => location.hash.startsWith('#t='));
		await page.keyboard.press('Backspace');
		assert.equal(await range(), null);
		await page.mouse.move(box.x + 300, box.y + 60);
		await page.mouse.wheel(0, -300);
		await isZoomed();
		await page.mouse.dblclick(box.x + 300, box.y + 60);
		assert.equal(await range(), null);
	}));

test('a tooltip tells the exact count of a cell', () =>
	withPage('plain', async (page) => {
		const { rows } = capture('plain');
		const wanted = rows.cells.find((row) => row[3] === 'run' && row[2] >= 4 && row[0] >= 1e9);
		const total = rows.cells
			.filter((row) => row[3] === 'run' && row[2] >= 4 && row[0] === wanted[0] && row[4] === wanted[4])
			.reduce((sum, row) => sum + row[5], 0);
		await atRest(page.locator('#chart-1 canvas'));
		const at = await page.evaluate(
			([start, bin]) => {
				const { model } = globalThis.pftrace;
				const canvas = document.querySelector('#chart-1 canvas');
				const kinds = ['run', 'sleep', 'wait'].map((kind) => model.meta.heat_kinds.indexOf(kind));
				let [low, high] = [Infinity, 0];
				for (let group = 0; group < model.heat.upper.length; group++)
					if (kinds.includes(model.heat.upper[group]))
						for (let i = model.heat.begins[group]; i < model.heat.begins[group + 1]; i++) {
							low = Math.min(low, model.heat.inner[i]);
							high = Math.max(high, model.heat.inner[i]);
						}
				const [left, top, width, height] = [76, 8, canvas.clientWidth - 90, canvas.clientHeight - 36];
				return {
					x: left + ((start + 5e6) / 4e9) * width,
					y: top + height - ((bin - low + 0.5) / (high - low + 1)) * height,
				};
			},
			[wanted[0], wanted[4]],
		);
		await pointAt(page, page.locator('#chart-1 canvas'), at);
		assert.equal(await page.locator('.tooltip .strong .value').first().innerText(), String(total));
	}));

test('a task is chosen from the searchable list and followed in all charts', () =>
	withPage('plain', async (page) => {
		await page.locator('.picker-button').click();
		await page.locator('.picker-panel input').fill('worker-2');
		assert.equal(await page.locator('#task-list li').count(), 3);
		await page.keyboard.press('Enter');
		const task = await page.evaluate(() => globalThis.pftrace.state.task.value);
		const { rows } = capture('plain');
		const runs = rows.cells.filter((row) => row[3] === 'run' && row[2] === task).reduce((sum, row) => sum + row[5], 0);
		assert.match(await page.locator('#chart-1 .summary').innerText(), new RegExp(`^${runs.toLocaleString('en')} runs`));
		await page.waitForFunction((number) => location.hash === `#task=${number}`, task);
	}));

test('layers, lanes and sorting are a click away and kept in the address', () =>
	withPage('plain', async (page) => {
		await page.locator('#chart-1 button', { hasText: 'sleep' }).click();
		await page.locator('#chart-4 button', { hasText: 'tasks' }).click();
		const head = page.locator('#chart-5 canvas');
		await atRest(head);
		const x = await page.evaluate(() => {
			const width = document.querySelector('#chart-5 canvas').clientWidth;
			return Math.max(88, Math.min(width * 0.1, 150), Math.min(width * 0.32, 230, width - 72 - 4 * 26)) + 72 + 20;
		});
		await head.click({ position: { x, y: 10 } });
		await page.waitForFunction(() => location.hash === '#sort=0&lanes=tasks&layers=run.sleep');
	}));

test('letters typed into the search do nothing else', () =>
	withPage('plain', async (page) => {
		await page.keyboard.press('/');
		await page.keyboard.type('t0jw');
		assert.deepEqual(
			await page.evaluate(() => {
				const { state } = globalThis.pftrace;
				return [state.theme.value, state.range.value, state.task.value];
			}),
			['auto', null, null],
		);
		assert.equal(await page.locator('.picker-panel input').inputValue(), 't0jw');
	}));

test('the label is the title, and the licences of bundled code are shown', () =>
	withPage(
		'plain',
		async (page) => {
			assert.equal(await page.title(), 'A run – pftrace');
			assert.equal(await page.locator('h1').innerText(), 'A run');
			assert.match(await page.locator('.licences pre').textContent(), /d3-array 3\.2\.4 \(ISC\)[\s\S]*Copyright/);
		},
		{ options: ['--label', 'A run'] },
	));
