// SPDX-License-Identifier: Apache-2.0
// Pictures of a page for people to look at: node tests/page/shots.mjs PAGE.html [NAME [#hash]]
// They go to tests/page/shots/, which git ignores.

import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { openPage, startBrowser } from './browser.mjs';

const [path, name = 'page', hash = ''] = process.argv.slice(2);
if (!path) {
	console.error('usage: node tests/page/shots.mjs PAGE.html [NAME [#hash]]');
	process.exit(2);
}
const folder = join(dirname(fileURLToPath(import.meta.url)), 'shots');
await mkdir(folder, { recursive: true });
const browser = await startBrowser();
for (const [size, viewport] of [
	['wide', { width: 1600, height: 900 }],
	['phone', { width: 390, height: 844 }],
])
	for (const colorScheme of ['light', 'dark']) {
		const { page, problems } = await openPage(browser, resolve(path), { viewport, colorScheme, hash });
		await page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}-top.png`) });
		// of a comparison, a chart may be there once a run, or not at all
		for (const id of await page.locator('.card').evaluateAll((cards) => cards.map((card) => card.id))) {
			const card = page.locator(`#${id}`);
			await card.scrollIntoViewIfNeeded();
			await page.waitForTimeout(80);
			await card.screenshot({
				path: join(folder, `${name}-${size}-${colorScheme}-${id.replace('chart-', '')}.png`),
			});
		}
		if (problems.length) console.log(size, colorScheme, problems);
		await page.context().close();
	}
await browser.close();
