/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/capture_json.h"

_Static_assert(CAPTURE_NIL == UINT64_MAX, "json_member_number() writes it as null");

void capture_json_words(struct json_writer *json, const char *key,
			const struct capture_words *words)
{
	json_member_array(json, key);
	for (size_t i = 0; i < words->count; i++)
		json_string(json, words->words[i]);
	json_end_array(json);
}

void capture_json_cpus(struct json_writer *json, const struct capture_cpu *cpus, size_t count)
{
	json_member_array(json, "cpus");
	for (size_t i = 0; i < count; i++) {
		json_begin_object(json);
		json_member_number(json, "cpu", cpus[i].cpu);
		json_member_number(json, "package", cpus[i].package);
		json_member_number(json, "core", cpus[i].core);
		json_member_number(json, "thread", cpus[i].thread);
		json_member_number(json, "node", cpus[i].node);
		json_end_object(json);
	}
	json_end_array(json);
}

void capture_json_scope(struct json_writer *json, const struct capture_header *header)
{
	capture_json_words(json, "recorded", &header->recorded);
	capture_json_words(json, "filters", &header->filters);
	capture_json_words(json, "not_offered", &header->not_offered);
}

void capture_json_cost(struct json_writer *json, const struct capture_cost *cost)
{
	json_member_object(json, "cost");
	json_member_number(json, "bpf_ns_per_switch", cost->bpf_ns_per_switch);
	json_member_number(json, "bpf_ns", cost->bpf_ns);
	json_member_number(json, "user_cpu_ns", cost->user_cpu_ns);
	json_member_number(json, "memory_peak_bytes", cost->memory_peak_bytes);
	json_member_number(json, "kernel_memory_bytes", cost->kernel_memory_bytes);
	json_end_object(json);
}
