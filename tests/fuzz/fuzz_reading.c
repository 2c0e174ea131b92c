/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands that read captures under libFuzzer: all that comes behind the cdict reader. The bytes
 * are those of fuzz_cdict; their sum chooses the command, so that seeds serve both.
 */
#include "base/array.h"
#include "command.h"
#include "fuzz_cdict_file.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

#define WORDS_MAX 12
#define FILE_WORD "FILE" /* stands for the path */

static const struct {
	int (*run)(int argc, char **argv);
	const char *words[WORDS_MAX];
} commands[] = {
	{ cmd_info, { "info", FILE_WORD } },
	{ cmd_info, { "info", "--format", "json", FILE_WORD } },
	{ cmd_list, { "list", "--merge-names", FILE_WORD } },
	{ cmd_list, { "list", "--append-tid", "--format", "csv", "--task", "a", FILE_WORD } },
	{ cmd_stats, { "stats", "--percentiles", "--idle", FILE_WORD } },
	{ cmd_stats, { "stats", "--format", "json", "--from", "5", "--cap", "30", FILE_WORD } },
	{ cmd_stats, { "stats", "--exits", "vm", "--merge-sys-tasks", FILE_WORD } },
	{ cmd_successors, { "successors", "--cap", "30", "", FILE_WORD } },
	{ cmd_export, { "export", "--table", "switches", "--from", "1", FILE_WORD } },
	{ cmd_export, { "export", "--table", "tasks", "--merge-names", FILE_WORD } },
	{ cmd_export, { "export", "--table", "exits", "--format", "json", FILE_WORD } },
	{ cmd_export, { "export", "--format", "perfetto", FILE_WORD } },
	{ cmd_render, { "render", "--out", "/dev/null", FILE_WORD } },
	{ cmd_render, { "render", "--cells", "1", "--out", "/dev/null", FILE_WORD, FILE_WORD } },
	{ cmd_diff, { "diff", "--every", "--again", FILE_WORD, FILE_WORD, FILE_WORD } },
	{ cmd_diff, { "diff", "--format", "json", "--from", "5", FILE_WORD, FILE_WORD } },
};

static void run(size_t number, char *path)
{
	char *words[WORDS_MAX + 1] = { NULL };
	int count = 0;

	for (; count < WORDS_MAX && commands[number].words[count]; count++)
		words[count] = strcmp(commands[number].words[count], FILE_WORD) == 0
				       ? path
				       : (char *)commands[number].words[count];
	commands[number].run(count, words);
}

/* Results are of no interest, and neither is what is said. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return freopen("/dev/null", "w", stdout) ? 0 : -1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[FUZZ_PATH_BYTES];
	size_t sum = 0;
	int fd;

	if (!size)
		return 0;
	for (size_t i = 0; i < size; i++)
		sum += data[i];
	fd = fuzz_cdict_file(data, size, path);
	run(sum % ARRAY_LENGTH(commands), path);
	close(fd);
	return 0;
}
