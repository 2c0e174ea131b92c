// SPDX-License-Identifier: Apache-2.0
// Charts 5 and 6: task x core, with all tasks and idle above, and all cores at the left.

import { computed, effect } from '@preact/signals-core';

import { fitText, FONT, line } from '../draw/axes.js';
import { inkOn, shareCss } from '../draw/colour.js';
import { createPlot } from '../draw/plot.js';
import { ALL, cellValue, gridRows } from '../data/grid.js';
import { coveredNs, matrix } from '../data/locality.js';
import { isIdle } from '../data/model.js';
import { count, duration, rate, share, short } from '../data/format.js';
import { NO_NAME, nameOf, printable, table, element, choice } from '../ui/dom.js';
import { createCard, emptyState, noSched } from './card.js';

const ROW_PX = 22;
const HEAD_PX = 26;
const TEXT_MIN_PX = 26;
const CELL_MAX_PX = 150;
const ALL_PX = 72;
const TABLE_ROWS = 500;

const MEASURES = {
	share: {
		value: 0,
		text: (value, ns) => share(value / ns),
		full: (value, ns) => `${share(value / ns, 2)} · ${duration(value)}`,
	},
	count: { value: 1, text: (value) => short(value), full: (value) => count(value, 'switch') },
	rate: {
		value: 1,
		text: (value, ns) => rate(value / (ns / 1e9)),
		full: (value, ns) => `${rate(value / (ns / 1e9))} a second · ${count(value, 'switch')}`,
	},
};

