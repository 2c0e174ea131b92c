// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { deflateSync } from 'node:zlib';

import { fromBase64, inflate, Reader } from '../src/data/bytes.js';
import { binExtent, density, halveDensity, histogram, percentileBin, quantise } from '../src/data/heat.js';
import { coveredNs, holders, matrix, sumRows, utilisation } from '../src/data/locality.js';
import { columnAt, decodeSparse, halve, levelFor, lowerBound, startOf, transpose } from '../src/data/sparse.js';
import { exitTable } from '../src/data/exits.js';
import { sparse, varints } from './encode.mjs';

const decode = (options) =>
	decodeSparse(new Reader(sparse(options)), { inner: options.inner ?? true, values: options.values ?? 1 });
const total = (part, value = 0) => part.values[value].reduce((sum, each) => sum + each, 0);

// A capture of its own: the same numbers each time.
function someCells(count, { groups = 3, columns = 50, inners = 6, values = 2 } = {}) {
	let seed = 1;
	const random = (below) => {
		seed = (seed * 1103515245 + 12345) % 2147483648;
		return Math.floor((seed / 2147483648) * below);
	};
	const made = new Map();
	for (let i = 0; i < count; i++) {
		const cell = {
			upper: random(groups),
			column: random(columns),
			inner: random(inners),
			values: Array.from({ length: values }, () => 1 + random(1000)),
		};
		made.set([cell.upper, cell.column, cell.inner].join(), cell);
	}
	return [...made.values()].sort((a, b) => a.upper - b.upper || a.column - b.column || a.inner - b.inner);
}

test('varints come back as they were written, from 0 to 2^53', () => {
	const values = [0, 1, 127, 128, 300, 2 ** 31, 2 ** 32 + 5, 2 ** 53 - 1];
	const reader = new Reader(varints(values));
	assert.deepEqual(
		values.map(() => reader.varint()),
		values,
	);
});

test('a varint of 64 bits is rounded and not wrapped', () => {
	assert.equal(new Reader(varints([2n ** 64n - 1n])).varint(), 2 ** 64);
});

test('data that end too early are an error and not zeros', () => {
	assert.throws(() => new Reader(Uint8Array.of(0x80)).varint(), RangeError);
	assert.throws(() => new Reader(Uint8Array.of(1, 2)).take(3), RangeError);
});

test('nil and 0 are two things', () => {
	const reader = new Reader(varints([0, 1]));
	assert.equal(reader.nullable(), null);
	assert.equal(reader.nullable(), 0);
});

test('a deflated base64 block is inflated', async () => {
	const bytes = Uint8Array.from({ length: 5000 }, (_, i) => i % 251);
	const text = deflateSync(bytes).toString('base64');
	assert.deepEqual(await inflate(fromBase64(text)), bytes);
});

test('sparse cells are decoded with absolute columns', () => {
	const cells = someCells(200);
	const part = decode({ cells, values: 2 });
	assert.deepEqual(
		Array.from(part.column),
		cells.map((cell) => cell.column),
	);
	assert.deepEqual(
		Array.from(part.inner),
		cells.map((cell) => cell.inner),
	);
	assert.deepEqual(
		Array.from(part.values[1]),
		cells.map((cell) => cell.values[1]),
	);
});

for (const first of [0, 1, 7])
	test(`halving keeps all sums and stays on the grid, from column ${first}`, () => {
		const cells = someCells(500);
		let part = decode({ cells, first, values: 2 });
		const sums = [total(part, 0), total(part, 1)];
		for (let level = 1; level < 8; level++) {
			part = halve(part);
			assert.deepEqual([total(part, 0), total(part, 1)], sums);
			assert.equal(part.gridNs, 10 * 2 ** level);
			const expected = new Map();
			for (const cell of cells) {
				const key = [cell.upper, Math.floor((first + cell.column) / 2 ** level), cell.inner].join();
				expected.set(key, (expected.get(key) ?? 0) + cell.values[0]);
			}
			const found = new Map();
			for (let group = 0; group < part.upper.length; group++)
				for (let i = part.begins[group]; i < part.begins[group + 1]; i++)
					found.set([part.upper[group], part.first + part.column[i], part.inner[i]].join(), part.values[0][i]);
			assert.deepEqual(new Map([...found].sort()), new Map([...expected].sort()));
		}
	});

test('transposing twice gives the same cells', () => {
	const part = decode({ cells: someCells(300), values: 2 });
	const twice = transpose(transpose(part));
	for (const name of ['upper', 'begins', 'column', 'inner']) assert.deepEqual(Array.from(twice[name]), Array.from(part[name]));
	assert.deepEqual(Array.from(twice.values[0]), Array.from(part.values[0]));
});

test('lower bound finds the first cell at or after a column', () => {
	const part = decode({ cells: [2, 2, 5, 9].map((column, inner) => ({ upper: 0, column, inner, values: [1] })) });
	assert.deepEqual(
		[0, 2, 3, 6, 10].map((column) => lowerBound(part, 0, column)),
		[0, 0, 2, 3, 4],
	);
});

test('a moment and its column agree', () => {
	const part = decode({ cells: [], first: 5 });
	assert.equal(startOf(part, 3), 80);
	assert.equal(columnAt(part, 80), 3);
	assert.equal(columnAt(part, 79), 2);
});

test('the level has no more columns than there are pixels', () => {
	for (const [range, pixels] of [
		[1e9, 1000],
		[123456789, 77],
		[10, 1000],
	]) {
		const level = levelFor(1e4, range, pixels);
		assert.ok(range / (1e4 * 2 ** level) <= pixels);
		assert.ok(level === 0 || range / (1e4 * 2 ** (level - 1)) > pixels);
	}
});

