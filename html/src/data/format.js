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

const trim = (text) => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);

// A length: 1.23 ms, 45 µs, 2 min 5 s.
export function duration(ns, digits = 3) {
	if (ns === null || !Number.isFinite(ns)) return 'not known';
	if (ns < 0) return `−${duration(-ns, digits)}`;
	if (ns >= 60e9 && ns < 3600e9 * 1000) {
		const seconds = Math.round(ns / 1e9);
		const parts = [
			[Math.floor(seconds / 3600), 'h'],
			[Math.floor(seconds / 60) % 60, 'min'],
			[seconds % 60, 's'],
		];
		return parts
			.filter(([value]) => value > 0)
			.slice(0, 2)
			.map(([value, unit]) => `${value} ${unit}`)
			.join(' ');
	}
	const [size, unit] = UNITS.find(([least]) => ns >= least) ?? [1, 'ns'];
	const value = ns / size;
	const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(Math.max(value, 1))));
	return `${trim(value.toFixed(unit === 'ns' ? 0 : decimals))} ${unit}`;
}

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
export const count = (value) => (value === null ? 'not known' : whole.format(Math.round(value)));
export const percent = (part, digits = 1) =>
	Number.isFinite(part) ? `${(part * 100).toFixed(digits)} %` : '–';

export function short(value) {
	if (value < 1000) return String(Math.round(value));
	const [size, unit] = [
		[1e12, 'T'],
		[1e9, 'G'],
		[1e6, 'M'],
		[1e3, 'k'],
	].find(([least]) => value >= least);
	return `${trim((value / size).toFixed(value / size < 10 ? 1 : 0))}${unit}`;
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
	const [size, unit] = [
		[2 ** 30, 'GiB'],
		[2 ** 20, 'MiB'],
		[2 ** 10, 'KiB'],
	].find(([least]) => value >= least) ?? [1, 'B'];
	return `${trim((value / size).toFixed(size === 1 ? 0 : 1))} ${unit}`;
}

// A moment on the time axis, with as many decimals as steps of this size need.
export function moment(ns, stepNs = 1e6) {
	const decimals = Math.min(9, Math.max(0, Math.ceil(-Math.log10(stepNs / 1e9) - 1e-9)));
	const seconds = ns / 1e9;
	if (seconds < 120) return `${seconds.toFixed(decimals)} s`;
	const rest = seconds % 60;
	const clock = `${String(Math.floor(seconds / 60) % 60).padStart(2, '0')}:${rest.toFixed(decimals).padStart(decimals ? decimals + 3 : 2, '0')}`;
	return `${Math.floor(seconds / 3600)}:${clock}`;
}
