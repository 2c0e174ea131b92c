// SPDX-License-Identifier: Apache-2.0
// Finding one's way in many tasks and cores: cores, groups, guests, migrations, who ran meanwhile.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { capture } from './captures.mjs';
import { atRest, openTable, pointAt } from './pointing.mjs';
import { withPage } from './with_page.mjs';

const stateOf = (page, name) => page.evaluate((key) => globalThis.pftrace.state[key].value, name);
const press = async (page, ...keys) => {
	for (const key of keys) await page.keyboard.press(key);
};
const frames = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
const sum = (rows, column) => rows.reduce((total, row) => total + row[column], 0);
const percent = (ns, of) => `${((ns / of) * 100).toFixed(1)} %`;
const IDLE = 4; // tasks of 'plain' below this one

async function tableOf(page, chart) {
	await openTable(page, chart);
	return page.evaluate(
		(id) => [...document.querySelectorAll(`#${id} table tr`)].map((row) => [...row.children].map((cell) => cell.innerText)),
		`chart-${chart}`,
	);
}
const column = (table, name) => table.slice(1).map((row) => row[table[0].findIndex((head) => head.startsWith(name))]);

test('cores are chosen in the toolbar, for all charts, and let go', () =>
	withPage('plain', async (page) => {
		const { rows } = capture('plain');
		await page.getByLabel(/^Cores, such as/).click();
		await page.keyboard.type('1-2');
		await press(page, 'Enter');
		await page.waitForFunction(() => location.hash === '#cores=1-2');
		const [head, all] = await tableOf(page, 5);
		assert.deepEqual(head.slice(2), ['core 1', 'core 2']);
		assert.equal(
			all[1],
			percent(
				sum(
					rows.samples.filter((row) => row[2] >= IDLE && [1, 2].includes(row[3])),
					4,
				),
				4e9,
			),
		);
		assert.equal(await page.locator('.overview-words').innerText(), 'Busy part of cores 1-2');
		await page.locator('#chart-1 canvas').hover({ position: { x: 300, y: 100 } });
		const there = new Set(rows.samples.filter((row) => row[2] >= IDLE && [1, 2].includes(row[3])).map((row) => row[2]));
		assert.equal(await page.evaluate(() => globalThis.pftrace.selected.value.size), there.size);
		await page.locator('.cores .chip').click();
		assert.equal(await stateOf(page, 'cores'), '');
	}));

test('C chooses cores by keyboard; what is not understood is said', () =>
	withPage('plain', async (page) => {
		await press(page, 'c');
		await page.keyboard.type('node:1');
		await press(page, 'Enter');
		assert.deepEqual(await page.evaluate(() => [...globalThis.pftrace.cores.value]), [2, 3]);
		await press(page, 'c');
		await page.keyboard.type('77');
		await press(page, 'Enter');
		assert.equal(await page.evaluate(() => globalThis.pftrace.cores.value), null);
		assert.equal(await page.getByLabel(/^Cores, such as/).getAttribute('aria-invalid'), 'true');
		assert.match(await page.locator('.cores .chip').innerText(), /no such core/);
		await press(page, 'Escape');
		assert.equal(await stateOf(page, 'cores'), '');
	}));

test('a click on the label of a lane shows that core alone, another one all', () =>
	withPage('plain', async (page) => {
		const canvas = page.locator('#chart-4 canvas');
		await atRest(canvas);
		await canvas.click({ position: { x: 40, y: 88 + 40 } });
		assert.equal(await stateOf(page, 'cores'), '1');
		await atRest(canvas);
		await canvas.click({ position: { x: 40, y: 40 } });
		assert.equal(await stateOf(page, 'cores'), '');
	}));

