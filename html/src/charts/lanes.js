// SPDX-License-Identifier: Apache-2.0
// Chart 4: core x time coloured by task, and its twin, task x time coloured by core.

import { effect } from '@preact/signals-core';

import { drawTimeAxis, fitText, FONT, line, timeAtX } from '../draw/axes.js';
import { drawHighLane, drawThinLanes } from '../draw/lanes.js';
import { unpack } from '../draw/colour.js';
import { createPlot } from '../draw/plot.js';
import { columnSpan, eachCell, holders, longestHolders } from '../data/locality.js';
import { count, duration, moment, percent } from '../data/format.js';
import { isIdle, isUnknown } from '../data/model.js';
import { columnAt, levelFor, pyramid, transpose } from '../data/sparse.js';
import { timeCells } from '../ui/cell_cursor.js';
import { choice, clear, element, nameOf, printable, table } from '../ui/dom.js';
import { createCard, emptyState, gutter, RIGHT } from './card.js';

const TASK_ROW_PX = 18;
const THIN_PX = 9;
const LANES_PX = 420;
const GAP_PX = 2;
const WARM_COLUMNS = 100;
const LISTED = 9;
const TABLE_ROWS = 500;

function createSides(page) {
	const { model } = page;
	const cores = pyramid(model.locality);
	let tasks = null;
	const groupsOf = (sparse) => new Map(Array.from(sparse.upper, (each, group) => [each, group]));
	const coreGroups = groupsOf(model.locality);
	let taskGroups = null;
	return {
		cores: {
			level: cores,
			rows: () => model.cpus.map((cpu) => cpu.cpu),
			group: (cpu) => coreGroups.get(cpu),
			label: (cpu) => `core ${cpu}`,
		},
		tasks: {
			level(level) {
				if (!tasks) {
					const base = transpose(model.locality);
					taskGroups = groupsOf(base);
					tasks = pyramid(base);
				}
				return tasks(level);
			},
			// by run time of the whole, so that rows keep their order; only those that ran in the range
			rows: () => page.tasksInView.value,
			group: (task) => taskGroups.get(task),
			label: (task) => page.label(model.task(task)),
		},
	};
}

