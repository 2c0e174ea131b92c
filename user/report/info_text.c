/* SPDX-License-Identifier: Apache-2.0 */
#include "report/info_report.h"

#include "base/amount.h"
#include "base/clean.h"
#include "base/stream.h"
#include "report/loss_text.h"

#include <inttypes.h>
#include <time.h>

#define LOSS_COUNT_WIDTH 10

static void print_size(FILE *file, uint64_t bytes)
{
	char text[AMOUNT_BYTES];

	fputs(bytes == CAPTURE_NIL ? "not known" : amount_of_bytes(text, bytes), file);
}

static void print_count(FILE *file, uint64_t count)
{
	if (count == CAPTURE_NIL)
		fputs("not known", file);
	else
		fprintf(file, "%" PRIu64, count);
}

static void print_when(FILE *file, uint64_t realtime_ns)
{
	time_t seconds = (time_t)(realtime_ns / 1000000000u);
	struct tm local;
	char text[64];

	if (realtime_ns == CAPTURE_NIL || !localtime_r(&seconds, &local) ||
	    !strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %z", &local))
		fputs("at a time that is not known", file);
	else
		fputs(text, file);
}

static void print_words(FILE *file, const char *what, const struct capture_words *words)
{
	fprintf(file, "%-12s", what);
	if (!words->count)
		fputs("none", file);
	for (size_t i = 0; i < words->count; i++)
		fprintf(file, "%s%s", i ? ", " : "", words->words[i]);
	fputc('\n', file);
}

static void print_file(FILE *file, const struct info_report *report)
{
	const struct cdict_summary *summary = report->summary;

	fprintf(file, "%-12s", "file");
	clean_put(report->path, file);
	fputs(", ", file);
	print_size(file, summary->bytes);
	fprintf(file, ", %s\n", summary->whole ? "whole" : "NOT WHOLE");
	if (summary->whole)
		return;
	fprintf(file, "%-12s", "");
	clean_put(summary->cut, file);
	fputc('\n', file);
}

static void print_duration(FILE *file, const struct cdict_summary *summary)
{
	if (summary->end)
		fprintf(file, ", %.3f s, ended by: %s\n", (double)summary->end->duration_ns / 1e9,
			summary->end->cause);
	else
		fprintf(file, ", rows for %.3f s\n", (double)summary->last_at_ns / 1e9);
}

static void print_header(FILE *file, const struct info_report *report)
{
	const struct capture_header *header = report->header;
	struct info_topology topology;

	info_topology_count(header, &topology);
	fprintf(file, "%-12s", "recorded");
	print_when(file, header->realtime_ns);
	print_duration(file, report->summary);
	fprintf(file, "%-12s%s, kernel %s, %s\n", "host", header->host, header->kernel,
		header->arch);
	fprintf(file, "%-12s%zu (packages: %zu, cores: %zu, NUMA nodes: %zu)\n", "CPUs",
		header->cpu_count, topology.packages, topology.cores, topology.nodes);
	fprintf(file, "%-12spftrace %s\n", "by", header->program_version);
	fprintf(file, "%-12s%g ms at the start\n", "bucket", (double)header->bucket_ns / 1e6);
	print_words(file, "what", &header->recorded);
	print_words(file, "filters", &header->filters);
	print_words(file, "not offered", &header->not_offered);
}

static void print_rows(FILE *file, const struct cdict_summary *summary)
{
	fputs("\nrows\n", file);
	for (int table = 0; table < CAPTURE_TABLES; table++)
		if (summary->rows[table])
			fprintf(file, "  %-14s%12" PRIu64 "\n", capture_table_info(table)->name,
				summary->rows[table]);
}

static void print_losses(FILE *file, const struct loss_stats *losses)
{
	char text[LOSS_TEXT_BYTES];
	bool any = false;

	for (int cause = 0; cause < LOSS_CAUSES; cause++) {
		struct loss_stats_row lost = loss_stats_of(losses, cause);

		if (!loss_stats_is_any(&lost))
			continue;
		if (!any)
			fputs("\nlosses\n", file);
		any = true;
		loss_text(&lost, LOSS_COUNT_WIDTH, text, sizeof(text));
		fprintf(file, "  %-20s%s%s\n", capture_loss_word(cause), text,
			capture_loss_is_serious(cause) ? ": data is missing" : "");
	}
	if (!any)
		fputs("\nlosses: none\n", file);
}

static void print_sum(FILE *file, const char *what, const uint64_t sums[3])
{
	fprintf(file, "  %-14s", what);
	print_count(file, sums[0]);
	fputs(" + ", file);
	print_count(file, sums[1]);
	fputs(" lost, totals ", file);
	print_count(file, sums[2]);
	fputc('\n', file);
}

static void print_proof(FILE *file, const struct capture_end *end)
{
	struct info_proof proof;

	info_proof_sum(end, &proof);
	fprintf(file, "\nsamples against totals: %s\n", capture_verdict_word(end->verdict));
	if (!proof.cpus)
		return;
	print_sum(
		file, "switches",
		(uint64_t[]){ proof.samples_switches, proof.lost_switches, proof.totals_switches });
	print_sum(file, "run time, ns",
		  (uint64_t[]){ proof.samples_run_ns, proof.lost_run_ns, proof.totals_run_ns });
	if (proof.cpus_different)
		fprintf(file, "  %zu of %zu CPUs differ\n", proof.cpus_different, proof.cpus);
}

static void print_runs(FILE *file, const struct capture_end *end)
{
	fputs("\nswitches ", file);
	print_count(file, end->switches);
	fputs("; runs of unknown length: begun before zero ", file);
	print_count(file, end->runs_before_zero);
	fputs(", after a loss ", file);
	print_count(file, end->runs_after_loss);
	fputs(", ended by a missed switch ", file);
	print_count(file, end->runs_missed_switch);
	fputc('\n', file);
	if (end->kvm_exits == CAPTURE_NIL || !end->kvm_exits)
		return;
	fputs("exits ", file);
	print_count(file, end->kvm_exits);
	fputs("; entries that followed no exit ", file);
	print_count(file, end->kvm_entries_unpaired);
	fputc('\n', file);
}

static void print_cost(FILE *file, const struct capture_cost *cost)
{
	fputs("\ncost\n  BPF           ", file);
	if (cost->bpf_ns_per_switch == CAPTURE_NIL)
		fputs("not measured\n", file);
	else if (cost->bpf_ns == CAPTURE_NIL)
		fprintf(file, "%" PRIu64 " ns a switch (an estimate)\n", cost->bpf_ns_per_switch);
	else
		fprintf(file, "%" PRIu64 " ns a switch, %.3f s in all (an estimate)\n",
			cost->bpf_ns_per_switch, (double)cost->bpf_ns / 1e9);
	fputs("  pftrace       ", file);
	if (cost->user_cpu_ns == CAPTURE_NIL)
		fputs("CPU not measured", file);
	else
		fprintf(file, "%.3f s of CPU", (double)cost->user_cpu_ns / 1e9);
	fputs(", memory ", file);
	print_size(file, cost->memory_peak_bytes);
	fputs(", in the kernel ", file);
	print_size(file, cost->kernel_memory_bytes);
	fputc('\n', file);
}

int info_print_text(const struct info_report *report, FILE *file)
{
	const struct capture_end *end = report->summary->end;

	print_file(file, report);
	print_header(file, report);
	print_rows(file, report->summary);
	print_losses(file, report->losses);
	if (end) {
		print_runs(file, end);
		print_proof(file, end);
		print_cost(file, &end->cost);
	}
	return stream_error(file);
}
