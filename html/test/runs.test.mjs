// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';

import { areApart, decodeRuns, runAt, runOf, runsOf } from '../src/data/runs.js';
import { varints } from './encode.mjs';

// core 0: 5 from 100, not known from 300, 6 from 350 (twice at once); core 7: 5 from 40
const BYTES = varints([0, 2, 0, 7, 4, 1, 100, 200, 50, 0, 40, 6, 0, 6, 7, 6]);
const WINDOW = { from: 0, to: 1000 };

test('runs come back core by core', () => {
	const { leftOut, cores } = decodeRuns(BYTES);
	assert.equal(leftOut, 0);
	assert.deepEqual([...cores.keys()], [0, 7]);
	assert.deepEqual([...cores.get(0).at], [100, 300, 350, 350]);
	assert.deepEqual([...cores.get(0).task], [5, -1, 5, 6]);
	assert.deepEqual([...cores.get(7).at], [40]);
});

test('a run is found by its time and lasts until the next', () => {
	const core = decodeRuns(BYTES).cores.get(0);
	assert.deepEqual(
		[99, 100, 299, 300, 350, 2000].map((ns) => runAt(core, ns)),
		[-1, 0, 0, 1, 3, 3],
	);
	assert.deepEqual(runOf(core, 0, WINDOW), { task: 5, from: 100, to: 300 });
	assert.deepEqual(runOf(core, 3, WINDOW), { task: 6, from: 350, to: 1000 });
});

test('the runs that touch a range', () => {
	const core = decodeRuns(BYTES).cores.get(0);
	assert.deepEqual(runsOf(core, { from: 0, to: 50 }), [0, 0]);
	assert.deepEqual(runsOf(core, { from: 150, to: 320 }), [0, 2]);
	assert.deepEqual(runsOf(core, { from: 320, to: 900 }), [1, 4]);
});

test('runs are drawn one by one only where they can be told apart', () => {
	const core = decodeRuns(BYTES).cores.get(0);
	assert.equal(areApart(core, WINDOW, 8), true);
	assert.equal(areApart(core, WINDOW, 7), false);
	assert.equal(areApart(core, { from: 120, to: 140 }, 2), true);
	assert.equal(areApart(undefined, WINDOW, 1000), false);
});

test('too many were left out: none is there', () => {
	const { leftOut, cores } = decodeRuns(varints([1234567, 0]));
	assert.equal(leftOut, 1234567);
	assert.equal(cores.size, 0);
});
