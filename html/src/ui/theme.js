// SPDX-License-Identifier: Apache-2.0
// Light or dark, and what the canvases need to know of the style sheet.

import { computed, effect, signal } from '@preact/signals-core';

const NAMES = ['ink', 'muted', 'faint', 'grid', 'plot', 'accent', 'warn', 'panel'];

export function createTheme(state) {
	const media = matchMedia('(prefers-color-scheme: dark)');
	const system = signal(media.matches);
	media.addEventListener('change', () => { system.value = media.matches; });
	const dark = computed(() => (state.theme.value === 'auto' ? system.value : state.theme.value === 'dark'));
	const palette = signal({});
	effect(() => {
		document.documentElement.dataset.theme = dark.value ? 'dark' : 'light';
		const style = getComputedStyle(document.documentElement);
		palette.value = Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
	});
	return { dark, palette };
}
