// SPDX-License-Identifier: Apache-2.0
// Search words over tasks: text, /regex/, pid:12, cpu:3, vm:NAME, no:vm, -word for all but. All words must
// fit. A value with blanks stands in quotes: vm:"my vm"; what stands in quotes has to fit wholly. Pure.

function textFits(task, word) {
	const regex = /^\/(.+)\/$/.exec(word);
	const texts = [task.name, task.comm, task.vm].filter((text) => text !== null && text !== undefined);
	if (!regex) return texts.some((text) => text.toLowerCase().includes(word.toLowerCase()));
	try {
		const pattern = new RegExp(regex[1], 'iu');
		return texts.some((text) => pattern.test(text));
	} catch {
		return false; // half typed
	}
}

// 5,30-40: is this number among them?
function listHas(list, number) {
	if (number === null || number === undefined) return false;
	return list.split(',').some((part) => {
		const [, from, to] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
		return from !== undefined && number >= Number(from) && number <= Number(to ?? from);
	});
}

// What names begin with: all up to the first digit or mark that tells members of one kind apart.
export const prefixOf = (name) =>
	/^\p{L}[^\d/:#@]*/u.exec(name ?? '')?.[0].replace(/[\s_.-]+$/, '') || (name ?? '');

// The order of names, as user/view/view_names.c has it: CSR.1.vcpu0 stands where 01.CSR.vcpu0 would, so
// that groups stay together, and numbers go by their value.
const orderKey = (name) =>
	name.replace(
		/^(.+?)\.(\d{1,9})\./s,
		(all, first, group) => `${String(Number(group)).padStart(2, '0')}.${first}.`,
	);
export function compareNames(one, other) {
	const parts = [one ?? '', other ?? ''].map((name) => orderKey(name).match(/[0-9]+|./gsu) ?? []);
	for (let i = 0; i < Math.max(parts[0].length, parts[1].length); i++) {
		const [a, b] = [parts[0][i] ?? '', parts[1][i] ?? ''];
		if (a === b) continue;
		const numbers = /^[0-9]/.test(a) && /^[0-9]/.test(b);
		if (numbers && Number(a) !== Number(b)) return Number(a) - Number(b);
		if (!numbers) return a < b ? -1 : 1;
	}
	return (one ?? '') < (other ?? '') ? -1 : Number((one ?? '') > (other ?? ''));
}

const unquote = (text) => (/^"(.*)"$/s.exec(text)?.[1] ?? text).replace(/\\(["\\])/g, '$1');
export const quote = (text, always = false) =>
	always || /[\s"\\]/.test(text) || text === '' ? `"${text.replace(/["\\]/g, '\\$&')}"` : text;

const nameFits = (name, value, wholly) =>
	wholly ? name === value : (name ?? '').toLowerCase().includes(value.toLowerCase());

const GROUP_KEYS = {
	prefix: (task) => prefixOf(task.name),
	process: (task) => (task.tgid === null ? null : String(task.tgid)),
	vm: (task) => task.vm,
	cgroup: (task) => task.unit ?? task.cgroup, // a unit, a container or a VM has cgroups below its own
};

const KEYS = {
	pid: (task, value) => listHas(value, task.tgid) || listHas(value, task.tid),
	tid: (task, value) => listHas(value, task.tid),
	task: (task, value) => listHas(value, task.task),
	cpu: (task, value, cpusOf) => [...cpusOf(task)].some((cpu) => listHas(value, cpu)),
	prefix: (task, value) => prefixOf(task.name) === value,
	process: (task, value) => listHas(value, task.tgid),
	vm: (task, value, cpusOf, wholly) => nameFits(task.vm, value, wholly),
	cgroup: (task, value, cpusOf, wholly) =>
		nameFits(task.cgroup, value, wholly) || nameFits(task.unit, value, wholly),
	no: (task, value) => Object.hasOwn(GROUP_KEYS, value) && (GROUP_KEYS[value](task) ?? null) === null,
	kind: (task, value) => (task.kind ?? '').toLowerCase().includes(value.toLowerCase()),
};

function wordFits(task, word, cpusOf) {
	const [, key, value] = /^(\w+):(.*)$/s.exec(word) ?? [];
	if (key && Object.hasOwn(KEYS, key))
		return KEYS[key](task, unquote(value), cpusOf, value.startsWith('"'));
	if (/^\d+$/.test(word) && String(task.tid) === word) return true;
	return textFits(task, unquote(word));
}

// a /regex/ and quotes may hold blanks
const wordsOf = (query) => query.match(/-?\/(?:[^/\\]|\\.)+\/|-?(?:\w+:)?"(?:[^"\\]|\\.)*"|\S+/g) ?? [];

export const matchesQuery = (task, query, cpusOf = () => []) =>
	wordsOf(query).every((word) =>
		word.length > 1 && word[0] === '-'
			? !wordFits(task, word.slice(1), cpusOf)
			: wordFits(task, word, cpusOf),
	);

// [{ label, query, members, runNs, switches }] by a key of GROUP_KEYS; members without one stand last.
export function groupTasks(tasks, by, sumsOf) {
	const groups = new Map();
	for (const task of tasks) {
		const key = GROUP_KEYS[by](task);
		const group = groups.get(key) ?? { key, members: [], runNs: 0, switches: 0 };
		const sums = sumsOf(task);
		group.members.push(task);
		group.runNs += sums?.runNs ?? 0;
		group.switches += sums?.switches ?? 0;
		groups.set(key, group);
	}
	return [...groups.values()].map((group) => ({
		...group,
		label: group.key === null ? `no ${by}` : by === 'process' ? `process ${group.key}` : group.key,
		query: group.key === null ? `no:${by}` : `${by}:${quote(group.key, by === 'vm' || by === 'cgroup')}`,
	}));
}
