/* SPDX-License-Identifier: Apache-2.0 */
/* Seeds for fuzz_cdict: a whole file, and its messages. usage: corpus_cdict FOLDER */
#include "cdict_sample.h"

#include "cdict/cdict_inflate.h"
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static FILE *create(const char *folder, const char *name, int first)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "wb");
	assert_non_null(file);
	fputc(first, file);
	return file;
}

/* Each member's messages by themselves, but for the header's, and all of them. */
static void write_messages(const char *folder, int fd)
{
	FILE *all = create(folder, "messages", 1);
	struct cdict_inflate members;
	int number = 0;

	assert_int_equal(cdict_inflate_init(&members, fd), 0);
	while (cdict_inflate_next(&members) > 0) {
		char name[32];
		FILE *one;

		if (!number++)
			continue;
		snprintf(name, sizeof(name), "member-%d", number);
		one = create(folder, name, 1);
		fwrite(members.member.bytes, 1, members.member.size, one);
		fwrite(members.member.bytes, 1, members.member.size, all);
		fclose(one);
	}
	cdict_inflate_free(&members);
	fclose(all);
}

static void write_whole(const char *folder, int fd)
{
	FILE *file = create(folder, "file", 0);
	char bytes[1 << 16];
	ssize_t count = pread(fd, bytes, sizeof(bytes), 0);

	fwrite(bytes, 1, (size_t)count, file);
	fclose(file);
}

int main(int argc, char **argv)
{
	struct sample_file sample;
	int fd;

	if (argc != 2)
		return 2;
	sample_file_create(&sample);
	sample_push_all_tables(sample.sink);
	assert_int_equal(sample.sink->flush(sample.sink, 1000), 0);
	sample_file_end(&sample);
	fd = open(sample.path, O_RDONLY);
	write_whole(argv[1], fd);
	write_messages(argv[1], fd);
	close(fd);
	sample_file_free(&sample);
	return 0;
}
