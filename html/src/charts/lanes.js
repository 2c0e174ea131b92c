// SPDX-License-Identifier: Apache-2.0
// Chart 4: core x time coloured by task, and its twin, task x time coloured by core.

import { effect } from '@preact/signals-core';

import { drawTimeAxis, fitText, FONT, timeAtX, timeX } from '../draw/axes.js';
import { inkOn, packCss, unpack } from '../draw/colour.js';
import {
	drawHatch,
	drawHighLane,
	drawNotRecorded,
	drawRug,
	drawThinLanes,
	drawWays,
	drawWords,
	laneLine,
	visibleColumns,
} from '../draw/lanes.js';
import { createPlot } from '../draw/plot.js';
import { drawRuns, wideRuns } from '../draw/runs.js';
import { columnSpan, eachCell, holders, longestHolders, stretches } from '../data/locality.js';
import { count, duration, moment, percent } from '../data/format.js';
import { ways } from '../data/migrations.js';
import { isIdle, isUnknown } from '../data/model.js';
import { areApart, runAt, runOf } from '../data/runs.js';
import { columnAt, levelFor, lowerBound, startOf } from '../data/sparse.js';
import { timeCells } from '../ui/cell_cursor.js';
import { choice, clear, element, nameOf, printable } from '../ui/dom.js';
import { sortableTable } from '../ui/tables.js';
import { createCard, emptyState, gutter, noSched, RIGHT } from './card.js';
import { createSides } from './sides.js';

const TASK_ROW_PX = 18;
const GROUP_ROW_PX = 30;
const THIN_PX = 9;
const LANES_PX = 420;
const GAP_PX = 2;
const RUG_PX = 3;
const RUG_LANE_PX = 24; // lower lanes have no room for a rug
const WORDS_LANE_PX = 14;
const WORDS_MIN_PX = 44;
const BRIDGE_PX = 6; // interruptions that do not end a stretch
const WAYS_MAX = 20000;
const WARM_COLUMNS = 100;
const LISTED = 9;

