/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json_writer.h"
#include "page/page.h"

static void put_number(struct json_writer *json, const char *key, uint64_t value)
{
	json_key(json, key);
	if (value == CAPTURE_NIL)
		json_null(json);
	else
		json_u64(json, value);
}

static void put_text(struct json_writer *json, const char *key, const char *text)
{
	json_key(json, key);
	json_string(json, text);
}

static void put_truth(struct json_writer *json, const char *key, bool truth)
{
	json_key(json, key);
	json_bool(json, truth);
}

static void put_words(struct json_writer *json, const char *key, const struct capture_words *words)
{
	json_key(json, key);
	json_begin_array(json);
	for (size_t i = 0; i < words->count; i++)
		json_string(json, words->words[i]);
	json_end_array(json);
}

static void put_cpus(struct json_writer *json, const struct view *view)
{
	size_t count;
	const struct capture_cpu *cpus = view_cpus(view, &count);

	json_key(json, "cpus");
	json_begin_array(json);
	for (size_t i = 0; i < count; i++) {
		json_begin_object(json);
		put_number(json, "cpu", cpus[i].cpu);
		put_number(json, "package", cpus[i].package);
		put_number(json, "core", cpus[i].core);
		put_number(json, "thread", cpus[i].thread);
		put_number(json, "node", cpus[i].node);
		json_end_object(json);
	}
	json_end_array(json);
}

static void put_header(struct json_writer *json, const struct capture_header *header)
{
	put_text(json, "recorder_version", header->program_version);
	put_text(json, "host", header->host);
	put_text(json, "kernel", header->kernel);
	put_text(json, "arch", header->arch);
	put_number(json, "realtime_ns", header->realtime_ns);
	put_number(json, "bucket_ns", header->bucket_ns);
	put_number(json, "steps_per_octave", header->steps_per_octave);
	put_number(json, "first_bin", header->first_bin);
	put_number(json, "last_bin", header->last_bin);
	put_words(json, "recorded", &header->recorded);
	put_words(json, "filters", &header->filters);
	put_words(json, "not_offered", &header->not_offered);
}

static void put_options(struct json_writer *json, const struct view_options *options)
{
	json_key(json, "options");
	json_begin_object(json);
	put_number(json, "from_ns", options->from_ns);
	put_number(json, "cap_ns", options->cap_ns);
	put_text(json, "task", options->task);
	put_truth(json, "merge_sys_tasks", options->merge_sys_tasks);
	put_truth(json, "append_tid", options->append_tid);
	json_end_object(json);
}

static void put_cost(struct json_writer *json, const struct capture_cost *cost)
{
	json_key(json, "cost");
	json_begin_object(json);
	put_number(json, "bpf_ns_per_switch", cost->bpf_ns_per_switch);
	put_number(json, "bpf_ns", cost->bpf_ns);
	put_number(json, "user_cpu_ns", cost->user_cpu_ns);
	put_number(json, "memory_peak_bytes", cost->memory_peak_bytes);
	put_number(json, "kernel_memory_bytes", cost->kernel_memory_bytes);
	json_end_object(json);
}

static void put_end(struct json_writer *json, const struct capture_end *end)
{
	json_key(json, "end");
	if (!end) {
		json_null(json);
		return;
	}
	json_begin_object(json);
	put_number(json, "duration_ns", end->duration_ns);
	put_text(json, "cause", end->cause);
	put_truth(json, "cut", end->cut);
	put_number(json, "switches", end->switches);
	put_number(json, "runs_before_zero", end->runs_before_zero);
	put_number(json, "runs_after_loss", end->runs_after_loss);
	put_number(json, "runs_missed_switch", end->runs_missed_switch);
	put_text(json, "verdict", capture_verdict_word(end->verdict));
	put_cost(json, &end->cost);
	json_end_object(json);
}

static void put_moments(struct json_writer *json, const struct incidents_loss *loss)
{
	json_key(json, "moments_ns");
	json_begin_array(json);
	for (size_t i = 0; i < loss->moment_count; i++)
		json_u64(json, loss->moments_ns[i]);
	json_end_array(json);
	put_truth(json, "more_moments", loss->more_moments);
}

static void put_losses(struct json_writer *json, const struct incidents *incidents)
{
	json_key(json, "losses");
	json_begin_array(json);
	for (int cause = 0; cause < LOSS_CAUSES; cause++) {
		const struct incidents_loss *loss = &incidents->losses[cause];

		json_begin_object(json);
		put_text(json, "cause", capture_loss_word((enum capture_loss_cause)cause));
		put_truth(json, "serious", capture_loss_is_serious((enum capture_loss_cause)cause));
		put_number(json, "count", loss->count);
		put_number(json, "switches", loss->switches);
		put_number(json, "run_ns", loss->run_ns);
		put_moments(json, loss);
		json_end_object(json);
	}
	json_end_array(json);
}

static void put_cpu_changes(struct json_writer *json, const struct incidents *incidents)
{
	json_key(json, "cpu_changes");
	json_begin_array(json);
	for (size_t i = 0; i < incidents->cpu_count; i++) {
		json_begin_object(json);
		put_number(json, "cpu", incidents->cpus[i].cpu);
		put_number(json, "at_ns", incidents->cpus[i].at_ns);
		put_truth(json, "online", incidents->cpus[i].online == 1);
		json_end_object(json);
	}
	json_end_array(json);
}

static void put_kinds(struct json_writer *json, const struct exits *exits)
{
	json_key(json, "exit_kinds");
	json_begin_array(json);
	for (size_t i = 0; i < exits->kinds.count; i++) {
		json_begin_object(json);
		put_text(json, "isa", exits->kinds.items[i].isa);
		put_number(json, "reason", exits->kinds.items[i].reason);
		put_text(json, "name", exits->kinds.items[i].name);
		json_end_object(json);
	}
	json_end_array(json);
	json_key(json, "heat_kinds");
	json_begin_array(json);
	for (int kind = 0; kind < HEAT_KINDS; kind++)
		json_string(json, heat_kind_word((enum heat_kind)kind));
	json_end_array(json);
}

static void put_file(struct json_writer *json, const struct cdict_summary *summary)
{
	put_truth(json, "whole", summary->whole);
	put_truth(json, "being_written_elsewhere", summary->being_written_elsewhere);
	put_text(json, "cut", summary->cut);
	put_number(json, "bytes", summary->bytes);
	put_number(json, "last_at_ns", summary->last_at_ns);
}

int page_meta_write(const struct page_input *input, const struct page_run *run, FILE *file)
{
	struct json_writer json;
	uint64_t from_ns;
	uint64_t to_ns;

	view_covered(run->view, &from_ns, &to_ns);
	json_begin(&json, file);
	json_begin_object(&json);
	put_number(&json, "format", PAGE_FORMAT);
	put_text(&json, "version", PFTRACE_VERSION);
	put_text(&json, "label", input->label);
	put_text(&json, "run", run->name);
	put_number(&json, "runs", input->run_count);
	put_number(&json, "from_ns", from_ns);
	put_number(&json, "to_ns", to_ns);
	put_header(&json, view_header(run->view));
	put_cpus(&json, run->view);
	put_options(&json, input->options);
	put_file(&json, view_summary(run->view));
	put_end(&json, view_summary(run->view)->end);
	put_losses(&json, run->incidents);
	put_cpu_changes(&json, run->incidents);
	put_kinds(&json, run->exits);
	json_end_object(&json);
	return json_end(&json);
}
