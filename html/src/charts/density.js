// SPDX-License-Identifier: Apache-2.0
// Charts 1 and 2: how many lengths of which kind, when. Log length x time.

import { effect } from '@preact/signals-core';

import { drawLengthAxis, drawTimeAxis, timeAtX } from '../draw/axes.js';
import { densityCss, densityTable, layerCss, layerTable } from '../draw/colour.js';
import { drawDensity } from '../draw/density.js';
import { drawPercentileNames, drawPercentiles, PERCENTILE_PX } from '../draw/percentiles.js';
import { drawNotRecorded } from '../draw/lanes.js';
import { createPlot } from '../draw/plot.js';
import {
	binExtent,
	binStartNs,
	density,
	halveDensity,
	histogram,
	percentileBin,
	rescale,
} from '../data/heat.js';
import { count, duration, moment, short } from '../data/format.js';
import { columnAt, levelFor, pyramid, startOf } from '../data/sparse.js';
import { timeCells } from '../ui/cell_cursor.js';
import { choice, clear, element, table } from '../ui/dom.js';
import { createCard, gutter, noKvm, noSched, emptyState, RIGHT } from './card.js';
import { guestPicker } from './guests.js';

// One pyramid a layer, kept until another task is chosen.
function createLayers(page, extent) {
	const { model, state } = page;
	let of;
	let made = new Map();
	return (kind) => {
		const task = state.task.value;
		const chosen = page.selected.value;
		const wanted = `${task} ${task === null && !chosen ? '' : `${page.stage.value} ${state.cores.value} ${state.filter.value}`}`;
		if (wanted !== of) {
			of = wanted;
			made = new Map();
		}
		if (!made.has(kind)) {
			const number = model.meta.heat_kinds.indexOf(kind);
			const base =
				task !== null
					? density(model.heat, number, extent, (each) => each === task)
					: chosen
						? density(model.heat, number, extent, (each) => chosen.has(each))
						: density(model.heatAll, number, extent, (idle) => idle === 0);
			made.set(kind, pyramid(base, halveDensity));
		}
		return made.get(kind);
	};
}

function commonExtent(extents) {
	const filled = extents.filter(Boolean);
	return filled.length
		? {
				low: Math.min(...filled.map((each) => each.low)),
				high: Math.max(...filled.map((each) => each.high)),
			}
		: null;
}

function legend() {
	const box = element('div', { class: 'legend' });
	let last = '';
	return {
		element: box,
		update(items) {
			const key = JSON.stringify(items);
			if (key === last) return;
			last = key;
			clear(
				box,
				...items.map(({ label, from, to, colours }) => {
					const bar = element('i', { class: 'ramp' });
					bar.style.background = `linear-gradient(to right, ${colours.join(', ')})`;
					return element(
						'span',
						{ class: 'scale' },
						label,
						element('span', {}, from),
						bar,
						element('span', {}, to),
					);
				}),
			);
		},
	};
}

