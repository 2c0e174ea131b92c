// SPDX-License-Identifier: Apache-2.0
// Pointing at a place of a chart, whatever the machine is doing: what is above may still become
// higher, and a tooltip goes where its chart moves away.

export const PATIENCE_MS = 10000;
export const STILL_FRAMES = 8;

// Runs in the page. Resolves to the element's box once it stays where it is, at one height, and all
// charts in sight are painted: one that is not yet has another height than it will have.
export async function boxAtRest(element, frames) {
	const place = () => {
		const { top, height } = element.getBoundingClientRect();
		return [top, height, element.height].join();
	};
	const isAwaited = (canvas) => {
		const { top, bottom, width } = canvas.getBoundingClientRect();
		return !canvas.style.height && width > 0 && bottom > 0 && top < innerHeight;
	};
	const areAwaited = () => [...document.querySelectorAll('.plot canvas')].some(isAwaited);
	for (let [last, still] = [place(), 0]; still < frames; ) {
		await new Promise(requestAnimationFrame);
		still = place() === last && !areAwaited() ? still + 1 : 0;
		last = place();
	}
	const { x, y, width, height } = element.getBoundingClientRect();
	return { x, y, width, height, inSight: y + height > 0 && y < innerHeight };
}

const inSight = async (target) => {
	await target.scrollIntoViewIfNeeded();
	return (await target.evaluate(boxAtRest, STILL_FRAMES)).inSight;
};

// Until it is in sight and stays where it is.
export async function atRest(target) {
	for (const end = Date.now() + PATIENCE_MS; !(await inSight(target)); )
		if (Date.now() > end) throw new Error('it does not stay in sight');
}

// Until all charts were in sight once, and are painted; then the page is at its top again.
export async function paintAll(page) {
	for (const canvas of await page.locator('.plot canvas').all()) await atRest(canvas);
	await page.evaluate(() => scrollTo(0, 0));
}

// Points at a place (in CSS pixels) of a canvas; resolves to the words of the tooltip.
export async function pointAt(page, canvas, position) {
	await atRest(canvas);
	const tooltip = page.locator('.tooltip');
	for (const end = Date.now() + PATIENCE_MS; ; ) {
		await canvas.hover({ position });
		await page.evaluate(
			() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
		);
		const words = (await tooltip.isVisible()) ? await tooltip.innerText() : '';
		if (words) return words;
		if (Date.now() > end) throw new Error('pointing shows no tooltip');
		// away and back: a pointer that stays where it is tells nothing
		await page.mouse.move(1, 1);
	}
}

// Opens the table of a chart, which is filled by an event that comes when it is open. What moves
// while it is being clicked takes no click.
export async function openTable(page, chart) {
	const details = page.locator(`#chart-${chart} details.as-table`);
	const isOpen = () => details.evaluate((each) => each.open);
	for (const end = Date.now() + PATIENCE_MS; !(await isOpen()); ) {
		if (Date.now() > end) throw new Error('the table does not open');
		await atRest(details.locator('summary'));
		await details.locator('summary').click();
	}
	await details.locator('tbody tr').first().waitFor();
	return details.locator('table');
}

// Until the table of a chart has that many rows.
export async function tableHas(page, chart, rows) {
	await page.waitForFunction(
		([id, wanted]) => document.querySelectorAll(`#${id} tbody tr`).length === wanted,
		[`chart-${chart}`, rows],
	);
}
