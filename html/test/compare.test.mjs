// SPDX-License-Identifier: Apache-2.0
// What lies between two runs, without a browser.

import assert from 'node:assert/strict';
import test from 'node:test';

import { difference, place, recordedPart, sharedTasks } from '../src/data/runs_compare.js';
import { formatHash, parseHash } from '../src/hash.js';

test('a value that is missing makes neither a difference nor a ratio', () => {
	assert.deepEqual(difference(null, 3), { a: null, b: 3, delta: null, ratio: null });
	assert.deepEqual(difference(3, null), { a: 3, b: null, delta: null, ratio: null });
	assert.deepEqual(difference(0, 0), { a: 0, b: 0, delta: 0, ratio: null });
	assert.deepEqual(difference(0, 2), { a: 0, b: 2, delta: 2, ratio: Infinity });
	assert.deepEqual(difference(4, 1), { a: 4, b: 1, delta: -3, ratio: 0.25 });
});

test('twice and half are as far from the middle of the scale', () => {
	assert.equal(place('ratio', difference(1, 2), 0), 0.25);
	assert.equal(place('ratio', difference(2, 1), 0), -0.25);
	assert.equal(place('ratio', difference(1, 1000), 0), 1);
	assert.equal(place('ratio', difference(0, 1), 0), 1);
	assert.equal(place('ratio', difference(1, 0), 0), -1);
	assert.equal(place('ratio', difference(null, 1), 0), null);
});

test('differences are placed by the largest, and missing ones nowhere', () => {
	assert.equal(place('delta', difference(1, 5), 4), 1);
	assert.equal(place('delta', difference(5, 4), 4), -0.5);
	assert.equal(place('delta', difference(5, 5), 0), 0);
	assert.equal(place('delta', difference(5, null), 4), null);
});

test('a range is cut to what a run recorded', () => {
	assert.deepEqual(recordedPart({ from: 0, to: 20 }, { from: 5, to: 10 }), { from: 5, to: 10 });
	assert.equal(recordedPart({ from: 10, to: 20 }, { from: 0, to: 10 }), null);
});

test('tasks are in both runs or in one; idle ones do not count', () => {
	const task = (number, kind = 'task') => ({ task: number, kind });
	const run = (...numbers) => ({ has: (number) => numbers.includes(number) });
	const sides = sharedTasks([task(0, 'idle'), task(1), task(2), task(3), task(4)], run(0, 1, 2), run(0, 2, 3));
	assert.deepEqual(
		[sides.both, sides.a, sides.b].map((list) => list.map((each) => each.task)),
		[[2], [1], [3]],
	);
});

test('what is compared is kept in the address', () => {
	const state = { ...parseHash(''), show: 'ratio', pair: '2.0' };
	assert.equal(formatHash(state), '#show=ratio&pair=2.0');
	assert.equal(parseHash('#show=ratio&pair=2.0').pair, '2.0');
	assert.equal(parseHash('#show=nonsense&pair=9.x').pair, '0.1');
	assert.equal(parseHash('#show=nonsense').show, 'delta');
});
