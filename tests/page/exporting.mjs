// SPDX-License-Identifier: Apache-2.0
// What the page's export dialog saves, as a user would get it.

import { readFileSync } from 'node:fs';

export async function exported(page, { format, part = null, chart = null }) {
	await page.keyboard.press('e');
	const dialog = page.locator('dialog[open]');
	if (chart) await dialog.locator('select').selectOption(chart);
	await dialog.getByRole('button', { name: format }).click();
	if (part) await dialog.getByRole('button', { name: part, exact: true }).click();
	const [download] = await Promise.all([
		page.waitForEvent('download'),
		dialog.getByRole('button', { name: 'Save' }).click(),
	]);
	return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}
export const csvRows = (bytes) =>
	bytes
		.toString('utf8')
		.trim()
		.split('\r\n')
		.map((line) => line.split(','));
