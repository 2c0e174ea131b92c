/* SPDX-License-Identifier: Apache-2.0 */
#include "cdict/cdict_ends.h"

#include "capture/histogram.h"
#include "cdict/cdict_rows.h"
#include "cdict/cdict_tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* More bins than any 64-bit length needs. */
#define BINS_MAX (64 * HISTOGRAM_STEPS)

static void fail(struct cdict_tree *tree, const char *field, const char *fault)
{
	if (tree->fault)
		return;
	tree->field = field;
	tree->fault = fault;
}

static uint64_t or_zero(uint64_t value)
{
	return value == CAPTURE_NIL ? 0 : value;
}

static int read_cpus(struct cdict_tree *tree, const msgpack_object *map,
		     struct capture_header *header)
{
	const size_t stride = sizeof(*header->cpus);
	size_t count = cdict_tree_rows(tree, map, "cpu");
	struct capture_cpu *cpus;

	if (count > CDICT_CPUS_MAX) {
		fail(tree, "cpus", "more CPUs than can be");
		return 0;
	}
	cpus = calloc(count + 1, stride);
	if (!cpus)
		return -ENOMEM;
	cdict_tree_column_u32(tree, map, "cpu", &cpus->cpu, stride, count);
	cdict_tree_column_u32(tree, map, "package", &cpus->package, stride, count);
	cdict_tree_column_u32(tree, map, "core", &cpus->core, stride, count);
	cdict_tree_column_u32(tree, map, "thread", &cpus->thread, stride, count);
	cdict_tree_column_u32(tree, map, "node", &cpus->node, stride, count);
	for (size_t i = 0; i < count; i++)
		if (cpus[i].cpu >= CDICT_CPUS_MAX || (i && cpus[i].cpu <= cpus[i - 1].cpu))
			fail(tree, "cpus", "CPU numbers that cannot be, or are not in order");
	header->cpus = cpus;
	header->cpu_count = count;
	return 0;
}

static void read_histogram(struct cdict_tree *tree, const msgpack_object *map,
			   struct capture_header *header)
{
	header->steps_per_octave = cdict_tree_u32(tree, map, "steps_per_octave");
	header->first_bin = cdict_tree_u32(tree, map, "first_bin");
	header->last_bin = cdict_tree_u32(tree, map, "last_bin");
	if (header->steps_per_octave != HISTOGRAM_STEPS)
		fail(tree, "histogram", "this pftrace knows 8 steps an octave only");
	if (header->first_bin > header->last_bin || header->last_bin >= BINS_MAX)
		fail(tree, "histogram", "bins that cannot be");
}

static void check_version(struct cdict_tree *tree, const msgpack_object *map,
			  struct capture_header *header)
{
	header->version = cdict_tree_u32(tree, map, "version");
	if (strcmp(cdict_tree_text(tree, map, "format", ""), "cdict") != 0)
		fail(tree, "format", "not 'cdict'");
	if (header->version > CAPTURE_VERSION)
		fail(tree, "version", "written by a newer pftrace: use that to read it");
	else if (header->version != CAPTURE_VERSION)
		fail(tree, "version", "not 2");
}

static int read_header(struct cdict_tree *tree, const msgpack_object *map,
		       struct capture_header *header)
{
	check_version(tree, map, header);
	header->program_version = cdict_tree_text(tree, map, "program_version", "unknown");
	header->host = cdict_tree_text(tree, map, "host", "unknown");
	header->kernel = cdict_tree_text(tree, map, "kernel", "unknown");
	header->arch = cdict_tree_text(tree, map, "arch", "unknown");
	header->realtime_ns = cdict_tree_integer(tree, map, "realtime_ns");
	header->monotonic_ns = cdict_tree_integer(tree, map, "monotonic_ns");
	header->bucket_ns = cdict_tree_integer(tree, map, "bucket_ns");
	if (!header->bucket_ns || header->bucket_ns > CDICT_BUCKET_NS_MAX)
		fail(tree, "bucket_ns", "no length of a bucket");
	read_histogram(tree, cdict_tree_get(map, "histogram"), header);
	cdict_tree_words(tree, map, "recorded", &header->recorded);
	cdict_tree_words(tree, map, "filters", &header->filters);
	cdict_tree_words(tree, map, "not_offered", &header->not_offered);
	return read_cpus(tree, cdict_tree_get(map, "cpus"), header);
}

static void read_rows(struct cdict_tree *tree, const msgpack_object *map, struct capture_end *end)
{
	for (int table = 0; table < CAPTURE_TABLES; table++)
		end->rows[table] =
			or_zero(cdict_tree_integer(tree, map, capture_table_info(table)->name));
}

