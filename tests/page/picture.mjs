// SPDX-License-Identifier: Apache-2.0
// The picture of a page for README and gallery: node tests/page/picture.mjs PAGE.html OUT.png
// Charts that are empty or far below are put aside, so that one picture shows the most.

import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import { openPage, startBrowser } from './browser.mjs';
import { palettePng } from './palette_png.mjs';

const [path, out] = process.argv.slice(2);
if (!out) {
	console.error('usage: node tests/page/picture.mjs PAGE.html OUT.png');
	process.exit(2);
}
const browser = await startBrowser();
const { page } = await openPage(browser, resolve(path), { viewport: { width: 1400, height: 1290 } });
await page.evaluate(() => {
	for (const chart of [2, 3]) document.getElementById(`chart-${chart}`).hidden = true;
	// what is one machine's own stays there
	const [host, kernel] = document.querySelectorAll('.facts dd');
	host.textContent = 'demo';
	kernel.textContent = kernel.textContent.replace(/-.*/, '');
});
await page.mouse.move(0, 0);
await page.waitForTimeout(500);
const shot = (await page.screenshot()).toString('base64');
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
