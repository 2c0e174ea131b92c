// SPDX-License-Identifier: Apache-2.0
// One browser for the tests of a file; a page of a capture, during which nothing may go wrong unseen.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { openPage, startBrowser } from './browser.mjs';
import { render } from './captures.mjs';

let browser;
before(async () => {
	browser = await startBrowser();
});
after(() => browser.close());

// Opens the page of a capture; afterwards nothing may have gone wrong unseen.
export async function withPage(kind, use, { options = [], status = 0, refused = false, ...how } = {}) {
	const made = render(kind, ...options);
	assert.equal(made.status, status, made.stderr);
	const { page, problems, requests } = await openPage(browser, made.path, how);
	try {
		await use(page, made);
		// what the policy refuses is told on the console, and that tests look at pixels more than once
		assert.deepEqual(
			problems.filter(
				(text) =>
					!/willReadFrequently/.test(text) && !(refused && /Content Security Policy/.test(text)),
			),
			[],
		);
		assert.deepEqual(await page.evaluate(() => globalThis.violations), []);
		assert.deepEqual(
			requests.filter((url) => !url.startsWith('file://') && !url.startsWith('blob:')),
			[],
		);
	} finally {
		await page.context().close();
	}
}
