/* SPDX-License-Identifier: Apache-2.0 */
#include "map_option.h"

#include "base/log.h"
#include "names/map.h"

#include <errno.h>
#include <string.h>

#define COMPLAINTS_SAID 10

int map_option_add(struct map_option *option, const char *file)
{
	if (option->count == MAP_OPTION_FILES) {
		log_error("--map '%s' is one too many: at most %d files are read", file,
			  MAP_OPTION_FILES);
		return -EINVAL;
	}
	option->files[option->count++] = file;
	return 0;
}

static void say(void *context, const char *path, size_t line, const char *why)
{
	size_t *said = context;

	if ((*said)++ < COMPLAINTS_SAID)
		log_warning("%s: line %zu: %s", path, line, why);
}

static int read_file(struct names_map *map, const char *path)
{
	size_t said = 0;
	int error = names_map_read(map, path, say, &said);

	if (said > COMPLAINTS_SAID)
		log_warning("%s: %zu more lines like these", path, said - COMPLAINTS_SAID);
	if (error == -EILSEQ)
		log_error("cannot read --map '%s': it is UTF-16: save it as CSV in UTF-8", path);
	else if (error)
		log_error("cannot read --map '%s': %s", path, strerror(-error));
	return error;
}

int map_option_read(const struct map_option *option, struct names_map **result)
{
	struct names_map *map;
	int error = 0;

	*result = NULL;
	if (!option->count)
		return 0;
	map = names_map_new();
	if (!map) {
		log_error("not enough memory for --map");
		return -ENOMEM;
	}
	for (size_t i = 0; i < option->count && !error; i++)
		error = read_file(map, option->files[i]);
	if (!error && !names_map_count(map))
		log_warning("%s names no task: rows are tid,instance,type,uuid,group-type,"
			    "group-id,task-name or tid,name",
			    option->files[0]);
	if (error)
		names_map_free(map);
	else
		*result = map;
	return error;
}
