/* SPDX-License-Identifier: Apache-2.0 */
#include "diff_fit.h"

#include "base/log.h"
#include "chart/spread.h"

#include <string.h>

uint64_t diff_fit_length_ns(const struct run_blocks *blocks)
{
	uint64_t length_ns = 0;

	for (size_t block = 0; block < RUN_BLOCKS_MAX; block++)
		length_ns += blocks->covered_ns[block];
	return length_ns;
}

size_t diff_fit_blocks(const struct run_blocks *blocks)
{
	size_t count = 0;

	for (size_t block = 0; block < RUN_BLOCKS_MAX; block++)
		count += blocks->covered_ns[block] > 0;
	return count;
}

/* ---- filters ---- */

/* A word that only the first has, or NULL. */
static const char *word_apart(const struct capture_words *words, const struct capture_words *others)
{
	for (size_t i = 0; i < words->count; i++)
		if (!capture_words_have(others, words->words[i]))
			return words->words[i];
	return NULL;
}

static bool is_of_cpus(const char *word)
{
	return strncmp(word, "cpus=", strlen("cpus=")) == 0;
}

/* What only some CPUs or some tasks did is not what all did. */
static enum exit_code check_filters(const struct view *const views[2], bool *all)
{
	const char *apart[2];

	for (int run = 0; run < 2; run++) {
		apart[run] = word_apart(&view_header(views[run])->filters,
					&view_header(views[!run])->filters);
		if (!apart[run])
			continue;
		if (is_of_cpus(apart[run])) {
			log_error("%s was recorded with --%s and %s was not: they cannot be "
				  "compared; record both on the same CPUs",
				  view_path(views[run]), apart[run], view_path(views[!run]));
			return EXIT_FAILED;
		}
		log_warning("%s was recorded with --%s and %s was not: a task may be in one only "
			    "for that, and all tasks together are not compared",
			    view_path(views[run]), apart[run], view_path(views[!run]));
		*all = false;
	}
	return EXIT_OK;
}

/* ---- losses and length ---- */

enum exit_code diff_fit_check_run(const struct view *view, const struct run_blocks *blocks)
{
	uint64_t compared_ns = diff_fit_length_ns(blocks);
	uint64_t from_ns, to_ns;
	double lost;

	view_covered(view, &from_ns, &to_ns);
	if (from_ns == to_ns) {
		log_error("%s: nothing was recorded in the window: there is nothing to compare",
			  view_path(view));
		return EXIT_FAILED;
	}
	lost = 1 - (double)compared_ns / (double)(to_ns - from_ns);
	if (blocks->lossy && lost > 0.5) {
		log_error("%s: data was lost in %.0f %% of its time: too little is left to compare",
			  view_path(view), lost * 100);
		return EXIT_FAILED;
	}
	if (blocks->lossy)
		log_warning("%s: data was lost in %zu blocks of time, which are left out: %.1f %%",
			    view_path(view), (size_t)__builtin_popcountll(blocks->lossy),
			    lost * 100);
	if (diff_fit_blocks(blocks) < SPREAD_BLOCKS_MIN)
		log_warning("%s: %.3f s in %zu buckets are too little to tell a difference from "
			    "noise: nothing is judged (record longer, or with a shorter --bucket)",
			    view_path(view), (double)compared_ns / 1e9, diff_fit_blocks(blocks));
	return EXIT_OK;
}

/* ---- machines ---- */

static void say_when_different(const char *what, const char *a, const char *b)
{
	if (a && b && strcmp(a, b) != 0)
		log_info("note: %s differs: %s and %s", what, a, b);
}

static void say_recorded_once(const char *what, const char *word, const struct capture_words *a,
			      const struct capture_words *b)
{
	bool in_a = capture_words_have(a, word);

	if (in_a != capture_words_have(b, word))
		log_info("note: %s recorded in %s only", what, in_a ? "A" : "B");
}

static void say_machines(const struct capture_header *a, const struct capture_header *b)
{
	say_when_different("the host", a->host, b->host);
	say_when_different("the kernel", a->kernel, b->kernel);
	say_when_different("the architecture", a->arch, b->arch);
	if (a->cpu_count != b->cpu_count)
		log_info("note: the number of CPUs differs: %zu and %zu; shares are of one core",
			 a->cpu_count, b->cpu_count);
	say_recorded_once("switches were", "sched", &a->recorded, &b->recorded);
	say_recorded_once("KVM was", "kvm", &a->recorded, &b->recorded);
	if (capture_words_have(&a->not_offered, "wait") !=
	    capture_words_have(&b->not_offered, "wait"))
		log_info("note: the kernel of %s did not tell waits",
			 capture_words_have(&a->not_offered, "wait") ? "A" : "B");
	if (a->steps_per_octave != b->steps_per_octave)
		log_info("note: lengths were counted in bins of other widths: percentiles are not "
			 "judged");
}

enum exit_code diff_fit_check_pair(const struct view *a, const struct view *b, bool *all)
{
	const struct view *const views[2] = { a, b };
	enum exit_code code = check_filters(views, all);

	if (code == EXIT_OK)
		say_machines(view_header(a), view_header(b));
	return code;
}
