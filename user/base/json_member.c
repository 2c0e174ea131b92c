/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json_member.h"

void json_member_number(struct json_writer *json, const char *key, uint64_t value)
{
	json_key(json, key);
	if (value == UINT64_MAX)
		json_null(json);
	else
		json_u64(json, value);
}

void json_member_double(struct json_writer *json, const char *key, double value)
{
	json_key(json, key);
	json_double(json, value);
}

void json_member_text(struct json_writer *json, const char *key, const char *text)
{
	json_key(json, key);
	json_string(json, text);
}

void json_member_bool(struct json_writer *json, const char *key, bool value)
{
	json_key(json, key);
	json_bool(json, value);
}

void json_member_object(struct json_writer *json, const char *key)
{
	json_key(json, key);
	json_begin_object(json);
}

void json_member_array(struct json_writer *json, const char *key)
{
	json_key(json, key);
	json_begin_array(json);
}
