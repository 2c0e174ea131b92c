// SPDX-License-Identifier: Apache-2.0
// The page of several runs: tasks have the same numbers in all of them, and one state serves all charts.

import { computed, effect } from '@preact/signals-core';

import { createCompareCards } from './charts/compare_cards.js';
import { createLanesChart } from './charts/lanes.js';
import { ALL, coresOf, decodeMembers, sharedTasks } from './data/runs_compare.js';
import { facts, notices } from './data/facts.js';
import { count, rate, share } from './data/format.js';
import { createPaperWords } from './draw/paper.js';
import { createPage } from './page.js';
import { createState } from './state.js';
import { element, printable } from './ui/dom.js';
import { createExporting } from './ui/exporting.js';
import { attachKeys } from './ui/keys.js';
import { createOverview } from './ui/overview.js';
import { createSelection } from './ui/selection.js';
import { createTasks } from './ui/tasks.js';
import { createTheme } from './ui/theme.js';
import { createToolbar } from './ui/toolbar.js';
import { createTooltip } from './ui/tooltip.js';

const LETTERS = 'ABCDEFGH';

// One window for all: what a run did not record stays visible as such.
const unionOf = (models) => ({
	from: Math.min(...models.map((model) => model.window.from)),
	to: Math.max(...models.map((model) => model.window.to)),
});

function createRuns(models, members) {
	return models.map((model, index) => ({
		index,
		model,
		letter: LETTERS[index],
		name: model.meta.run,
		title: `${LETTERS[index]} ${printable(model.meta.run)}`,
		members: members[index],
		has: (task) => members[index][task] > 0,
	}));
}

function createPages(models, runs, state, theme, tooltip) {
	const known = new Map(models.flatMap((model) => model.cpus.map((cpu) => [cpu.cpu, cpu])));
	const cpus = [...known.values()].sort((a, b) => a.cpu - b.cpu);
	const pages = models.map((model) => createPage(model, state, theme, tooltip, { cpus }));
	pages.forEach((page, index) => {
		Object.assign(page, { peers: pages, exports: pages[0].exports, announce: pages[0].announce });
		page.absent = (task) => task !== null && !runs[index].has(task);
		page.stage.value = 1;
	});
	return pages;
}

// Which of the runs are A and B where two are compared.
function pairOf(state, runs) {
	return computed(() => {
		const [a, b] = state.pair.value.split('.').map(Number);
		return runs[a] && runs[b] ? { a: runs[a], b: runs[b] } : { a: runs[0], b: runs[1] };
	});
}

function createCompare(pages, runs, state, theme) {
	const compare = { page: pages[0], pages, runs, state, theme, pair: pairOf(state, runs) };
	compare.onlyIn = (task) => {
		const { a, b } = compare.pair.value;
		if (task === undefined || a.has(task) === b.has(task)) return '';
		return `only in ${(a.has(task) ? a : b).letter}`;
	};
	compare.membersOf = (task) =>
		task === undefined
			? []
			: runs.map((run) => ({
					name: run.title,
					value: run.has(task) ? `${count(run.members[task])} of this name` : 'not in this run',
				}));
	return compare;
}

// ---- what is around the charts ----

// The panel of tasks tells what each had in A and in B, over all that was recorded of it.
function createRunsTasks(compare) {
	const { page, pair } = compare;
	const sides = computed(() =>
		[pair.value.a, pair.value.b].map((run) => coresOf(run, run.model.window).value),
	);
	const sum = (value, tasks, measure) => {
		const known = tasks.map((task) => value(task.task, ALL, measure)).filter((each) => each !== null);
		return known.length ? known.reduce((total, each) => total + each, 0) : null;
	};
	const most = (task, measure) =>
		Math.max(...sides.value.map((value) => value(task.task, ALL, measure) ?? 0));
	const words = (value, bySwitches) =>
		value === null ? '–' : bySwitches ? `${rate(value)} /s` : share(value);
	return createTasks(page, {
		sumsOf: (task) => ({ runNs: most(task, 'share'), switches: most(task, 'rate') }),
		amountOf: (tasks, bySwitches) =>
			sides.value
				.map((value) => words(sum(value, tasks, bySwitches ? 'rate' : 'share'), bySwitches))
				.join(' → '),
	});
}

function createPairPicker(compare) {
	const { state, runs, pair } = compare;
	if (runs.length < 3) return null;
	const picker = (side) => {
		const select = element(
			'select',
			{
				'aria-label': `Run that is ${side.toUpperCase()} in charts 3, 5 and 6`,
				onchange: () => {
					const now = {
						a: pair.value.a.index,
						b: pair.value.b.index,
						[side]: Number(select.value),
					};
					state.pair.value = `${now.a}.${now.b}`;
				},
			},
			...runs.map((run) => element('option', { value: run.index }, run.title)),
		);
		effect(() => {
			select.value = String(pair.value[side].index);
		});
		return select;
	};
	return element(
		'p',
		{ class: 'pick-pair' },
		'Charts 3, 5 and 6 compare ',
		picker('a'),
		' with ',
		picker('b'),
	);
}

