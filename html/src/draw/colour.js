// SPDX-License-Identifier: Apache-2.0
// Colour tables for canvas pixels (32 bits, ABGR in memory order of little-endian machines).

import { hcl, rgb } from 'd3-color';
import { interpolatePuOr, interpolateViridis } from 'd3-scale-chromatic';

export const pack = ({ r, g, b }, alpha = 1) =>
	((Math.round(alpha * 255) << 24) | (Math.round(b) << 16) | (Math.round(g) << 8) | Math.round(r)) >>> 0;

// The same for the style sheet's side; null for what is left blank.
export const unpack = (colour) =>
	colour
		? `rgba(${colour & 255}, ${(colour >>> 8) & 255}, ${(colour >>> 16) & 255}, ${(colour >>> 24) / 255})`
		: null;

export const packCss = (text) => pack(rgb(text).clamp());

// So much (0..1) of `over` on `ground`; both 0xaabbggrr, the result is opaque.
export function mix(ground, over, part) {
	let mixed = 0xff000000;
	for (const shift of [0, 8, 16]) {
		const from = (ground >>> shift) & 255;
		mixed |= Math.round(from + (((over >>> shift) & 255) - from) * part) << shift;
	}
	return mixed >>> 0;
}

const DARK_INK = '#000000';
const LIGHT_INK = '#ffffff';

// Contrast of two opaque colours, 1 to 21, as WCAG 2 defines it.
const linear = (channel) => {
	const part = (channel & 255) / 255;
	return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
};
const luminance = (colour) =>
	0.2126 * linear(colour) + 0.7152 * linear(colour >>> 8) + 0.0722 * linear(colour >>> 16);
export function contrast(one, other) {
	const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
	return (high + 0.05) / (low + 0.05);
}

// What a colour that may let through comes to on its ground; all but the result are the style sheet's.
export function laidOn(css, ground) {
	const over = rgb(css).clamp();
	return mix(packCss(ground), pack(over), over.opacity);
}

// The ink that words on this colour are read best in. One of the two always has more than 4.5.
export function inkOn(css, ground = LIGHT_INK) {
	const colour = laidOn(css, ground);
	return contrast(colour, packCss(DARK_INK)) >= contrast(colour, packCss(LIGHT_INK)) ? DARK_INK : LIGHT_INK;
}
export const isDark = (css) => inkOn(css) === LIGHT_INK;

const channels = (text) => rgb(text).clamp();

// Entry 0 (an empty cell) is transparent; 1..255 go from "just above nothing" to the most. The end
// of the scale that would drown in the background is left out.
function table(colourAt) {
	const colours = new Uint32Array(256);
	for (let i = 1; i < 256; i++) colours[i] = colourAt((i - 1) / 254);
	return colours;
}

const dense = (dark) =>
	dark ? (t) => interpolateViridis(0.22 + 0.78 * t) : (t) => interpolateViridis(0.8 * (1 - t));
// Behind numbers: pale where there is little, and still not the background. Stronger without numbers.
const plain = (dark, bare) => (t) =>
	Object.assign(rgb(dense(dark)(t)), {
		opacity: bare ? 0.6 + 0.4 * t : (dark ? 0.3 : 0.2) + 0.7 * t,
	}).formatRgb();

// PuOr for differences, -1 to 1: orange is more, violet less. What hardly differs fades into the page.
export const divergingCss = (at, dark) =>
	Object.assign(rgb(interpolatePuOr(at > 0 ? (dark ? 0.8 : 0.88) : dark ? 0.22 : 0.12)), {
		opacity: 0.1 + 0.9 * Math.abs(at),
	}).formatRgb();

export const densityTable = (dark) => table((t) => pack(channels(dense(dark)(t))));
export const densityCss = (dark, t) => dense(dark)(t);
export const shareCss = (dark, t, bare) => plain(dark, bare)(t);

// Several layers at once: one hue each, laid over each other.
const LAYER_HUES = { run: 255, sleep: 25, wait: 95, guest: 255, host: 45 };
export const layerCss = (layer, dark) => hcl(LAYER_HUES[layer], 65, dark ? 68 : 52).formatRgb();
export const layerTable = (layer, dark) => {
	const base = channels(layerCss(layer, dark));
	return table((t) => pack(base, 0.25 + 0.7 * t));
};

// FNV-1a, then murmur3's finish: the same name has the same colour on every page.
export function hashName(name) {
	let hash = 0x811c9dc5;
	for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
	hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
	hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
	return (hash ^ (hash >>> 16)) >>> 0;
}

// Hues that eyes keep apart: fewer where they see little difference (green, violet).
const HUES = [8, 28, 48, 68, 88, 112, 142, 178, 218, 244, 262, 282, 304, 326, 346];
const LIGHTNESS = { true: [58, 68, 77], false: [47, 58, 68] };

export function nameColour(name, dark) {
	const hash = hashName(name);
	return hcl(
		HUES[hash % HUES.length],
		(dark ? 36 : 44) + ((hash >>> 9) % 3) * 9,
		LIGHTNESS[dark][(hash >>> 12) % 3],
	)
		.rgb()
		.clamp();
}

// Cores get hues far from their neighbours' (the golden angle).
export const cpuColour = (index, dark) =>
	hcl((index * 137.508 + 250) % 360, dark ? 44 : 52, LIGHTNESS[dark][index % 3])
		.rgb()
		.clamp();