export function createLanesChart(page) {
	const { model, state, theme } = page;
	const title = 'Core locality';
	const id = 'chart-4';
	const thin = Math.floor(LANES_PX / model.cpus.length) < THIN_PX;
	const hint = `Which task had each core, over time; blank is idle. ${thin ? 'Where a column holds several tasks, the colour is that of the one that ran longest, paler where the core was less busy.' :
		'Where a column holds several tasks, each takes as much of the height as it had of the time.'}`;
	if (!model.locality.column.length)
		return createCard({ number: 4, id, title, hint, body: [emptyState('Nothing to draw', 'No task ran in this window.')] }).element;

	const sides = createSides(page);
	const side = () => sides[state.lanes.value];
	const byTask = () => state.lanes.value === 'tasks';
	const rowHeight = () => (byTask() ? TASK_ROW_PX : Math.max(3, Math.min(88, Math.floor(LANES_PX / model.cpus.length))));
	const levelNow = (box) => {
		const view = state.view.value;
		return side().level(levelFor(model.locality.gridNs, view.to - view.from, box.width));
	};
	const colours = () => (byTask() ? page.cpuColours : page.laneColours).value;
	const blank = (holder) => !byTask() && isIdle(model.task(holder));

	const plot = createPlot(page, {
		label: `${title}: lanes over time; the table below holds the same numbers`,
		time: true,
		margin: (width) => ({ left: byTask() ? Math.min(180, width * 0.3) : gutter(width), right: RIGHT, top: 6, bottom: 28 }),
		rows: { count: () => Math.max(1, side().rows().length), height: rowHeight, max: () => 560 },
		depends: () => [state.view.value, state.task.value, state.lanes.value, page.laneColours.value, page.tasksInView.value],
		draw(ctx, box) {
			const palette = theme.palette.value;
			const view = state.view.value;
			ctx.fillStyle = palette.plot;
			ctx.fillRect(box.x, box.y, box.width, box.height);
			const level = levelNow(box);
			const rows = side().rows();
			const height = rowHeight();
			const first = Math.floor(box.scroll / height);
			const shown = rows.slice(first, first + Math.ceil(box.height / height) + 1);
			const top = box.y + first * height - box.scroll;
			const common = { view, window: model.window, sparse: level, colours: colours() };
			ctx.save();
			ctx.beginPath();
			ctx.rect(0, box.y, box.full.width, box.height);
			ctx.clip();
			if (height < THIN_PX) drawThinLanes(ctx, box, { ...common, groups: shown.map(side().group), top, height, blank });
			else shown.forEach((row, i) => {
				const at = top + i * height;
				ctx.strokeStyle = palette.grid;
				line(ctx, box.x, at + height - 0.5, box.x + box.width, at + height - 0.5);
				const group = side().group(row);
				if (group !== undefined) drawHighLane(ctx, box, { ...common, group, top: at + 1, height: height - GAP_PX });
			});
			const every = Math.max(1, Math.ceil(14 / height));
			shown.forEach((row, i) => {
				if ((first + i) % every === 0) drawLabel(ctx, box, row, top + i * height, height, palette);
			});
			ctx.restore();
			drawTimeAxis(ctx, box, view, palette, { grid: false });
		},
		cells(box) {
			const columnPx = (box.width * levelNow(box).gridNs) / (state.view.value.to - state.view.value.from);
			return timeCells(box, columnPx, Math.max(1, side().rows().length), rowHeight());
		},
		hover(x, y, box) {
			const row = rowAt(y, box);
			if (row === undefined || y < box.y || y > box.y + box.height) return null;
			if (x < box.x) return byTask() ? { title: page.label(model.task(row)), lines: page.taskLines(model.task(row)), clickable: true } : null;
			return plot.inside(x, y) ? describe(x, row, box) : null;
		},
		click(x, y, box) {
			const row = rowAt(y, box);
			if (x < box.x && byTask() && row !== undefined) page.choose(row);
			else page.tooltip.pin();
		},
	});
	const rowAt = (y, box) => side().rows()[Math.floor((y - box.y + box.scroll) / rowHeight())];

	const drawLabel = (ctx, box, row, top, height, palette) => {
		ctx.font = FONT;
		ctx.textBaseline = 'middle';
		ctx.textAlign = byTask() ? 'left' : 'right';
		const chosen = byTask() && state.task.value === row;
		ctx.fillStyle = chosen ? palette.accent : palette.muted;
		const middle = height >= 12 ? top + height / 2 : top + 6;
		ctx.fillText(fitText(ctx, side().label(row), box.x - 14), byTask() ? 4 : box.x - 9, middle);
	};

	const describe = (x, row, box) => {
		const level = levelNow(box);
		const column = columnAt(level, timeAtX(x, state.view.value, box));
		const span = columnSpan(level, column, model.window);
		const group = side().group(row);
		const found = group === undefined ? [] : holders(level, group, column);
		const capacity = Math.max(1, span.to - span.from);
		const lines = found.slice(0, LISTED).map((each) => ({
			name: byTask() ? `core ${each.inner}` : page.label(model.task(each.inner)),
			value: `${percent(each.runNs / capacity)} · ${duration(each.runNs)} · ${count(each.switches)} ×`,
			colour: unpack((byTask() ? page.cpuColours : page.taskColours).value[each.inner] ?? 0),
		}));
		if (found.length > LISTED) lines.push({ name: `${found.length - LISTED} more`, value: '' });
		if (!found.length) lines.push({ name: byTask() ? 'on no core' : 'no sample', value: '' });
		return {
			title: side().label(row),
			lines,
			note: `${moment(span.from, level.gridNs)} to ${moment(span.to, level.gridNs)}; × is how often switched in`,
		};
	};

	const fillTable = () => {
		const rows = [...page.matrix.value.values()];
		const task = (row) => model.task(row.task);
		const sorted = rows.filter((row) => !isIdle(task(row))).sort((a, b) => b.runNs - a.runNs);
		return table({
			caption: `Who ran on which core in the range shown${sorted.length > TABLE_ROWS ? `: the first ${TABLE_ROWS} of ${sorted.length} tasks` : ''}`,
			head: ['task', 'cores', 'most on', 'time', 'switched in'],
			rows: sorted.slice(0, TABLE_ROWS).map((row) => {
				const [top] = [...row.byCpu].sort((a, b) => b[1][0] - a[1][0]);
				return [nameOf(page.label(task(row))), count(row.byCpu.size), `core ${top[0]}`, duration(row.runNs), count(row.switches)];
			}),
		});
	};
	// coarser levels are made before they are asked for, a step whenever there is nothing else to do
	const warm = (level) => {
		const made = sides.cores.level(level);
		if (rowHeight() < THIN_PX) longestHolders(made, model.window, (task) => isIdle(model.task(task)));
		if ((model.window.to - model.window.from) / made.gridNs > WARM_COLUMNS) requestIdleCallback(() => warm(level + 1));
	};
	requestIdleCallback(() => warm(0));

	const csv = (range) => {
		const { locality } = model;
		const rows = [];
		eachCell(locality, range, (group, task, runNs, switches, column) => {
			if (!page.wanted(task) && !isIdle(model.task(task))) return;
			const span = columnSpan(locality, column, model.window);
			rows.push([span.from, span.to, locality.upper[group], task, model.task(task).tid, printable(model.task(task).name), runNs, switches]);
		});
		return { head: ['from_ns', 'to_ns', 'cpu', 'task', 'tid', 'name', 'run_ns', 'switches'], rows };
	};
	page.exports[id] = { title, plot, csv };
	const control = choice({
		label: 'Lanes',
		options: [['cores', 'cores', 'A lane a core, coloured by task'], ['tasks', 'tasks', 'A lane a task, coloured by core']],
		read: () => state.lanes.value,
		write: (value) => { state.lanes.value = value; },
	});
	const legend = element('div', { class: 'legend names' });
	const card = createCard({ number: 4, id, title, hint, controls: [control.element], body: [plot.element, legend], fillTable });
	effect(() => {
		control.update();
		clear(legend, ...legendItems(page, byTask()));
		card.refresh();
	});
	return card.element;
}

