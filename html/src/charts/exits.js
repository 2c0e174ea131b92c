// SPDX-License-Identifier: Apache-2.0
// Chart 3: why vCPUs left their guests. Stacked bars, and a table with each kind.

import { computed, effect, signal } from '@preact/signals-core';

import { fitText, FONT, line } from '../draw/axes.js';
import { cpuColour } from '../draw/colour.js';
import { createPlot } from '../draw/plot.js';
import { exitTable, foldExits } from '../data/exits.js';
import { count, duration, percent, rate, share, short } from '../data/format.js';
import { coveredNs } from '../data/locality.js';
import { choice, clear, element, NO_NAME, nameOf, printable, table } from '../ui/dom.js';
import { createCard, noKvm } from './card.js';
import { guestPicker } from './guests.js';

const ROW_PX = 26;
const VALUE_PX = 96;

export function createExitsChart(page) {
	const { model, state, theme } = page;
	const [number, id, title] = [3, 'chart-3', 'KVM exit types'];
	const hint =
		'Why virtual CPUs left their guests: a bar a vCPU thread, a colour a reason. Host time is from exit to entry.';
	if (!model.exits.column.length)
		return createCard({ number, id, title, hint, body: [noKvm(model.meta)] }).element;

	const name = (kind) => printable(model.meta.exit_kinds[kind].name);
	const found = computed(() => exitTable(model.exits, state.settled.value));
	const ns = () => coveredNs(model.exits, state.settled.value, model.window);
	const order = computed(() => new Map(found.value.kinds.map(({ kind }, i) => [kind, i])));
	const colour = (kind) => cpuColour(kind, theme.dark.value).formatRgb();
	const part = ([exits, hostNs]) => (state.exits.value === 'host' ? hostNs : exits);
	const total = (row) => part([row.count, row.hostNs]);
	const words = (value, whole) =>
		({
			count: () => short(value),
			share: () => share(value / Math.max(1, whole)),
			rate: () => `${rate(value / (ns() / 1e9))}/s`,
			host: () => duration(value),
		})[state.exits.value]();
	// by a kind of exit, or by all of them
	const sort = signal(null);
	const keyOf = (row) => (sort.value === null ? total(row) : part(row.kinds.get(sort.value) ?? [0, 0]));
	const rows = computed(() =>
		folded(found.value.rows.filter(shown)).sort((a, b) => keyOf(b) - keyOf(a) || a.task - b.task),
	);
	// a vCPU that is followed stands alone; following another task changes nothing here
	const shown = (row) =>
		found.value.rows.some((each) => each.task === state.task.value)
			? row.task === state.task.value
			: page.wanted(row.task);
	const folded = (list) => (page.groupOf.value ? foldExits(list, page.groupOf.value) : list);
	const labelOf = (row) =>
		row.group
			? `${printable(row.group.label) || NO_NAME}${row.members > 1 ? ` × ${count(row.members)}` : ''}`
			: page.label(model.task(row.task));
	const sorter = (kind) =>
		element(
			'button',
			{
				type: 'button',
				class: 'sorter',
				'data-column': kind ?? 'all',
				onclick: () => {
					sort.value = kind;
					document.querySelector(`#${id} [data-column="${kind ?? 'all'}"]`)?.focus(); // the table was made anew
				},
			},
			`${kind === null ? 'all' : name(kind)}${sort.value === kind ? ' ▾' : ''}`,
		);

	const plot = createPlot(page, {
		label: `${title}: stacked bars; the table below holds the same numbers`,
		margin: (width) => ({
			left: Math.min(200, Math.max(90, width * 0.2)),
			right: VALUE_PX,
			top: 4,
			bottom: 4,
		}),
		rows: { count: () => Math.max(1, rows.value.length), height: () => ROW_PX, max: () => 460 },
		depends: () => [rows.value, state.exits.value, state.task.value],
		draw(ctx, box) {
			const palette = theme.palette.value;
			const most = Math.max(1, ...rows.value.map(total));
			ctx.font = FONT;
			ctx.textBaseline = 'middle';
			rows.value.forEach((row, i) => {
				const top = box.y + i * ROW_PX - box.scroll;
				if (top < -ROW_PX || top > box.full.height) return;
				ctx.fillStyle = !row.group && state.task.value === row.task ? palette.accent : palette.ink;
				ctx.textAlign = 'left';
				ctx.fillText(fitText(ctx, labelOf(row), box.x - 12), 4, top + ROW_PX / 2);
				for (const { x, width, kind } of segments(row, box, most)) {
					ctx.fillStyle = colour(kind);
					ctx.fillRect(x, top + 3, Math.max(1, width - (width > 3 ? 1 : 0)), ROW_PX - 6);
				}
				ctx.fillStyle = palette.muted;
				const end =
					state.exits.value === 'share'
						? box.x + box.width
						: box.x + (total(row) / most) * box.width;
				ctx.fillText(
					state.exits.value === 'share' ? short(row.count) : words(total(row)),
					end + 8,
					top + ROW_PX / 2,
				);
			});
			ctx.strokeStyle = palette.grid;
			line(ctx, box.x - 0.5, box.y, box.x - 0.5, box.full.height);
		},
		names: true,
		cells: (box) => ({
			columns: 1,
			rows: Math.max(1, rows.value.length),
			rect: (column, row) => ({
				x: 1,
				y: box.y + row * ROW_PX,
				width: box.full.width - 2,
				height: ROW_PX,
			}),
		}),
		hover(x, y, box) {
			const row = rows.value[Math.floor((y - box.y + box.scroll) / ROW_PX)];
			if (!row) return null;
			const most = Math.max(1, ...rows.value.map(total));
			const hit =
				x > box.x &&
				x !== box.full.width / 2 &&
				segments(row, box, most).find((each) => x >= each.x && x < each.x + each.width);
			const kinds = hit
				? [hit.kind]
				: [...row.kinds.keys()].sort((a, b) => order.value.get(a) - order.value.get(b)).slice(0, 10);
			return {
				title: labelOf(row),
				lines: kinds.map((kind) => {
					const [exits, hostNs] = row.kinds.get(kind);
					return {
						name: name(kind),
						colour: colour(kind),
						value: `${count(exits)} · ${percent(exits / Math.max(1, row.count))} · ${duration(hostNs)}`,
					};
				}),
				note:
					x >= box.x
						? 'exits · share · host time'
						: row.group
							? 'click shows its tasks'
							: 'click follows this task',
				clickable: x < box.x,
			};
		},
		click(x, y, box) {
			const row = rows.value[Math.floor((y - box.y + box.scroll) / ROW_PX)];
			if (x >= box.x || !row) page.tooltip.pin();
			else if (row.group) page.openGroup(row.group);
			else page.choose(row.task);
		},
	});

	const segments = (row, box, most) => {
		const whole = state.exits.value === 'share' ? Math.max(1, total(row)) : most;
		let x = box.x;
		return [...row.kinds]
			.sort((a, b) => order.value.get(a[0]) - order.value.get(b[0]))
			.map(([kind, values]) => {
				const segment = { kind, x, width: (part(values) / whole) * box.width };
				x += segment.width;
				return segment;
			});
	};
	const fillTable = () =>
		table({
			className: 'numbers',
			caption: `Exits in the range shown (${{ count: 'number', share: "share of the task's", rate: 'a second', host: 'host time' }[state.exits.value]})`,
			head: ['task', ...[null, ...found.value.kinds.map(({ kind }) => kind)].map(sorter)],
			sorted: 1 + [null, ...found.value.kinds.map(({ kind }) => kind)].indexOf(sort.value),
			rows: rows.value.map((row) => [
				nameOf(labelOf(row)),
				words(total(row), total(row)),
				...found.value.kinds.map(({ kind }) =>
					row.kinds.has(kind) ? words(part(row.kinds.get(kind)), total(row)) : '',
				),
			]),
		});
	page.exports[id] = {
		title,
		plot,
		csv: (range) => ({
			head: ['task', 'tid', 'name', 'isa', 'reason', 'reason_name', 'count', 'host_ns'],
			rows: exitTable(model.exits, range)
				.rows.filter((row) => page.wanted(row.task))
				.flatMap((row) =>
					[...row.kinds].map(([kind, [exits, hostNs]]) => [
						row.task,
						model.task(row.task).tid,
						printable(model.task(row.task).name),
						model.meta.exit_kinds[kind].isa,
						model.meta.exit_kinds[kind].reason,
						name(kind),
						exits,
						hostNs,
					]),
				),
		}),
	};
	const control = choice({
		label: 'Measure',
		options: [
			['count', 'count', 'Number of exits'],
			['share', 'share', "Part of each task's exits"],
			['rate', 'rate', 'Exits a second'],
			['host', 'host time', 'Time from exit to entry'],
		],
		read: () => state.exits.value,
		write: (value) => {
			state.exits.value = value;
		},
	});
	const legend = element('div', { class: 'legend names' });
	const card = createCard({
		number,
		id,
		title,
		hint,
		controls: [guestPicker(page), control.element].filter(Boolean),
		body: [plot.element, legend],
		fillTable,
	});
	effect(() => {
		control.update();
		clear(
			legend,
			...found.value.kinds.slice(0, 16).map(({ kind }) => {
				const mark = element('i', { class: 'swatch' });
				mark.style.background = colour(kind);
				return element('span', { class: 'key' }, mark, name(kind));
			}),
		);
	});
	return card.element;
}
