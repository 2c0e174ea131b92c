// SPDX-License-Identifier: Apache-2.0
// A picture of a page for README and gallery: node tests/page/picture.mjs PAGE.html OUT.png VIEW
// Charts that are empty or not of the view are put aside, so that one picture shows the most.

import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import { openPage, startBrowser } from './browser.mjs';
import { palettePng } from './palette_png.mjs';

// the charts that stay; without `head` neither header nor overview do
const VIEWS = {
	page: { head: true, charts: [1, 4, 5, 6], width: 1400, height: 1290, colorScheme: 'light' },
	lanes: { charts: [4, 5, 6], width: 1200, colorScheme: 'dark', hash: '#group=prefix' },
	guests: { charts: [2, 3], width: 1200, colorScheme: 'light', hash: '#kvm=guest.host' },
};
const [path, out, name] = process.argv.slice(2);
const view = VIEWS[name];
if (!view) {
	console.error(`usage: node tests/page/picture.mjs PAGE.html OUT.png ${Object.keys(VIEWS).join('|')}`);
	process.exit(2);
}
const browser = await startBrowser();
const { page } = await openPage(browser, resolve(path), {
	viewport: { width: view.width, height: view.height ?? 2400 },
	colorScheme: view.colorScheme,
	hash: view.hash,
});
await page.evaluate(({ charts, head }) => {
	for (const card of document.querySelectorAll('.card'))
		card.hidden = !charts.includes(Number(card.id.slice(-1)));
	// what keeps only charts shows nothing of the rest
	if (!head)
		for (const other of document.querySelectorAll('.head, .overview, .toolbar, footer'))
			other.hidden = true;
	for (const pair of document.querySelectorAll('.pair'))
		pair.hidden = [...pair.children].every((card) => card.hidden);
	for (const plot of document.querySelectorAll('.plot.scrolls')) plot.scrollTop = 0;
	// what is one machine's own stays there
	const [host, kernel] = document.querySelectorAll('.facts dd');
	host.textContent = 'demo';
	kernel.textContent = kernel.textContent.replace(/-.*/, '');
}, view);
await page.mouse.move(0, 0);
await page.waitForTimeout(500);
const shot = (await (view.head ? page : page.locator('main')).screenshot()).toString('base64');
// the browser itself takes the picture apart
const blank = await browser.newPage();
const { width, height, text } = await blank.evaluate(async (data) => {
	const image = new Image();
	image.src = `data:image/png;base64,${data}`;
	await image.decode();
	const canvas = new OffscreenCanvas(image.width, image.height);
	const ctx = canvas.getContext('2d');
	ctx.drawImage(image, 0, 0);
	const { data: rgba } = ctx.getImageData(0, 0, image.width, image.height);
	let raw = '';
	for (let i = 0; i < rgba.length; i += 8192) raw += String.fromCharCode(...rgba.subarray(i, i + 8192));
	return { width: image.width, height: image.height, text: btoa(raw) };
}, shot);
const png = palettePng({ width, height, rgba: Buffer.from(text, 'base64') });
await writeFile(out, png);
console.log(`${out}: ${width}x${height}, ${png.length} bytes`);
await browser.close();
