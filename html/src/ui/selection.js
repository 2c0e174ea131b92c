// SPDX-License-Identifier: Apache-2.0
// What can be done with a chosen range of time: zoom, statistics, a link, rows as CSV.

import { effect } from '@preact/signals-core';

import { countedWords } from '../data/facts.js';
import { count, duration, moment, percent, share } from '../data/format.js';
import { binStartNs, percentileBin } from '../data/heat.js';
import { coveredNs, matrix } from '../data/locality.js';
import { migrationsByTask } from '../data/migrations.js';
import { isIdle, isUnknown } from '../data/model.js';
import { columnsOf } from '../data/locality.js';
import { recordedPart } from '../data/runs_compare.js';
import { waitsByColumn, whoRanMeanwhile } from '../data/waiting.js';
import { clear, element, nameOf, table } from './dom.js';

const TOP = 12;
const PARTS = [0.5, 0.9, 0.99, 1];

// Counts by bin and kind of all tasks but idle.
function lengths(model, range) {
	const { heatAll, meta } = model;
	const [first, end] = columnsOf(heatAll, range);
	const kinds = new Map();
	for (let group = 0; group < heatAll.upper.length; group++) {
		if (heatAll.lower[group] !== 0) continue;
		const counts = new Float64Array(512);
		for (let i = heatAll.begins[group]; i < heatAll.begins[group + 1]; i++)
			if (heatAll.column[i] >= first && heatAll.column[i] < end)
				counts[heatAll.inner[i]] += heatAll.values[0][i];
		kinds.set(meta.heat_kinds[heatAll.upper[group]], counts);
	}
	return kinds;
}

// Who had the cores when the followed task waited for one.
function meanwhile(page, range) {
	const { model, state } = page;
	if (state.task.value === null) return [];
	const waits = waitsByColumn(
		model.heat,
		model.meta.heat_kinds.indexOf('wait'),
		state.task.value,
		model.locality,
		range,
		model.meta.steps_per_octave || undefined,
	);
	const found = whoRanMeanwhile(model.locality, waits, state.task.value).slice(0, TOP);
	if (!found.length) return [];
	return [
		table({
			caption: `While ${page.label(model.task(state.task.value))} waited: who had the cores in the time steps in which its waits ended`,
			head: ['task', 'of all cores'],
			rows: found.map(([task, part]) => [nameOf(page.label(model.task(task))), percent(part)]),
		}),
	];
}

function statistics(page, range) {
	const { model } = page;
	const rows = [...matrix(model.locality, range, page.cores.value).values()];
	const moves = migrationsByTask(model.migrations, range, page.cores.value);
	const movesOf = (row) => moves.get(row.task) ?? 0;
	const ns = coveredNs(model.locality, range, model.window);
	const tasks = rows.filter((row) => !isIdle(model.task(row.task)) && !isUnknown(model.task(row.task)));
	const busyNs = tasks.reduce((sum, row) => sum + row.runNs, 0);
	const steps = model.meta.steps_per_octave || undefined;
	const top = tasks
		.filter((row) => page.wanted(row.task))
		.sort((a, b) => b.runNs - a.runNs)
		.slice(0, TOP);
	return [
		element(
			'p',
			{},
			`${count(tasks.length, 'task')} ran; cores were busy ${percent(busyNs / ns / page.cpusCounted.value.length)} of the time; ${count(
				rows.reduce((sum, row) => sum + row.switches, 0),
				'switch',
			)}, ${count(rows.reduce((sum, row) => sum + row.switches, 0) / (ns / 1e9))} a second; ${count(
				tasks.reduce((sum, row) => sum + movesOf(row), 0),
				'migration',
			)}.`,
		),
		table({
			caption: 'How long, all tasks but idle',
			head: ['kind', 'number', 'p50', 'p90', 'p99', 'max'],
			rows: [...lengths(model, range)].map(([kind, counts]) => [
				kind,
				count(counts.reduce((sum, each) => sum + each, 0)),
				...PARTS.map((part) => {
					const bin = percentileBin(counts, part);
					return bin === null ? '–' : `< ${duration(binStartNs(bin + 1, steps))}`;
				}),
			]),
		}),
		table({
			caption: 'Most run time',
			head: ['task', 'of one core', 'time', 'switched in', 'cores', 'migrations'],
			rows: top.map((row) => [
				nameOf(page.label(model.task(row.task))),
				share(row.runNs / ns),
				duration(row.runNs),
				count(row.switches),
				count(row.byCpu.size),
				count(movesOf(row)),
			]),
		}),
		...meanwhile(page, range),
	];
}

async function copy(text) {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		const field = element('textarea', {});
		field.value = text;
		document.body.append(field);
		field.select();
		const done = document.execCommand('copy');
		field.remove();
		return done;
	}
}

// What each of the runs did in a range, as far as it was recorded.
function statisticsOf(runs, range) {
	return runs.flatMap(({ page, title }) => {
		const part = recordedPart(range, page.model.window);
		return [
			...(title ? [element('h3', {}, title)] : []),
			...(part ? statistics(page, part) : [element('p', {}, 'Nothing of this range was recorded.')]),
		];
	});
}

// `runs`: those that the statistics are of, each with its page and, where there are several, its title.
export function createSelection(page, { exporting, runs = [{ page, title: '' }] }) {
	const { state } = page;
	const words = element('span', { class: 'words' });
	const dialog = element('dialog', { class: 'wide', 'aria-label': 'Statistics of the selection' });
	document.body.append(dialog);
	const button = (text, title, onclick) => element('button', { type: 'button', title, onclick }, text);
	const zoom = () => {
		const range = state.brush.value;
		state.brush.value = null;
		if (range) state.zoom(range);
	};
	const show = () => {
		const range = state.brush.value ?? state.view.value;
		clear(
			dialog,
			element(
				'h2',
				{},
				`${moment(range.from, 1e5)} to ${moment(range.to, 1e5)} · ${duration(range.to - range.from)}${countedWords(page.model, range)}`,
			),
			element(
				'div',
				{ class: 'scrolling', tabindex: '0', role: 'region', 'aria-label': 'Tables' },
				...statisticsOf(runs, range),
			),
			element('form', { method: 'dialog' }, element('button', { autofocus: true }, 'Close')),
		);
		dialog.showModal();
	};
	const link = button('copy link', 'Copy the address of this view', async () => {
		const text = state.link();
		page.announce((await copy(text)) ? 'The link is copied.' : `Copy it by hand: ${text}`);
		link.textContent = 'copied';
		setTimeout(() => {
			link.textContent = 'copy link';
		}, 1500);
	});
	const bar = element(
		'div',
		{ class: 'selection', role: 'region', 'aria-label': 'Selection' },
		words,
		button('zoom', 'Zoom to it (Enter)', zoom),
		button('statistics', 'Numbers of this range (I)', show),
		link,
		button('export', 'Export (E)', () => exporting.open()),
		button('✕', 'Let go (Esc)', () => {
			state.brush.value = null;
		}),
	);
	bar.lastChild.setAttribute('aria-label', 'Let go');
	effect(() => {
		const range = state.brush.value;
		bar.hidden = !range;
		if (range)
			words.textContent = `${moment(range.from, (range.to - range.from) / 100)} to ${moment(range.to, (range.to - range.from) / 100)} · ${duration(range.to - range.from)}`;
	});
	return { element: bar, zoom, show };
}
