// SPDX-License-Identifier: Apache-2.0
// From a base64 block in the page to numbers: base64, deflate, varints.

export function fromBase64(text) {
	const raw = atob(text);
	const bytes = new Uint8Array(raw.length);
	for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
	return bytes;
}

export async function inflate(bytes) {
	const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
	return new Uint8Array(await new Response(stream).arrayBuffer());
}

export const NIL = null;

// Reads varints: 7 bits a byte, lowest first. Values beyond 2^53 are rounded, never wrapped.
export class Reader {
	constructor(bytes) {
		this.bytes = bytes;
		this.at = 0;
	}

	varint() {
		const { bytes } = this;
		let value = 0;
		let scale = 1;
		for (;;) {
			if (this.at >= bytes.length) throw new RangeError("the page's data ends too early");
			const byte = bytes[this.at++];
			value += (byte & 0x7f) * scale;
			if (byte < 0x80) return value;
			scale *= 128;
		}
	}

	nullable() {
		const value = this.varint();
		return value === 0 ? NIL : value - 1;
	}

	column(count, Type) {
		const values = new Type(count);
		const { bytes } = this;
		for (let i = 0; i < count; i++) {
			// most are small: one byte (beyond the end there is none, and varint() says so)
			const byte = bytes[this.at];
			if (byte < 0x80) {
				values[i] = byte;
				this.at++;
			} else values[i] = this.varint();
		}
		return values;
	}

	take(count) {
		const part = this.bytes.subarray(this.at, this.at + count);
		if (part.length !== count) throw new RangeError("the page's data ends too early");
		this.at += count;
		return part;
	}
}
