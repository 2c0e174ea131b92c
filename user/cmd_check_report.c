/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd_check_report.h"

#include "base/array.h"
#include "base/json_member.h"
#include "base/stream.h"
#include "live/proven.h"

#include <inttypes.h>
#include <string.h>

/* What goes into a capture, and the feature without which it does not. */
static const struct {
	const char *word;
	const char *words;
	const char *feature;
} recorded[] = {
	{ "sched", "run time, sleeps and switches of every task on every core", "sched_switch" },
	{ "wait", "how long tasks waited for a core", "sched_info" },
	{ "cgroup", "the cgroup of each task", "cgroup paths" },
	{ "cost", "what tracing costs, as an estimate", "bpf stats" },
	{ "kvm", "what virtual machines do", "kvm" },
};

static bool works(const struct check *check, const char *name)
{
	for (size_t i = 0; i < check->features.count; i++)
		if (strcmp(check->features.list[i].name, name) == 0)
			return check->features.list[i].state == FEATURE_WORKS;
	return false;
}

static bool is_recorded(const struct check *check, size_t place)
{
	return check->can_record && works(check, recorded[place].feature);
}

/* ---- for people ---- */

static double megabytes(uint64_t bytes)
{
	return (double)bytes / 1e6;
}

static void print_feature(const struct feature *feature, FILE *stream)
{
	fprintf(stream, "  %-8s %-19s %s\n", feature_state_word(feature->state), feature->name,
		feature->purpose);
	if (feature->detail[0])
		fprintf(stream, "  %29s%s\n", "", feature->detail);
	if (feature->written_only)
		fprintf(stream, "  %29s%s\n", "",
			"this way is written to the source, and was not tried on a real kernel");
	if (feature->remedy)
		fprintf(stream, "  %29s-> %s\n", "", feature->remedy);
}

static void print_recorded(const struct check *check, FILE *stream)
{
	fputs("\nrecorded here:\n", stream);
	for (size_t i = 0; i < ARRAY_LENGTH(recorded); i++)
		fprintf(stream, "  %-8s %s\n", is_recorded(check, i) ? "yes" : "no",
			recorded[i].words);
}

static void print_memory(const struct check *check, FILE *stream)
{
	const struct live_memory *memory = &check->memory;

	fprintf(stream,
		"\nkernel memory while recording: %.1f MB (%s), %" PRIu32 " CPUs possible, %" PRIu32
		" online\n",
		megabytes(memory->bytes), memory->measured ? "measured" : "estimated",
		memory->possible_cpus, check->online_cpus);
	for (size_t i = 0; i < memory->map_count; i++)
		fprintf(stream, "  %8.3f MB  %s\n", megabytes(memory->maps[i].bytes),
			memory->maps[i].purpose);
}

/* Firmware of some machines announces many more CPUs than can ever come. */
#define MANY_TIMES 4
#define MANY_CPUS 64

static void print_advice(const struct check *check, FILE *stream)
{
	if (check->memory.possible_cpus >= MANY_CPUS &&
	    check->memory.possible_cpus >= MANY_TIMES * check->online_cpus)
		fputs("  -> possible_cpus=N on the kernel's command line makes it less, where no "
		      "more than N CPUs will ever come\n",
		      stream);
}

static void print_proven(const struct check *check, FILE *stream)
{
	size_t count;
	const struct proven *list = proven_list(&count);
	const char *const *words;

	fprintf(stream, "\nLinux %u.%u on %s: %s\nrun on:\n", check->probe.version.major,
		check->probe.version.minor, check->probe.machine, proven_words(&check->probe));
	for (size_t i = 0; i < count; i++)
		fprintf(stream, "  Linux %u.%-3u %s: %s\n", list[i].major, list[i].minor,
			list[i].machine, list[i].what);
	words = proven_not(&count);
	fputs("written to the kernel's source, not tried on a real one:\n", stream);
	for (size_t i = 0; i < count; i++)
		fprintf(stream, "  %s\n", words[i]);
}

