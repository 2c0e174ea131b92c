// SPDX-License-Identifier: Apache-2.0
// As much of a canvas context as the charts use, which writes SVG: lines and words stay lines and
// words, images of cells become images.

const escape = (text) =>
	String(text)
		.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`)
		// what XML cannot hold
		.replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\u{fffd}');
const round = (value) => Math.round(value * 100) / 100;
const ANCHORS = { left: 'start', right: 'end', center: 'middle' };
const BASELINES = { top: 'hanging', middle: 'central', bottom: 'text-after-edge', alphabetic: 'alphabetic' };
const KEPT = [
	'fillStyle',
	'strokeStyle',
	'lineWidth',
	'globalAlpha',
	'font',
	'textAlign',
	'textBaseline',
	'dash',
	'groups',
];

export class SvgContext {
	constructor(measuring) {
		this.measuring = measuring;
		this.out = [];
		this.clips = 0;
		this.stack = [];
		Object.assign(this, {
			fillStyle: '#000',
			strokeStyle: '#000',
			lineWidth: 1,
			globalAlpha: 1,
			font: '11px sans-serif',
			textAlign: 'left',
			textBaseline: 'alphabetic',
			dash: [],
			groups: 0,
		});
		this.path = [];
	}

	save() {
		this.stack.push(Object.fromEntries(KEPT.map((name) => [name, this[name]])));
	}

	restore() {
		const before = this.stack.pop();
		for (let i = before.groups; i < this.groups; i++) this.out.push('</g>');
		Object.assign(this, before);
	}

	setTransform() {}

	clearRect() {}

	setLineDash(dash) {
		this.dash = dash;
	}

	beginPath() {
		this.path = [];
	}

	rect(x, y, width, height) {
		this.path.push(`M${round(x)} ${round(y)}h${round(width)}v${round(height)}h${round(-width)}z`);
	}

	moveTo(x, y) {
		this.path.push(`M${round(x)} ${round(y)}`);
	}

	lineTo(x, y) {
		this.path.push(`L${round(x)} ${round(y)}`);
	}

	clip() {
		const id = `clip${this.clips++}`;
		this.out.push(
			`<clipPath id="${id}"><path d="${this.path.join('')}"/></clipPath><g clip-path="url(#${id})">`,
		);
		this.groups++;
	}

	stroke() {
		const dash = this.dash.length ? ` stroke-dasharray="${this.dash.join(' ')}"` : '';
		this.out.push(
			`<path d="${this.path.join('')}" fill="none" stroke="${escape(this.strokeStyle)}" stroke-width="${this.lineWidth}" opacity="${this.globalAlpha}"${dash}/>`,
		);
	}

	box(x, y, width, height) {
		return `x="${round(x)}" y="${round(y)}" width="${round(Math.max(0, width))}" height="${round(Math.max(0, height))}" opacity="${round(this.globalAlpha)}"`;
	}

	fillRect(...at) {
		this.out.push(`<rect ${this.box(...at)} fill="${escape(this.fillStyle)}"/>`);
	}

	strokeRect(...at) {
		this.out.push(
			`<rect ${this.box(...at)} fill="none" stroke="${escape(this.strokeStyle)}" stroke-width="${this.lineWidth}"/>`,
		);
	}

	measureText(text) {
		this.measuring.font = this.font;
		return this.measuring.measureText(text);
	}

	strokeText(text, x, y) {
		this.write(
			text,
			x,
			y,
			`fill="none" stroke="${escape(this.strokeStyle)}" stroke-width="${this.lineWidth}" stroke-linejoin="round"`,
		);
	}

	fillText(text, x, y) {
		this.write(text, x, y, `fill="${escape(this.fillStyle)}"`);
	}

	write(text, x, y, paint) {
		const [, weight = '400', size] = /^(?:(\d+) )?(\d+)px/.exec(this.font) ?? [];
		this.out.push(
			`<text x="${round(x)}" y="${round(y)}" ${paint} opacity="${round(this.globalAlpha)}" font-size="${size ?? 11}" font-weight="${weight}" text-anchor="${ANCHORS[this.textAlign] ?? 'start'}" dominant-baseline="${BASELINES[this.textBaseline] ?? 'alphabetic'}">${escape(text)}</text>`,
		);
	}

	drawImage(source, sx, sy, sWidth, sHeight, x, y, width, height) {
		const part = document.createElement('canvas');
		part.width = sWidth;
		part.height = sHeight;
		part.getContext('2d').drawImage(source, sx, sy, sWidth, sHeight, 0, 0, sWidth, sHeight);
		this.out.push(
			`<image ${this.box(x, y, width, height)} preserveAspectRatio="none" image-rendering="pixelated" href="${part.toDataURL('image/png')}"/>`,
		);
	}

	text(width, height, title) {
		return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif"><title>${escape(title)}</title>\n${this.out.join('\n')}\n</svg>\n`;
	}
}
