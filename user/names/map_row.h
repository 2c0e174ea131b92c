/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A row that names a task: "tid,instance,type,uuid,group-type,group-id,task-name", of which the name
 * is "task-name.group-id.type", or simply "tid,name". A program that names VMs may say "uuid,name".
 */
#ifndef NAMES_MAP_ROW_H
#define NAMES_MAP_ROW_H

#include "names/task_name.h"

#include <stdbool.h>

#define MAP_ROW_WHY_BYTES 160

struct map_row {
	bool is_uuid;
	uint64_t tid;
	char uuid[NAMES_UUID_BYTES]; /* lower case */
	char name[NAMES_NAME_BYTES];
	char vm[NAMES_NAME_BYTES]; /* the name without its type, when that is a part of a VM; else "" */
	uint64_t vcpu;
};

enum map_row_kind { MAP_ROW_NOTHING, MAP_ROW_HEADING, MAP_ROW_NAME, MAP_ROW_BAD };

/*
 * Reads a line without its end; `text` is changed. MAP_ROW_NOTHING: empty or a comment; MAP_ROW_BAD:
 * with words that follow "line 3: ".
 */
enum map_row_kind map_row_read(char *text, bool takes_uuids, struct map_row *row,
			       char why[MAP_ROW_WHY_BYTES]);

#endif