test('G groups rows of charts 3 to 6; a group is opened by a click', () =>
	withPage('kvm', async (page) => {
		await press(page, 'g');
		assert.equal(await stateOf(page, 'group'), 'prefix');
		await page.waitForFunction(() => location.hash === '#group=prefix');
		const table = await tableOf(page, 5);
		assert.deepEqual(column(table, 'task').slice(2).sort(), ['CPU', 'worker']);
		const { rows } = capture('kvm');
		const workers = rows.samples.filter((row) => row[2] >= 8 + 4);
		assert.equal(column(table, 'all')[table.slice(1).findIndex((row) => row[0] === 'worker')], percent(sum(workers, 4), 3e9));
		const exits = await tableOf(page, 3);
		assert.deepEqual(column(exits, 'task'), ['CPU × 4']);
		await page.evaluate(() => {
			globalThis.pftrace.state.lanes.value = 'tasks';
		});
		const lanes = page.locator('#chart-4 canvas');
		assert.match(await pointAt(page, lanes, { x: 400, y: 15 }), /^(CPU|worker)/);
		const canvas = page.locator('#chart-5 canvas');
		await atRest(canvas);
		const first = column(table, 'task')[2];
		await canvas.click({ position: { x: 20, y: 26 + 22 * 2.5 } });
		assert.deepEqual([await stateOf(page, 'filter'), await stateOf(page, 'group')], [`prefix:${first}`, 'none']);
		await press(page, 'Escape');
		assert.equal(await stateOf(page, 'filter'), '');
	}));

const heard = (page) => page.locator('.aside').innerText();
// where the names of the rows are, as a pointer finds them; the first two of charts 5 and 6 are all and idle
const NAMED = { 3: { y: 4 + 13, down: 0 }, 4: { y: 6 + 9, down: 0 }, 5: { y: 26 + 55, down: 2 }, 6: { y: 26 + 55, down: 2 } };
const lanesOfTasks = (page) =>
	page.evaluate(() => {
		globalThis.pftrace.state.lanes.value = 'tasks';
	});
async function clickName(page, chart) {
	const canvas = page.locator(`#chart-${chart} canvas`);
	await atRest(canvas);
	await canvas.click({ position: { x: 20, y: NAMED[chart].y } });
}
// the cell cursor on the name of the same row
async function goToName(page, chart) {
	await press(page, chart, 'ArrowRight', ...Array(NAMED[chart].down).fill('ArrowDown'), 'ArrowLeft');
	await frames(page);
}

for (const chart of ['3', '4', '5', '6'])
	test(`a group is opened in chart ${chart}, by pointer and by keyboard`, () =>
		withPage('kvm', async (page) => {
			const { rows } = capture('kvm');
			const runNs = (of) =>
				sum(
					rows.samples.filter((row) => of(row[2] - 8)),
					4,
				);
			const most = runNs((task) => task >= 4) > runNs((task) => task >= 0 && task < 4) ? 'worker' : 'CPU';
			const name = chart === '3' ? 'CPU' : most;
			const opened = async () => [await stateOf(page, 'filter'), await stateOf(page, 'group')];
			await lanesOfTasks(page);
			await press(page, 'g');
			await clickName(page, chart);
			assert.deepEqual(await opened(), [`prefix:${name}`, 'none']);
			await press(page, 'Escape', 'g');
			assert.deepEqual(await opened(), ['', 'prefix']);
			await goToName(page, chart);
			assert.match(await heard(page), new RegExp(`^${name}.*click shows its tasks$`, 's'));
			await press(page, 'Enter');
			assert.deepEqual(await opened(), [`prefix:${name}`, 'none']);
			const members = await page.evaluate(() => globalThis.pftrace.selected.value.size);
			assert.match(
				await heard(page),
				new RegExp(`^${members} tasks: prefix:${name}; ${name}.*click follows this task$`, 's'),
			);
		}));

for (const chart of ['3', '4', '5', '6'])
	test(`a name in chart ${chart} is followed, and let go, by pointer and by keyboard`, () =>
		withPage('kvm', async (page) => {
			await lanesOfTasks(page);
			await clickName(page, chart);
			const task = await stateOf(page, 'task');
			assert.notEqual(task, null);
			await clickName(page, chart);
			assert.equal(await stateOf(page, 'task'), null);
			await goToName(page, chart);
			const label = await page.evaluate((number) => globalThis.pftrace.label(globalThis.pftrace.model.task(number)), task);
			assert.ok((await heard(page)).startsWith(`${label}; `));
			await press(page, 'Enter');
			assert.equal(await stateOf(page, 'task'), task);
			assert.ok((await heard(page)).startsWith(`${label}; ${label}; `), 'what is shown now, and where one is');
			await press(page, 'Enter');
			assert.equal(await stateOf(page, 'task'), null);
			assert.match(await heard(page), /^all tasks but idle; /);
		}));

