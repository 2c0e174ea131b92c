/* SPDX-License-Identifier: Apache-2.0 */
/* The first and the last message of a cdict. */
#include "cdict/cdict_pack.h"

#include "cdict/cdict_value.h"

static void pack_words(struct cdict_pack *pack, const char *key, const struct capture_words *words)
{
	cdict_value_text(pack, key);
	cdict_value_array(pack, words->count);
	for (size_t i = 0; i < words->count; i++)
		cdict_value_text(pack, words->words[i]);
}

static void pack_cpus(struct cdict_pack *pack, const struct capture_cpu *cpus, size_t count)
{
#define COLUMN(field)                                                                   \
	cdict_value_column_u32(pack, #field, cpus, offsetof(struct capture_cpu, field), \
			       sizeof(*cpus), count)
	cdict_value_text(pack, "cpus");
	cdict_value_map(pack, 5);
	COLUMN(cpu);
	COLUMN(package);
	COLUMN(core);
	COLUMN(thread);
	COLUMN(node);
#undef COLUMN
}

static void pack_histogram(struct cdict_pack *pack, const struct capture_header *header)
{
	cdict_value_text(pack, "histogram");
	cdict_value_map(pack, 4);
	cdict_value_key_integer(pack, "steps_per_octave", header->steps_per_octave);
	cdict_value_key_integer(pack, "first_bin", header->first_bin);
	cdict_value_key_integer(pack, "last_bin", header->last_bin);
	cdict_value_text(pack, "open_ends");
	cdict_value_bool(pack, true);
}

void cdict_pack_header(struct cdict_pack *pack, const struct capture_header *header)
{
	cdict_value_map(pack, 1);
	cdict_value_text(pack, "header");
	cdict_value_map(pack, 14);
	cdict_value_key_text(pack, "format", "cdict");
	cdict_value_key_integer(pack, "version", header->version);
	cdict_value_key_text(pack, "program_version", header->program_version);
	cdict_value_key_text(pack, "host", header->host);
	cdict_value_key_text(pack, "kernel", header->kernel);
	cdict_value_key_text(pack, "arch", header->arch);
	pack_cpus(pack, header->cpus, header->cpu_count);
	cdict_value_key_integer(pack, "realtime_ns", header->realtime_ns);
	cdict_value_key_integer(pack, "monotonic_ns", header->monotonic_ns);
	cdict_value_key_integer(pack, "bucket_ns", header->bucket_ns);
	pack_histogram(pack, header);
	pack_words(pack, "recorded", &header->recorded);
	pack_words(pack, "filters", &header->filters);
	pack_words(pack, "not_offered", &header->not_offered);
}

static void pack_rows_by_table(struct cdict_pack *pack, const uint64_t rows[CAPTURE_TABLES])
{
	cdict_value_text(pack, "rows");
	cdict_value_map(pack, CAPTURE_TABLES);
	for (int table = 0; table < CAPTURE_TABLES; table++)
		cdict_value_key_integer(pack, capture_table_info(table)->name, rows[table]);
}

static void pack_unknown_runs(struct cdict_pack *pack, const struct capture_end *end)
{
	cdict_value_text(pack, "runs_of_unknown_length");
	cdict_value_map(pack, 3);
	cdict_value_key_integer(pack, "before_zero", end->runs_before_zero);
	cdict_value_key_integer(pack, "after_loss", end->runs_after_loss);
	cdict_value_key_integer(pack, "missed_switch", end->runs_missed_switch);
}

static void pack_kvm(struct cdict_pack *pack, const struct capture_end *end)
{
	cdict_value_text(pack, "kvm");
	cdict_value_map(pack, 2);
	cdict_value_key_integer(pack, "exits", end->kvm_exits);
	cdict_value_key_integer(pack, "entries_unpaired", end->kvm_entries_unpaired);
}

static void pack_proof(struct cdict_pack *pack, const struct capture_proof_cpu *proof, size_t count)
{
#define COLUMN(field)                                                                          \
	cdict_value_column_u64(pack, #field, proof, offsetof(struct capture_proof_cpu, field), \
			       sizeof(*proof), count)
	cdict_value_text(pack, "proof");
	cdict_value_map(pack, 9);
	cdict_value_column_u32(pack, "cpu", proof, offsetof(struct capture_proof_cpu, cpu),
			       sizeof(*proof), count);
	COLUMN(samples_switches);
	COLUMN(samples_run_ns);
	COLUMN(lost_switches);
	COLUMN(lost_run_ns);
	COLUMN(totals_switches);
	COLUMN(totals_run_ns);
	COLUMN(open_ns);
	COLUMN(live_ns);
#undef COLUMN
}

static void pack_cost(struct cdict_pack *pack, const struct capture_cost *cost)
{
	cdict_value_text(pack, "cost");
	cdict_value_map(pack, 5);
	cdict_value_key_integer(pack, "bpf_ns_per_switch", cost->bpf_ns_per_switch);
	cdict_value_key_integer(pack, "bpf_ns", cost->bpf_ns);
	cdict_value_key_integer(pack, "user_cpu_ns", cost->user_cpu_ns);
	cdict_value_key_integer(pack, "memory_peak_bytes", cost->memory_peak_bytes);
	cdict_value_key_integer(pack, "kernel_memory_bytes", cost->kernel_memory_bytes);
}

void cdict_pack_end(struct cdict_pack *pack, const struct capture_end *end)
{
	cdict_value_map(pack, 1);
	cdict_value_text(pack, "end");
	cdict_value_map(pack, 10);
	cdict_value_key_integer(pack, "duration_ns", end->duration_ns);
	cdict_value_key_text(pack, "cause", end->cause);
	cdict_value_text(pack, "cut");
	cdict_value_bool(pack, end->cut);
	pack_rows_by_table(pack, end->rows);
	cdict_value_key_integer(pack, "switches", end->switches);
	pack_unknown_runs(pack, end);
	pack_kvm(pack, end);
	cdict_value_key_text(pack, "verdict", capture_verdict_word(end->verdict));
	pack_proof(pack, end->proof, end->proof_count);
	pack_cost(pack, &end->cost);
}