export function createMatrixChart(page, { number, id, title, hint, measureOf, control = null }) {
	const { model, state, theme } = page;
	if (!model.locality.column.length)
		return createCard({
			number,
			id,
			title,
			hint,
			body: [
				model.meta.recorded.includes('sched')
					? emptyState('Nothing to draw', 'No task ran in this window.')
					: noSched(),
			],
		}).element;

	const columns = () => [ALL, ...page.cpusShown.value.map((cpu) => cpu.cpu)];
	const measure = () => MEASURES[measureOf()];
	const rowsOf = computed(() =>
		gridRows(model, page.matrix.value, {
			value: measure().value,
			sort: state.sort.value,
			wanted: (task) => page.wanted(task.task),
			groupOf: page.groupOf.value,
		}),
	);
	let rows = rowsOf.value;
	let most = 1;
	let coverage = 1;
	const labelWidth = (width) =>
		Math.max(
			88,
			Math.min(width * 0.1, 150),
			Math.min(width * 0.32, 230, width - ALL_PX - page.cpusShown.value.length * 26),
		);
	const cellWidth = (box) =>
		Math.min(CELL_MAX_PX, Math.max(0.5, (box.width - ALL_PX) / page.cpusShown.value.length));
	const columnX = (box, i) => (i === 0 ? box.x : box.x + ALL_PX + (i - 1) * cellWidth(box));

	const plot = createPlot(page, {
		label: `${title}: a grid of tasks and cores; the table below holds the same numbers`,
		margin: (width) => ({ left: labelWidth(width), right: 10, top: HEAD_PX, bottom: 0 }),
		rows: { count: () => rows.length, height: () => ROW_PX, max: () => 520 },
		depends: () => {
			rows = rowsOf.value;
			coverage = coveredNs(model.locality, state.settled.value, model.window);
			const { value } = measure();
			most = 1;
			for (const row of rows)
				if (row.kind === 'task' || row.kind === 'group') most = Math.max(most, row.most[value]);
			return [state.task.value, page.cpusShown.value];
		},
		draw(ctx, box) {
			const palette = theme.palette.value;
			ctx.font = FONT;
			ctx.textBaseline = 'middle';
			const first = Math.floor(box.scroll / ROW_PX);
			ctx.save();
			ctx.beginPath();
			ctx.rect(0, box.y, box.full.width, box.height);
			ctx.clip();
			for (let i = first; i < rows.length; i++) {
				const top = box.y + i * ROW_PX - box.scroll;
				if (top > box.full.height) break;
				drawRow(ctx, box, rows[i], top, palette);
			}
			ctx.restore();
			drawHead(ctx, box, palette);
			drawTopology(ctx, box, palette);
		},
		names: true,
		cells: (box) => ({
			columns: columns().length,
			rows: Math.max(1, rows.length),
			rect: (column, row) => ({
				x: columnX(box, column),
				y: box.y + row * ROW_PX,
				width: column === 0 ? ALL_PX : cellWidth(box),
				height: ROW_PX,
			}),
		}),
		hover(x, y, box) {
			const { row, column } = at(x, y, box);
			if (y < box.y)
				return x < box.x
					? { title: 'names', lines: [], note: 'click sorts by name', clickable: true }
					: column === undefined
						? null
						: {
								title: column === ALL ? 'all cores' : page.coreTitle(column),
								lines: [],
								note: 'click sorts by this column',
								clickable: true,
							};
			if (!row) return null;
			if (x < box.x && row.kind === 'group')
				return {
					title: labelOf(row),
					lines: [
						{ name: 'tasks that ran', value: count(row.members) },
						{ name: 'run time', value: duration(row.runNs) },
						{ name: 'switched in', value: count(row.switches) },
					],
					note: 'click shows its tasks',
					clickable: true,
				};
			if (x < box.x)
				return row.kind === 'task'
					? {
							title: labelOf(row),
							lines: page.taskLines(row.of),
							note: 'click follows this task',
							clickable: true,
						}
					: { title: labelOf(row), lines: [] };
			return column === undefined ? null : describe(row, column);
		},
		click(x, y, box) {
			const { row, column } = at(x, y, box);
			if (y < box.y) {
				if (x < box.x) state.sort.value = 'name';
				else if (column !== undefined) state.sort.value = column === ALL ? null : column;
			} else if (x < box.x) {
				if (row?.kind === 'task') page.choose(row.task);
				else if (row?.kind === 'group') page.openGroup(row.group);
			} else page.tooltip.pin();
		},
	});

	const at = (x, y, box) => {
		let i = x < box.x + ALL_PX ? 0 : 1 + Math.floor((x - box.x - ALL_PX) / cellWidth(box));
		if (x < box.x) i = -1;
		return { row: rows[Math.floor((y - box.y + box.scroll) / ROW_PX)], column: columns()[i] };
	};
	const labelOf = (row) => (row.kind === 'task' ? page.label(row.of) : printable(row.label) || NO_NAME);
	const isRecorded = (cpu) => page.cpusCounted.value.some((each) => each.cpu === cpu);
	const describe = (row, column) => {
		const value = cellValue(row, column, measure().value);
		const lines =
			value === null
				? [{ name: isRecorded(column) ? 'never there' : 'this core was not recorded', value: '' }]
				: [
						{ name: 'run time', value: MEASURES.share.full(cellValue(row, column, 0), coverage) },
						{
							name: 'switched in',
							value: MEASURES.rate.full(cellValue(row, column, 1), coverage),
						},
					];
		return {
			title: `${labelOf(row)} on ${column === ALL ? 'all cores' : `core ${column}`}`,
			lines,
			note: `of ${duration(coverage)} in range; 100 % is one core`,
		};
	};
	// Shares have a full scale; counts have not, and span powers of ten.
	const colourPart = (value) =>
		measure().value === 0
			? Math.min(1, value / coverage) ** 0.4
			: Math.min(1, Math.log1p(value) / Math.log1p(most));

	const drawCell = (ctx, box, row, column, i, top, palette) => {
		const width = i === 0 ? ALL_PX : cellWidth(box);
		const x = columnX(box, i);
		const value = cellValue(row, column, measure().value);
		const gap = width > 12 ? 2 : width > 6 ? 1 : 0;
		let ink = palette.ink;
		if (value === null) {
			if (width >= TEXT_MIN_PX) {
				ctx.fillStyle = palette.muted;
				ctx.textAlign = 'center';
				ctx.fillText('·', x + width / 2, top + ROW_PX / 2);
			}
			return;
		}
		if (i > 0 && value > 0) {
			const colour = shareCss(theme.dark.value, colourPart(value), width < TEXT_MIN_PX);
			ctx.fillStyle = colour;
			ctx.fillRect(x, top + 1, Math.max(1, width - gap), ROW_PX - 2);
			ink = inkOn(colour, palette.panel);
		}
		if (width < TEXT_MIN_PX) return;
		const text = [
			measure().text(value, coverage),
			measure().text(value, coverage).replace(' %', ''),
		].find((each) => ctx.measureText(each).width <= width - 6);
		if (!text) return;
		ctx.fillStyle = ink;
		ctx.textAlign = i === 0 ? 'right' : 'center';
		ctx.fillText(text, i === 0 ? x + width - 14 : x + (width - gap) / 2, top + ROW_PX / 2 + 0.5);
	};
	const drawRow = (ctx, box, row, top, palette) => {
		const chosen = row.kind === 'task' && state.task.value === row.task;
		if (chosen) {
			ctx.fillStyle = palette.panel;
			ctx.fillRect(0, top, box.full.width, ROW_PX);
		}
		ctx.font = row.kind === 'task' || row.kind === 'group' ? FONT : FONT.replace('11px', '600 11px');
		ctx.textAlign = 'left';
		ctx.fillStyle = chosen ? palette.accent : palette.ink;
		const tid =
			row.kind === 'task'
				? page.tidOf(row.of)
				: row.kind === 'group' && row.members > 1
					? `× ${count(row.members)}`
					: '';
		const tidWidth = tid ? ctx.measureText(tid).width + 8 : 0;
		const name = fitText(ctx, printable(row.label) || NO_NAME, box.x - 12 - tidWidth);
		ctx.fillText(name, 4, top + ROW_PX / 2 + 0.5);
		ctx.fillStyle = palette.muted;
		ctx.fillText(tid, 4 + ctx.measureText(name).width + 8, top + ROW_PX / 2 + 0.5);
		columns().forEach((column, i) => drawCell(ctx, box, row, column, i, top, palette));
		if (row.kind !== 'task' && row.kind !== 'group') {
			ctx.strokeStyle = palette.grid;
			line(ctx, 0, top + ROW_PX - 0.5, box.full.width, top + ROW_PX - 0.5);
		}
	};
	const drawHead = (ctx, box, palette) => {
		ctx.font = FONT;
		const width = cellWidth(box);
		const every = Math.max(1, Math.ceil(26 / width));
		ctx.textAlign = 'left';
		ctx.fillStyle = state.sort.value === 'name' ? palette.accent : palette.muted;
		ctx.fillText(
			`${state.group.value === 'none' ? 'task' : state.group.value}${state.sort.value === 'name' ? ' ▴' : ''}`,
			4,
			HEAD_PX / 2 + 1,
		);
		columns().forEach((column, i) => {
			if (i > 0 && (i - 1) % every) return;
			const sorted = state.sort.value === (column === ALL ? null : column);
			ctx.fillStyle = sorted ? palette.accent : palette.muted;
			ctx.textAlign = i === 0 ? 'right' : 'center';
			const text = column === ALL ? 'all' : width > 70 ? `core ${column}` : String(column);
			const x = i === 0 ? columnX(box, 0) + ALL_PX - 14 : columnX(box, i) + (width - 2) / 2;
			ctx.fillText(sorted ? `${text} ▾` : text, x, HEAD_PX / 2 + 1);
		});
		ctx.strokeStyle = palette.grid;
		line(ctx, 0, HEAD_PX - 0.5, box.full.width, HEAD_PX - 0.5);
	};
	const drawTopology = (ctx, box, palette) => {
		ctx.strokeStyle = palette.muted;
		page.cpusShown.value.forEach((cpu, i, shown) => {
			const before = shown[i - 1];
			if (before && (before.node !== cpu.node || before.package !== cpu.package)) {
				const x = Math.round(columnX(box, i + 1)) - 0.5;
				line(ctx, x, 4, x, box.full.height);
			}
		});
	};

	const sorter = (column) => {
		const now = (state.sort.value ?? ALL) === column;
		const text = column === ALL ? 'all' : column === 'name' ? 'task' : `core ${column}`;
		return element(
			'button',
			{
				type: 'button',
				class: 'sorter',
				'data-column': column,
				onclick: () => {
					state.sort.value = column === ALL ? null : column;
					document.querySelector(`#${id} [data-column="${column}"]`)?.focus(); // the table was made anew
				},
			},
			`${text}${now ? (column === 'name' ? ' ▴' : ' ▾') : ''}`,
		);
	};
	const tableOf = (list) =>
		table({
			className: 'numbers',
			caption: `${title} in the range shown${list.length > TABLE_ROWS ? `: the first ${TABLE_ROWS} of ${list.length} rows` : ''}; sorted by ${state.sort.value === null ? 'all cores' : state.sort.value === 'name' ? 'name' : `core ${state.sort.value}`}`,
			head: ['name', ...columns()].map(sorter),
			sorted: ['name', ...columns()].indexOf(state.sort.value ?? ALL),
			rising: state.sort.value === 'name',
			rows: list.slice(0, TABLE_ROWS).map((row) => [
				nameOf(labelOf(row)),
				...columns().map((column) => {
					const value = cellValue(row, column, measure().value);
					return value === null ? '' : measure().text(value, coverage);
				}),
			]),
		});
	const fillTable = () => {
		coverage = coveredNs(model.locality, state.settled.value, model.window);
		return tableOf(rowsOf.value);
	};
	page.exports[id] = {
		title,
		plot,
		csv: (range) => ({
			head: ['task', 'tid', 'name', 'cpu', 'run_ns', 'switches'],
			rows: [...matrix(model.locality, range, page.cores.value).values()]
				.filter((row) => page.wanted(row.task) || isIdle(model.task(row.task)))
				.flatMap((row) =>
					[...row.byCpu].map(([cpu, [runNs, switches]]) => [
						row.task,
						model.task(row.task).tid,
						printable(model.task(row.task).name),
						cpu,
						runNs,
						switches,
					]),
				),
		}),
	};
	const buttons = control && choice(control);
	const card = createCard({
		number,
		id,
		title,
		hint,
		controls: buttons ? [buttons.element] : [],
		body: [
			plot.element,
			element(
				'p',
				{ class: 'summary' },
				'Click a core to sort by it, a name to follow that task in all charts, a group to see its tasks.',
			),
		],
		fillTable,
	});
	effect(() => {
		buttons?.update();
	});
	return card.element;
}
