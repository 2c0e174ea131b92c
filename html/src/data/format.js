// SPDX-License-Identifier: Apache-2.0
// Numbers for people.

const UNITS = [
	[3600e9, 'h'],
	[60e9, 'min'],
	[1e9, 's'],
	[1e6, 'ms'],
	[1e3, 'µs'],
	[1, 'ns'],
];

const SHORT = [
	[1e12, 'T'],
	[1e9, 'G'],
	[1e6, 'M'],
	[1e3, 'k'],
	[1, ''],
];
const BYTES = [
	[2 ** 30, 'GiB'],
	[2 ** 20, 'MiB'],
	[2 ** 10, 'KiB'],
	[1, 'B'],
];

const trim = (text) => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);

// [number, unit] in the unit that fits. What rounds up to the next unit is one of that: 1 ms, not
// 1000 µs.
function inUnit(value, units, decimalsOf) {
	const at = units.findIndex(([size]) => value >= size);
	const [size, unit] = units.at(at);
	const rounded = (value / size).toFixed(decimalsOf(value / size, unit));
	const next = units[at - 1];
	return next && Number(rounded) * size >= next[0] ? ['1', next[1]] : [trim(rounded), unit];
}

// Rounded to so many decimals of the seconds before it is split: there is no 60th second.
function clock(ns, decimals) {
	const steps = 10 ** decimals;
	const all = Math.round((ns / 1e9) * steps);
	const minutes = Math.floor(all / (60 * steps));
	return {
		total: all / steps,
		hours: Math.floor(minutes / 60),
		minutes: minutes % 60,
		seconds: (all % (60 * steps)) / steps,
	};
}

const significantDecimals = (value, digits) =>
	Math.max(0, digits - 1 - Math.floor(Math.log10(Math.max(value, 1))));

// Two parts are enough for who only looks; where more digits are asked for, all of them are said.
function longDuration(ns, digits) {
	const exact = digits > 3;
	const decimals = exact ? significantDecimals(ns / 1e9, digits) : 0;
	const { hours, minutes, seconds } = clock(ns, decimals);
	return [
		[hours, 'h'],
		[minutes, 'min'],
		[trim(seconds.toFixed(decimals)), 's'],
	]
		.filter(([value]) => Number(value) > 0)
		.slice(0, exact ? 3 : 2)
		.map(([value, unit]) => `${value} ${unit}`)
		.join(' ');
}

// A length: 1.23 ms, 45 µs, 2 min 5 s; with six digits 2 min 5.125 s.
export function duration(ns, digits = 3) {
	if (ns === null || !Number.isFinite(ns)) return 'not known';
	if (ns < 0) return `−${duration(-ns, digits)}`;
	if (ns >= 60e9 && ns < 3600e9 * 1000) return longDuration(ns, digits);
	const decimals = (value, unit) => (unit === 'ns' ? 0 : significantDecimals(value, digits));
	return inUnit(ns, UNITS, decimals).join(' ');
}

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const plural = (word) => `${word}${/(s|x|ch|sh)$/.test(word) ? 'es' : 's'}`;
// With a word for one of them: 1 task, 2 tasks, 3 switches.
export function count(value, word = '') {
	if (value === null) return 'not known';
	const rounded = Math.round(value);
	return [whole.format(rounded), word && (rounded === 1 ? word : plural(word))].filter(Boolean).join(' ');
}
export const percent = (part, digits = 1) =>
	Number.isFinite(part) ? `${(part * 100).toFixed(digits)} %` : '–';

export function short(value) {
	return inUnit(value, SHORT, (part, unit) => (unit && part < 10 ? 1 : 0)).join('');
}

// So much a second, or of one core: what is there is told apart from nothing.
export function rate(value) {
	if (value > 0 && value < 0.05) return '< 0.1';
	return value < 9.95 ? trim(value.toFixed(1)) : short(value);
}
export function share(part, digits = 1) {
	const least = 10 ** -digits;
	return part > 0 && part * 100 < least / 2 ? `< ${least} %` : percent(part, digits);
}

// A difference as `text` has its size; what is too small to be told is 0, and has no sign.
export function signed(value, text) {
	const size = text(Math.abs(value));
	return size.startsWith('<') || !/[1-9]/.test(size) ? text(0) : `${value < 0 ? '−' : '+'}${size}`;
}

export function bytes(value) {
	if (value === null) return 'not known';
	return inUnit(value, BYTES, (part, unit) => (unit === 'B' ? 0 : 1)).join(' ');
}

// A moment on the time axis, with as many decimals as steps of this size need.
export function moment(ns, stepNs = 1e6) {
	const decimals = Math.min(9, Math.max(0, Math.ceil(-Math.log10(stepNs / 1e9) - 1e-9)));
	const { total, hours, minutes, seconds } = clock(ns, decimals);
	if (total < 120) return `${total.toFixed(decimals)} s`;
	const rest = seconds.toFixed(decimals).padStart(decimals ? decimals + 3 : 2, '0');
	return `${hours}:${String(minutes).padStart(2, '0')}:${rest}`;
}
