// SPDX-License-Identifier: Apache-2.0
// A real browser for the tests, and a page in it that notes everything that should not happen.

import { pathToFileURL } from 'node:url';

import { chromium } from 'playwright-core';

export const startBrowser = () =>
	chromium.launch({
		executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
		args: [
			'--headless',
			'--no-sandbox',
			'--disable-gpu',
			'--disable-background-networking',
			'--no-first-run',
		],
	});

// problems: console errors, exceptions, refused by the policy; requests: whatever was asked for.
export async function openPage(
	browser,
	path,
	{ viewport = { width: 1600, height: 900 }, colorScheme = 'light', hash = '' } = {},
) {
	const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
	const page = await context.newPage();
	const problems = [];
	const requests = [];
	page.on('console', (message) => {
		if (['error', 'warning'].includes(message.type())) problems.push(message.text());
	});
	page.on('pageerror', (error) => problems.push(String(error)));
	page.on('request', (request) => requests.push(request.url()));
	await page.addInitScript(() => {
		globalThis.violations = [];
		document.addEventListener('securitypolicyviolation', (event) =>
			globalThis.violations.push(event.violatedDirective),
		);
	});
	await page.goto(`${pathToFileURL(path)}${hash}`);
	await page.waitForFunction(() => document.documentElement.dataset.ready, null, { timeout: 60000 });
	await page.evaluate(
		() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
	);
	return { page, problems, requests };
}