test('Enter on the label of a lane shows that core alone, another one all', () =>
	withPage('plain', async (page) => {
		await press(page, '4', 'ArrowRight', 'ArrowDown');
		assert.notEqual(await stateOf(page, 'cursor'), null);
		await press(page, 'ArrowLeft', 'ArrowLeft');
		assert.match(await heard(page), /^core 1 \(.*click shows this core alone$/);
		assert.equal(await stateOf(page, 'cursor'), null, 'a label is no moment');
		const [mark, canvas] = await Promise.all(
			['.cell-cursor', 'canvas'].map((each) => page.locator(`#chart-4 ${each}`).boundingBox()),
		);
		assert.ok(mark.x >= canvas.x && mark.x + mark.width <= canvas.x + 76, 'the mark is on the label');
		await press(page, 'Enter');
		assert.equal(await stateOf(page, 'cores'), '1');
		assert.match(await heard(page), /^\d+ tasks: on core 1; core 1 \(.*click shows all cores$/);
		await press(page, 'Enter');
		assert.equal(await stateOf(page, 'cores'), '');
		await press(page, 'ArrowRight', 'Enter');
		assert.equal(await page.locator('.tooltip.pinned').count(), 1, 'a cell is pinned as before');
		assert.equal(await stateOf(page, 'cores'), '');
	}));

test('G goes through the groups that the panel of tasks offers', () =>
	withPage('kvm', async (page) => {
		const groups = async () => [await stateOf(page, 'group'), ...column(await tableOf(page, 5), 'task')];
		const byKey = [];
		for (let i = 0; i < 5; i++) {
			await press(page, 'g');
			byKey.push(await groups());
		}
		assert.deepEqual(
			byKey.map(([by]) => by),
			['prefix', 'process', 'vm', 'cgroup', 'none'],
		);
		assert.equal(byKey[4].length, 1 + 2 + 12);
		for (const names of byKey) {
			await press(page, '/');
			await page.locator('.picker-panel select').selectOption(names[0]);
			await press(page, 'Escape');
			assert.deepEqual(await groups(), names);
		}
	}));

test('groups are chosen in the panel of tasks, too, and colours follow them', () =>
	withPage('kvm', async (page) => {
		const colours = () => page.evaluate(() => new Set([...globalThis.pftrace.taskColours.value].filter(Boolean)).size);
		const before = await colours();
		await press(page, '/');
		await page.locator('.picker-panel select').selectOption('vm');
		assert.equal(await stateOf(page, 'group'), 'vm');
		await press(page, 'Escape');
		assert.ok(before > 4 && (await colours()) === 2);
		assert.deepEqual(
			(await page.locator('#chart-4 .legend .key').allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim()).sort(),
			['guest-1 × 4', 'no vm × 8'],
		);
		await page.locator('.chip', { hasText: 'by VM' }).click();
		assert.equal(await stateOf(page, 'group'), 'none');
	}));

test('charts 2 and 3 show one guest, or one virtual CPU', () =>
	withPage('kvm', async (page) => {
		const { rows } = capture('kvm');
		const select = page.locator('#chart-2 select');
		assert.deepEqual(await select.locator('option').allInnerTexts(), [
			'all guests',
			'all of guest-1',
			'CPU 0/KVM',
			'CPU 1/KVM',
			'CPU 2/KVM',
			'CPU 3/KVM',
		]);
		await select.selectOption({ label: 'all of guest-1' });
		assert.equal(await stateOf(page, 'filter'), 'vm:"guest-1"');
		const guests = (of) =>
			sum(
				rows.cells.filter((row) => row[3] === 'guest' && of(row[2])),
				5,
			).toLocaleString('en');
		assert.ok((await page.locator('#chart-2 .summary').innerText()).startsWith(`${guests(() => true)} guest`));
		await page.locator('#chart-3 select').focus();
		await page.locator('#chart-3 select').selectOption({ label: 'CPU 2/KVM' });
		assert.equal(await stateOf(page, 'task'), 10);
		assert.ok((await page.locator('#chart-2 .summary').innerText()).startsWith(`${guests((task) => task === 10)} guest`));
		assert.deepEqual(column(await tableOf(page, 3), 'task'), ['CPU 2/KVM']);
		await select.selectOption('all');
		assert.deepEqual([await stateOf(page, 'filter'), await stateOf(page, 'task')], ['', null]);
	}));

test('migrations are those of the rows: in the table, in the tooltip, on the lanes', () =>
	withPage('plain', async (page) => {
		const { rows } = capture('plain');
		const table = await tableOf(page, 4);
		const total = column(table, 'migrations').reduce((all, text) => all + Number(text.replaceAll(',', '')), 0);
		assert.equal(total, sum(rows.samples, 6));
		const canvas = page.locator('#chart-4 canvas');
		await atRest(canvas);
		const box = await canvas.boundingBox();
		const bucket = 123;
		await pointAt(page, canvas, { x: 76 + ((bucket + 0.5) / 400) * (box.width - 90), y: 40 });
		const here = sum(
			rows.samples.filter((row) => row[0] === bucket * 1e7 && row[3] === 0),
			6,
		);
		assert.ok(here > 0);
		assert.equal(
			await page.locator('.tooltip .row', { hasText: 'came from another core' }).locator('.value').innerText(),
			`${here} ×`,
		);
	}));

test('a task that is followed draws its ways from core to core', () =>
	withPage('plain', async (page) => {
		const inked = () =>
			page.evaluate(() => {
				const canvas = document.querySelector('#chart-4 canvas');
				// the ink of lines, on the row of pixels between two lanes
				const { data } = canvas.getContext('2d').getImageData(76, 6 + 88 - 1, canvas.width - 90, 1);
				let dark = 0;
				for (let i = 0; i < data.length; i += 4) if (data[i] < 80 && data[i + 1] < 80 && data[i + 2] < 80) dark++;
				return dark;
			});
		await atRest(page.locator('#chart-4 canvas'));
		const before = await inked();
		await page.evaluate(() => {
			globalThis.pftrace.state.task.value = 5;
		});
		await frames(page);
		assert.ok((await inked()) > before, 'lines cross from lane to lane');
	}));

test('the table of chart 4 sorts by any column', () =>
	withPage('plain', async (page) => {
		for (const name of ['switched in', 'migrations', 'time']) {
			await tableOf(page, 4);
			await page.locator('#chart-4 thead button', { hasText: name }).focus();
			await press(page, 'Enter');
			const key = await page.evaluate(() => document.activeElement.closest('th').getAttribute('aria-sort'));
			assert.equal(key, 'descending');
			if (name === 'time') continue;
			const numbers = column(await tableOf(page, 4), name).map((text) => Number(text.replaceAll(',', '')));
			assert.deepEqual(
				numbers,
				numbers.slice().sort((a, b) => b - a),
			);
		}
		await page.locator('#chart-4 thead button', { hasText: 'task' }).click();
		const names = column(await tableOf(page, 4), 'task');
		assert.deepEqual(names, names.slice().sort(new Intl.Collator('en', { numeric: true }).compare));
		assert.equal(await page.locator('#chart-4 th[aria-sort="ascending"]').count(), 1);
	}));

test('charts 5 and 6 sort by name, by pointer and by keyboard', () =>
	withPage('plain', async (page) => {
		const canvas = page.locator('#chart-5 canvas');
		await atRest(canvas);
		await canvas.click({ position: { x: 20, y: 12 } });
		assert.equal(await stateOf(page, 'sort'), 'name');
		const names = column(await tableOf(page, 5), 'task')
			.slice(2)
			.map((text) => text.split(' ')[0]);
		assert.deepEqual(names, names.slice().sort(new Intl.Collator('en', { numeric: true }).compare));
		await tableOf(page, 6);
		await page.locator('#chart-6 thead button', { hasText: 'all' }).focus();
		await press(page, 'Enter');
		assert.equal(await stateOf(page, 'sort'), null);
	}));

test('the tooltip of a heat map has the histogram of its moment', () =>
	withPage('plain', async (page) => {
		await pointAt(page, page.locator('#chart-1 canvas'), { x: 400, y: 200 });
		const bars = page.locator('.tooltip .histogram canvas');
		assert.equal(await bars.getAttribute('aria-label'), 'How many of each length, in this moment');
		const coloured = await bars.evaluate((canvas) => {
			const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
			let columns = new Set();
			for (let i = 0; i < data.length; i += 4)
				if (data[i + 2] > data[i] + 60 && data[i + 3] > 200) columns.add((i / 4) % canvas.width);
			return columns.size;
		});
		assert.ok(coloured > 6, String(coloured));
		await press(page, '1');
		await atRest(page.locator('#chart-1 canvas')); // what scrolls takes its tooltip away
		await press(page, 'ArrowRight');
		await page.locator('.tooltip .histogram').waitFor();
	}));

test('the moment that is pointed at is in the address, and on all charts over time', () =>
	withPage(
		'plain',
		async (page) => {
			assert.equal(await stateOf(page, 'cursor'), 1.5e9);
			await page.locator('#chart-4').scrollIntoViewIfNeeded();
			for (const where of ['#chart-1', '#chart-4', '.overview'])
				assert.equal(await page.locator(`${where} .cursor-line`).evaluate((line) => !line.hidden), true, where);
			const canvas = page.locator('#chart-1 canvas');
			await atRest(canvas);
			await canvas.hover({ position: { x: 500, y: 100 } });
			await page.waitForFunction(() => /at=\d/.test(location.hash) && !/at=1500/.test(location.hash));
			await page.mouse.move(5, 300);
			await page.waitForFunction(() => location.hash === '');
		},
		{ hash: '#at=1500' },
	));

test('statistics tell who had the cores while the followed task waited', () =>
	withPage(
		'plain',
		async (page) => {
			const { rows } = capture('plain');
			await press(page, 'i');
			const table = page.locator('dialog[open] table', { hasText: 'waited: who had the cores' });
			const [label, part] = await table.locator('tbody tr').first().locator('th, td').allInnerTexts();
			// the same from the rows: shares of all cores in the steps in which its waits ended, by their length
			const task = 6;
			const weights = new Map();
			for (const row of rows.cells.filter((each) => each[3] === 'wait' && each[2] === task))
				weights.set(row[0], (weights.get(row[0]) ?? 0) + row[5] * 2 ** ((row[4] + 0.5) / 8));
			const sums = new Map();
			for (const [at, weight] of weights) {
				const here = rows.samples.filter((row) => row[0] === at);
				for (const row of here)
					if (row[2] !== task) sums.set(row[2], (sums.get(row[2]) ?? 0) + (weight * row[4]) / sum(here, 4));
			}
			const [most, value] = [...sums].sort((a, b) => b[1] - a[1])[0];
			assert.equal(
				label,
				await page.evaluate((number) => globalThis.pftrace.label(globalThis.pftrace.model.task(number)), most),
			);
			assert.equal(
				part,
				percent(
					value,
					[...weights.values()].reduce((all, each) => all + each, 0),
				),
			);
		},
		{ hash: '#task=6' },
	));

test('charts that come into sight move nothing', () =>
	withPage(
		'kvm',
		async (page) => {
			const height = () => page.evaluate(() => document.documentElement.scrollHeight);
			const before = await height();
			for (const chart of ['3', '4', '5', '6']) {
				await press(page, chart);
				await frames(page);
				await frames(page);
				assert.equal(await height(), before, chart);
			}
		},
		{ viewport: { width: 1400, height: 500 } },
	));

test('forced colours are those of the canvases, too', () =>
	withPage('kvm', async (page) => {
		await page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark' });
		await frames(page);
		const [canvas, system] = await page.evaluate(() => {
			const probe = document.createElement('i');
			probe.style.cssText = 'color: Canvas; forced-color-adjust: none';
			document.body.append(probe);
			return [globalThis.pftrace.theme.palette.value.plot, getComputedStyle(probe).color];
		});
		assert.equal(canvas, system);
		const pixel = await page.evaluate(() => [
			...document.querySelector('#chart-1 canvas').getContext('2d').getImageData(90, 20, 1, 1).data,
		]);
		assert.deepEqual(pixel.slice(0, 3), system.match(/\d+/g).slice(0, 3).map(Number));
	}));

async function exported(page, { format, part, chart }) {
	await press(page, 'e');
	const dialog = page.locator('dialog[open]');
	await dialog.locator('select').selectOption(chart);
	await dialog.getByRole('button', { name: format }).click();
	await dialog.getByRole('button', { name: part, exact: true }).click();
	const [download] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: 'Save' }).click()]);
	return readFileSync(await download.path(), 'utf8');
}