function createRunFacts(compare, run) {
	const page = compare.pages[run.index];
	const list = element(
		'dl',
		{ class: 'facts' },
		...facts(run.model, page.totals.value).map(({ name, value, title, level }) =>
			element(
				'div',
				{ title: title ? printable(title) : null, class: level || null },
				element('dt', {}, name),
				element('dd', {}, printable(value)),
			),
		),
	);
	const notes = notices(run.model).map(({ level, text }) =>
		element('li', { class: level }, printable(text)),
	);
	return element(
		'section',
		{ class: 'run', 'aria-label': run.title },
		element(
			'h2',
			{},
			element('span', { class: 'number' }, run.letter),
			' ',
			element('bdi', {}, printable(run.name)),
		),
		list,
		notes.length ? element('ul', { class: 'notices', 'aria-label': 'Notices' }, ...notes) : null,
	);
}

function differing(runs) {
	const words = [];
	for (const [what, of] of [
		['The host differs', (meta) => meta.host],
		['The kernel differs', (meta) => meta.kernel],
		['The number of CPUs differs', (meta) => meta.cpus.length],
		['The filters differ', (meta) => meta.filters.join(' ') || 'none'],
	]) {
		const found = runs.map((run) => of(run.model.meta) ?? 'not known');
		if (new Set(found).size > 1)
			words.push(
				`${what}: ${runs.map((run, i) => `${run.letter} ${printable(String(found[i]))}`).join(', ')}.`,
			);
	}
	return words;
}

const LISTED = 12;
const NAME_MAX = 40;
const shorten = (name) => (name.length > NAME_MAX ? `${name.slice(0, NAME_MAX)}…` : name);

function createHead(compare) {
	const { runs } = compare;
	const { page } = compare;
	const words = element('ul', { class: 'notices', 'aria-label': 'What else differs' });
	effect(() => {
		const { a, b } = compare.pair.value;
		const sides = sharedTasks(page.model.tasks, a, b);
		const only = (run, list) =>
			list.length
				? `Only in ${run.title}: ${list
						.slice(0, LISTED)
						.map((task) => shorten(printable(task.name)))
						.join(
							', ',
						)}${list.length > LISTED ? ` and ${count(list.length - LISTED)} more` : ''}.`
				: null;
		words.replaceChildren(
			...[
				`${count(sides.both.length, 'task')}, by name, ${sides.both.length === 1 ? 'is' : 'are'} in both ${a.title} and ${b.title}; tasks of one name are summed.`,
				only(a, sides.a),
				only(b, sides.b),
				...differing(runs),
			]
				.filter(Boolean)
				.map((text) => element('li', {}, text)),
		);
	});
	return element(
		'div',
		{ class: 'head' },
		element('h1', {}, element('bdi', {}, printable(page.model.meta.label))),
		element('div', { class: 'runs' }, ...runs.map((run) => createRunFacts(compare, run))),
		words,
		createPairPicker(compare),
	);
}

// A chart of each run beside the others.
const beside = (compare, create) =>
	element('div', { class: 'pair' }, ...compare.runs.map((run) => create(compare.pages[run.index], run)));

export function buildCompare({ models, members, density, footer }) {
	const runs = createRuns(models, decodeMembers(members, models.length, models[0].tasks.length));
	const state = createState({ window: unionOf(models) });
	const theme = createTheme(state);
	const pages = createPages(models, runs, state, theme, createTooltip());
	const compare = createCompare(pages, runs, state, theme);
	const idOf = (number, run) => (run.index ? `chart-${number}-run-${run.index}` : `chart-${number}`);
	const cards = createCompareCards(compare);
	const kvm = models.some((model) => model.hasKvm);
	const exporting = createExporting(pages[0]);
	const selection = createSelection(pages[0], {
		exporting,
		runs: runs.map((run) => ({ page: pages[run.index], title: run.title })),
	});
	const tasks = createRunsTasks(compare);
	let toolbar = null;
	const help = attachKeys(pages[0], { tasks, selection, exporting, cores: () => toolbar.cores.open() });
	toolbar = createToolbar(pages[0], { tasks, help, exporting });
	const main = element(
		'main',
		{},
		createHead(compare),
		createPaperWords(pages[0]),
		beside(compare, (page, run) => createOverview(page, { of: run.title })),
		beside(compare, (page, run) =>
			density(page, 1, { id: idOf(1, run), title: `Context switches: ${run.title}` }),
		),
		kvm
			? beside(compare, (page, run) =>
					density(page, 2, { id: idOf(2, run), title: `KVM entries and exits: ${run.title}` }),
				)
			: null,
		kvm ? cards.exits : null,
		beside(compare, (page, run) =>
			createLanesChart(page, { id: idOf(4, run), title: `Core locality: ${run.title}` }),
		),
		cards.assignment,
		cards.switches,
	);
	return { compare, elements: [toolbar.element, main, selection.element, footer(models[0])] };
}