export function createLanesChart(page, { id = 'chart-4', title = 'Core locality' } = {}) {
	const { model, state, theme } = page;
	const thin = () => rowHeight() < THIN_PX;
	const hint = () => {
		if (byTask())
			return state.group.value === 'none'
				? 'On which core each task ran, over time; a change of colour is a migration. Blank: on no core.'
				: 'On which cores the tasks of each group ran, over time. A lane is full when as many of its tasks run as there are cores for.';
		return `Which task had each core, over time; blank is idle, hatched is not known. ${
			thin()
				? 'The colour is that of the task that ran longest, paler where the core was less busy.'
				: 'Several tasks of one moment stand on each other, each as high as its share of the time. Dark marks on top: tasks that came from another core.'
		}`;
	};
	if (!model.locality.column.length)
		return createCard({
			number: 4,
			id,
			title,
			hint: 'Which task had each core, over time.',
			body: [
				model.meta.recorded.includes('sched')
					? emptyState('Nothing to draw', 'No task ran in this window.')
					: noSched(),
			],
		}).element;

	const sides = createSides(page);
	page.coreLevels = sides.cores.level;
	const byTask = () => state.lanes.value === 'tasks';
	const side = () =>
		!byTask() ? sides.cores : state.group.value === 'none' ? sides.tasks : sides.groups();
	const grouped = () => byTask() && state.group.value !== 'none';
	function rowHeight() {
		if (byTask()) return grouped() ? GROUP_ROW_PX : TASK_ROW_PX;
		return Math.max(3, Math.min(88, Math.floor(LANES_PX / page.cpusShown.value.length)));
	}
	const levelOf = (of, gridNs, box) =>
		of(levelFor(gridNs, state.view.value.to - state.view.value.from, box.width));
	const levelNow = (box) => levelOf(side().level, model.locality.gridNs, box);
	const colours = () => (byTask() ? page.cpuColours : page.laneColours).value;
	const blank = (holder) => !byTask() && isIdle(model.task(holder));

	const plot = createPlot(page, {
		label: `${title}: lanes over time; the table below holds the same numbers`,
		time: true,
		margin: (width) => ({
			left: byTask() ? Math.min(180, width * 0.3) : gutter(width),
			right: RIGHT,
			top: 6,
			bottom: 28,
		}),
		rows: { count: () => Math.max(1, side().rows().length), height: () => rowHeight(), max: () => 560 },
		depends: () => [
			state.view.value,
			state.task.value,
			state.lanes.value,
			page.groups.value,
			page.cpuColours.value,
			page.laneColours.value,
			byTask() && page.tasksInView.value,
		],
		draw(ctx, box) {
			const palette = theme.palette.value;
			const view = state.view.value;
			ctx.fillStyle = palette.plot;
			ctx.fillRect(box.x, box.y, box.width, box.height);
			const level = levelNow(box);
			const of = side();
			const rows = of.rows();
			const height = rowHeight();
			const first = Math.floor(box.scroll / height);
			const shown = rows.slice(first, first + Math.ceil(box.height / height) + 1);
			const top = box.y + first * height - box.scroll;
			const common = {
				view,
				window: model.window,
				sparse: level,
				colours: colours(),
				blank,
				ground: packCss(palette.plot),
			};
			ctx.save();
			ctx.beginPath();
			ctx.rect(0, box.y, box.full.width, box.height);
			ctx.clip();
			if (!byTask())
				drawHatch(ctx, box, top, Math.min(shown.length * height, box.y + box.height - top), palette);
			else drawNotRecorded(ctx, box, view, model.window, palette);
			if (height < THIN_PX)
				drawThinLanes(ctx, box, { ...common, groups: shown.map(of.group), top, height });
			else
				shown.forEach((row, i) =>
					drawLane(ctx, box, row, top + i * height, { common, of, palette, height }),
				);
			const every = Math.max(1, Math.ceil(14 / height));
			shown.forEach((row, i) => {
				if ((first + i) % every === 0) drawLabel(ctx, box, row, top + i * height, height, palette);
			});
			if (!byTask()) drawTopology(ctx, box, shown, top, height, palette);
			if (!byTask() && state.task.value !== null) drawWaysOf(ctx, box, shown, top, height, palette);
			ctx.restore();
			drawTimeAxis(ctx, box, view, palette, { grid: false });
		},
		names: true,
		cells(box) {
			const columnPx =
				(box.width * levelNow(box).gridNs) / (state.view.value.to - state.view.value.from);
			return timeCells(box, columnPx, Math.max(1, side().rows().length), rowHeight());
		},
		hover(x, y, box) {
			const row = rowAt(y, box);
			if (row === undefined || y < box.y || y > box.y + box.height) return null;
			if (x < box.x) return describeLabel(row);
			return plot.inside(x, y) ? describe(x, row, box) : null;
		},
		click(x, y, box) {
			const row = rowAt(y, box);
			if (x >= box.x || row === undefined) page.tooltip.pin();
			else if (!byTask()) page.chooseCore(row);
			else if (grouped()) page.openGroup(side().of(row));
			else page.choose(row);
		},
	});
	const rowAt = (y, box) => side().rows()[Math.floor((y - box.y + box.scroll) / rowHeight())];

	// single switches, where they are there and can be told apart
	const exactOf = (row, box) => {
		const core = byTask() ? null : model.runs.cores.get(row);
		return areApart(core, state.view.value, box.width) ? core : null;
	};
	const drawLane = (ctx, box, row, at, { common, of, palette, height }) => {
		laneLine(ctx, box, at + height - 0.5, palette.grid);
		const exact = exactOf(row, box);
		if (exact) {
			drawRuns(ctx, box, { ...common, core: exact, top: at + 1, height: height - GAP_PX });
			if (height >= WORDS_LANE_PX) drawRunNames(ctx, box, common, exact, at + height / 2);
			return;
		}
		const group = of.group(row);
		if (group === undefined) return;
		drawHighLane(ctx, box, {
			...common,
			group,
			parts: of.parts(row),
			top: at + 1,
			height: height - GAP_PX,
		});
		if (height >= WORDS_LANE_PX && !grouped())
			drawStretches(ctx, box, common, group, at + 1, height - GAP_PX);
		if (height < RUG_LANE_PX || byTask()) return;
		const moves = levelOf(of.moves, model.migrations.gridNs, box);
		const moveGroup = of.moveGroup(row);
		if (moveGroup !== undefined)
			drawRug(ctx, box, {
				view: common.view,
				level: moves,
				group: moveGroup,
				top: at + 1,
				height: RUG_PX,
				colour: packCss(palette.ink),
			});
	};
	// who, or which core, in words where there is room: colour is not the only one to tell
	const drawName = (ctx, name, from, to, middle, colour) => {
		ctx.font = FONT;
		const text = fitText(ctx, name, to - from - 10);
		// the halo keeps what else is in the lane away from the words
		if (text.length > 2) drawWords(ctx, text, (from + to) / 2, middle + 0.5, inkOn(colour), colour);
	};
	const drawRunNames = (ctx, box, common, core, middle) => {
		for (const { task, x0, x1 } of wideRuns(box, { ...common, core }, WORDS_MIN_PX)) {
			const of = model.task(task);
			if (isIdle(of) || isUnknown(of) || !common.colours[task]) continue;
			drawName(ctx, printable(page.kindOf(of)), x0, x1, middle, unpack(common.colours[task]));
		}
	};
	const drawStretches = (ctx, box, { view, sparse, colours: table }, group, top, height) => {
		const keyOf = byTask()
			? (cpu) => (table[cpu] ? cpu : null)
			: (number) =>
					isIdle(model.task(number)) || isUnknown(model.task(number))
						? null
						: page.kindOf(model.task(number));
		const columnPx = (box.width * sparse.gridNs) / (view.to - view.from);
		const found = stretches(sparse, group, visibleColumns(sparse, view), {
			keyOf,
			bridge: BRIDGE_PX / columnPx,
			capacity: (column) => {
				const span = columnSpan(sparse, column, model.window);
				return Math.max(1, span.to - span.from);
			},
		});
		for (const { first, end, holder } of found) {
			const from = Math.max(box.x, timeX(startOf(sparse, first), view, box));
			const to = Math.min(box.x + box.width, timeX(startOf(sparse, end), view, box));
			if (to - from < WORDS_MIN_PX) continue;
			const name = byTask() ? `core ${holder}` : printable(page.kindOf(model.task(holder)));
			drawName(ctx, name, from, to, top + height / 2, unpack(table[holder]));
		}
	};
	const labelRoom = (box) => box.x - 14;
	// where there is no room for "core 100", the number tells more than the word
	const coresAreNumbers = (ctx, box) =>
		!byTask() && ctx.measureText(side().label(side().rows().at(-1))).width > labelRoom(box);
	const drawLabel = (ctx, box, row, top, height, palette) => {
		ctx.font = FONT;
		ctx.textBaseline = 'middle';
		ctx.textAlign = byTask() ? 'left' : 'right';
		const chosen = byTask() ? !grouped() && state.task.value === row : Boolean(page.cores.value);
		ctx.fillStyle = chosen ? palette.accent : palette.muted;
		const middle = height >= 12 ? top + height / 2 : top + 6;
		const label = printable(side().label(row));
		ctx.fillText(
			fitText(ctx, coresAreNumbers(ctx, box) ? String(row) : label, labelRoom(box)),
			byTask() ? 4 : box.x - 9,
			middle,
		);
	};
	// where the next core is of another package or node
	const drawTopology = (ctx, box, shown, top, height, palette) => {
		const of = new Map(model.cpus.map((cpu) => [cpu.cpu, cpu]));
		for (let i = 1; i < shown.length; i++) {
			const [before, now] = [of.get(shown[i - 1]), of.get(shown[i])];
			if (before.node === now.node && before.package === now.package) continue;
			ctx.fillStyle = palette.ink;
			ctx.fillRect(4, top + i * height - 1, box.x + box.width - 4, 1);
		}
	};
	const drawWaysOf = (ctx, box, shown, top, height, palette) => {
		const level = levelOf(sides.ofTask.level, model.locality.gridNs, box);
		const group = sides.ofTask.group(state.task.value);
		if (group === undefined) return;
		const place = new Map(shown.map((cpu, i) => [cpu, top + (i + 0.5) * height]));
		const found = ways(level, group, visibleColumns(level, state.view.value)).slice(0, WAYS_MAX);
		drawWays(ctx, box, {
			view: state.view.value,
			level,
			found,
			yOf: (cpu) => place.get(cpu) ?? null,
			colour: palette.ink,
			halo: palette.plot,
		});
	};

	const describeLabel = (row) => {
		if (grouped()) {
			const group = side().of(row);
			return {
				title: printable(group.label),
				lines: [
					{ name: 'tasks', value: count(group.members.length) },
					{ name: 'run time', value: duration(group.runNs) },
				],
				note: 'click shows its tasks',
				clickable: true,
			};
		}
		if (byTask())
			return {
				title: page.label(model.task(row)),
				lines: page.taskLines(model.task(row)),
				note: 'click follows this task',
				clickable: true,
			};
		return {
			title: page.coreTitle(row),
			lines: [],
			note: page.cores.value ? 'click shows all cores' : 'click shows this core alone',
			clickable: true,
		};
	};
	const movesAt = (of, row, ns, box) => {
		const level = levelOf(of.moves, model.migrations.gridNs, box);
		const group = of.moveGroup(row);
		if (group === undefined) return 0;
		const i = lowerBound(level, group, columnAt(level, ns));
		return i < level.begins[group + 1] && level.column[i] === columnAt(level, ns)
			? level.values[0][i]
			: 0;
	};
	const describeRun = (core, ns, row) => {
		const i = runAt(core, ns);
		const run = i < 0 ? null : runOf(core, i, model.window);
		const known = run && run.task >= 0;
		return {
			title: printable(side().label(row)),
			lines: [
				{
					name: known ? page.label(model.task(run.task)) : 'not known',
					value: run ? duration(run.to - run.from) : '',
					colour: known ? unpack(page.taskColours.value[run.task] ?? 0) : undefined,
				},
			],
			note: run ? `${moment(run.from, 1)} to ${moment(run.to, 1)}: one run` : 'before the first switch',
		};
	};
	const describe = (x, row, box) => {
		const exact = exactOf(row, box);
		if (exact) return describeRun(exact, timeAtX(x, state.view.value, box), row);
		const of = side();
		const level = levelNow(box);
		const ns = timeAtX(x, state.view.value, box);
		const column = columnAt(level, ns);
		const span = columnSpan(level, column, model.window);
		const group = of.group(row);
		const found = group === undefined ? [] : holders(level, group, column);
		const capacity = Math.max(1, span.to - span.from);
		const lines = found
			.slice(0, LISTED)
			.map((each) => ({
				name: byTask() ? `core ${each.inner}` : page.label(model.task(each.inner)),
				value: `${percent(each.runNs / capacity)} · ${duration(each.runNs)} · ${count(each.switches)} ×`,
				colour: unpack((byTask() ? page.cpuColours : page.taskColours).value[each.inner] ?? 0),
			}));
		if (found.length > LISTED) lines.push({ name: `${count(found.length - LISTED)} more`, value: '' });
		if (!found.length) lines.push({ name: byTask() ? 'on no core' : 'not known: no sample', value: '' });
		const moves = movesAt(of, row, ns, box);
		if (moves > 0)
			lines.push({
				name: byTask() ? 'migrations' : 'came from another core',
				value: `${count(moves)} ×`,
				strong: true,
			});
		return {
			title: printable(of.label(row)),
			lines,
			note: `${moment(span.from, level.gridNs)} to ${moment(span.to, level.gridNs)}; × is how often switched in`,
		};
	};

	const tableNow = sortableTable(`${id}-table`);
	const fillTable = () => {
		const rows = [...page.matrix.value.values()].filter(
			(row) => !isIdle(model.task(row.task)) && page.wanted(row.task),
		);
		const mostOn = (row) =>
			[...row.byCpu].reduce((best, each) => (each[1][0] > best[1][0] ? each : best));
		return tableNow({
			caption: 'Who ran on which core in the range shown',
			head: ['task', 'cores', 'most on', 'time', 'switched in', 'migrations'],
			sort: 3,
			rows: rows.map((row) => {
				const [core, [onIt]] = mostOn(row);
				const moves = page.migrations.value.get(row.task) ?? 0;
				const name = page.label(model.task(row.task));
				return {
					keys: [name, row.byCpu.size, core, row.runNs, row.switches, moves],
					cells: () => [
						nameOf(name),
						count(row.byCpu.size),
						`core ${core}${row.runNs > 0 ? `, ${percent(onIt / row.runNs, 0)}` : ''}`,
						duration(row.runNs),
						count(row.switches),
						count(moves),
					],
				};
			}),
		});
	};
	// coarser levels are made before they are asked for, a step whenever there is nothing else to do
	const warm = (level) => {
		const made = sides.cores.level(level);
		if (thin()) longestHolders(made, model.window, (task) => isIdle(model.task(task)));
		if ((model.window.to - model.window.from) / made.gridNs > WARM_COLUMNS)
			requestIdleCallback(() => warm(level + 1));
	};
	requestIdleCallback(() => warm(0));

	const csv = (range) => {
		const { locality } = model;
		const rows = [];
		eachCell(locality, range, (group, task, runNs, switches, column) => {
			if (!page.wanted(task) && !isIdle(model.task(task))) return;
			if (page.cores.value && !page.cores.value.has(locality.upper[group])) return;
			const span = columnSpan(locality, column, model.window);
			rows.push([
				span.from,
				span.to,
				locality.upper[group],
				task,
				model.task(task).tid,
				printable(model.task(task).name),
				runNs,
				switches,
			]);
		});
		return { head: ['from_ns', 'to_ns', 'cpu', 'task', 'tid', 'name', 'run_ns', 'switches'], rows };
	};
	page.exports[id] = { title, plot, csv };
	const control = choice({
		label: 'Lanes',
		options: [
			['cores', 'cores', 'A lane a core, coloured by task'],
			['tasks', 'tasks', 'A lane a task, coloured by core'],
		],
		read: () => state.lanes.value,
		write: (value) => {
			state.lanes.value = value;
		},
	});
	const legend = element('div', { class: 'legend names' });
	const card = createCard({
		number: 4,
		id,
		title,
		hint: '',
		controls: [control.element],
		body: [plot.element, legend],
		fillTable,
	});
	effect(() => {
		control.update();
		card.hint.textContent = hint();
		clear(legend, ...legendItems(page, byTask()));
	});
	return card.element;
}

