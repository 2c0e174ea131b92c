// SPDX-License-Identifier: Apache-2.0
// The page for everybody: axe-core finds nothing, tables by keyboard, themes, small screens, print.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import test from 'node:test';

import { capture } from './captures.mjs';
import { faintWords } from './ink.mjs';
import { openTable, paintAll } from './pointing.mjs';
import { withPage } from './with_page.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// The debugger's own evaluation passes the page's policy, which stays as it is.
async function violations(page) {
	// what the bar on top covers is too small to be hit
	await page.evaluate(() => scrollTo(0, 0));
	await page.evaluate(AXE);
	return page.evaluate(async () => {
		const { violations: found } = await globalThis.axe.run(document, {
			runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
		});
		return found.map(
			({ id, help, nodes }) =>
				`${id}: ${help}: ${nodes
					.slice(0, 3)
					.map((node) => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`)
					.join(' | ')}`,
		);
	});
}
const press = async (page, ...keys) => {
	for (const key of keys) await page.keyboard.press(key);
};

for (const [kind, colorScheme] of [
	['kvm', 'light'],
	['kvm', 'dark'],
	['plain', 'light'],
	['hostile', 'light'],
	['empty', 'dark'],
])
	test(`axe-core finds nothing in '${kind}', ${colorScheme}`, () =>
		withPage(
			kind,
			async (page) => {
				await paintAll(page);
				assert.deepEqual(await violations(page), []);
				for (const summary of await page.locator('main details > summary').all()) await summary.click();
				assert.deepEqual(await violations(page), [], 'with tables');
				if (kind === 'empty') return;
				await press(page, '/');
				assert.deepEqual(await violations(page), [], 'with the tasks open');
				await press(page, 'Escape', 'i');
				assert.deepEqual(await violations(page), [], 'with statistics');
				await press(page, 'Escape', 'e');
				assert.deepEqual(await violations(page), [], 'with export');
				await press(page, 'Escape', '?');
				assert.deepEqual(await violations(page), [], 'with help');
			},
			{ colorScheme, hash: '#b=500-900&m=100_200&percentiles=on' },
		));

test('axe-core finds nothing at phone width', () =>
	withPage(
		'kvm',
		async (page) => {
			await paintAll(page);
			assert.deepEqual(await violations(page), []);
			await press(page, '/');
			assert.deepEqual(await violations(page), []);
			assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing sticks out');
			await press(page, 'Escape', 'm', 'Shift+M', 'p', 'i', 'Escape');
			assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing sticks out');
		},
		{ viewport: { width: 390, height: 844 }, hash: '#b=500-900' },
	));

test('every chart has its table, reached by Tab and opened by Enter', () =>
	withPage('kvm', async (page) => {
		const opened = new Set();
		for (let i = 0; i < 120 && opened.size < 6; i++) {
			await press(page, 'Tab');
			const id = await page.evaluate(() =>
				document.activeElement.matches('summary') ? (document.activeElement.closest('.card')?.id ?? null) : null,
			);
			if (!id || opened.has(id)) continue;
			await press(page, 'Enter');
			await page.locator(`#${id} tbody tr`).first().waitFor();
			opened.add(id);
		}
		assert.deepEqual(
			[...opened].sort(),
			[1, 2, 3, 4, 5, 6].map((number) => `chart-${number}`),
		);
	}));

test('columns of the tables of charts 5 and 6 sort by keyboard', () =>
	withPage('plain', async (page) => {
		const { rows } = capture('plain');
		await openTable(page, 6);
		await page.locator('#chart-6 thead button', { hasText: 'core 2' }).focus();
		await press(page, 'Enter');
		await page.waitForFunction(() => location.hash === '#sort=2');
		const sums = new Map();
		for (const row of rows.samples) if (row[2] >= 4 && row[3] === 2) sums.set(row[2], (sums.get(row[2]) ?? 0) + row[5]);
		const texts = await page.locator('#chart-6 tbody tr td:nth-child(5)').allInnerTexts();
		const sorted = [...sums.values()].sort((a, b) => b - a);
		assert.equal(texts[2], sorted[0] < 1000 ? String(sorted[0]) : `${(sorted[0] / 1000).toFixed(1).replace(/\.0$/, '')}k`);
		assert.equal(await page.locator('#chart-6 th[aria-sort="descending"]').innerText(), 'core 2 ▾');
	}));

test('forced colours keep what is chosen visible', () =>
	withPage('plain', async (page) => {
		await page.emulateMedia({ forcedColors: 'active' });
		assert.notEqual(
			await page
				.locator('.choice button[aria-pressed="true"]')
				.first()
				.evaluate((button) => getComputedStyle(button).outlineStyle),
			'none',
		);
		assert.equal(
			await page.locator('#chart-1 canvas').evaluate((canvas) => getComputedStyle(canvas).forcedColorAdjust),
			'none',
		);
	}));

test('arrows move a table that is wider than its place, and time where it is not', () =>
	withPage(
		'kvm',
		async (page) => {
			await openTable(page, 5);
			const holder = page.locator('#chart-5 .table-holder');
			const view = () => page.evaluate(() => globalThis.pftrace.state.view.value);
			const before = await view();
			await holder.focus();
			await press(page, 'ArrowRight');
			await page.waitForFunction(() => document.querySelector('#chart-5 .table-holder').scrollLeft > 0);
			assert.deepEqual(await view(), before);
			await page.setViewportSize({ width: 1600, height: 900 });
			await openTable(page, 4);
			await page.locator('#chart-4 .table-holder').focus();
			await press(page, 'ArrowRight');
			assert.ok((await view()).from > before.from);
		},
		{ viewport: { width: 390, height: 844 }, hash: '#t=1000-2000' },
	));

for (const colorScheme of ['light', 'dark'])
	test(`words on colours can be read, ${colorScheme}`, () =>
		withPage(
			'kvm',
			async (page) => {
				for (const chart of ['chart-5', 'chart-6']) {
					const { checked, faint } = await faintWords(page, chart);
					assert.ok(checked > 4, `${chart}: ${checked}`);
					assert.deepEqual(faint, [], chart);
				}
			},
			{ colorScheme },
		));

test('who wants less motion gets none', () =>
	withPage('plain', async (page) => {
		assert.ok(
			await page.evaluate(() =>
				[...document.querySelectorAll('*')].every((each) => parseFloat(getComputedStyle(each).transitionDuration) === 0),
			),
		);
	}));

test('printed, there are charts and no controls', () =>
	withPage(
		'plain',
		async (page) => {
			await page.emulateMedia({ media: 'print' });
			for (const gone of ['.toolbar', '.card .controls', '.selection'])
				assert.equal(await page.locator(gone).first().isVisible(), false, gone);
			assert.equal(await page.locator('#chart-1 canvas').isVisible(), true);
		},
		{ hash: '#b=500-900' },
	));