test('lanes without room for "core 11" have the number', () =>
	withPage(
		'crowd',
		async (page) => {
			const svg = await exported(page, { format: 'SVG', part: 'all', chart: 'chart-4' });
			assert.match(svg, />11<\/text>/);
			assert.doesNotMatch(svg, />core/);
		},
		{ viewport: { width: 390, height: 844 } },
	));

test('a link to more than there is shows all, and says so', () =>
	withPage(
		'plain',
		async (page) => {
			const all = page.getByRole('button', { name: 'show all' });
			assert.equal(await all.isVisible(), false);
			await page.waitForFunction(() => location.hash === '');
			await page.evaluate(() => {
				location.hash = '#t=3000-9000';
			});
			await page.waitForFunction(() => globalThis.pftrace.state.range.value === null && location.hash === '');
			await page.evaluate(() => {
				location.hash = '#t=3500-4500';
			});
			await all.waitFor();
			assert.deepEqual(await stateOf(page, 'range'), { from: 3e9, to: 4e9 });
		},
		{ hash: '#t=0-99999' },
	));

test('a range that ends within time steps tells what is counted', () =>
	withPage(
		'plain',
		async (page) => {
			const words = () => page.locator('.toolbar .range').innerText();
			assert.match(await words(), /· 6 ms \(counted in whole steps: 20 ms\)$/);
			await press(page, 'i');
			assert.match(await page.locator('dialog[open] h2').innerText(), /· 6 ms \(counted in whole steps: 20 ms\)$/);
			await press(page, 'Escape', '0');
			assert.match(await words(), /· 4 s$/);
		},
		{ hash: '#t=1007-1013' },
	));

