// SPDX-License-Identifier: Apache-2.0
// A chart on paper. Nothing scrolls there: its rows stand on sheets, one below the other, so that pages
// break between whole rows.

import { effect } from '@preact/signals-core';

import { countedWords, rangeWords } from '../data/facts.js';
import { count } from '../data/format.js';
import { element } from '../ui/dom.js';

const PAPER_PX = 1000; // as wide as A4 lies: on a page that stands, words of 11 px can still be read
const PAPER_DPR = 2;
const SHEET_PX = 600;
const ALL_SHEETS_PX = 2200;

// { sheets: [{ first, rows }], left: how many rows have no place }
export function sheetsOf(rows, rowPx) {
	const fitting = Math.min(rows, Math.floor(ALL_SHEETS_PX / rowPx));
	const each = Math.floor(SHEET_PX / rowPx);
	const sheets = Array.from({ length: Math.ceil(fitting / each) }, (_, i) => ({
		first: i * each,
		rows: Math.min(each, fitting - i * each),
	}));
	return { sheets, left: rows - fitting };
}

export const leftOutWords = (rows, left) =>
	left
		? `The first ${count(rows - left)} of ${count(rows)} rows: ${count(left)} ${left === 1 ? 'is' : 'are'} left out on paper.`
		: '';

function drawSheet(options, scroll, height) {
	const { left, right, top, bottom } = options.margin(PAPER_PX);
	const full = { width: PAPER_PX, height: height + top + bottom };
	const canvas = element('canvas', {
		class: 'sheet',
		role: 'img',
		'aria-label': options.label,
		width: PAPER_PX * PAPER_DPR,
		height: Math.round(full.height * PAPER_DPR),
	});
	const ctx = canvas.getContext('2d');
	ctx.scale(PAPER_DPR, PAPER_DPR);
	options.draw(ctx, {
		x: left,
		y: top,
		width: PAPER_PX - left - right,
		height,
		scroll,
		full,
		dpr: PAPER_DPR,
	});
	return canvas;
}

function drawSheets(options) {
	if (!options.rows) {
		const { top, bottom } = options.margin(PAPER_PX);
		return [drawSheet(options, 0, options.height(PAPER_PX) - top - bottom)];
	}
	const [rows, rowPx] = [options.rows.count(), options.rows.height()];
	const { sheets, left } = sheetsOf(rows, rowPx);
	return [
		...sheets.map((sheet) => drawSheet(options, sheet.first * rowPx, sheet.rows * rowPx)),
		left ? element('p', { class: 'left-out' }, leftOutWords(rows, left)) : null,
	].filter(Boolean);
}

// While the page is printed its sheets stand instead of the plot's canvas, seen before or not.
export function attachPaper(plot, options) {
	let sheets = [];
	let scrolled = 0;
	addEventListener('beforeprint', () => {
		scrolled = plot.element.scrollTop;
		options.depends();
		sheets = drawSheets(options);
		plot.element.append(...sheets);
		plot.element.classList.add('on-paper');
	});
	addEventListener('afterprint', () => {
		for (const sheet of sheets) sheet.remove();
		sheets = [];
		plot.element.classList.remove('on-paper');
		plot.element.scrollTop = scrolled;
		plot.request(); // what stands beside the canvas was of the sheets
	});
}

// What the toolbar tells on the screen: which part of the capture this is.
export function createPaperWords(page) {
	const words = element('p', { class: 'paper-words' });
	effect(() => {
		const view = page.state.view.value;
		words.textContent = `Shown: ${rangeWords(view)}${countedWords(page.model, view)}, ${page.taskWords()}.`;
	});
	return words;
}