// The names that took most time: tasks of one name share a colour, and so a place here.
function legendItems(page, byTask) {
	const swatched = (colour, child) => {
		const mark = element('i', { class: 'swatch' });
		mark.style.background = unpack(colour);
		return element('span', { class: 'key' }, mark, child);
	};
	if (byTask)
		return page.model.cpus.slice(0, 32).map((cpu) => swatched(page.cpuColours.value[cpu.cpu], `core ${cpu.cpu}`));
	const sums = new Map();
	for (const task of page.shownTasks.value) {
		if (isUnknown(task)) continue;
		const entry = sums.get(task.name) ?? { task, runNs: 0, number: 0 };
		entry.runNs += page.totals.value.get(task.task)?.runNs ?? 0;
		entry.number++;
		sums.set(task.name, entry);
	}
	const keys = [...sums.values()].sort((a, b) => b.runNs - a.runNs).slice(0, 12).map(({ task, number }) =>
		swatched(page.taskColours.value[task.task], element('span', {}, nameOf(task.name), number > 1 ? ` × ${number}` : '')));
	const unknown = page.shownTasks.value.find((task) => isUnknown(task) && page.totals.value.has(task.task));
	return unknown ? [...keys, swatched(page.taskColours.value[unknown.task], 'not known')] : keys;
}