test('pictures are of the selection, or of all, in numbers too', () =>
	withPage(
		'plain',
		async (page) => {
			const { rows } = capture('plain');
			const busy = (from, to) =>
				percent(
					sum(
						rows.samples.filter((row) => row[2] >= IDLE && row[0] >= from && row[0] < to),
						4,
					),
					to - from,
				);
			const selection = await exported(page, { format: 'SVG', part: 'what is in sight', chart: 'chart-5' });
			assert.ok(selection.includes(`>${busy(1e9, 2e9)}<`));
			const all = await exported(page, { format: 'SVG', part: 'all', chart: 'chart-5' });
			assert.ok(all.includes(`>${busy(0, 4e9)}<`));
			assert.deepEqual(await stateOf(page, 'range'), { from: 5e8, to: 3.5e9 }, 'what is shown stays');
		},
		{ hash: '#t=500-3500&b=1000-2000' },
	));

test('pid:, a filter in the address, and letting go of it by keyboard', () =>
	withPage(
		'plain',
		async (page) => {
			const members = await page.evaluate(() =>
				[...globalThis.pftrace.selected.value].map((number) => globalThis.pftrace.model.task(number).tgid),
			);
			assert.deepEqual(members, [1003, 1003, 1003]);
			await press(page, 'Escape');
			assert.equal(await stateOf(page, 'filter'), '');
		},
		{ hash: '#q=pid%3A1003' },
	));