const HEAT = [
	{ upper: 0, lower: 1, column: 0, inner: 80, values: [5] },
	{ upper: 0, lower: 1, column: 3, inner: 90, values: [7] },
	{ upper: 0, lower: 2, column: 3, inner: 90, values: [11] },
	{ upper: 1, lower: 2, column: 1, inner: 120, values: [13] },
];

test('density sums the wanted tasks of one kind', () => {
	const heat = decode({ cells: HEAT });
	const extent = binExtent(heat, [0, 1]);
	assert.deepEqual(extent, { low: 80, high: 120 });
	const all = density(heat, 0, extent, () => true);
	assert.equal(all.data[3 * all.bins + 10], 18);
	assert.equal(all.total, 23);
	assert.equal(density(heat, 0, extent, (task) => task === 1).total, 12);
	assert.equal(binExtent(heat, [4]), null);
});

test('halved density keeps its total on an odd grid, too', () => {
	const heat = decode({ cells: HEAT, first: 3 });
	let level = density(heat, 0, binExtent(heat, [0]), () => true);
	for (let i = 0; i < 5; i++) {
		level = halveDensity(level);
		assert.equal(level.total, 23);
	}
	assert.equal(level.first, 0);
});

test('what is not zero is never drawn as zero, however much there is elsewhere', () => {
	const level = { data: Float64Array.of(0, 1, 1e15, 0.5), max: 1e15 };
	const [empty, one, most, less] = quantise(level);
	assert.equal(empty, 0);
	assert.ok(one >= 1 && less >= 1);
	assert.equal(most, 255);
});

test('percentiles are bins of the histogram', () => {
	const heat = decode({ cells: HEAT });
	const level = density(heat, 0, binExtent(heat, [0]), () => true);
	const counts = histogram(level, 0, 10);
	assert.equal(percentileBin(counts, 0.1), 0);
	assert.equal(percentileBin(counts, 0.5), 10);
	assert.equal(percentileBin(counts, 1), 10);
	assert.equal(percentileBin(new Float64Array(4), 0.5), null);
});

const CORES = [
	{ upper: 0, column: 0, inner: 7, values: [6, 2] },
	{ upper: 0, column: 0, inner: 9, values: [4, 1] },
	{ upper: 0, column: 1, inner: 9, values: [10, 3] },
	{ upper: 1, column: 1, inner: 7, values: [5, 4] },
];

test('a matrix adds up run time and switches by task and core over a range', () => {
	const part = decode({ cells: CORES, values: 2 });
	const all = matrix(part, { from: 0, to: 20 });
	assert.deepEqual(all.get(9).byCpu, new Map([[0, [14, 4]]]));
	assert.equal(all.get(7).runNs, 11);
	assert.equal(matrix(part, { from: 10, to: 20 }).get(7).switches, 4);
	assert.deepEqual(
		sumRows(all.values()).byCpu,
		new Map([
			[0, [20, 6]],
			[1, [5, 4]],
		]),
	);
});

test('covered time is cut at the window', () => {
	const part = decode({ cells: CORES, values: 2 });
	assert.equal(coveredNs(part, { from: 3, to: 12 }, { from: 0, to: 15 }), 15);
	assert.equal(coveredNs(part, { from: 12, to: 13 }, { from: 0, to: 20 }), 10);
});

test('utilisation is a part of all cores and does not count idle', () => {
	const part = decode({ cells: CORES, values: 2 });
	assert.deepEqual(Array.from(utilisation(part, { from: 0, to: 15 }, 2, (task) => task !== 9)), [0.3, 0.5]);
});

test('holders of a column come by time', () => {
	const part = decode({ cells: CORES, values: 2 });
	assert.deepEqual(holders(part, 0, 0), [
		{ inner: 7, runNs: 6, switches: 2 },
		{ inner: 9, runNs: 4, switches: 1 },
	]);
	assert.deepEqual(holders(part, 1, 0), []);
});

test('exits add up by task and kind over a range', () => {
	const cells = [
		{ upper: 5, lower: 0, column: 0, values: [3, 30] },
		{ upper: 5, lower: 0, column: 4, values: [4, 40] },
		{ upper: 5, lower: 2, column: 1, values: [10, 1] },
		{ upper: 6, lower: 0, column: 1, values: [1, 9] },
	];
	const part = decode({ cells, inner: false, values: 2 });
	const { rows, kinds } = exitTable(part, { from: 0, to: 1000 });
	assert.deepEqual(
		rows.map((row) => [row.task, row.count, row.hostNs]),
		[
			[5, 17, 71],
			[6, 1, 9],
		],
	);
	assert.deepEqual(kinds, [
		{ kind: 2, count: 10, hostNs: 1 },
		{ kind: 0, count: 8, hostNs: 79 },
	]);
	assert.equal(exitTable(part, { from: 40, to: 50 }).rows[0].count, 4);
});

test('a task with wider columns than others has a level of its own width, on the grid', () => {
	const cells = [
		{ upper: 0, lower: 1, column: 0, inner: 80, values: [5], shift: 2 },
		{ upper: 0, lower: 1, column: 3, inner: 80, values: [7], shift: 2 },
		{ upper: 0, lower: 2, column: 6, inner: 80, values: [9] },
	];
	const heat = decode({ cells, first: 5 });
	const extent = binExtent(heat, [0]);
	const wide = density(heat, 0, extent, (task) => task === 1);
	assert.deepEqual([wide.gridNs, wide.first, Array.from(wide.data)], [40, 1, [5, 7]]);
	const fine = density(heat, 0, extent, (task) => task === 2);
	assert.deepEqual([fine.gridNs, fine.first, fine.data[6]], [10, 5, 9]);
	assert.equal(density(heat, 0, extent, () => true).total, 21);
});
