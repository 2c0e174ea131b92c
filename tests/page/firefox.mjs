// SPDX-License-Identifier: Apache-2.0
// Firefox as Debian ships it, by WebDriver BiDi (https://w3c.github.io/webdriver-bidi/): as much of
// it as the tests use. Playwright's own Firefox is a patched build, and its BiDi wants newer ones.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const { ws: WebSocket } = createRequire(import.meta.url)('playwright-core/lib/utilsBundle');

const START_MS = 60000;
// nothing of its own on the network
const PREFERENCES = {
	'app.normandy.enabled': false,
	'browser.shell.checkDefaultBrowser': false,
	'datareporting.policy.dataSubmissionEnabled': false,
	'browser.startup.homepage_override.mstone': 'ignore',
	'network.captive-portal-service.enabled': false,
	'network.connectivity-service.enabled': false,
	'services.settings.server': '',
	'toolkit.telemetry.reportingpolicy.firstRun': false,
	'ui.prefersReducedMotion': 1,
};

// The address that Firefox listens at, as it says on stderr.
function listening(child) {
	return new Promise((done, fail) => {
		const timer = setTimeout(() => fail(new Error('firefox does not listen')), START_MS);
		child.on('exit', (code) => fail(new Error(`firefox ended: ${code}`)));
		createInterface(child.stderr).on('line', (line) => {
			const [, url] = /WebDriver BiDi listening on (ws:\S+)/.exec(line) ?? [];
			if (!url) return;
			clearTimeout(timer);
			done(url);
		});
	});
}

async function connect(url) {
	const socket = new WebSocket(`${url}/session`);
	await new Promise((done, fail) => {
		socket.on('open', done).on('error', fail);
	});
	const waiting = new Map();
	const listeners = [];
	let last = 0;
	socket.on('message', (data) => {
		const message = JSON.parse(String(data));
		if (message.type === 'event') for (const listen of listeners) listen(message);
		else {
			const { done, fail } = waiting.get(message.id);
			waiting.delete(message.id);
			if (message.type === 'error') fail(new Error(`${message.error}: ${message.message}`));
			else done(message.result);
		}
	});
	return {
		send: (method, params = {}) =>
			new Promise((done, fail) => {
				waiting.set(++last, { done, fail });
				socket.send(JSON.stringify({ id: last, method, params }));
			}),
		listen: (listener) => listeners.push(listener),
		close: () => socket.close(),
	};
}

// Code points of WebDriver for keys that are no letters (W3C WebDriver, "keyboard actions").
const KEYS = {
	Enter: '\ue007',
	Escape: '\ue00c',
	Backspace: '\ue003',
	Tab: '\ue004',
	ArrowRight: '\ue014',
	ArrowLeft: '\ue012',
	ArrowDown: '\ue015',
	ArrowUp: '\ue013',
	Shift: '\ue008',
};

function createPage(bidi, context, problems) {
	const perform = (...actions) => bidi.send('input.performActions', { context, actions });
	const evaluate = async (run, ...args) => {
		const { result, exceptionDetails } = await bidi.send('script.callFunction', {
			functionDeclaration: `async (...args) => JSON.stringify(await (${run})(...args.map((text) => JSON.parse(text)))) ?? 'null'`,
			target: { context },
			awaitPromise: true,
			arguments: args.map((value) => ({ type: 'string', value: JSON.stringify(value) })),
		});
		if (exceptionDetails) throw new Error(exceptionDetails.text);
		return JSON.parse(result.value);
	};
	const pointer = (actions) =>
		perform({ type: 'pointer', id: 'mouse', parameters: { pointerType: 'mouse' }, actions });
	const moveTo = (x, y) => ({ type: 'pointerMove', x: Math.round(x), y: Math.round(y) });
	return {
		problems,
		evaluate,
		press: (...keys) =>
			perform({
				type: 'key',
				id: 'keys',
				actions: keys.flatMap((key) =>
					['keyDown', 'keyUp'].map((type) => ({ type, value: KEYS[key] ?? key })),
				),
			}),
		click: (x, y) =>
			pointer([moveTo(x, y), { type: 'pointerDown', button: 0 }, { type: 'pointerUp', button: 0 }]),
		move: (x, y) => pointer([moveTo(x, y)]),
		drag: (from, to) =>
			pointer([
				moveTo(...from),
				{ type: 'pointerDown', button: 0 },
				moveTo((from[0] + to[0]) / 2, to[1]),
				moveTo(...to),
				{ type: 'pointerUp', button: 0 },
			]),
		wheel: (x, y, deltaY) =>
			perform({
				type: 'wheel',
				id: 'wheel',
				actions: [{ type: 'scroll', x: Math.round(x), y: Math.round(y), deltaX: 0, deltaY }],
			}),
		screenshot: async () =>
			Buffer.from((await bidi.send('browsingContext.captureScreenshot', { context })).data, 'base64'),
		setPixelRatio: (devicePixelRatio) =>
			bidi.send('browsingContext.setViewport', { context, devicePixelRatio }),
		close: () => bidi.send('browsingContext.close', { context }),
	};
}

export async function startFirefox(path) {
	const profile = mkdtempSync(join(tmpdir(), 'pftrace-firefox-'));
	writeFileSync(
		join(profile, 'user.js'),
		Object.entries(PREFERENCES)
			.map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
			.join(''),
	);
	const child = spawn(
		path,
		['--headless', '--no-remote', '--remote-debugging-port', '0', '--profile', profile, 'about:blank'],
		{ stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: profile, MOZ_HEADLESS: '1' } },
	);
	const ended = new Promise((done) => {
		child.on('exit', done);
	});
	const stop = async () => {
		child.kill();
		await ended;
		rmSync(profile, { recursive: true, force: true });
	};
	try {
		const bidi = await connect(await listening(child));
		const { capabilities } = await bidi.send('session.new', { capabilities: {} });
		await bidi.send('session.subscribe', { events: ['log.entryAdded'] });
		return {
			version: capabilities.browserVersion,
			async open(file, { hash = '', viewport = { width: 1600, height: 900 } } = {}) {
				const { context } = await bidi.send('browsingContext.create', { type: 'tab' });
				const problems = [];
				bidi.listen(({ method, params }) => {
					if (
						method === 'log.entryAdded' &&
						params.source.context === context &&
						['error', 'warn'].includes(params.level)
					)
						problems.push(params.text);
				});
				await bidi.send('browsingContext.setViewport', { context, viewport, devicePixelRatio: 1 });
				await bidi.send('browsingContext.navigate', {
					context,
					url: `${pathToFileURL(file)}${hash}`,
					wait: 'complete',
				});
				const page = createPage(bidi, context, problems);
				await page.evaluate(
					() =>
						new Promise((done) => {
							const look = () =>
								document.documentElement.dataset.ready ? done() : setTimeout(look, 20);
							look();
						}),
				);
				return page;
			},
			async close() {
				bidi.close();
				await stop();
			},
		};
	} catch (error) {
		await stop();
		throw error;
	}
}