static int read_proof(struct cdict_tree *tree, const msgpack_object *map, struct capture_end *end)
{
	const size_t stride = sizeof(*end->proof);
	size_t count = cdict_tree_rows(tree, map, "cpu");
	struct capture_proof_cpu *proof;

	if (count > CDICT_CPUS_MAX) {
		fail(tree, "proof", "more CPUs than can be");
		return 0;
	}
	proof = calloc(count + 1, stride);
	if (!proof)
		return -ENOMEM;
	cdict_tree_column_u32(tree, map, "cpu", &proof->cpu, stride, count);
#define COLUMN(field) cdict_tree_column_u64(tree, map, #field, &proof->field, stride, count)
	COLUMN(samples_switches);
	COLUMN(samples_run_ns);
	COLUMN(lost_switches);
	COLUMN(lost_run_ns);
	COLUMN(totals_switches);
	COLUMN(totals_run_ns);
	COLUMN(open_ns);
	COLUMN(live_ns);
#undef COLUMN
	end->proof = proof;
	end->proof_count = count;
	return 0;
}

/* A word that is not known proves nothing. */
static enum capture_verdict read_verdict(struct cdict_tree *tree, const msgpack_object *map)
{
	const char *word = cdict_tree_text(tree, map, "verdict", "");

	for (int verdict = VERDICT_EQUAL; verdict <= VERDICT_NO_TOTALS; verdict++)
		if (strcmp(capture_verdict_word(verdict), word) == 0)
			return verdict;
	return VERDICT_NOT_PROVABLE;
}

static void read_cost(struct cdict_tree *tree, const msgpack_object *map, struct capture_cost *cost)
{
	cost->bpf_ns_per_switch = cdict_tree_integer(tree, map, "bpf_ns_per_switch");
	cost->bpf_ns = cdict_tree_integer(tree, map, "bpf_ns");
	cost->user_cpu_ns = cdict_tree_integer(tree, map, "user_cpu_ns");
	cost->memory_peak_bytes = cdict_tree_integer(tree, map, "memory_peak_bytes");
	cost->kernel_memory_bytes = cdict_tree_integer(tree, map, "kernel_memory_bytes");
}

static int read_end(struct cdict_tree *tree, const msgpack_object *map, struct capture_end *end)
{
	const msgpack_object *runs = cdict_tree_get(map, "runs_of_unknown_length");
	const msgpack_object *kvm = cdict_tree_get(map, "kvm");

	end->duration_ns = cdict_tree_integer(tree, map, "duration_ns");
	if (end->duration_ns > INT64_MAX)
		fail(tree, "duration_ns", "no duration that can be");
	end->cause = cdict_tree_text(tree, map, "cause", "unknown");
	end->cut = cdict_tree_bool(map, "cut");
	read_rows(tree, cdict_tree_get(map, "rows"), end);
	end->switches = cdict_tree_integer(tree, map, "switches");
	end->runs_before_zero = cdict_tree_integer(tree, runs, "before_zero");
	end->runs_after_loss = cdict_tree_integer(tree, runs, "after_loss");
	end->runs_missed_switch = cdict_tree_integer(tree, runs, "missed_switch");
	end->kvm_exits = cdict_tree_integer(tree, kvm, "exits");
	end->kvm_entries_unpaired = cdict_tree_integer(tree, kvm, "entries_unpaired");
	end->verdict = read_verdict(tree, map);
	read_cost(tree, cdict_tree_get(map, "cost"), &end->cost);
	return read_proof(tree, cdict_tree_get(map, "proof"), end);
}

/* Unpacks the bytes; the caller destroys `tree`. */
static int unpack(const unsigned char *bytes, size_t size, msgpack_unpacked *tree,
		  struct cdict_fault *fault)
{
	size_t offset = 0;

	msgpack_unpacked_init(tree);
	if (size > CDICT_ENDS_BYTES_MAX) {
		fault->fault = "longer than 1 MiB";
		return -EBADMSG;
	}
	if (msgpack_unpack_next(tree, (const char *)bytes, size, &offset) !=
		    MSGPACK_UNPACK_SUCCESS ||
	    tree->data.type != MSGPACK_OBJECT_MAP) {
		fault->fault = "not a msgpack map";
		return -EBADMSG;
	}
	return 0;
}

static int result_of(int err, const struct cdict_tree *tree, struct cdict_fault *fault)
{
	if (err || !tree->fault)
		return err;
	*fault = (struct cdict_fault){ tree->field, tree->fault };
	return -EBADMSG;
}

int cdict_ends_header(const unsigned char *bytes, size_t size, struct cdict_texts *texts,
		      struct capture_header *header, struct cdict_fault *fault)
{
	struct cdict_tree tree = { .texts = texts };
	msgpack_unpacked unpacked;
	int err;

	*header = (struct capture_header){ 0 };
	*fault = (struct cdict_fault){ 0 };
	err = unpack(bytes, size, &unpacked, fault);
	if (!err)
		err = result_of(read_header(&tree, &unpacked.data, header), &tree, fault);
	msgpack_unpacked_destroy(&unpacked);
	return err;
}

int cdict_ends_end(const unsigned char *bytes, size_t size, struct cdict_texts *texts,
		   struct capture_end *end, struct cdict_fault *fault)
{
	struct cdict_tree tree = { .texts = texts };
	msgpack_unpacked unpacked;
	int err;

	*end = (struct capture_end){ 0 };
	*fault = (struct cdict_fault){ 0 };
	err = unpack(bytes, size, &unpacked, fault);
	if (!err)
		err = result_of(read_end(&tree, &unpacked.data, end), &tree, fault);
	msgpack_unpacked_destroy(&unpacked);
	return err;
}
