// SPDX-License-Identifier: Apache-2.0
// Bundles the page's sources into one HTML file without data: node build.mjs --out FILE
// What may run in it is told by hash, so the browser itself refuses everything else.

import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import * as esbuild from 'esbuild';

const HERE = dirname(fileURLToPath(import.meta.url));
const SCRIPT_BUDGET = 150 * 1000;

const hashOf = (text) => `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;

// The module of viridis makes three more ramps, by calls that a bundler has to keep: these may go.
const viridisAlone = {
	name: 'viridis-alone',
	setup(build) {
		build.onLoad({ filter: /[\\/]sequential-multi[\\/]viridis\.js$/ }, async ({ path }) => ({
			contents: (await readFile(path, 'utf8')).replaceAll(
				'= ramp(colors(',
				'= /* @__PURE__ */ ramp(/* @__PURE__ */ colors(',
			),
		}));
	},
};

async function bundle() {
	const common = {
		bundle: true,
		minify: true,
		write: false,
		charset: 'ascii',
		logLevel: 'warning',
		absWorkingDir: HERE,
	};
	const script = await esbuild.build({
		...common,
		entryPoints: ['src/main.js'],
		format: 'iife',
		target: 'es2022',
		metafile: true,
		plugins: [viridisAlone],
		legalComments: 'none',
	});
	const style = await esbuild.build({ ...common, entryPoints: ['src/style.css'], legalComments: 'none' });
	return {
		script: script.outputFiles[0].text.trim(),
		style: style.outputFiles[0].text.trim(),
		inputs: Object.keys(script.metafile.inputs),
	};
}

function packagesOf(inputs) {
	const names = inputs
		.map((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1])
		.filter(Boolean);
	return [...new Set(names)].sort();
}

async function licenceOf(name) {
	const folder = join(HERE, 'node_modules', name);
	const { version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
	const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
	if (!file) throw new Error(`${name} ${version} comes without the text of its licence`);
	const text = (await readFile(join(folder, file), 'utf8')).trim();
	return `${name} ${version} (${license})\n\n${text}\n`;
}

const { values } = parseArgs({ options: { out: { type: 'string' } } });
if (!values.out) {
	console.error('usage: node build.mjs --out FILE');
	process.exit(2);
}
const { script, style, inputs } = await bundle();
const licences = (await Promise.all(packagesOf(inputs).map(licenceOf))).join(`\n${'-'.repeat(72)}\n\n`);
if (Buffer.byteLength(script) > SCRIPT_BUDGET)
	throw new Error(`the script has ${Buffer.byteLength(script)} bytes, more than ${SCRIPT_BUDGET}`);
for (const text of [script, licences])
	if (/<\/script|<!--/i.test(text)) throw new Error('what is bundled would end its own element');
const policy = [
	"default-src 'none'",
	`script-src ${hashOf(script)}`,
	`style-src ${hashOf(style)}`,
	'img-src data: blob:',
	"connect-src 'none'",
	"base-uri 'none'",
	"form-action 'none'",
].join('; ');
const parts = { CSP: policy, STYLE: style, LICENCES: licences, SCRIPT: script };
const template = await readFile(join(HERE, 'index.html'), 'utf8');
const page = template.replace(/<!--(CSP|STYLE|LICENCES|SCRIPT)-->/g, (whole, name) => parts[name]);
await mkdir(dirname(values.out), { recursive: true });
await writeFile(`${values.out}.new`, page);
await rename(`${values.out}.new`, values.out);
