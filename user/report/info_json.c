/* SPDX-License-Identifier: Apache-2.0 */
#include "report/info_report.h"

#include "base/json_writer.h"

static void put_u64(struct json_writer *json, const char *key, uint64_t value)
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

static void put_bool(struct json_writer *json, const char *key, bool value)
{
	json_key(json, key);
	json_bool(json, value);
}

static void begin(struct json_writer *json, const char *key)
{
	json_key(json, key);
	json_begin_object(json);
}

static void put_words(struct json_writer *json, const char *key, const struct capture_words *words)
{
	json_key(json, key);
	json_begin_array(json);
	for (size_t i = 0; i < words->count; i++)
		json_string(json, words->words[i]);
	json_end_array(json);
}

static void put_cpus(struct json_writer *json, const struct capture_header *header)
{
	json_key(json, "cpus");
	json_begin_array(json);
	for (size_t i = 0; i < header->cpu_count; i++) {
		json_begin_object(json);
		put_u64(json, "cpu", header->cpus[i].cpu);
		put_u64(json, "package", header->cpus[i].package);
		put_u64(json, "core", header->cpus[i].core);
		put_u64(json, "thread", header->cpus[i].thread);
		put_u64(json, "node", header->cpus[i].node);
		json_end_object(json);
	}
	json_end_array(json);
}

static void put_header(struct json_writer *json, const struct capture_header *header)
{
	begin(json, "header");
	put_u64(json, "version", header->version);
	put_text(json, "program_version", header->program_version);
	put_text(json, "host", header->host);
	put_text(json, "kernel", header->kernel);
	put_text(json, "arch", header->arch);
	put_cpus(json, header);
	put_u64(json, "realtime_ns", header->realtime_ns);
	put_u64(json, "monotonic_ns", header->monotonic_ns);
	put_u64(json, "bucket_ns", header->bucket_ns);
	put_words(json, "recorded", &header->recorded);
	put_words(json, "filters", &header->filters);
	put_words(json, "not_offered", &header->not_offered);
	json_end_object(json);
}

static void put_rows(struct json_writer *json, const uint64_t rows[CAPTURE_TABLES])
{
	begin(json, "rows");
	for (int table = 0; table < CAPTURE_TABLES; table++)
		put_u64(json, capture_table_info(table)->name, rows[table]);
	json_end_object(json);
}

static void put_losses(struct json_writer *json, const struct loss_stats *losses)
{
	begin(json, "losses");
	for (int cause = 0; cause < LOSS_CAUSES; cause++) {
		struct loss_stats_row lost = loss_stats_of(losses, cause);

		begin(json, capture_loss_word(cause));
		put_u64(json, "count", lost.count);
		put_u64(json, "switches", lost.switches);
		put_u64(json, "run_ns", lost.run_ns);
		put_bool(json, "serious", capture_loss_is_serious(cause));
		json_end_object(json);
	}
	json_end_object(json);
}

static void put_proof(struct json_writer *json, const struct capture_end *end)
{
	struct info_proof proof;

	info_proof_sum(end, &proof);
	begin(json, "proof");
	put_text(json, "verdict", capture_verdict_word(end->verdict));
	put_u64(json, "samples_switches", proof.samples_switches);
	put_u64(json, "samples_run_ns", proof.samples_run_ns);
	put_u64(json, "lost_switches", proof.lost_switches);
	put_u64(json, "lost_run_ns", proof.lost_run_ns);
	put_u64(json, "totals_switches", proof.cpus ? proof.totals_switches : CAPTURE_NIL);
	put_u64(json, "totals_run_ns", proof.cpus ? proof.totals_run_ns : CAPTURE_NIL);
	put_u64(json, "cpus", proof.cpus);
	put_u64(json, "cpus_different", proof.cpus_different);
	json_end_object(json);
}

static void put_kvm(struct json_writer *json, const struct capture_end *end)
{
	begin(json, "kvm");
	put_u64(json, "exits", end->kvm_exits);
	put_u64(json, "entries_unpaired", end->kvm_entries_unpaired);
	json_end_object(json);
}

static void put_runs(struct json_writer *json, const struct capture_end *end)
{
	begin(json, "runs_of_unknown_length");
	put_u64(json, "before_zero", end->runs_before_zero);
	put_u64(json, "after_loss", end->runs_after_loss);
	put_u64(json, "missed_switch", end->runs_missed_switch);
	json_end_object(json);
}

static void put_cost(struct json_writer *json, const struct capture_cost *cost)
{
	begin(json, "cost");
	put_u64(json, "bpf_ns_per_switch", cost->bpf_ns_per_switch);
	put_u64(json, "bpf_ns", cost->bpf_ns);
	put_u64(json, "user_cpu_ns", cost->user_cpu_ns);
	put_u64(json, "memory_peak_bytes", cost->memory_peak_bytes);
	put_u64(json, "kernel_memory_bytes", cost->kernel_memory_bytes);
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
	put_u64(json, "duration_ns", end->duration_ns);
	put_text(json, "cause", end->cause);
	put_bool(json, "cut", end->cut);
	put_u64(json, "switches", end->switches);
	put_runs(json, end);
	put_kvm(json, end);
	put_proof(json, end);
	put_cost(json, &end->cost);
	json_end_object(json);
}

int info_print_json(const struct info_report *report, FILE *file)
{
	const struct cdict_summary *summary = report->summary;
	struct json_writer json;

	json_begin(&json, file);
	json_begin_object(&json);
	json_lines(&json);
	put_text(&json, "file", report->path);
	put_u64(&json, "bytes", summary->bytes);
	put_bool(&json, "whole", summary->whole);
	put_text(&json, "cut", summary->whole ? NULL : summary->cut);
	put_bool(&json, "newer_part", summary->being_written_elsewhere);
	put_u64(&json, "last_at_ns", summary->last_at_ns);
	put_header(&json, report->header);
	put_rows(&json, summary->rows);
	put_losses(&json, report->losses);
	put_end(&json, summary->end);
	json_end_object(&json);
	return json_end(&json);
}
