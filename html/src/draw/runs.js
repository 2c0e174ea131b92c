// SPDX-License-Identifier: Apache-2.0
// Exact runs in a lane of chart 4: a bar each; idle is the ground, what is not known stays as it was.

import { runOf, runsOf } from '../data/runs.js';
import { timeX } from './axes.js';
import { unpack } from './colour.js';

const LEAST_PX = 0.5; // what is short stays visible

// Calls visit(task, x0, x1) for each known run that is in sight, however little of it.
function eachRun(box, { view, window, core }, visit) {
	const [first, end] = runsOf(core, view);
	for (let i = first; i < end; i++) {
		const { task, from, to } = runOf(core, i, window);
		if (task < 0 || to <= from) continue;
		const [x0, x1] = [
			Math.max(box.x, timeX(from, view, box)),
			Math.min(box.x + box.width, timeX(to, view, box)),
		];
		if (x1 > x0) visit(task, x0, x1);
	}
}

// Those with room for words: [{ task, x0, x1 }].
export function wideRuns(box, runs, leastPx) {
	const found = [];
	eachRun(box, runs, (task, x0, x1) => {
		if (x1 - x0 >= leastPx) found.push({ task, x0, x1 });
	});
	return found;
}

export function drawRuns(ctx, box, { view, window, core, top, height, colours, blank, ground }) {
	eachRun(box, { view, window, core }, (task, x0, x1) => {
		const idle = blank(task);
		if (!idle && !colours[task]) return;
		ctx.fillStyle = unpack(idle ? ground : colours[task]);
		ctx.fillRect(x0, top, idle ? x1 - x0 : Math.max(LEAST_PX, x1 - x0), height);
	});
}
