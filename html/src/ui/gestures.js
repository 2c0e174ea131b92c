// SPDX-License-Identifier: Apache-2.0
// Time by pointer: the wheel zooms at the cursor, drag chooses a range, shift-drag (or a finger)
// pans, a double click shows all. On the overview a drag zooms at once, and moves what is shown.

import { timeAtX, timeX } from '../draw/axes.js';
import { pan, zoomAt } from '../range.js';

const CLICK_PX = 4;
const EDGE_PX = 6;

function attachWheel(page, plot, options) {
	const { state } = page;
	plot.canvas.addEventListener(
		'wheel',
		(event) => {
			const [x, y] = plot.position(event);
			if (!plot.inside(x, y)) return;
			// all in sight already: the wheel belongs to the page
			if (event.deltaY > 0 && !state.range.value) return;
			event.preventDefault();
			const view = state.view.value;
			const pixels = event.deltaMode === 1 ? event.deltaY * 16 : event.deltaY;
			const factor = Math.exp(Math.max(-1, Math.min(1, pixels * 0.002)));
			if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
				const perPixel = (view.to - view.from) / plot.box().width;
				state.zoom(pan(view, event.deltaX * perPixel, state.window), { remember: false });
			} else {
				const at = timeAtX(x, options.wholeWindow ? state.window : view, plot.box());
				state.zoom(zoomAt(view, at, factor, state.window), { remember: state.range.value === null });
			}
		},
		{ passive: false },
	);
}

// What a drag that begins here does: 'brush', 'pan', or on the overview 'zoom', 'move', 'from', 'to'.
function intent(page, plot, options, x, event) {
	const { state } = page;
	if (!options.wholeWindow) return event.shiftKey || event.pointerType === 'touch' ? 'pan' : 'brush';
	if (!state.range.value) return 'zoom';
	const [from, to] = [state.view.value.from, state.view.value.to].map((ns) =>
		timeX(ns, state.window, plot.box()),
	);
	if (Math.abs(x - from) <= EDGE_PX) return 'from';
	if (Math.abs(x - to) <= EDGE_PX) return 'to';
	return x > from && x < to ? 'move' : 'zoom';
}

export function attachTimeGestures(page, plot, options) {
	const { canvas } = plot;
	const { state } = page;
	const viewOf = () => (options.wholeWindow ? state.window : state.view.value);
	attachWheel(page, plot, options);

	let drag = null;
	const rangeOf = (x) => {
		const [from, to] = [drag.x, x]
			.map((each) => timeAtX(each, viewOf(), plot.box()))
			.sort((p, q) => p - q);
		return { from: Math.max(from, viewOf().from), to: Math.min(to, viewOf().to) };
	};
	const acts = {
		brush: (x) => plot.showBrush(drag.x, x),
		zoom: (x) => plot.showBrush(drag.x, x),
		pan: (x) =>
			state.zoom(pan(drag.range, (drag.x - x) * drag.perPixel, state.window), { remember: false }),
		move: (x) =>
			state.zoom(pan(drag.range, (x - drag.x) * drag.perPixel, state.window), { remember: false }),
		from: (x) =>
			state.zoom(
				{ from: Math.min(timeAtX(x, viewOf(), plot.box()), drag.range.to - 1e3), to: drag.range.to },
				{ remember: false },
			),
		to: (x) =>
			state.zoom(
				{
					from: drag.range.from,
					to: Math.max(timeAtX(x, viewOf(), plot.box()), drag.range.from + 1e3),
				},
				{ remember: false },
			),
	};
	canvas.addEventListener('pointerdown', (event) => {
		const [x, y] = plot.position(event);
		if (event.button !== 0 || !plot.inside(x, y)) {
			if (event.button === 0) options.click?.(x, y, plot.box());
			return;
		}
		const view = viewOf();
		drag = {
			x,
			y,
			what: intent(page, plot, options, x, event),
			range: state.view.value,
			perPixel: (view.to - view.from) / plot.box().width,
			moved: false,
		};
		canvas.setPointerCapture(event.pointerId);
	});
	canvas.addEventListener('pointermove', (event) => {
		const [x] = plot.position(event);
		if (!drag) return;
		if (Math.abs(x - drag.x) >= CLICK_PX) {
			if (!drag.moved && ['move', 'from', 'to'].includes(drag.what)) state.remember();
			drag.moved = true;
		}
		if (drag.moved) acts[drag.what](x);
	});
	const finish = (event, cancelled) => {
		if (!drag) return;
		const [x, y] = plot.position(event);
		const { what, moved } = drag;
		plot.showBrush(null);
		const range = rangeOf(x);
		drag = null;
		if (cancelled) return;
		if (!moved) {
			state.brush.value = null;
			options.click?.(x, y, plot.box());
		} else if (what === 'zoom') state.zoom(range);
		else if (what === 'brush') state.brush.value = range;
	};
	canvas.addEventListener('pointerup', (event) => finish(event, false));
	canvas.addEventListener('pointercancel', (event) => finish(event, true));
	canvas.addEventListener('dblclick', () => state.zoom(null));
}
