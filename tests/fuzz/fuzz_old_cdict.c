/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cdicts of perfwhiz under libFuzzer. The first byte chooses: an even one, the rest is a file as it
 * stands; else it is the message in it, so that zlib's checksum does not keep the fuzzer out.
 */
#include "fuzz_import_sink.h"

#include <stdlib.h>
#include <zlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *packed;
	uLongf length = compressBound(size);

	if (size < 3)
		return 0;
	if (!(data[0] & 1)) {
		if (data[1] == 0x78) /* else it is no cdict */
			import_bytes(data + 1, size - 1, data[0] & 2);
		return 0;
	}
	packed = malloc(length);
	if (!packed || compress2(packed, &length, data + 1, size - 1, 1) != Z_OK)
		abort();
	import_bytes(packed, length, data[0] & 2);
	free(packed);
	return 0;
}
