// SPDX-License-Identifier: Apache-2.0
// Charts 3, 5 and 6 of several runs: a grid of tasks that shows A, B, their difference or their ratio, on
// one scale; the tooltip always tells both values.

import { computed, effect } from '@preact/signals-core';

import { fitText, FONT, line } from '../draw/axes.js';
import { divergingCss, inkOn, shareCss } from '../draw/colour.js';
import { createPlot } from '../draw/plot.js';
import { signed } from '../data/format.js';
import { ALL, difference, place } from '../data/runs_compare.js';
import { NO_NAME, choice, element, nameOf, printable, table } from '../ui/dom.js';
import { createCard, emptyState } from './card.js';

const ROW_PX = 22;
const HEAD_PX = 26;
const ALL_PX = 84;
const CELL_MAX_PX = 130;
const TEXT_MIN_PX = 34;
const NUMBER_PX = 60; // room for most numbers
const TABLE_ROWS = 500;

const factor = (ratio) => {
	if (ratio === null) return '';
	if (ratio === Infinity) return 'new';
	return ratio >= 100
		? `× ${ratio.toFixed(0)}`
		: ratio >= 0.1 || ratio === 0
			? `× ${ratio.toFixed(2)}`
			: `÷ ${(1 / ratio).toFixed(0)}`;
};

