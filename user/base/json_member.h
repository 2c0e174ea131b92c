/* SPDX-License-Identifier: Apache-2.0 */
/* Members of a JSON object: a key with its value. */
#ifndef BASE_JSON_MEMBER_H
#define BASE_JSON_MEMBER_H

#include "base/json_writer.h"

/* UINT64_MAX, which stands for "not known" wherever numbers are kept, becomes null. */
void json_member_number(struct json_writer *json, const char *key, uint64_t value);
void json_member_double(struct json_writer *json, const char *key, double value);
void json_member_text(struct json_writer *json, const char *key, const char *text);
void json_member_bool(struct json_writer *json, const char *key, bool value);
/* An object, to be ended by json_end_object(). */
void json_member_object(struct json_writer *json, const char *key);
/* An array, to be ended by json_end_array(). */
void json_member_array(struct json_writer *json, const char *key);

#endif
