/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of a capture's header and end as members of a JSON object, for programs and the page alike. */
#ifndef CAPTURE_CAPTURE_JSON_H
#define CAPTURE_CAPTURE_JSON_H

#include "base/json_member.h"
#include "capture/capture.h"

void capture_json_words(struct json_writer *json, const char *key,
			const struct capture_words *words);
/* "cpus": their numbers and places. */
void capture_json_cpus(struct json_writer *json, const struct capture_cpu *cpus, size_t count);
/* "recorded", "filters", "not_offered". */
void capture_json_scope(struct json_writer *json, const struct capture_header *header);
/* "cost". */
void capture_json_cost(struct json_writer *json, const struct capture_cost *cost);

#endif
