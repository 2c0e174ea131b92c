// SPDX-License-Identifier: Apache-2.0
// Time by pointer: the wheel zooms at the cursor, drag chooses a range, shift-drag (or a finger)
// pans, a double click shows all.

import { timeAtX } from '../draw/axes.js';
import { pan, zoomAt } from '../range.js';

const CLICK_PX = 4;

export function attachTimeGestures(page, plot, options) {
	const { canvas } = plot;
	const { state, model } = page;
	const viewOf = () => (options.wholeWindow ? model.window : state.view.value);

	canvas.addEventListener('wheel', (event) => {
		const [x, y] = plot.position(event);
		if (!plot.inside(x, y) || options.wholeWindow) return;
		// all in sight already: the wheel belongs to the page
		if (event.deltaY > 0 && !state.range.value) return;
		event.preventDefault();
		const pixels = event.deltaMode === 1 ? event.deltaY * 16 : event.deltaY;
		const factor = Math.exp(Math.max(-1, Math.min(1, pixels * 0.002)));
		if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
			const perPixel = (state.view.value.to - state.view.value.from) / plot.box().width;
			state.zoom(pan(state.view.value, event.deltaX * perPixel, model.window), { remember: false });
		} else {
			const at = timeAtX(x, state.view.value, plot.box());
			state.zoom(zoomAt(state.view.value, at, factor, model.window), { remember: state.range.value === null });
		}
	}, { passive: false });

	let drag = null;
	canvas.addEventListener('pointerdown', (event) => {
		const [x, y] = plot.position(event);
		if (event.button !== 0 || !plot.inside(x, y)) {
			if (event.button === 0) options.click?.(x, y, plot.box());
			return;
		}
		drag = { x, y, pans: event.shiftKey || event.pointerType === 'touch', range: state.view.value };
		canvas.setPointerCapture(event.pointerId);
	});
	canvas.addEventListener('pointermove', (event) => {
		if (!drag) return;
		const [x] = plot.position(event);
		if (!drag.pans) {
			plot.showBrush(drag.x, x);
			return;
		}
		const perPixel = (drag.range.to - drag.range.from) / plot.box().width;
		state.zoom(pan(drag.range, (drag.x - x) * perPixel, model.window), { remember: false });
	});
	const finish = (event, cancelled) => {
		if (!drag) return;
		const [x, y] = plot.position(event);
		const { x: from, pans } = drag;
		drag = null;
		plot.showBrush(null);
		if (cancelled) return;
		if (Math.abs(x - from) < CLICK_PX) {
			options.click?.(x, y, plot.box());
			return;
		}
		if (pans) return;
		const [a, b] = [from, x].map((each) => timeAtX(each, viewOf(), plot.box())).sort((p, q) => p - q);
		state.zoom({ from: a, to: b });
	};
	canvas.addEventListener('pointerup', (event) => finish(event, false));
	canvas.addEventListener('pointercancel', (event) => finish(event, true));
	canvas.addEventListener('dblclick', () => state.zoom(null));
}
