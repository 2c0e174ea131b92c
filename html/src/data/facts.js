// SPDX-License-Identifier: Apache-2.0
// What the page says of the capture as a whole: facts and notices. Pure: words, no DOM.

import { bytes, count, duration, moment, percent } from './format.js';
import { coveredNs } from './locality.js';

const LOSS_WORDS = {
	ring_full: 'sample blocks found no room in the ring',
	missed_switch: 'switches that the scheduler did not report',
	late: 'samples that came late (counted all the same)',
	reordered: 'samples that came in another order (put right)',
	identity_ring_full: 'names that found no room in their ring',
	totals_eviction: 'totals that found no room',
	recursion: 'runs of the tracer that the kernel skipped',
	kvm_events_lost: 'entries and exits of vCPUs that found no room',
	lost_in_source: 'events that the imported recording had lost itself',
};

const LISTED_CHANGES = 8;
const pad = (number) => String(number).padStart(2, '0');

export function localTime(realtimeNs) {
	if (!realtimeNs) return 'not known';
	const date = new Date(realtimeNs / 1e6);
	if (Number.isNaN(date.getTime())) return 'not known';
	return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

export const lossesOf = (meta, serious) =>
	meta.losses.filter((loss) => loss.serious === serious && (loss.count > 0 || loss.switches > 0));
export const lossWords = (loss) =>
	`${LOSS_WORDS[loss.cause] ?? loss.cause}: ${count(loss.count)}${loss.switches ? ` (${count(loss.switches, 'switch')})` : ''}`;

function verdict(end) {
	if (!end) return ['not known', 'The file has no end, so samples and totals cannot be compared.'];
	return (
		{
			equal: [
				'equal',
				"On every core, samples and counted losses add up to the kernel's own totals, exactly.",
			],
			different: ['DIFFERENT', "Samples and counted losses do not add up to the kernel's own totals."],
			'not provable': [
				'not provable',
				"Some of the kernel's totals could not be kept, so there is nothing to compare with.",
			],
			'no totals': ['no totals', 'This capture comes from a recording without totals.'],
		}[end.verdict] ?? ['not known', '']
	);
}

function cost(meta, ns) {
	const { end } = meta;
	if (!end) return 'not known';
	if (end.verdict === 'no totals') return 'not of pftrace'; // imported: another tool traced
	const { bpf_ns_per_switch: each, bpf_ns: bpf, user_cpu_ns: user } = end.cost;
	const parts = [];
	if (each !== null) parts.push(`${each} ns a switch`);
	if (bpf !== null && user !== null && ns > 0) parts.push(`${percent((bpf + user) / ns, 2)} of one core`);
	return parts.join(', ') || 'not known';
}

function costTitle(meta) {
	if (!meta.end) return '';
	const {
		bpf_ns: bpf,
		user_cpu_ns: user,
		memory_peak_bytes: peak,
		kernel_memory_bytes: kernel,
	} = meta.end.cost;
	return [
		bpf !== null && `in the kernel ${duration(bpf)} (estimated)`,
		user !== null && `pftrace itself ${duration(user)}`,
		peak !== null && `memory ${bytes(peak)}`,
		kernel !== null && `memory in the kernel ${bytes(kernel)}`,
	]
		.filter(Boolean)
		.join(', ');
}

// [{ name, value, title, level }]: level is '', 'good' or 'bad'.
export function facts(model, totals) {
	const { meta, window } = model;
	const serious = lossesOf(meta, true);
	const [word, why] = verdict(meta.end);
	const sums = { tasks: 0, switches: 0 };
	for (const row of totals.values()) {
		if (!['idle', 'unknown'].includes(model.task(row.task).kind)) sums.tasks++;
		sums.switches += row.switches;
	}
	const length = window.to - window.from;
	return [
		{ name: 'Host', value: meta.host },
		{ name: 'Kernel', value: meta.kernel, title: meta.arch },
		{ name: 'Began', value: localTime(meta.realtime_ns) },
		{
			name: 'Duration',
			value: meta.end ? duration(meta.end.duration_ns) : `${duration(meta.last_at_ns)}, then cut`,
		},
		...(meta.options.from_ns || meta.options.cap_ns !== null
			? [{ name: 'Window', value: `${duration(window.from)} to ${duration(window.to)}` }]
			: []),
		{ name: 'Cores', value: count(model.cpus.length) },
		{ name: 'Tasks that ran', value: count(sums.tasks) },
		{
			name: 'Switches',
			value: count(sums.switches),
			title:
				length > 0 ? `${count(sums.switches / (length / 1e9))} a second, idle included` : undefined,
		},
		{ name: 'Time step', value: timeStep(model) },
		{
			name: 'Losses',
			value: serious.length ? serious.map(lossWords).join('; ') : 'none',
			level: serious.length ? 'bad' : 'good',
		},
		{
			name: 'Samples and totals',
			value: word,
			title: why,
			level: { equal: 'good', DIFFERENT: 'bad' }[word] ?? '',
		},
		{
			name: 'Cost of tracing',
			value: cost(meta, meta.end?.duration_ns ?? length),
			title: costTitle(meta),
		},
	];
}

// of what is drawn; where nothing is, of the recording
function timeStep({ meta, locality, heatAll }) {
	const drawn = [locality, heatAll].filter((part) => part.column.length).map((part) => part.gridNs);
	return duration(drawn.length ? Math.max(...drawn) : meta.bucket_ns || null);
}

export function rangeWords({ from, to }) {
	const step = Math.max(1, (to - from) / 200);
	return `${moment(from, step)} to ${moment(to, step)} · ${duration(to - from)}`;
}

// What is counted lies in whole time steps: said where that is so many times the range.
export function countedWords({ heatAll, locality, window }, range, least = 1) {
	const counted = coveredNs(heatAll.column.length ? heatAll : locality, range, window);
	return counted > Math.max(least, 1.001) * (range.to - range.from)
		? ` (counted in whole steps: ${duration(counted)})`
		: '';
}

function changesOf(changes) {
	const words = changes
		.slice(0, LISTED_CHANGES)
		.map(({ cpu, at_ns: at, online }) => `core ${cpu} ${online ? 'came' : 'left'} at ${moment(at)}`);
	return [
		...words,
		...(changes.length > LISTED_CHANGES ? [`${changes.length - LISTED_CHANGES} more`] : []),
	].join(', ');
}

// [{ level: 'bad' | 'note', text }]
export function notices(model) {
	const { meta } = model;
	const list = [];
	const add = (level, text) => list.push({ level, text });
	if (!meta.whole)
		add('bad', `This capture is not whole: ${meta.cut || 'it has no end'}. What could be read is shown.`);
	else if (meta.end?.cut) add('bad', `The recording ended before it was meant to: ${meta.end.cause}.`);
	if (meta.being_written_elsewhere)
		add('bad', 'A newer recording of the same name was being written when this page was made.');
	for (const loss of lossesOf(meta, true))
		add('bad', `Lost: ${lossWords(loss)}. The moments are marked in the overview.`);
	for (const [part, words] of [
		[model.heatAll, 'heat maps'],
		[model.heat, 'heat maps of single tasks'],
		[model.locality, 'core charts'],
		[model.exits, 'exit chart'],
	]) {
		if (!part.column.length) continue;
		const widest = part.gridNs * 2 ** part.shifts.reduce((most, shift) => Math.max(most, shift), 0);
		if (widest > part.gridNs)
			add(
				'note',
				`To keep this page small, the ${words} show the busiest tasks in steps of up to ${duration(widest)}, quiet ones of ${duration(part.gridNs)} (recorded: ${duration(part.bucketNs)}). All counts are kept.`,
			);
		else if (part.coarsened)
			add(
				'note',
				`To keep this page small, the ${words} show time in steps of ${duration(part.gridNs)} (recorded: ${duration(part.bucketNs)}). All counts are kept.`,
			);
		else if (meta.bucket_ns && part.bucketNs > meta.bucket_ns)
			add(
				'note',
				`While recording, the time step of the ${words} grew from ${duration(meta.bucket_ns)} to ${duration(part.bucketNs)}.`,
			);
	}
	if (model.runs?.leftOut)
		add(
			'note',
			`To keep this page small, its ${count(model.runs.leftOut, 'single switch')} ${model.runs.leftOut === 1 ? 'is' : 'are'} left out, so that core locality ends at the time step: a shorter window (--from, --cap) has them.`,
		);
	if (meta.not_offered.length) add('note', `Not offered by this kernel: ${meta.not_offered.join(', ')}.`);
	if (meta.filters.length) add('note', `Recorded with filters: ${meta.filters.join(', ')}.`);
	if (meta.options.task)
		add(
			'note',
			`Only tasks chosen by --task ${meta.options.task} are shown; what other tasks did is not in this page (hatched).`,
		);
	if (meta.cpu_changes.length) add('note', `Cores that left or came back: ${changesOf(meta.cpu_changes)}.`);
	const harmless = lossesOf(meta, false);
	if (harmless.length) add('note', `Seen and accounted for: ${harmless.map(lossWords).join('; ')}.`);
	return list;
}
