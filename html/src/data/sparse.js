// SPDX-License-Identifier: Apache-2.0
// Sparse sums over time: groups of cells, each cell with a column, an inner number and values.
// Cells of a group are sorted by column, then inner. Columns count from firstColumn on a grid that
// begins at the capture's zero, so that two neighbours 2k and 2k+1 of that grid make one of the next.

// user/page/block.c writes this form.
export function decodeSparse(reader, { inner, values }) {
	const head = {};
	for (const name of [
		'gridNs',
		'bucketNs',
		'firstColumn',
		'coarsened',
		'fromNs',
		'toNs',
		'groupCount',
		'count',
	])
		head[name] = reader.varint();
	const { groupCount, count } = head;
	const upper = reader.column(groupCount, Float64Array);
	const lower = reader.column(groupCount, Float64Array);
	const sizes = reader.column(groupCount, Uint32Array);
	// columns of a group are gridNs << shift wide; they are counted in steps of gridNs all the same
	const shifts = reader.column(groupCount, Uint8Array);
	const begins = beginsOf(sizes);
	const column = reader.column(count, Uint32Array);
	for (let group = 0; group < groupCount; group++)
		for (let i = begins[group] + 1; i < begins[group + 1]; i++) column[i] += column[i - 1];
	return {
		gridNs: head.gridNs || 1,
		bucketNs: head.bucketNs,
		coarsened: head.coarsened,
		fromNs: head.fromNs,
		toNs: head.toNs,
		first: head.firstColumn,
		upper,
		lower,
		shifts,
		begins,
		column,
		inner: inner ? reader.column(count, Uint32Array) : null,
		values: Array.from({ length: values }, () => reader.column(count, Float64Array)),
	};
}

export function beginsOf(sizes) {
	const begins = new Uint32Array(sizes.length + 1);
	for (let i = 0; i < sizes.length; i++) begins[i + 1] = begins[i] + sizes[i];
	return begins;
}

export const groupCount = (sparse) => sparse.upper.length;
export const startOf = (sparse, column) => (sparse.first + column) * sparse.gridNs;
export const columnAt = (sparse, ns) => Math.floor(ns / sparse.gridNs) - sparse.first;

export function columnCount(sparse) {
	let last = -1;
	for (const column of sparse.column) if (column > last) last = column;
	return last + 1;
}

// The first cell of the group at or after this column.
export function lowerBound(sparse, group, column) {
	let low = sparse.begins[group];
	let high = sparse.begins[group + 1];
	while (low < high) {
		const middle = (low + high) >>> 1;
		if (sparse.column[middle] < column) low = middle + 1;
		else high = middle;
	}
	return low;
}

// Columns twice as wide; sums stay sums.
export function halve(sparse) {
	const odd = sparse.first % 2;
	const count = sparse.column.length;
	const column = new Uint32Array(count);
	const inner = new Uint32Array(count);
	const values = sparse.values.map(() => new Float64Array(count));
	const sizes = new Uint32Array(groupCount(sparse));
	let out = 0;
	const copy = (i, target) => {
		column[out] = target;
		inner[out] = sparse.inner[i];
		values.forEach((sums, v) => {
			sums[out] = sparse.values[v][i];
		});
		out++;
	};
	for (let group = 0; group < sizes.length; group++) {
		const before = out;
		const end = sparse.begins[group + 1];
		let a = sparse.begins[group];
		while (a < end) {
			const target = (sparse.column[a] + odd) >>> 1;
			let aEnd = a;
			while (aEnd < end && sparse.column[aEnd] === sparse.column[a]) aEnd++;
			let b = aEnd;
			let bEnd = b;
			while (bEnd < end && (sparse.column[bEnd] + odd) >>> 1 === target) bEnd++;
			const next = bEnd;
			while (a < aEnd || b < bEnd) {
				if (b >= bEnd || (a < aEnd && sparse.inner[a] < sparse.inner[b])) copy(a++, target);
				else if (a >= aEnd || sparse.inner[b] < sparse.inner[a]) copy(b++, target);
				else {
					copy(a, target);
					values.forEach((sums, v) => {
						sums[out - 1] += sparse.values[v][b];
					});
					a++;
					b++;
				}
			}
			a = next;
		}
		sizes[group] = out - before;
	}
	return {
		...sparse,
		gridNs: sparse.gridNs * 2,
		first: Math.floor(sparse.first / 2),
		column: column.slice(0, out),
		inner: inner.slice(0, out),
		values: values.map((sums) => sums.slice(0, out)),
		begins: beginsOf(sizes),
	};
}

