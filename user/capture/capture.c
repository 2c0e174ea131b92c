/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/capture.h"

#include "base/array.h"

#include <errno.h>
#include <string.h>

static const struct {
	const char *word;
	bool serious;
} causes[LOSS_CAUSES] = {
	[LOSS_RING_FULL] = { "ring_full", true },
	[LOSS_MISSED_SWITCH] = { "missed_switch", false },
	[LOSS_LATE] = { "late", false },
	[LOSS_REORDERED] = { "reordered", false },
	[LOSS_IDENTITY_RING] = { "identity_ring_full", true },
	[LOSS_TOTALS_EVICTION] = { "totals_eviction", true },
	[LOSS_RECURSION] = { "recursion", true },
	[LOSS_KVM_EVENTS] = { "kvm_events_lost", true },
	[LOSS_IMPORT] = { "lost_in_source", true },
};

static const char *const verdicts[] = {
	[VERDICT_EQUAL] = "equal",
	[VERDICT_DIFFERENT] = "different",
	[VERDICT_NOT_PROVABLE] = "not provable",
	[VERDICT_NO_TOTALS] = "no totals",
};

bool capture_words_have(const struct capture_words *words, const char *word)
{
	for (size_t i = 0; i < words->count; i++)
		if (strcmp(words->words[i], word) == 0)
			return true;
	return false;
}

const char *capture_loss_word(enum capture_loss_cause cause)
{
	return (unsigned int)cause < LOSS_CAUSES ? causes[cause].word : NULL;
}

int capture_loss_find(const char *word)
{
	for (int cause = 0; word && cause < LOSS_CAUSES; cause++)
		if (strcmp(word, causes[cause].word) == 0)
			return cause;
	return -ENOENT;
}

bool capture_loss_is_serious(enum capture_loss_cause cause)
{
	return (unsigned int)cause < LOSS_CAUSES && causes[cause].serious;
}

const char *capture_verdict_word(enum capture_verdict verdict)
{
	return (unsigned int)verdict < ARRAY_LENGTH(verdicts) ? verdicts[verdict] : NULL;
}

struct capture_end capture_end_unknown(void)
{
	return (struct capture_end){
		.duration_ns = CAPTURE_NIL,
		.switches = CAPTURE_NIL,
		.runs_before_zero = CAPTURE_NIL,
		.runs_after_loss = CAPTURE_NIL,
		.runs_missed_switch = CAPTURE_NIL,
		.kvm_exits = CAPTURE_NIL,
		.kvm_entries_unpaired = CAPTURE_NIL,
		.verdict = VERDICT_NOT_PROVABLE,
		.cost = { CAPTURE_NIL, CAPTURE_NIL, CAPTURE_NIL, CAPTURE_NIL, CAPTURE_NIL },
	};
}

uint64_t capture_add_known(uint64_t sum, uint64_t more)
{
	return sum == CAPTURE_NIL || more == CAPTURE_NIL ? CAPTURE_NIL : sum + more;
}
