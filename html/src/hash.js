// SPDX-License-Identifier: Apache-2.0
// The state of the page as text behind the #, so that a link is a view. Pure.

const LAYERS = ['run', 'sleep', 'wait', 'guest', 'host'];
const ONE_OF = {
	theme: ['auto', 'light', 'dark'],
	lanes: ['cores', 'tasks'],
	exits: ['count', 'share', 'rate', 'host'],
	switches: ['count', 'rate'],
	show: ['a', 'b', 'delta', 'ratio'],
	group: ['none', 'prefix', 'process', 'vm', 'cgroup'],
};

export const DEFAULTS = {
	range: null, // { from, to } in ns; null is all
	task: null,
	cores: '', // which cores: data/cores.js; '' is all
	theme: 'auto',
	lanes: 'cores',
	exits: 'count',
	switches: 'count',
	show: 'delta', // of two runs: one of them, or what differs
	pair: '0.1', // which runs those two are
	group: 'none', // rows and colours by this key of data/query.js
	layers: ['run'],
	kvmLayers: ['guest'],
	percentiles: false, // drawn over charts 1 and 2
	filter: '', // which tasks: data/query.js
	brush: null, // { from, to } in ns: chosen, but not zoomed to
	markers: [], // two moments in ns at most
	sort: null, // column of charts 5 and 6: a core's number or 'name'; null is all
	cursor: null, // the moment that is pointed at, in ns
};

const whole = (text) => (/^\d{1,15}$/.test(text ?? '') ? Number(text) : null);

function parseRange(text) {
	const match = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(text ?? '');
	if (!match) return null;
	const [from, to] = [Number(match[1]) * 1e6, Number(match[2]) * 1e6];
	return to > from && Number.isFinite(to) ? { from, to } : null;
}

const parseMarkers = (text) =>
	(text ?? '')
		.split('_')
		.filter((each) => /^\d{1,15}(\.\d+)?$/.test(each))
		.slice(0, 2)
		.map((each) => Number(each) * 1e6);

function parseLayers(text, fallback) {
	const layers = (text ?? '').split('.').filter((layer) => LAYERS.includes(layer));
	return layers.length ? layers : fallback;
}

// A part of a search finds other tasks than the whole.
const FILTER_MAX = 4000;
const notTooLong = (text) => (text.length <= FILTER_MAX ? text : '');

// Whatever is not understood is left at its default: a link may be cut or edited.
export function parseHash(hash) {
	const fields = new URLSearchParams(hash.replace(/^#/, ''));
	const state = {
		...DEFAULTS,
		range: parseRange(fields.get('t')),
		task: whole(fields.get('task')),
		cores: (fields.get('cores') ?? '').slice(0, 500),
		sort: fields.get('sort') === 'name' ? 'name' : whole(fields.get('sort')),
		pair: /^[0-7]\.[0-7]$/.test(fields.get('pair') ?? '') ? fields.get('pair') : DEFAULTS.pair,
		percentiles: fields.get('percentiles') === 'on',
		filter: notTooLong(fields.get('q') ?? ''),
		brush: parseRange(fields.get('b')),
		markers: parseMarkers(fields.get('m')),
		cursor: parseMarkers(fields.get('at'))[0] ?? null,
		layers: parseLayers(fields.get('layers'), DEFAULTS.layers),
		kvmLayers: parseLayers(fields.get('kvm'), DEFAULTS.kvmLayers),
	};
	for (const [name, words] of Object.entries(ONE_OF))
		if (words.includes(fields.get(name))) state[name] = fields.get(name);
	return state;
}

const milliseconds = (ns) => String(Number((ns / 1e6).toFixed(6)));

export function formatHash(state) {
	const fields = [];
	if (state.range) fields.push(`t=${milliseconds(state.range.from)}-${milliseconds(state.range.to)}`);
	if (state.brush) fields.push(`b=${milliseconds(state.brush.from)}-${milliseconds(state.brush.to)}`);
	if (state.markers.length) fields.push(`m=${state.markers.map(milliseconds).join('_')}`);
	if (state.filter) fields.push(`q=${encodeURIComponent(state.filter)}`);
	if (state.cores)
		fields.push(`cores=${encodeURIComponent(state.cores).replaceAll('%2C', ',').replaceAll('%3A', ':')}`);
	for (const name of ['task', 'sort']) if (state[name] !== null) fields.push(`${name}=${state[name]}`);
	for (const name of Object.keys(ONE_OF))
		if (state[name] !== DEFAULTS[name]) fields.push(`${name}=${state[name]}`);
	if (state.pair !== DEFAULTS.pair) fields.push(`pair=${state.pair}`);
	if (state.percentiles) fields.push('percentiles=on');
	if (state.layers.join() !== DEFAULTS.layers.join()) fields.push(`layers=${state.layers.join('.')}`);
	if (state.kvmLayers.join() !== DEFAULTS.kvmLayers.join()) fields.push(`kvm=${state.kvmLayers.join('.')}`);
	if (state.cursor !== null) fields.push(`at=${milliseconds(state.cursor)}`);
	return fields.length ? `#${fields.join('&')}` : '';
}