// The same numbers of cells ordered by their keys; equal keys keep their order.
function countingOrder(keys, order) {
	let highest = 0;
	for (const i of order) if (keys[i] > highest) highest = keys[i];
	const places = new Uint32Array(highest + 2);
	for (const i of order) places[keys[i] + 1]++;
	for (let key = 0; key <= highest; key++) places[key + 1] += places[key];
	const sorted = new Uint32Array(order.length);
	for (const i of order) sorted[places[keys[i]]++] = i;
	return sorted;
}

// The same sums in other groups: rowOf and innerOf say for a cell's group and inner where it goes (a
// row below 0: nowhere), and cells that meet are summed.
export function regroup(sparse, rowOf, innerOf) {
	const count = sparse.column.length;
	const [row, inner, order] = [0, 0, 0].map(() => new Uint32Array(count));
	let kept = 0;
	for (let group = 0; group < groupCount(sparse); group++)
		for (let i = sparse.begins[group]; i < sparse.begins[group + 1]; i++) {
			const to = rowOf(sparse.upper[group], sparse.inner[i]);
			if (to < 0) continue;
			row[i] = to;
			inner[i] = innerOf(sparse.upper[group], sparse.inner[i]);
			order[kept++] = i;
		}
	const sorted = [inner, sparse.column, row].reduce(
		(now, keys) => countingOrder(keys, now),
		order.subarray(0, kept),
	);
	return gather(sparse, sorted, row, inner);
}

function gather(sparse, sorted, row, inner) {
	const upper = [];
	const sizes = [];
	const column = new Uint32Array(sorted.length);
	const inners = new Uint32Array(sorted.length);
	const values = sparse.values.map(() => new Float64Array(sorted.length));
	let out = -1;
	for (const i of sorted) {
		const fresh = upper[upper.length - 1] !== row[i];
		if (fresh) {
			upper.push(row[i]);
			sizes.push(0);
		}
		if (fresh || column[out] !== sparse.column[i] || inners[out] !== inner[i]) {
			sizes[sizes.length - 1]++;
			column[++out] = sparse.column[i];
			inners[out] = inner[i];
		}
		for (let v = 0; v < values.length; v++) values[v][out] += sparse.values[v][i];
	}
	return {
		...sparse,
		upper: Float64Array.from(upper),
		lower: new Float64Array(upper.length),
		shifts: new Uint8Array(upper.length),
		begins: beginsOf(sizes),
		column: column.slice(0, out + 1),
		inner: inners.slice(0, out + 1),
		values: values.map((sums) => sums.slice(0, out + 1)),
	};
}

// Group and inner exchanged: core x task becomes task x core.
export const transpose = (sparse) =>
	regroup(
		sparse,
		(upper, inner) => inner,
		(upper) => upper,
	);

// Ever coarser versions, made when they are first asked for.
export function pyramid(base, coarser = halve) {
	const levels = [base];
	const at = (level) => {
		while (levels.length <= level) levels.push(coarser(levels[levels.length - 1]));
		return levels[level];
	};
	at.made = levels;
	return at;
}

// Columns [first, end) of the finest level as few columns of coarser ones, where there are such:
// [{ sparse, first, end }]. What is summed over them is what the finest level gives.
export function coarseParts(levels, [first, end]) {
	const parts = [];
	let [from, to] = [first, end].map((column) => levels[0].first + column);
	for (let i = 0; from < to; i++) {
		const sparse = levels[i];
		const add = (a, b) => {
			if (b > a) parts.push({ sparse, first: a - sparse.first, end: b - sparse.first });
		};
		if (i === levels.length - 1) {
			add(from, to);
			break;
		}
		if (from % 2) add(from, ++from);
		if (to % 2 && to > from) add(--to, to + 1);
		[from, to] = [from / 2, to / 2];
	}
	return parts;
}

// The level at which a range of time has at most this many columns.
export function levelFor(gridNs, rangeNs, columns) {
	return Math.max(0, Math.ceil(Math.log2(rangeNs / gridNs / Math.max(1, columns))));
}
