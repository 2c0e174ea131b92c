// SPDX-License-Identifier: Apache-2.0
// Light or dark, and what the canvases need to know of the style sheet and of the screen. Paper is
// light; where the system forces its own colours, those are taken.

import { computed, effect, signal } from '@preact/signals-core';

import { isDark } from '../draw/colour.js';
import { element } from './dom.js';

const NAMES = ['ink', 'muted', 'faint', 'grid', 'plot', 'accent', 'warn', 'panel'];

function matches(query) {
	const media = matchMedia(query);
	const now = signal(media.matches);
	media.addEventListener('change', () => {
		now.value = media.matches;
	});
	return now;
}

// Changes with the page's zoom, and where the window moves to another screen. A query tells only that
// its own ratio is left, so that there is a new one for each.
function pixelRatio() {
	const now = signal(devicePixelRatio);
	const watch = () => {
		now.value = devicePixelRatio;
		const media = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
		media.addEventListener('change', watch, { once: true });
	};
	watch();
	return now;
}

// What the variables of the style sheet come to, system colours too.
function readPalette() {
	const probe = element('i', { class: 'aside probe' });
	document.body.append(probe);
	const palette = Object.fromEntries(
		NAMES.map((name) => {
			probe.style.color = `var(--${name})`;
			return [name, getComputedStyle(probe).color];
		}),
	);
	probe.remove();
	return palette;
}

export function createTheme(state) {
	const system = matches('(prefers-color-scheme: dark)');
	const forced = matches('(forced-colors: active)');
	const printing = signal(false);
	addEventListener('beforeprint', () => {
		printing.value = true;
	});
	addEventListener('afterprint', () => {
		printing.value = false;
	});
	const wanted = computed(
		() =>
			!printing.value &&
			(state.theme.value === 'auto' || forced.value ? system.value : state.theme.value === 'dark'),
	);
	const palette = signal({});
	effect(() => {
		forced.value;
		document.documentElement.dataset.theme = wanted.value ? 'dark' : 'light';
		palette.value = readPalette();
	});
	const dark = computed(() => (forced.value ? isDark(palette.value.plot) : wanted.value));
	return { dark, palette, pixelRatio: pixelRatio() };
}
