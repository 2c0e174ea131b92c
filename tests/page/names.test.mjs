// SPDX-License-Identifier: Apache-2.0
// Names of a mapping file on the page: shown, sorted by group, grouped by VM, found by both names.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';

import { capture, folder, run } from './captures.mjs';
import { withPage } from './with_page.mjs';

const NAMES = [
	['Router', 2, 'vcpu0'],
	['Firewall', 10, 'vcpu0'],
	['Zebra', 1, 'vcpu10'],
	['Zebra', 1, 'vcpu2'],
	['</script>', 3, ''],
];

function mapping() {
	const tasks = JSON.parse(run('list', '--format', 'json', capture('plain').cdict).stdout)
		.filter((task) => task.kind === 'task' && task.tid)
		.slice(0, NAMES.length);
	const path = join(folder, 'names.csv');
	writeFileSync(path, tasks.map((task, i) => `${task.tid},,${NAMES[i][2]},,,${NAMES[i][1]},${NAMES[i][0]}`).join('\n'));
	return { path, comms: tasks.map((task) => task.comm) };
}

test('names of a mapping are on the page, by group, by VM, and beside the comm', () => {
	const { path, comms } = mapping();
	return withPage(
		'plain',
		async (page) => {
			const listed = () => page.locator('#task-list .name').allInnerTexts();
			await page.keyboard.press('/');
			await page.locator('.picker-panel button', { hasText: 'name' }).click();
			const named = (await listed()).filter((name) => /Router|Firewall|Zebra|script/.test(name));
			assert.deepEqual(named, [
				'Zebra.01.vcpu2',
				'Zebra.01.vcpu10',
				'Router.02.vcpu0',
				'Firewall.10.vcpu0',
				'</script>.03',
			]);
			await page.locator('.picker-panel input').fill('Router');
			assert.deepEqual(await listed(), ['Router.02.vcpu0']);
			await page.locator('.picker-panel input').fill(`/^${comms[0]}$/`);
			assert.ok((await listed()).includes('Router.02.vcpu0'));
			await page.locator('.picker-panel input').fill('');
			await page.locator('.picker-panel select').selectOption('vm');
			assert.deepEqual((await listed()).slice(0, 3), ['Firewall.10', 'Router.02', 'Zebra.01']);
		},
		{ options: ['--map', path] },
	);
});

test('a long name has one line of the legend, and is whole in the tooltip', () => {
	const [task] = JSON.parse(run('list', '--format', 'json', capture('plain').cdict).stdout).filter(
		(each) => each.kind === 'task',
	);
	const path = join(folder, 'long.csv');
	const name = 'long-name-'.repeat(15);
	writeFileSync(path, `${task.tid},,${name},,,1,vm`);
	return withPage(
		'plain',
		async (page) => {
			const key = page.locator('#chart-4 .key', { hasText: 'long-name' });
			const [long, other] = await Promise.all(
				[key, page.locator('#chart-4 .key').first()].map((each) =>
					each.evaluate((span) => span.getBoundingClientRect().height),
				),
			);
			assert.equal(long, other);
			assert.ok((await key.locator('[title]').getAttribute('title')).includes(name));
		},
		{ options: ['--map', path] },
	);
});
