// SPDX-License-Identifier: Apache-2.0
// Decodes the data blocks, then builds the page around one state.

import { createDensityChart } from './charts/density.js';
import { createExitsChart } from './charts/exits.js';
import { createLanesChart } from './charts/lanes.js';
import { createMatrixChart } from './charts/matrix.js';
import { buildCompare } from './compare.js';
import { fromBase64, inflate } from './data/bytes.js';
import {
	buildModel,
	completeModel,
	decodeExits,
	decodeHeat,
	decodeLocality,
	decodeMigrations,
	FORMAT,
} from './data/model.js';
import { decodeRuns } from './data/runs.js';
import { createPaperWords } from './draw/paper.js';
import { createPage } from './page.js';
import { createState } from './state.js';
import { element, printable } from './ui/dom.js';
import { createExporting } from './ui/exporting.js';
import { createHeader } from './ui/header.js';
import { attachKeys } from './ui/keys.js';
import { createOverview } from './ui/overview.js';
import { createSelection } from './ui/selection.js';
import { createTasks } from './ui/tasks.js';
import { createTheme } from './ui/theme.js';
import { createToolbar } from './ui/toolbar.js';
import { createTooltip } from './ui/tooltip.js';

const PAIRED_CORES = 8;

// Runs after the first have their number behind the name.
async function block(name, run = 0) {
	const holder = document.getElementById(`data-${name}${run ? `-${run}` : ''}`);
	if (!holder) throw new Error(`the block of data '${name}' is missing: the page was cut, or never filled`);
	const bytes = await inflate(fromBase64(holder.textContent));
	holder.remove();
	return bytes;
}

async function loadMeta(run) {
	const meta = JSON.parse(new TextDecoder().decode(await block('meta', run)));
	if (meta.format !== FORMAT)
		throw new Error(`data of form ${meta.format}, but this page reads form ${FORMAT}`);
	return meta;
}

const loadNames = async () => ({ strings: await block('strings'), tasks: await block('tasks') });

const loadFirst = async (names, run = 0) =>
	buildModel({ meta: await loadMeta(run), ...names, heatAll: await block('heat-all', run) });

// Lets the browser paint, and answer who clicks, between two long pieces of work.
const breathe = () =>
	new Promise((done) => {
		requestAnimationFrame(() => setTimeout(done));
	});

async function loadRest(model, run = 0) {
	if (document.readyState === 'loading')
		await new Promise((done) => {
			document.addEventListener('DOMContentLoaded', done);
		});
	await breathe();
	const locality = decodeLocality(await block('locality', run));
	await breathe();
	const migrations = decodeMigrations(await block('migrations', run));
	const exits = decodeExits(await block('exits', run));
	const heat = decodeHeat(await block('heat', run));
	await breathe();
	const runs = decodeRuns(await block('runs', run));
	completeModel(model, { heat, locality, migrations, exits, runs });
}

const SCHED_WORDS = {
	run: { one: 'run', many: 'runs', button: 'run', title: 'How long a task ran at a time' },
	sleep: {
		one: 'sleep',
		many: 'sleeps',
		button: 'sleep',
		title: 'How long a task slept before it was woken',
	},
	wait: {
		one: 'wait',
		many: 'waits',
		button: 'wait',
		title: 'How long a task that could run waited for a core',
	},
};
const KVM_WORDS = {
	guest: {
		one: 'guest stretch',
		many: 'guest stretches',
		button: 'guest',
		title: 'How long the guest ran before an exit',
	},
	host: {
		one: 'host stretch',
		many: 'host stretches',
		button: 'host',
		title: 'How long the host took before the next entry',
	},
};

const DENSITY = {
	1: {
		number: 1,
		id: 'chart-1',
		title: 'Context switches',
		kinds: ['run', 'sleep', 'wait'],
		words: SCHED_WORDS,
		layers: 'layers',
		hint: 'How long tasks ran at a time, slept, or waited for a core: each cell counts the lengths that ended there. Colour is on a log scale.',
	},
	2: {
		number: 2,
		id: 'chart-2',
		title: 'KVM entries and exits',
		kinds: ['guest', 'host'],
		words: KVM_WORDS,
		layers: 'kvmLayers',
		needsKvm: true,
		hint: 'How long guests ran before an exit, and how long the host took before the next entry.',
	},
};
const densityChart = (page, number, changes = {}) =>
	createDensityChart(page, { ...DENSITY[number], ...changes });