int check_print_text(const struct check *check, FILE *stream)
{
	const struct probe *probe = &check->probe;

	fprintf(stream, "%s: Linux %s, %s%s\n\n", probe->host, probe->release, probe->machine,
		probe->preempt_rt ? ", PREEMPT_RT" : "");
	for (size_t i = 0; i < check->features.count; i++)
		print_feature(&check->features.list[i], stream);
	print_recorded(check, stream);
	print_memory(check, stream);
	print_advice(check, stream);
	print_proven(check, stream);
	if (check->can_record)
		fputs("\npftrace can record here\n", stream);
	else
		fprintf(stream, "\npftrace cannot record here: %s\n", check->message);
	return stream_error(stream);
}

/* ---- for programs ---- */

static void write_feature(struct json_writer *json, const struct feature *feature)
{
	json_begin_object(json);
	json_member_text(json, "name", feature->name);
	json_member_text(json, "state", feature_state_word(feature->state));
	json_member_bool(json, "needed", feature->needed);
	json_member_bool(json, "written_to_source_only", feature->written_only);
	json_member_text(json, "purpose", feature->purpose);
	json_member_text(json, "detail", feature->detail[0] ? feature->detail : NULL);
	json_member_text(json, "remedy", feature->remedy);
	json_end_object(json);
}

static void write_recorded(struct json_writer *json, const struct check *check, bool yes)
{
	json_key(json, yes ? "recorded" : "not_recorded");
	json_begin_array(json);
	for (size_t i = 0; i < ARRAY_LENGTH(recorded); i++)
		if (is_recorded(check, i) == yes)
			json_string(json, recorded[i].word);
	json_end_array(json);
}

static void write_memory(struct json_writer *json, const struct live_memory *memory)
{
	json_member_object(json, "kernel_memory");
	json_member_bool(json, "measured", memory->measured);
	json_member_number(json, "bytes", memory->bytes);
	json_member_array(json, "maps");
	for (size_t i = 0; i < memory->map_count; i++) {
		json_begin_object(json);
		json_member_text(json, "name", memory->maps[i].name);
		json_member_text(json, "purpose", memory->maps[i].purpose);
		json_member_number(json, "bytes", memory->maps[i].bytes);
		json_end_object(json);
	}
	json_end_array(json);
	json_end_object(json);
}

static void write_proven(struct json_writer *json, const struct probe *probe)
{
	size_t count;
	const struct proven *list = proven_list(&count);
	const char *const *words;
	char release[32];

	json_member_bool(json, "proven", proven_includes(probe));
	json_member_text(json, "proven_words", proven_words(probe));
	json_member_array(json, "proven_on");
	for (size_t i = 0; i < count; i++) {
		snprintf(release, sizeof(release), "%u.%u", list[i].major, list[i].minor);
		json_begin_object(json);
		json_member_text(json, "kernel", release);
		json_member_text(json, "arch", list[i].machine);
		json_member_text(json, "what", list[i].what);
		json_end_object(json);
	}
	json_end_array(json);
	words = proven_not(&count);
	json_member_array(json, "written_to_source_only");
	for (size_t i = 0; i < count; i++)
		json_string(json, words[i]);
	json_end_array(json);
}

static void write_machine(struct json_writer *json, const struct check *check)
{
	json_member_text(json, "version", PFTRACE_VERSION);
	json_member_text(json, "host", check->probe.host);
	json_member_text(json, "kernel", check->probe.release);
	json_member_text(json, "arch", check->probe.machine);
	json_member_bool(json, "preempt_rt", check->probe.preempt_rt);
	json_member_number(json, "possible_cpus", check->memory.possible_cpus);
	json_member_number(json, "online_cpus", check->online_cpus);
}

int check_print_json(const struct check *check, FILE *stream)
{
	struct json_writer json;

	json_begin(&json, stream);
	json_begin_object(&json);
	json_lines(&json);
	json_member_bool(&json, "can_record", check->can_record);
	json_member_text(&json, "why_not", check->can_record ? NULL : check->message);
	write_machine(&json, check);
	json_member_array(&json, "features");
	json_lines(&json);
	for (size_t i = 0; i < check->features.count; i++)
		write_feature(&json, &check->features.list[i]);
	json_end_array(&json);
	write_recorded(&json, check, true);
	write_recorded(&json, check, false);
	write_memory(&json, &check->memory);
	write_proven(&json, &check->probe);
	json_end_object(&json);
	return json_end(&json);
}
