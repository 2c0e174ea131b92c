// SPDX-License-Identifier: Apache-2.0
// Pixels as a PNG with a palette: a third of the size of one with full colours.

import { crc32, deflateSync } from 'node:zlib';

const BITS = 5; // of each channel, while colours are counted
const keyOf = (rgba, i) =>
	((rgba[i] >> (8 - BITS)) << (2 * BITS)) |
	((rgba[i + 1] >> (8 - BITS)) << BITS) |
	(rgba[i + 2] >> (8 - BITS));

// Colours that occur, with how often: [{ rgb, count, key }]
function countColours(rgba) {
	const found = new Map();
	for (let i = 0; i < rgba.length; i += 4) {
		const key = keyOf(rgba, i);
		const entry = found.get(key) ?? { key, count: 0, sums: [0, 0, 0] };
		entry.count++;
		for (let c = 0; c < 3; c++) entry.sums[c] += rgba[i + c];
		found.set(key, entry);
	}
	return [...found.values()].map(({ key, count, sums }) => ({
		key,
		count,
		rgb: sums.map((sum) => sum / count),
	}));
}

const mean = (box) => {
	const count = box.reduce((sum, each) => sum + each.count, 0);
	return [0, 1, 2].map((c) => box.reduce((sum, each) => sum + each.rgb[c] * each.count, 0) / count);
};

// How far colours of a box scatter along its widest channel, by how often they occur.
function spread(box) {
	const middle = mean(box);
	const sums = [0, 1, 2].map((c) =>
		box.reduce((sum, each) => sum + Math.sqrt(each.count) * (each.rgb[c] - middle[c]) ** 2, 0),
	);
	const most = Math.max(...sums);
	return { most, channel: sums.indexOf(most) };
}

// Median cut: the box that scatters most is cut in two until there are enough.
function choosePalette(colours, size) {
	const boxes = [colours];
	while (boxes.length < size) {
		const spreads = boxes.map((box) => (box.length > 1 ? spread(box) : { most: -1 }));
		const at = spreads.reduce((best, each, i) => (each.most > spreads[best].most ? i : best), 0);
		if (spreads[at].most <= 0) break;
		const { channel } = spreads[at];
		const middle = mean(boxes[at])[channel];
		const [low, high] = [
			boxes[at].filter((each) => each.rgb[channel] <= middle),
			boxes[at].filter((each) => each.rgb[channel] > middle),
		];
		if (!low.length || !high.length) break;
		boxes.splice(at, 1, low, high);
	}
	return boxes;
}

function chunk(type, data) {
	const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
	const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
	length.writeUInt32BE(data.length);
	sum.writeUInt32BE(crc32(body));
	return Buffer.concat([length, body, sum]);
}

export function palettePng({ width, height, rgba }, size = 64) {
	const boxes = choosePalette(countColours(rgba), size);
	const index = new Map(boxes.flatMap((box, i) => box.map(({ key }) => [key, i])));
	const lines = Buffer.alloc((width + 1) * height); // each line begins with its filter: none
	for (let y = 0; y < height; y++)
		for (let x = 0; x < width; x++)
			lines[y * (width + 1) + 1 + x] = index.get(keyOf(rgba, (y * width + x) * 4));
	const head = Buffer.alloc(13);
	head.writeUInt32BE(width, 0);
	head.writeUInt32BE(height, 4);
	head.set([8, 3, 0, 0, 0], 8);
	return Buffer.concat([
		Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
		chunk('IHDR', head),
		chunk('PLTE', Buffer.from(boxes.flatMap((box) => mean(box).map(Math.round)))),
		chunk('IDAT', deflateSync(lines, { level: 9 })),
		chunk('IEND', Buffer.alloc(0)),
	]);
}
