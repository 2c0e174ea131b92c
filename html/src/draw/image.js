// SPDX-License-Identifier: Apache-2.0
// Images of cells, a pixel each, put on a canvas at any size without smoothing.

let scratch = null;

export function createImage(width, height) {
	const image = new ImageData(width, height);
	return { image, pixels: new Uint32Array(image.data.buffer) };
}

// Draws the image over x0..x1, y0..y1, cut to the box.
export function blit(ctx, image, box, x0, y0, x1, y1) {
	scratch ??= document.createElement('canvas');
	if (scratch.width < image.width) scratch.width = image.width;
	if (scratch.height < image.height) scratch.height = image.height;
	scratch.getContext('2d').putImageData(image, 0, 0);
	ctx.save();
	ctx.beginPath();
	ctx.rect(box.x, box.y, box.width, box.height);
	ctx.clip();
	ctx.imageSmoothingEnabled = false;
	ctx.drawImage(scratch, 0, 0, image.width, image.height, x0, y0, x1 - x0, y1 - y0);
	ctx.restore();
}
