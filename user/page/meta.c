/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/capture_json.h"
#include "page/page.h"

static void put_header(struct json_writer *json, const struct capture_header *header)
{
	json_member_text(json, "recorder_version", header->program_version);
	json_member_text(json, "host", header->host);
	json_member_text(json, "kernel", header->kernel);
	json_member_text(json, "arch", header->arch);
	json_member_number(json, "realtime_ns", header->realtime_ns);
	json_member_number(json, "bucket_ns", header->bucket_ns);
	json_member_number(json, "steps_per_octave", header->steps_per_octave);
	json_member_number(json, "first_bin", header->first_bin);
	json_member_number(json, "last_bin", header->last_bin);
	capture_json_scope(json, header);
}

static void put_options(struct json_writer *json, const struct view_options *options)
{
	json_member_object(json, "options");
	json_member_number(json, "from_ns", options->from_ns);
	json_member_number(json, "cap_ns", options->cap_ns);
	json_member_text(json, "task", options->task);
	json_member_bool(json, "merge_sys_tasks", options->merge_sys_tasks);
	json_member_bool(json, "append_tid", options->append_tid);
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
	json_member_number(json, "duration_ns", end->duration_ns);
	json_member_text(json, "cause", end->cause);
	json_member_bool(json, "cut", end->cut);
	json_member_number(json, "switches", end->switches);
	json_member_number(json, "runs_before_zero", end->runs_before_zero);
	json_member_number(json, "runs_after_loss", end->runs_after_loss);
	json_member_number(json, "runs_missed_switch", end->runs_missed_switch);
	json_member_text(json, "verdict", capture_verdict_word(end->verdict));
	capture_json_cost(json, &end->cost);
	json_end_object(json);
}

static void put_moments(struct json_writer *json, const struct incidents_loss *loss)
{
	json_member_array(json, "moments_ns");
	for (size_t i = 0; i < loss->moment_count; i++)
		json_u64(json, loss->moments_ns[i]);
	json_end_array(json);
	json_member_bool(json, "more_moments", loss->more_moments);
}

static void put_losses(struct json_writer *json, const struct incidents *incidents)
{
	json_member_array(json, "losses");
	for (int cause = 0; cause < LOSS_CAUSES; cause++) {
		const struct incidents_loss *loss = &incidents->losses[cause];

		json_begin_object(json);
		json_member_text(json, "cause", capture_loss_word((enum capture_loss_cause)cause));
		json_member_bool(json, "serious",
				 capture_loss_is_serious((enum capture_loss_cause)cause));
		json_member_number(json, "count", loss->count);
		json_member_number(json, "switches", loss->switches);
		json_member_number(json, "run_ns", loss->run_ns);
		put_moments(json, loss);
		json_end_object(json);
	}
	json_end_array(json);
}

static void put_cpu_changes(struct json_writer *json, const struct incidents *incidents)
{
	json_member_array(json, "cpu_changes");
	for (size_t i = 0; i < incidents->cpu_count; i++) {
		json_begin_object(json);
		json_member_number(json, "cpu", incidents->cpus[i].cpu);
		json_member_number(json, "at_ns", incidents->cpus[i].at_ns);
		json_member_bool(json, "online", incidents->cpus[i].online == 1);
		json_end_object(json);
	}
	json_end_array(json);
}

static void put_kinds(struct json_writer *json, const struct exits *exits)
{
	json_member_array(json, "exit_kinds");
	for (size_t i = 0; i < exits->kinds.count; i++) {
		json_begin_object(json);
		json_member_text(json, "isa", exits->kinds.items[i].isa);
		json_member_number(json, "reason", exits->kinds.items[i].reason);
		json_member_text(json, "name", exits->kinds.items[i].name);
		json_end_object(json);
	}
	json_end_array(json);
	json_member_array(json, "heat_kinds");
	for (int kind = 0; kind < HEAT_KINDS; kind++)
		json_string(json, heat_kind_word((enum heat_kind)kind));
	json_end_array(json);
}

static void put_file(struct json_writer *json, const struct cdict_summary *summary)
{
	json_member_bool(json, "whole", summary->whole);
	json_member_bool(json, "being_written_elsewhere", summary->being_written_elsewhere);
	json_member_text(json, "cut", summary->cut);
	json_member_number(json, "bytes", summary->bytes);
	json_member_number(json, "last_at_ns", summary->last_at_ns);
}

int page_meta_write(const struct page_input *input, const struct page_run *run, FILE *file)
{
	const struct capture_cpu *cpus;
	struct json_writer json;
	uint64_t from_ns;
	uint64_t to_ns;
	size_t cpu_count;

	view_covered(run->view, &from_ns, &to_ns);
	json_begin(&json, file);
	json_begin_object(&json);
	json_member_number(&json, "format", PAGE_FORMAT);
	json_member_text(&json, "version", PFTRACE_VERSION);
	json_member_text(&json, "label", input->label);
	json_member_text(&json, "run", run->name);
	json_member_number(&json, "runs", input->run_count);
	json_member_number(&json, "from_ns", from_ns);
	json_member_number(&json, "to_ns", to_ns);
	put_header(&json, view_header(run->view));
	cpus = view_cpus(run->view, &cpu_count);
	capture_json_cpus(&json, cpus, cpu_count);
	put_options(&json, input->options);
	put_file(&json, view_summary(run->view));
	put_end(&json, view_summary(run->view)->end);
	put_losses(&json, run->incidents);
	put_cpu_changes(&json, run->incidents);
	put_kinds(&json, run->exits);
	json_end_object(&json);
	return json_end(&json);
}
