/* SPDX-License-Identifier: Apache-2.0 */
#include "report/info_report.h"

#include "capture/capture_json.h"

static void put_header(struct json_writer *json, const struct capture_header *header)
{
	json_member_object(json, "header");
	json_member_number(json, "version", header->version);
	json_member_text(json, "program_version", header->program_version);
	json_member_text(json, "host", header->host);
	json_member_text(json, "kernel", header->kernel);
	json_member_text(json, "arch", header->arch);
	capture_json_cpus(json, header->cpus, header->cpu_count);
	json_member_number(json, "realtime_ns", header->realtime_ns);
	json_member_number(json, "monotonic_ns", header->monotonic_ns);
	json_member_number(json, "bucket_ns", header->bucket_ns);
	capture_json_scope(json, header);
	json_end_object(json);
}

static void put_rows(struct json_writer *json, const uint64_t rows[CAPTURE_TABLES])
{
	json_member_object(json, "rows");
	for (int table = 0; table < CAPTURE_TABLES; table++)
		json_member_number(json, capture_table_info(table)->name, rows[table]);
	json_end_object(json);
}

static void put_losses(struct json_writer *json, const struct loss_stats *losses)
{
	json_member_object(json, "losses");
	for (int cause = 0; cause < LOSS_CAUSES; cause++) {
		struct loss_stats_row lost = loss_stats_of(losses, cause);

		json_member_object(json, capture_loss_word(cause));
		json_member_number(json, "count", lost.count);
		json_member_number(json, "switches", lost.switches);
		json_member_number(json, "run_ns", lost.run_ns);
		json_member_bool(json, "serious", capture_loss_is_serious(cause));
		json_end_object(json);
	}
	json_end_object(json);
}

static void put_proof(struct json_writer *json, const struct capture_end *end)
{
	struct info_proof proof;

	info_proof_sum(end, &proof);
	json_member_object(json, "proof");
	json_member_text(json, "verdict", capture_verdict_word(end->verdict));
	json_member_number(json, "samples_switches", proof.samples_switches);
	json_member_number(json, "samples_run_ns", proof.samples_run_ns);
	json_member_number(json, "lost_switches", proof.lost_switches);
	json_member_number(json, "lost_run_ns", proof.lost_run_ns);
	json_member_number(json, "totals_switches", proof.totals_switches);
	json_member_number(json, "totals_run_ns", proof.totals_run_ns);
	json_member_number(json, "cpus", proof.cpus);
	json_member_number(json, "cpus_different", proof.cpus_different);
	json_end_object(json);
}

static void put_kvm(struct json_writer *json, const struct capture_end *end)
{
	json_member_object(json, "kvm");
	json_member_number(json, "exits", end->kvm_exits);
	json_member_number(json, "entries_unpaired", end->kvm_entries_unpaired);
	json_end_object(json);
}

static void put_runs(struct json_writer *json, const struct capture_end *end)
{
	json_member_object(json, "runs_of_unknown_length");
	json_member_number(json, "before_zero", end->runs_before_zero);
	json_member_number(json, "after_loss", end->runs_after_loss);
	json_member_number(json, "missed_switch", end->runs_missed_switch);
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
	put_runs(json, end);
	put_kvm(json, end);
	put_proof(json, end);
	capture_json_cost(json, &end->cost);
	json_end_object(json);
}

int info_print_json(const struct info_report *report, FILE *file)
{
	const struct cdict_summary *summary = report->summary;
	struct json_writer json;

	json_begin(&json, file);
	json_begin_object(&json);
	json_lines(&json);
	json_member_text(&json, "file", report->path);
	json_member_number(&json, "bytes", summary->bytes);
	json_member_bool(&json, "whole", summary->whole);
	json_member_text(&json, "cut", summary->whole ? NULL : summary->cut);
	json_member_bool(&json, "newer_part", summary->being_written_elsewhere);
	json_member_number(&json, "last_at_ns", summary->last_at_ns);
	put_header(&json, report->header);
	put_rows(&json, summary->rows);
	put_losses(&json, report->losses);
	put_end(&json, summary->end);
	json_end_object(&json);
	return json_end(&json);
}
