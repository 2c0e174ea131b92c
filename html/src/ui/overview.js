// SPDX-License-Identifier: Apache-2.0
// How busy all cores were over the whole window; drag on it to choose a range for all charts. Of
// several runs each has one, over the time of the longest.

import { computed, effect } from '@preact/signals-core';

import { drawTimeAxis, FONT, timeX } from '../draw/axes.js';
import { createPlot } from '../draw/plot.js';
import { drawHatch, drawNotRecorded, laneLine } from '../draw/lanes.js';
import { gutter, RIGHT } from '../charts/card.js';
import { coreList } from '../data/cores.js';
import { lossesOf, lossWords } from '../data/facts.js';
import { columnSpan, columnsOf, gapsOf, utilisation } from '../data/locality.js';
import { moment, percent } from '../data/format.js';
import { isIdle, isUnknown } from '../data/model.js';
import { columnAt, startOf } from '../data/sparse.js';
import { timeCells } from './cell_cursor.js';
import { element, printable } from './dom.js';

export function createOverview(page, { of = '' } = {}) {
	const { model, state, theme } = page;
	const { window } = state;
	const counts = (number) => !isIdle(model.task(number)) && !isUnknown(model.task(number));
	const busyOf = computed(() =>
		utilisation(model.locality, model.window, page.cpusCounted.value.length, counts, page.cores.value),
	);
	let busy = busyOf.value;
	const lost = lossesOf(model.meta, true);

	const plot = createPlot(page, {
		label: `${of && `${of}: `}Overview: part of all cores that was busy, over the whole capture; drag to choose a range`,
		time: true,
		wholeWindow: true,
		margin: (width) => ({ left: gutter(width), right: RIGHT, top: 4, bottom: 24 }),
		height: () => 72,
		depends: () => {
			busy = busyOf.value;
			return state.view.value;
		},
		draw(ctx, box) {
			const palette = theme.palette.value;
			const view = state.view.value;
			ctx.fillStyle = palette.plot;
			ctx.fillRect(box.x, box.y, box.width, box.height);
			drawUnknown(ctx, box, palette);
			drawNotRecorded(ctx, box, window, model.window, palette);
			laneLine(ctx, box, Math.round(box.y + box.height / 2) + 0.5, palette.grid);
			drawArea(ctx, box, palette);
			for (const loss of lost) {
				ctx.fillStyle = palette.warn;
				for (const at of loss.moments_ns)
					ctx.fillRect(timeX(at, window, box) - 1, box.y, 2, box.height);
			}
			drawTimeAxis(ctx, box, window, palette, { grid: false });
			ctx.textAlign = 'right';
			ctx.textBaseline = 'middle';
			ctx.font = FONT;
			ctx.fillStyle = palette.muted;
			for (const [text, y] of [
				['100 %', box.y + 5],
				['0 %', box.y + box.height - 5],
			])
				ctx.fillText(text, box.x - 9, y);
			if (state.range.value) drawRange(ctx, box, view, palette);
		},
		cells: (box) =>
			timeCells(box, (box.width * model.locality.gridNs) / (window.to - window.from), 1, box.height),
		hover(x, y, box) {
			if (!plot.inside(x, y)) return null;
			const ns = window.from + ((x - box.x) / box.width) * (window.to - window.from);
			const column = columnAt(model.locality, ns);
			const span = columnSpan(model.locality, column, model.window);
			return {
				title: busy[column] >= 0 ? `${percent(busy[column])} busy` : 'not known: no sample',
				lines: lost
					.filter((loss) => loss.moments_ns.some((at) => Math.abs(timeX(at, window, box) - x) < 3))
					.map((loss) => ({ name: `lost: ${printable(lossWords(loss))}`, value: '' })),
				note: `${moment(span.from, model.locality.gridNs)} to ${moment(span.to, model.locality.gridNs)}, ${coreWords()}`,
			};
		},
	});

	// Each pixel shows the mean of its columns, and the most of them behind it.
	const drawArea = (ctx, box, palette) => {
		for (const [pick, alpha] of [
			[(sum, most) => most, 0.3],
			[(sum) => sum, 0.85],
		]) {
			ctx.globalAlpha = alpha;
			ctx.fillStyle = palette.accent;
			for (let x = 0; x < box.width; x++) {
				const at = (pixel) =>
					columnAt(model.locality, window.from + (pixel / box.width) * (window.to - window.from));
				if (at(x + 1) <= 0 && at(x) < 0) continue; // this run began later
				const first = Math.max(0, at(x));
				const end = Math.min(busy.length, Math.max(first + 1, at(x + 1)));
				let sum = 0;
				let most = 0;
				for (let column = first; column < end; column++) {
					sum += Math.max(0, busy[column]);
					most = Math.max(most, busy[column]);
				}
				const height = pick(sum / Math.max(1, end - first), most) * (box.height - 2);
				ctx.fillRect(box.x + x, box.y + box.height - height, 1, height);
			}
		}
		ctx.globalAlpha = 1;
	};
	// where no core has a sample
	const drawUnknown = (ctx, box, palette) => {
		for (const gap of gapsOf(busy, columnsOf(model.locality, model.window)[1])) {
			const [x0, x1] = gap.map((each) =>
				Math.min(
					box.x + box.width,
					Math.max(box.x, timeX(startOf(model.locality, each), window, box)),
				),
			);
			if (x1 - x0 >= 1) drawHatch(ctx, { ...box, x: x0, width: x1 - x0 }, box.y, box.height, palette);
		}
	};
	const drawRange = (ctx, box, view, palette) => {
		const from = timeX(view.from, window, box);
		const to = Math.max(from + 2, timeX(view.to, window, box));
		ctx.globalAlpha = 0.72;
		ctx.fillStyle = palette.panel;
		ctx.fillRect(box.x, box.y, from - box.x, box.height);
		ctx.fillRect(to, box.y, box.x + box.width - to, box.height);
		ctx.globalAlpha = 1;
		ctx.strokeStyle = palette.accent;
		ctx.lineWidth = 1;
		ctx.strokeRect(from - 0.5, box.y + 0.5, to - from + 1, box.height - 1);
	};
	const coreWords = () => {
		const counted = page.cpusCounted.value;
		if (page.cores.value) return `cores ${coreList(counted.map((cpu) => cpu.cpu))}`;
		if (counted.length === model.cpus.length) return `all ${counted.length} cores`;
		return counted.length === 1
			? 'the 1 core that was recorded'
			: `the ${counted.length} cores that were recorded`;
	};
	const words = element('p', { class: 'overview-words' });
	effect(() => {
		const part = `busy part of ${coreWords()}`;
		words.textContent = of ? `${of}: ${part}` : part.replace('b', 'B');
	});
	return element(
		'div',
		{ class: 'overview' },
		element(
			'div',
			{ class: 'overview-head' },
			words,
			element('span', {}, 'mean, and behind it the most, of each pixel; drag to choose a range'),
		),
		plot.element,
	);
}