// `read(range)` gives { sides: [a, b] (data/runs_compare.js), columns: [{ key, label, title }], rows: [{ row, label, task }] };
// `format` of a measure: text(value), full(value). `none()` gives what stands there where no run, whatever is
// chosen, has any such value; else null.
export function createCompareGrid(
	compare,
	{ number, id, title, hint, read, measureOf, format, control = null, none = null },
) {
	const { page, state, theme } = compare;
	const compared = (range) => {
		const { a, b } = compare.pair.value;
		const found = read(a, b, range);
		const cell = (row, column) =>
			difference(...found.sides.map((side) => side.value(row, column, measureOf())));
		const rows = found.rows.map((each) => ({
			...each,
			cells: [ALL, ...found.columns.map((column) => column.key)].map((column) =>
				cell(each.row, column),
			),
		}));
		const cells = rows.filter((row) => row.task !== undefined).flatMap((row) => row.cells.slice(1));
		const most = (pick) => cells.reduce((highest, each) => Math.max(highest, pick(each)), 0);
		const tasks = rows.filter((row) => row.task !== undefined);
		const change = (row) => (row.cells[0].delta === null ? -1 : Math.abs(row.cells[0].delta));
		// those of one run only stand last: nothing is known of how they changed
		const byChange = (one, other) =>
			change(other) - change(one) ||
			(other.cells[0].a ?? other.cells[0].b ?? 0) - (one.cells[0].a ?? one.cells[0].b ?? 0);
		return {
			columns: found.columns,
			rows: [...rows.filter((row) => row.task === undefined), ...tasks.sort(byChange)],
			most: most((each) => Math.max(each.a ?? 0, each.b ?? 0)),
			mostDelta: most((each) => Math.abs(each.delta ?? 0)),
		};
	};
	const data = computed(() => compared(state.settled.value));
	const nothing = none?.();
	if (nothing) return createCard({ number, id, title, hint, body: [nothing] }).element;

	const show = () => state.show.value;
	const measure = () => format[measureOf()];
	const columnCount = () => data.value.columns.length + 1;
	// names come with "only in A": they take what numbers leave
	const labelWidth = (width) =>
		Math.max(
			88,
			Math.min(width * 0.26, 230),
			Math.min(width * 0.4, 230, width - ALL_PX - data.value.columns.length * NUMBER_PX),
		);
	const cellWidth = (box) =>
		Math.min(CELL_MAX_PX, Math.max(0.5, (box.width - ALL_PX) / Math.max(1, data.value.columns.length)));
	const columnX = (box, i) => (i === 0 ? box.x : box.x + ALL_PX + (i - 1) * cellWidth(box));

	const textOf = (cell) => {
		if (show() === 'ratio') return factor(cell.ratio);
		if (show() === 'delta') return cell.delta === null ? '' : signed(cell.delta, measure().text);
		return cell[show()] === null ? '' : measure().text(cell[show()]);
	};
	// null: blank
	const colourOf = (cell, bare) => {
		if (show() === 'a' || show() === 'b') {
			const value = cell[show()];
			if (!value) return null;
			const part =
				measureOf() === 'share'
					? Math.min(1, value) ** 0.4
					: Math.log1p(value) / Math.log1p(Math.max(1, data.value.most));
			return shareCss(theme.dark.value, Math.min(1, part), bare);
		}
		const at = place(show(), cell, data.value.mostDelta);
		return at ? divergingCss(at, theme.dark.value) : null;
	};
	const isMissing = (cell) =>
		show() === 'a' || show() === 'b' ? cell[show()] === null : cell.a === null || cell.b === null;

	const plot = createPlot(page, {
		label: `${title}: a grid that compares two runs; the table below holds the same numbers`,
		margin: (width) => ({ left: labelWidth(width), right: 10, top: HEAD_PX, bottom: 0 }),
		rows: { count: () => data.value.rows.length, height: () => ROW_PX, max: () => 460 },
		depends: () => [data.value, show(), state.task.value],
		draw(ctx, box) {
			const palette = theme.palette.value;
			ctx.font = FONT;
			ctx.textBaseline = 'middle';
			ctx.save();
			ctx.beginPath();
			ctx.rect(0, box.y, box.full.width, box.height);
			ctx.clip();
			for (let i = Math.floor(box.scroll / ROW_PX); i < data.value.rows.length; i++) {
				const top = box.y + i * ROW_PX - box.scroll;
				if (top > box.full.height) break;
				drawRow(ctx, box, data.value.rows[i], top, palette);
			}
			ctx.restore();
			drawHead(ctx, box, palette);
		},
		names: true,
		cells: (box) => ({
			columns: columnCount(),
			rows: Math.max(1, data.value.rows.length),
			rect: (column, row) => ({
				x: columnX(box, column),
				y: box.y + row * ROW_PX,
				width: column === 0 ? ALL_PX : cellWidth(box),
				height: ROW_PX,
			}),
		}),
		hover(x, y, box) {
			const { row, i } = at(x, y, box);
			if (y < box.y)
				return i >= 1 && i < columnCount()
					? { title: data.value.columns[i - 1].title, lines: [] }
					: null;
			if (!row) return null;
			if (x < box.x)
				return {
					title: labelOf(row),
					lines: compare.membersOf(row.task),
					note: row.task === undefined ? undefined : 'click follows this task',
					clickable: row.task !== undefined,
				};
			return i < columnCount() ? describe(row, i) : null;
		},
		click(x, y, box) {
			const { row } = at(x, y, box);
			if (x < box.x && y >= box.y && row?.task !== undefined) page.choose(row.task);
			else page.tooltip.pin();
		},
	});

	const at = (x, y, box) => ({
		row: data.value.rows[Math.floor((y - box.y + box.scroll) / ROW_PX)],
		i: x < box.x + ALL_PX ? 0 : 1 + Math.floor((x - box.x - ALL_PX) / cellWidth(box)),
	});
	const labelOf = (row) => printable(row.label) || NO_NAME;
	const missing = (row, run) =>
		row.task !== undefined && !run.has(row.task) ? 'not in this run' : 'not known';
	const describe = (row, i) => {
		const cell = row.cells[i];
		const { a, b } = compare.pair.value;
		const line = (run, value) => ({
			name: run.title,
			value: value === null ? missing(row, run) : measure().full(value),
		});
		const lines = [line(a, cell.a), line(b, cell.b)];
		if (cell.delta !== null)
			lines.push({ name: 'difference', value: signed(cell.delta, measure().full), strong: true });
		if (cell.ratio !== null)
			lines.push({
				name: 'ratio',
				value: cell.ratio === Infinity ? 'from nothing' : factor(cell.ratio),
				strong: true,
			});
		return { title: `${labelOf(row)}, ${i === 0 ? 'all' : data.value.columns[i - 1].title}`, lines };
	};

	const drawCell = (ctx, box, cell, i, top, palette) => {
		const width = i === 0 ? ALL_PX : cellWidth(box);
		const x = columnX(box, i);
		const gap = width > 12 ? 2 : width > 6 ? 1 : 0;
		let ink = palette.ink;
		if (isMissing(cell)) {
			if (width < 8) return;
			ctx.fillStyle = palette.muted;
			ctx.textAlign = 'center';
			ctx.fillText('–', x + width / 2, top + ROW_PX / 2);
			return;
		}
		const colour = i > 0 ? colourOf(cell, width < TEXT_MIN_PX) : null;
		if (colour) {
			ctx.fillStyle = colour;
			ctx.fillRect(x, top + 1, Math.max(1, width - gap), ROW_PX - 2);
			ink = inkOn(colour, palette.panel);
		}
		if (width < TEXT_MIN_PX) return;
		const text = textOf(cell);
		if (ctx.measureText(text).width > width - 6) return;
		ctx.fillStyle = ink;
		ctx.textAlign = i === 0 ? 'right' : 'center';
		ctx.fillText(text, i === 0 ? x + width - 14 : x + (width - gap) / 2, top + ROW_PX / 2 + 0.5);
	};
	const drawRow = (ctx, box, row, top, palette) => {
		const chosen = row.task !== undefined && state.task.value === row.task;
		if (chosen) {
			ctx.fillStyle = palette.panel;
			ctx.fillRect(0, top, box.full.width, ROW_PX);
		}
		ctx.font = row.task !== undefined ? FONT : FONT.replace('11px', '600 11px');
		ctx.textAlign = 'left';
		const tail = compare.onlyIn(row.task);
		const tailWidth = tail ? ctx.measureText(tail).width + 8 : 0;
		const name = fitText(ctx, labelOf(row), box.x - 12 - tailWidth);
		ctx.fillStyle = chosen ? palette.accent : palette.ink;
		ctx.fillText(name, 4, top + ROW_PX / 2 + 0.5);
		ctx.fillStyle = palette.muted;
		ctx.fillText(tail, 4 + ctx.measureText(name).width + 8, top + ROW_PX / 2 + 0.5);
		row.cells.forEach((cell, i) => drawCell(ctx, box, cell, i, top, palette));
		if (row.task === undefined) {
			ctx.strokeStyle = palette.grid;
			line(ctx, 0, top + ROW_PX - 0.5, box.full.width, top + ROW_PX - 0.5);
		}
	};
	const drawHead = (ctx, box, palette) => {
		ctx.font = FONT;
		ctx.fillStyle = palette.muted;
		ctx.textAlign = 'left';
		ctx.fillText('task', 4, HEAD_PX / 2 + 1);
		const width = cellWidth(box);
		const every = Math.max(1, Math.ceil(26 / width));
		['all', ...data.value.columns.map((column) => column.label)].forEach((label, i) => {
			if (i > 0 && (i - 1) % every) return;
			ctx.textAlign = i === 0 ? 'right' : 'center';
			ctx.fillText(
				i === 0 ? label : fitText(ctx, label, width * every - 4),
				i === 0 ? columnX(box, 0) + ALL_PX - 14 : columnX(box, i) + (width - 2) / 2,
				HEAD_PX / 2 + 1,
			);
		});
		ctx.strokeStyle = palette.grid;
		line(ctx, 0, HEAD_PX - 0.5, box.full.width, HEAD_PX - 0.5);
	};

	const cellWords = (row, cell) => {
		const { a, b } = compare.pair.value;
		const side = (run, value) => (value === null ? missing(row, run) : measure().text(value));
		return `${side(a, cell.a)} → ${side(b, cell.b)}${cell.ratio === null ? '' : ` (${factor(cell.ratio)})`}`;
	};
	const fillTable = () => {
		const { a, b } = compare.pair.value;
		return table({
			className: 'numbers',
			caption: `${title} in the range shown, ${a.title} → ${b.title} (ratio)${data.value.rows.length > TABLE_ROWS ? `: the first ${TABLE_ROWS} of ${data.value.rows.length} rows` : ''}`,
			head: ['task', 'all', ...data.value.columns.map((column) => column.label)],
			rows: data.value.rows
				.slice(0, TABLE_ROWS)
				.map((row) => [
					nameOf([labelOf(row), compare.onlyIn(row.task)].filter(Boolean).join(' ')),
					...row.cells.map((cell) => cellWords(row, cell)),
				]),
		});
	};
	page.exports[id] = {
		title,
		plot,
		csv: (range) => {
			const { rows, columns } = compared(range);
			return {
				head: ['task', 'column', 'measure', 'a', 'b', 'difference', 'ratio'],
				rows: rows.flatMap((row) =>
					row.cells.map((cell, i) => [
						labelOf(row),
						i === 0 ? ALL : columns[i - 1].key,
						measureOf(),
						cell.a,
						cell.b,
						cell.delta,
						Number.isFinite(cell.ratio) ? cell.ratio : null,
					]),
				),
			};
		},
	};

	const what = choice({
		label: 'Show',
		options: [
			['a', 'A', 'The first run'],
			['b', 'B', 'The second run'],
			['delta', 'B − A', 'What B has more'],
			['ratio', 'B ÷ A', 'How many times as much'],
		],
		read: () => state.show.value,
		write: (value) => {
			state.show.value = value;
		},
	});
	const buttons = control && choice(control);
	const scale = element('p', { class: 'summary' });
	const card = createCard({
		number,
		id,
		title,
		hint,
		controls: [what.element, buttons?.element].filter(Boolean),
		body: [plot.element, scale],
		fillTable,
	});
	effect(() => {
		what.update();
		buttons?.update();
		const { a, b } = compare.pair.value;
		const most = data.value.mostDelta;
		scale.textContent =
			show() === 'ratio'
				? `Orange: more in ${b.title}; violet: less. Full colour from 16 times on.`
				: show() === 'delta'
					? `Orange: more in ${b.title}; violet: less. Full colour: ${measure().text(most)}.`
					: `${(show() === 'a' ? a : b).title}, on the scale of both runs.`;
		scale.textContent += ' – stands where a run has no value: its task, core or KVM is not there.';
	});
	return card.element;
}

export const nothingToCompare = (text) => emptyState('Nothing to compare', text);