const swatched = (colour, child) => {
	const mark = element('i', { class: 'swatch' });
	mark.style.background = unpack(colour);
	return element('span', { class: 'key' }, mark, child);
};

// The names that took most time: tasks of one name, or group, share a colour, and so a place here.
function legendItems(page, byTask) {
	if (byTask)
		return page.cpusShown.value
			.slice(0, 32)
			.map((cpu) => swatched(page.cpuColours.value[cpu.cpu], `core ${cpu.cpu}`));
	// of the whole window, unless cores are chosen: a range that moves should not cost more than drawing
	const sums = (page.cores.value ? page.matrix : page.totals).value;
	const kinds = new Map();
	for (const task of page.shownTasks.value) {
		if (isUnknown(task) || !page.wanted(task.task)) continue;
		const kind = page.kindOf(task);
		const entry = kinds.get(kind) ?? { task, kind, runNs: 0, number: 0 };
		entry.runNs += sums.get(task.task)?.runNs ?? 0;
		entry.number++;
		kinds.set(kind, entry);
	}
	const keys = [...kinds.values()]
		.filter((entry) => entry.runNs > 0)
		.sort((a, b) => b.runNs - a.runNs)
		.slice(0, 12)
		.map(({ task, kind, number }) =>
			swatched(
				page.taskColours.value[task.task],
				element(
					'span',
					{ title: printable(kind) },
					nameOf(kind),
					number > 1 ? ` × ${count(number)}` : '',
				),
			),
		);
	const unknown = page.shownTasks.value.find((task) => isUnknown(task) && page.totals.value.has(task.task));
	return unknown ? [...keys, swatched(page.taskColours.value[unknown.task], 'not known')] : keys;
}
