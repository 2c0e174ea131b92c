// SPDX-License-Identifier: Apache-2.0
// What all charts share, in one place: signals, mirrored in the URL's hash.

import { computed, effect, signal } from '@preact/signals-core';

import { DEFAULTS, formatHash, parseHash } from './hash.js';
import { clampRange, rangesBefore, rangeWithin, sameRange } from './range.js';

const SETTLE_MS = 150;

export function createState(model) {
	const start = parseHash(location.hash);
	const state = { window: model.window };
	start.range = rangeWithin(start.range, model.window); // the link may be of a longer capture
	for (const name of Object.keys(DEFAULTS)) state[name] = signal(start[name]);
	state.past = signal([]); // ranges that were shown
	const shown = computed(() => rangeWithin(state.range.value, model.window));
	state.before = computed(() => rangesBefore(state.past.value, shown.value));
	state.view = computed(() =>
		state.range.value ? clampRange(state.range.value, model.window) : model.window,
	);

	// the range once it stays: what is dear to compute follows this one
	state.settled = settle(state.view, SETTLE_MS);

	state.remember = () => {
		state.past.value = [...state.before.value.slice(-99), shown.value];
	};
	state.zoom = (range, { remember = true } = {}) => {
		const next = rangeWithin(range, model.window);
		if (remember && !sameRange(next, shown.value)) state.remember();
		state.range.value = next;
	};
	state.back = () => {
		if (state.before.value.length) state.backTo(state.before.value.length - 1);
	};
	// back to one of the ranges before, as breadcrumbs show them
	state.backTo = (index) => {
		state.range.value = state.past.value[index];
		state.past.value = state.past.value.slice(0, index);
	};
	// two at most: the older one makes room
	state.mark = (ns) => {
		state.markers.value = [...state.markers.value, Math.round(ns)].slice(-2);
	};
	state.link = () => location.href.replace(/#.*/, '') + formatHash(plain(state));
	mirrorInHash(state);
	return state;
}

function settle(source, ms) {
	const settled = signal(source.value);
	let pending = 0;
	effect(() => {
		const value = source.value;
		clearTimeout(pending);
		if (value !== settled.peek())
			pending = setTimeout(() => {
				settled.value = value;
			}, ms);
	});
	return settled;
}

const plain = (state) => Object.fromEntries(Object.keys(DEFAULTS).map((name) => [name, state[name].value]));

function mirrorInHash(state) {
	let pending = 0;
	effect(() => {
		const hash = formatHash(plain(state));
		clearTimeout(pending);
		// browsers limit how often the address may change: not in every frame of a drag
		pending = setTimeout(() => {
			if (location.hash !== hash)
				history.replaceState(null, '', hash || location.pathname + location.search);
		}, 120);
	});
	addEventListener('hashchange', () => {
		const next = parseHash(location.hash);
		next.range = rangeWithin(next.range, state.window);
		for (const name of Object.keys(DEFAULTS)) state[name].value = next[name];
	});
}
