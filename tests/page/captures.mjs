// SPDX-License-Identifier: Apache-2.0
// Made captures, their rows, and the pages of them: each is made once for all tests.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { PFTRACE = 'build/pftrace', MAKE_CAPTURE = 'build/tests/page/make_capture' } = process.env;
export const folder = mkdtempSync(join(tmpdir(), 'pftrace-page-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const made = new Map();

// cores of each kind: as many tasks are idle
const CORES = { plain: 4, hostile: 4, kvm: 8, 'kvm-only': 8, 'one-task': 1, crowd: 12 };

// { cdict, rows, cores } of a kind of tests/page/make_capture.c
export function capture(kind) {
	if (!made.has(kind)) {
		const cdict = join(folder, `${kind}.cdict`);
		execFileSync(MAKE_CAPTURE, [kind, cdict]);
		const file = kind === 'cut' ? `${cdict}.part` : cdict;
		made.set(kind, { cores: CORES[kind] ?? 2, cdict: file, rows: readRows(`${cdict}.rows`) });
	}
	return made.get(kind);
}

function readRows(path) {
	const rows = { samples: [], cells: [], exits: [] };
	for (const line of readFileSync(path, 'utf8').split('\n')) {
		const [table, ...fields] = line.split(' ');
		rows[table]?.push(fields.map((field) => (/^\d+$/.test(field) ? Number(field) : field)));
	}
	return rows;
}

let pages = 0;

// { path, status, stderr }: what `pftrace render` made of a capture
export function render(kind, ...options) {
	const path = join(folder, `page-${pages++}.html`);
	const run = spawnSync(PFTRACE, ['render', ...options, '--out', path, capture(kind).cdict], {
		encoding: 'utf8',
	});
	return { path, status: run.status, stderr: run.stderr, stdout: run.stdout };
}

export const run = (...args) => spawnSync(PFTRACE, args, { encoding: 'utf8' });