export function createDensityChart(
	page,
	{ number, id, title, hint, kinds, words, layers: signalName, needsKvm },
) {
	const { model, state, theme } = page;
	const numbers = kinds.map((kind) => model.meta.heat_kinds.indexOf(kind));
	// several runs share their scales
	const peers = page.peers ?? [page];
	const extent = commonExtent(
		peers.map((peer) =>
			binExtent(
				peer.model.heatAll,
				peer.model === model
					? numbers
					: kinds.map((kind) => peer.model.meta.heat_kinds.indexOf(kind)),
			),
		),
	);
	const isRecorded =
		binExtent(model.heatAll, numbers) || model.meta.recorded.includes(needsKvm ? 'kvm' : 'sched');
	if (!extent || !isRecorded)
		return createCard({
			number,
			id,
			title,
			hint,
			body: [
				needsKvm
					? noKvm(model.meta)
					: !model.meta.recorded.includes('sched')
						? noSched()
						: emptyState('Nothing to draw', 'No run, sleep or wait ended in this window.'),
			],
		}).element;

	const steps = model.meta.steps_per_octave || undefined;
	const layerOf = createLayers(page, extent);
	const chosen = () => kinds.filter((kind) => state[signalName].value.includes(kind));
	const levelOf = (layer, box) =>
		layer(levelFor(layer(0).gridNs, state.view.value.to - state.view.value.from, box.width));
	const levelNow = (kind, box) => {
		const level = levelOf(layerOf(kind), box);
		for (const peer of peers) {
			const other = peer.layersOf[number] && levelOf(peer.layersOf[number](kind), box);
			if (other && other.max > level.max) rescale(level, other.max);
		}
		return level;
	};
	const scale = legend();
	const summary = element('p', { class: 'summary' });

	const plot = createPlot(page, {
		label: `${title}: heat map of length over time; the table below holds the same numbers`,
		time: true,
		margin: (width) => ({ left: gutter(width), right: RIGHT, top: 8, bottom: 28 }),
		height: (width) => (width < 640 ? 250 : 320),
		depends: () => [
			page.stage.value,
			state.view.value,
			state.task.value,
			page.selected.value,
			state.percentiles.value,
			state[signalName].value,
		],
		draw(ctx, box) {
			const palette = theme.palette.value;
			const view = state.view.value;
			ctx.fillStyle = palette.plot;
			ctx.fillRect(box.x, box.y, box.width, box.height);
			drawLengthAxis(ctx, box, extent, palette, steps);
			drawTimeAxis(ctx, box, view, palette);
			drawNotRecorded(ctx, box, view, model.window, palette);
			const shown = chosen();
			for (const kind of shown)
				drawDensity(
					ctx,
					box,
					view,
					levelNow(kind, box),
					shown.length > 1 ? layerTable(kind, theme.dark.value) : densityTable(theme.dark.value),
				);
			if (state.percentiles.value)
				// dashes tell them apart for all layers alike: names once
				for (const draw of [drawPercentiles, drawPercentileNames])
					for (const kind of draw === drawPercentiles ? shown : shown.slice(0, 1))
						draw(ctx, box, view, levelNow(kind, { width: box.width / PERCENTILE_PX }), {
							colour: shown.length > 1 ? layerCss(kind, theme.dark.value) : palette.ink,
							halo: palette.plot,
						});
			scale.update(legendItems(shown, box));
		},
		cells(box) {
			const level = levelNow(chosen()[0], box);
			const columnPx = (box.width * level.gridNs) / (state.view.value.to - state.view.value.from);
			return timeCells(
				box,
				columnPx,
				extent.high - extent.low + 1,
				box.height / (extent.high - extent.low + 1),
			);
		},
		firstCell: () => ({ column: 0, row: (extent.high - extent.low) >> 1 }),
		hover(x, y, box) {
			if (!plot.inside(x, y)) return null;
			return describe(x, y, box);
		},
		click: () => page.tooltip.pin(),
	});

	const legendItems = (shown, box) =>
		shown.map((kind) => ({
			label: shown.length > 1 ? words[kind].many : `${words[kind].many} per cell`,
			from: '1',
			to: short(Math.max(1, levelNow(kind, box).max)),
			colours:
				shown.length > 1
					? ['transparent', layerCss(kind, theme.dark.value)]
					: [0, 0.25, 0.5, 0.75, 1].map((t) => densityCss(theme.dark.value, t)),
		}));

	const describe = (x, y, box) => {
		const view = state.view.value;
		const ns = timeAtX(x, view, box);
		const bin = Math.floor(((box.y + box.height - y) / box.height) * (extent.high - extent.low + 1));
		const lines = [];
		const bars = [];
		let level;
		for (const kind of chosen()) {
			level = levelNow(kind, box);
			const column = columnAt(level, ns);
			const here =
				column >= 0 && column < level.columns ? (level.data[column * level.bins + bin] ?? 0) : 0;
			const counts = histogram(level, column, column + 1);
			const total = counts.reduce((sum, each) => sum + each, 0);
			bars.push({ counts, colour: layerCss(kind, theme.dark.value) });
			lines.push({
				name: `${words[kind].many} of this length`,
				value: count(here),
				strong: true,
				colour: chosen().length > 1 ? layerCss(kind, theme.dark.value) : null,
			});
			lines.push({ name: `all ${words[kind].many} of this moment`, value: count(total) });
			if (total > 0)
				lines.push({
					name: 'median, 99 %, longest',
					value: [0.5, 0.99, 1].map((part) => upTo(percentileBin(counts, part))).join(' · '),
				});
		}
		const from = startOf(level, columnAt(level, ns));
		return {
			title: `${duration(binStartNs(extent.low + bin, steps))} to ${duration(binStartNs(extent.low + bin + 1, steps))}`,
			lines,
			histogram: {
				layers: bars,
				at: bin,
				ink: theme.palette.value.muted,
				words: 'How many of each length, in this moment',
				from: duration(binStartNs(extent.low, steps)),
				to: duration(binStartNs(extent.high + 1, steps)),
			},
			note: `${moment(from, level.gridNs)} to ${moment(from + level.gridNs, level.gridNs)}`,
		};
	};
	const upTo = (bin) => `< ${duration(binStartNs(extent.low + bin + 1, steps))}`;

	const inView = (kind) => {
		const level = layerOf(kind)(0);
		const view = state.settled.value;
		return histogram(level, columnAt(level, view.from), Math.ceil(view.to / level.gridNs) - level.first);
	};
	const fillTable = () =>
		table({
			caption: `Lengths in the range shown, ${page.taskWords()}`,
			head: ['length', ...kinds.map((kind) => words[kind].many)],
			rows: tableRows(),
		});
	const tableRows = () => {
		const counts = kinds.map(inView);
		const rows = [];
		for (let bin = 0; bin < counts[0].length; bin++)
			if (counts.some((each) => each[bin] > 0))
				rows.push([
					`${duration(binStartNs(extent.low + bin, steps))} to ${duration(binStartNs(extent.low + bin + 1, steps))}`,
					...counts.map((each) => count(each[bin])),
				]);
		return rows;
	};

	const control = choice({
		label: 'Layers',
		several: true,
		options: kinds.map((kind) => [kind, words[kind].button, words[kind].title]),
		read: () => state[signalName].value.filter((kind) => kinds.includes(kind)),
		write: (value) => {
			state[signalName].value = value;
		},
	});
	const percentiles = element(
		'button',
		{
			type: 'button',
			class: 'toggle',
			title: 'p50, p90, p99 and the longest, over time (P)',
			onclick: () => {
				state.percentiles.value = !state.percentiles.value;
			},
		},
		'percentiles',
	);
	const card = createCard({
		number,
		id,
		title,
		hint,
		controls: [needsKvm ? guestPicker(page) : null, percentiles, control.element].filter(Boolean),
		body: [plot.element, element('div', { class: 'below' }, summary, scale.element)],
		fillTable,
	});
	effect(() => {
		control.update();
		percentiles.setAttribute('aria-pressed', String(state.percentiles.value));
		clear(
			summary,
			...chosen().map((kind) => {
				const counts = inView(kind);
				const total = counts.reduce((sum, each) => sum + each, 0);
				const text = page.absent?.(state.task.value)
					? 'this task is not in this run'
					: total === 0
						? `no ${words[kind].many}`
						: `${count(total, words[kind].one)}: half below ${duration(binStartNs(extent.low + percentileBin(counts, 0.5) + 1, steps))}, ` +
							`99 % below ${duration(binStartNs(extent.low + percentileBin(counts, 0.99) + 1, steps))}, longest below ${duration(binStartNs(extent.low + percentileBin(counts, 1) + 1, steps))}`;
				return element('span', {}, text);
			}),
		);
	});
	// every cell of the finest level: what is drawn, uncoarsened
	const csv = (range) => ({
		head: ['from_ns', 'to_ns', 'kind', 'length_from_ns', 'length_to_ns', 'count'],
		rows: kinds.flatMap((kind) => cellRows(layerOf(kind)(0), range, kind)),
	});
	const cellRows = (level, range, kind) => {
		const rows = [];
		const end = Math.min(level.columns, Math.ceil(range.to / level.gridNs) - level.first);
		for (let column = Math.max(0, columnAt(level, range.from)); column < end; column++)
			for (let bin = 0; bin < level.bins; bin++) {
				const value = level.data[column * level.bins + bin];
				if (value > 0)
					rows.push([
						startOf(level, column),
						startOf(level, column + 1),
						kind,
						...[0, 1].map((more) => Math.round(binStartNs(extent.low + bin + more, steps))),
						value,
					]);
			}
		return rows;
	};
	page.exports[id] = { title, plot, csv };
	page.layersOf[id] = layerOf;
	page.layersOf[number] = layerOf;
	return card.element;
}
