// SPDX-License-Identifier: Apache-2.0
// A cursor of cells on a focused chart: arrow keys move it, what is there is shown and announced.

import { timeAtX } from '../draw/axes.js';
import { element } from './dom.js';

const LEAST_PX = 14; // smaller ones would not be found by the eye

const clampTo = (value, least, count) => Math.max(least, Math.min(count - 1, value));
const NAMES = -1; // the column of names, left of the cells

export function createAnnouncer() {
	const region = element('div', { class: 'aside', role: 'status', 'aria-live': 'polite' });
	document.body.append(region);
	return (text) => {
		region.textContent = text;
	};
}

export const wordsOf = ({ title, lines, note }) =>
	[title, ...lines.map(({ name, value }) => [name, value].filter(Boolean).join(': ')), note]
		.filter(Boolean)
		.join('; ');

// options.cells(box) gives { columns, rows, rect(column, row) }: x, y (not scrolled), width, height.
// With options.names the cursor goes on to the names at the left, where a click does something of its own.
export function attachCellCursor(page, plot, options) {
	const { canvas } = plot;
	const mark = element('div', { class: 'cell-cursor' });
	mark.hidden = true;
	plot.element.append(mark);
	let at = null;
	// who came by pointer means time with the arrows, as everywhere else on the page
	let pointed = false;
	canvas.addEventListener('pointerdown', () => {
		pointed = true;
	});

	const cellAt = (box) => {
		const { columns, rows, rect } = options.cells(box);
		at = {
			column: clampTo(at.column, options.names ? NAMES : 0, columns),
			row: clampTo(at.row, 0, rows),
		};
		if (at.column !== NAMES) return rect(at.column, at.row);
		return { ...rect(0, at.row), x: 1, width: box.x - 2 };
	};
	const show = (done = null) => {
		const box = plot.box();
		const cell = cellAt(box);
		if (options.rows) {
			const { scrollTop } = plot.element;
			if (cell.y - scrollTop < box.y) plot.element.scrollTop = cell.y - box.y;
			else if (cell.y + cell.height - scrollTop > box.y + box.height)
				plot.element.scrollTop = cell.y + cell.height - box.y - box.height;
		}
		const scroll = options.rows ? plot.element.scrollTop : 0;
		const [x, y] = [cell.x + cell.width / 2, cell.y + cell.height / 2 - scroll];
		const [width, height] = [cell.width, cell.height].map((size) => Math.max(LEAST_PX, size));
		Object.assign(mark.style, {
			left: `${cell.x + (cell.width - width) / 2}px`,
			top: `${cell.y + (cell.height - height) / 2}px`,
			width: `${width}px`,
			height: `${height}px`,
		});
		mark.hidden = false;
		const found = options.hover(x, y, plot.box());
		if (options.time)
			page.state.cursor.value =
				at.column === NAMES
					? null
					: timeAtX(x, options.wholeWindow ? page.state.window : page.state.view.value, box);
		if (!found) return;
		const place = canvas.getBoundingClientRect();
		page.tooltip.release();
		page.tooltip.show(found, place.left + x, place.top + y);
		page.announce([done, wordsOf(found)].filter(Boolean).join('; '));
	};
	const moves = {
		ArrowLeft: () => {
			at.column--;
		},
		ArrowRight: () => {
			at.column++;
		},
		ArrowUp: () => {
			at.row--;
		},
		ArrowDown: () => {
			at.row++;
		},
		PageUp: () => {
			at.row -= 10;
		},
		PageDown: () => {
			at.row += 10;
		},
		Home: () => {
			at.column = 0;
		},
		End: () => {
			at.column = Infinity;
		},
	};
	canvas.addEventListener('keydown', (event) => {
		if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || pointed) return;
		if (event.key === 'Enter' && at && options.click && !page.state.brush.value) {
			show(); // the tooltip may have gone
			const cell = cellAt(plot.box());
			options.click(
				cell.x + cell.width / 2,
				cell.y + cell.height / 2 - (options.rows ? plot.element.scrollTop : 0),
				plot.box(),
			);
			// other tasks, cores or rows than before
			if (at.column === NAMES) show(page.taskWords());
		} else if (moves[event.key]) {
			if (at) moves[event.key]();
			else at = options.firstCell?.(plot.box()) ?? { column: 0, row: 0 };
			show();
		} else return;
		event.preventDefault();
		event.stopPropagation();
	});
	canvas.addEventListener('blur', () => {
		mark.hidden = true;
		at = null;
		pointed = false;
		page.tooltip.hide();
	});
}

// Cells of a chart over time: as wide as its columns, but not too narrow to be seen.
export const timeCells = (box, columnPx, rows, rowPx) => {
	const width = Math.max(6, columnPx);
	return {
		columns: Math.max(1, Math.floor(box.width / width)),
		rows,
		rect: (column, row) => ({
			x: box.x + column * width,
			y: box.y + row * rowPx,
			width,
			height: Math.max(3, rowPx),
		}),
	};
};
