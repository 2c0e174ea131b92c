/* SPDX-License-Identifier: Apache-2.0 */
/* perf.data, read without perf, under libFuzzer. Samples must lie in the file and keep their bounds. */
#include "import/perf_file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int take(void *context, const struct perf_sample *sample)
{
	const struct perf_file *file = context;

	if (sample->cpu >= EVENT_LINE_CPUS)
		abort();
	if (!sample->event)
		return 0;
	if (sample->event < file->events || sample->event >= file->events + file->event_count ||
	    sample->raw < file->bytes ||
	    sample->raw_size > (size_t)(file->bytes + file->size - sample->raw))
		abort();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct perf_file file; /* large */
	struct facts facts = { 0 };
	const char *fault = NULL;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	if (!perf_file_open(&file, fd, &facts)) {
		if (perf_file_read(&file, take, &file, &fault) && !fault)
			abort();
		perf_file_close(&file);
	}
	close(fd);
	return 0;
}
