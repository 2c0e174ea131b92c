// SPDX-License-Identifier: Apache-2.0
// A chart as PNG, SVG or CSV, of what is in sight or of all.

import { count } from '../data/format.js';
import { SvgContext } from '../draw/svg.js';
import { choice, element, printable } from './dom.js';

const HEAD_PX = 34;
const PNG_SCALE = 2;
const SPARE_PX = 200; // for what stands above and below the rows

// RFC 4180, and nothing that a spreadsheet would take for a formula.
const cell = (value) => {
	if (value === null || value === undefined) return '';
	if (typeof value === 'number') return String(value);
	const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
export const csvText = ({ head, rows }) =>
	[head, ...rows]
		.map((row) => row.map(cell).join(','))
		.join('\r\n')
		.concat('\r\n');

function save(name, blob) {
	const url = URL.createObjectURL(blob);
	const link = element('a', { href: url, download: name });
	document.body.append(link);
	link.click();
	link.remove();
	setTimeout(() => URL.revokeObjectURL(url), 10000);
}

function drawAll(ctx, page, chart, box, title) {
	const palette = page.theme.palette.value;
	ctx.fillStyle = palette.panel;
	ctx.fillRect(0, 0, box.full.width, box.full.height + HEAD_PX);
	ctx.fillStyle = palette.ink;
	ctx.font = '600 14px system-ui, sans-serif';
	ctx.textAlign = 'left';
	ctx.textBaseline = 'middle';
	ctx.fillText(title, 8, HEAD_PX / 2);
	chart.plot.options.draw(ctx, {
		...box,
		y: box.y + HEAD_PX,
		full: { width: box.full.width, height: box.full.height + HEAD_PX },
	});
}

// Browsers draw no higher canvas, in pixels of the screen.
const CANVAS_MAX_PX = 32000;

// All rows, up to a height, or those in sight; and what is to be said of it.
function boxOf(chart, all, mostPx = Infinity) {
	const box = chart.plot.box();
	const { rows, margin } = chart.plot.options;
	if (!all || !rows) return { box, words: '' };
	const { top, bottom } = margin(box.full.width);
	const fitting = Math.min(rows.count(), Math.floor(mostPx / rows.height()));
	const height = fitting * rows.height();
	return {
		box: { ...box, scroll: 0, height, full: { ...box.full, height: height + top + bottom } },
		words: fitting < rows.count() ? ` · the first ${count(fitting)} of ${count(rows.count())} rows` : '',
	};
}

export function createExporting(page) {
	const { state, model } = page;
	const settings = { chart: 'chart-1', format: 'png', part: 'visible' };
	const charts = () => Object.entries(page.exports);
	const select = element('select', {
		'aria-label': 'Chart',
		onchange: () => {
			settings.chart = select.value;
		},
	});
	const pick = (label, name, options) =>
		choice({
			label,
			options,
			read: () => settings[name],
			write: (value) => {
				settings[name] = value;
				update();
			},
		});
	const format = pick('Format', 'format', [
		['png', 'PNG', 'A picture'],
		['svg', 'SVG', 'Lines and words'],
		['csv', 'CSV', 'The numbers'],
	]);
	const part = pick('Part', 'part', [
		['visible', 'what is in sight', 'The range of time shown, or the selection'],
		['all', 'all', 'All of the capture'],
	]);
	const dialog = element(
		'dialog',
		{ class: 'help', 'aria-label': 'Export' },
		element('h2', {}, 'Export'),
		element('div', { class: 'stack' }, select, format.element, part.element),
		element(
			'form',
			{ method: 'dialog' },
			element('button', { value: 'save', class: 'primary' }, 'Save'),
			' ',
			element('button', { value: '' }, 'Close'),
		),
	);
	document.body.append(dialog);
	const update = () => {
		format.update();
		part.update();
	};
	const fileName = (id, ending) =>
		`${
			printable(model.meta.label)
				.replace(/[^\p{L}\p{N}._-]+/gu, '-')
				.slice(0, 60) || 'pftrace'
		}-${id}.${ending}`;

	// at once, and not when the range has settled: it is drawn right now
	const show = (range) => {
		state.range.value = range;
		state.settled.value = state.view.value;
	};
	const write = async ({ chart: id, format: kind, part: wanted }) => {
		const chart = page.exports[id];
		if (!chart) return;
		const all = wanted === 'all';
		const before = state.range.peek();
		if (kind === 'csv') {
			save(
				fileName(id, 'csv'),
				new Blob([csvText(chart.csv(all ? state.window : (state.brush.value ?? state.view.value)))], {
					type: 'text/csv',
				}),
			);
			return;
		}
		show(all ? null : (state.brush.value ?? before));
		chart.plot.options.depends(); // it may be out of sight
		const mostPx = kind === 'svg' ? Infinity : CANVAS_MAX_PX / PNG_SCALE - SPARE_PX;
		const { box, words } = boxOf(chart, all, mostPx);
		const title = `${printable(model.meta.label)} · ${chart.title} · ${page.taskWords()}${words}`;
		const [width, height] = [box.full.width, box.full.height + HEAD_PX];
		const canvas = element('canvas', { width: width * PNG_SCALE, height: height * PNG_SCALE });
		const ctx = canvas.getContext('2d');
		if (kind === 'svg') {
			const svg = new SvgContext(ctx);
			drawAll(svg, page, chart, box, title);
			save(fileName(id, 'svg'), new Blob([svg.text(width, height, title)], { type: 'image/svg+xml' }));
		} else {
			ctx.scale(PNG_SCALE, PNG_SCALE);
			drawAll(ctx, page, chart, { ...box, dpr: PNG_SCALE }, title);
			save(
				fileName(id, 'png'),
				await new Promise((done) => {
					canvas.toBlob(done);
				}),
			);
		}
		show(before);
	};
	dialog.addEventListener('close', () => {
		if (dialog.returnValue === 'save') write(settings);
		dialog.returnValue = '';
	});
	return {
		open() {
			const near = document.activeElement?.closest?.('.card')?.id;
			select.replaceChildren(
				...charts().map(([id, chart]) => element('option', { value: id }, chart.title)),
			);
			settings.chart = page.exports[near]
				? near
				: page.exports[settings.chart]
					? settings.chart
					: charts()[0]?.[0];
			if (!settings.chart) return;
			select.value = settings.chart;
			update();
			dialog.showModal();
		},
		write,
	};
}
