// SPDX-License-Identifier: Apache-2.0
// Search words over tasks: text, /regex/, pid:12, vm:NAME, -word for all but. All words must fit. Pure.

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

function wordFits(task, word) {
	const [, key, value] = /^(pid|tid|vm|kind):(.*)$/.exec(word) ?? [];
	if (key === 'pid') return String(task.tgid) === value || String(task.tid) === value;
	if (key === 'tid') return String(task.tid) === value;
	if (key) return (task[key] ?? '').toLowerCase().includes(value.toLowerCase());
	if (/^\d+$/.test(word) && String(task.tid) === word) return true;
	return textFits(task, word);
}

// a /regex/ may hold blanks
const wordsOf = (query) => query.match(/-?\/(?:[^/\\]|\\.)+\/|\S+/g) ?? [];

export const matchesQuery = (task, query) => wordsOf(query)
	.every((word) => (word.length > 1 && word[0] === '-' ? !wordFits(task, word.slice(1)) : wordFits(task, word)));
