// SPDX-License-Identifier: Apache-2.0
// Which cores: 5,30-40 and node:1, package:0, separated by commas or blanks. Pure.

const numbers = (text) => {
	const [, from, to] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(text) ?? [];
	return from === undefined ? null : [Number(from), Number(to ?? from)];
};

function partOf(word) {
	const [, key, list = word] = /^(node|package):(.+)$/.exec(word) ?? [];
	const range = numbers(list);
	return range && ((cpu) => cpu[key ?? 'cpu'] >= range[0] && cpu[key ?? 'cpu'] <= range[1]);
}

// The set of their numbers; null for all, and for what is not understood or is none of these.
export function chosenCores(text, cpus) {
	const parts = text
		.split(/[\s,]+/)
		.filter(Boolean)
		.map(partOf);
	if (parts.includes(null)) return null;
	const found = cpus.filter((cpu) => parts.some((fits) => fits(cpu)));
	return found.length ? new Set(found.map((cpu) => cpu.cpu)) : null;
}

// The cores whose rows were recorded: all of them, or those of record --cpus.
export function recordedCores({ filters }, cpus) {
	const [, list] = filters.map((filter) => /^cpus=(.+)$/.exec(filter)).find(Boolean) ?? [];
	const chosen = list === undefined ? null : chosenCores(list, cpus);
	return chosen ? cpus.filter((cpu) => chosen.has(cpu.cpu)) : cpus;
}

// The same set as words: 0-3,8
export function coreList(cores) {
	const runs = [];
	for (const cpu of [...cores].sort((a, b) => a - b)) {
		const last = runs[runs.length - 1];
		if (last && last[1] === cpu - 1) last[1] = cpu;
		else runs.push([cpu, cpu]);
	}
	return runs.map(([from, to]) => (from === to ? from : `${from}-${to}`)).join(',');
}
