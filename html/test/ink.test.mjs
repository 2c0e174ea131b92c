// SPDX-License-Identifier: Apache-2.0
// Words on coloured cells can be read: WCAG's contrast for text, over all scales in both themes.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import {
	contrast,
	cpuColour,
	divergingCss,
	inkOn,
	isDark,
	laidOn,
	mix,
	nameColour,
	pack,
	packCss,
	shareCss,
	unpack,
} from '../src/draw/colour.js';

const AA = 4.5;
const style = readFileSync(new URL('../src/style.css', import.meta.url), 'utf8');
const grounds = (name) => [...style.matchAll(new RegExp(`--${name}: (#\\w+);`, 'g'))].map(([, css]) => css);
const THEMES = [false, true].map((dark) => ({ dark, card: grounds('panel')[+dark], plot: grounds('plot')[+dark] }));
const PARTS = Array.from({ length: 501 }, (_, i) => i / 500);

const isRead = (css, ground, what) => {
	const found = contrast(laidOn(css, ground), packCss(inkOn(css, ground)));
	assert.ok(found >= AA, `${what}: ${found.toFixed(2)} on ${css} over ${ground}`);
};

test('contrast is that of WCAG', () => {
	const between = (one, other) => Number(contrast(packCss(one), packCss(other)).toFixed(2));
	assert.equal(between('#000', '#fff'), 21);
	assert.equal(between('#fff', '#767676'), 4.54);
	assert.equal(between('#777', '#fff'), 4.48);
	assert.equal(between('#f00', '#fff'), 4);
});

test('what lets through is reckoned on its ground', () => {
	assert.equal(unpack(laidOn('rgba(0, 0, 0, 0.5)', '#ffffff')), 'rgba(128, 128, 128, 1)');
	assert.equal(inkOn('rgba(255, 255, 255, 0.1)', '#181d25'), '#ffffff');
	assert.equal(inkOn('rgba(0, 0, 0, 0.1)', '#ffffff'), '#000000');
	assert.deepEqual([isDark('#fff'), isDark('#000')], [false, true]);
});

for (const { dark, card, plot } of THEMES) {
	const theme = dark ? 'dark' : 'light';

	test(`words on the scales of grids can be read, ${theme}`, () => {
		for (const part of PARTS) {
			isRead(shareCss(dark, part), card, `share ${part}`);
			isRead(shareCss(dark, part, true), card, `bare share ${part}`);
			isRead(divergingCss(part, dark), card, `${part} more`);
			isRead(divergingCss(-part, dark), card, `${part} less`);
		}
	});

	test(`words in lanes can be read, also where others stand out, ${theme}`, () => {
		const lanes = [
			...Array.from({ length: 256 }, (_, i) => [`core ${i}`, cpuColour(i, dark)]),
			...Array.from({ length: 2000 }, (_, i) => [`task-${i}`, nameColour(`task-${i}`, dark)]),
		];
		for (const [name, colour] of lanes)
			for (const part of [1, 0.2]) isRead(unpack(mix(packCss(plot), pack(colour), part)), plot, name);
	});
}