function otherCharts(page) {
	return [
		densityChart(page, 2),
		createExitsChart(page),
		createLanesChart(page),
		createMatrixChart(page, {
			number: 5,
			id: 'chart-5',
			title: 'Core assignment',
			measureOf: () => 'share',
			hint: 'Run time of each task on each core, as a part of the range shown; 100 % is one core. A dot is a core the task never was on.',
		}),
		createMatrixChart(page, {
			number: 6,
			id: 'chart-6',
			title: 'Switches by core',
			measureOf: () => page.state.switches.value,
			hint: 'How often each task was switched in on each core. Colour is on a log scale.',
			control: {
				label: 'Measure',
				options: [
					['count', 'count', 'Number of switches'],
					['rate', 'per second', 'Switches a second'],
				],
				read: () => page.state.switches.value,
				write: (value) => {
					page.state.switches.value = value;
				},
			},
		}),
	];
}

// Small charts share a row where the window is wide.
function arrange(page, switches, [kvm, exits, lanes, assignment, perCore]) {
	const pair = (small, ...cards) => (small ? [element('div', { class: 'pair' }, ...cards)] : cards);
	return [
		switches,
		...pair(!page.model.hasKvm, kvm, exits),
		lanes,
		...pair(page.model.cpus.length <= PAIRED_CORES, assignment, perCore),
	];
}

function licences() {
	const text = document.getElementById('licences')?.textContent ?? '';
	return element(
		'details',
		{ class: 'licences' },
		element('summary', {}, 'Licences of the code in this page'),
		element('pre', {}, text),
	);
}

const footer = (model) =>
	element(
		'footer',
		{},
		element(
			'p',
			{},
			`Made by pftrace ${model.meta.version} from a capture of pftrace ${model.meta.recorder_version ?? 'of unknown version'}.`,
		),
		licences(),
	);

function ready(page) {
	// for the curious, and for tests
	globalThis.pftrace = page;
	performance.mark('ready');
	document.documentElement.dataset.ready = 'true';
}

async function startCompare(names, first) {
	const models = [first];
	for (let run = 1; run < first.meta.runs; run++) models.push(await loadFirst(names, run));
	for (const [run, model] of models.entries()) await loadRest(model, run);
	document.title = `${printable(first.meta.label)} – pftrace`;
	const { compare, elements } = buildCompare({
		models,
		members: await block('members'),
		density: densityChart,
		footer,
	});
	document.getElementById('app').replaceChildren(...elements);
	ready(compare);
}

async function start() {
	const names = await loadNames();
	const model = await loadFirst(names);
	if (model.meta.runs > 1) {
		await startCompare(names, model);
		return;
	}
	const state = createState(model);
	const page = createPage(model, state, createTheme(state), createTooltip());
	document.title = `${printable(model.meta.label)} – pftrace`;
	const app = document.getElementById('app');
	const switches = densityChart(page, 1);
	const main = element(
		'main',
		{},
		element('h1', {}, element('bdi', {}, printable(model.meta.label))),
		element('p', { class: 'loading', role: 'status' }, 'Reading the capture …'),
		switches,
	);
	app.replaceChildren(main);
	await loadRest(model);
	page.stage.value = 1;
	const tasks = createTasks(page);
	const exporting = createExporting(page);
	const selection = createSelection(page, { exporting });
	let toolbar = null;
	const help = attachKeys(page, { tasks, selection, exporting, cores: () => toolbar.cores.open() });
	toolbar = createToolbar(page, { tasks, help, exporting });
	main.replaceChildren(
		createHeader(page),
		createPaperWords(page),
		createOverview(page),
		...arrange(page, switches, otherCharts(page)),
	);
	app.replaceChildren(toolbar.element, main, selection.element, footer(model));
	ready(page);
}

start().catch((error) => {
	document
		.getElementById('app')
		.replaceChildren(
			element('p', { class: 'fatal', role: 'alert' }, `This page cannot be shown: ${error.message}`),
		);
	document.documentElement.dataset.ready = 'failed';
	console.error(error);
});
