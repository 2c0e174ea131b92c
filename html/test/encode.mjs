// SPDX-License-Identifier: Apache-2.0
// The other side of the page's data blocks, for tests: what user/page writes.

export function varints(values) {
	const bytes = [];
	for (let value of values) {
		value = BigInt(value);
		while (value >= 128n) {
			bytes.push(Number(value & 127n) | 128);
			value >>= 7n;
		}
		bytes.push(Number(value));
	}
	return Uint8Array.from(bytes);
}

// cells: [{ upper, lower, column, inner, values }], sorted by group, column, inner.
export function sparse({
	gridNs = 10,
	bucketNs = 10,
	first = 0,
	coarsened = 0,
	fromNs = 0,
	toNs = 1000,
	cells,
	inner = true,
	values = 1,
}) {
	const groups = [];
	for (const cell of cells) {
		const last = groups[groups.length - 1];
		if (last && last.upper === cell.upper && last.lower === (cell.lower ?? 0)) last.cells.push(cell);
		else groups.push({ upper: cell.upper, lower: cell.lower ?? 0, shift: cell.shift, cells: [cell] });
	}
	const flat = groups.flatMap((group) =>
		group.cells.map((cell, i) => ({ ...cell, delta: cell.column - (i ? group.cells[i - 1].column : 0) })),
	);
	return varints([
		gridNs,
		bucketNs,
		first,
		coarsened,
		fromNs,
		toNs,
		groups.length,
		flat.length,
		...groups.map((group) => group.upper),
		...groups.map((group) => group.lower),
		...groups.map((group) => group.cells.length),
		...groups.map((group) => group.shift ?? 0),
		...flat.map((cell) => cell.delta),
		...(inner ? flat.map((cell) => cell.inner) : []),
		...Array.from({ length: values }, (_, i) => flat.map((cell) => cell.values[i])).flat(),
	]);
}
