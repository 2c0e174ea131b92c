/* SPDX-License-Identifier: Apache-2.0 */
/* Recordings as text under libFuzzer, through account; the first byte chooses --detail. */
#include "fuzz_import_sink.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* what other programs read is not for here */
	if (size < 3 || data[1] == 'P' || data[1] == '2' || data[1] == 0x17)
		return 0;
	import_bytes(data + 1, size - 1, data[0] & 1);
	return 0;
}
