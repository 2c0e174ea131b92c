/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/exit_reason.h"

#include "capture/exit_reason_tables.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define VMX_BASIC_REASON 0xffff /* the bits above are flags: Intel SDM vol. 3, 25.9.1 */
#define SVM_CODE 0xffffffff

static const struct {
	const char *word;
	const struct exit_name *names;
	const size_t *count;
	uint64_t mask;
} isas[EXIT_ISAS] = {
	[EXIT_VMX] = { "vmx", exit_names_vmx, &exit_names_vmx_count, VMX_BASIC_REASON },
	[EXIT_SVM] = { "svm", exit_names_svm, &exit_names_svm_count, SVM_CODE },
	[EXIT_ARM64] = { "arm64", exit_names_arm64, &exit_names_arm64_count, UINT64_MAX },
};

const char *exit_isa_word(enum exit_isa isa)
{
	return (unsigned int)isa < EXIT_ISAS ? isas[isa].word : NULL;
}

enum exit_isa exit_isa_of(const char *word)
{
	unsigned int isa = 0;

	while (word && isa < EXIT_ISAS && strcmp(isas[isa].word, word) != 0)
		isa++;
	return word ? (enum exit_isa)isa : EXIT_ISAS;
}

uint64_t exit_reason_basic(enum exit_isa isa, uint64_t reason)
{
	return (unsigned int)isa < EXIT_ISAS ? reason & isas[isa].mask : reason;
}

const char *exit_reason_name(enum exit_isa isa, uint64_t reason, char buffer[EXIT_REASON_BYTES])
{
	size_t low = 0, high = (unsigned int)isa < EXIT_ISAS ? *isas[isa].count : 0;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (isas[isa].names[middle].reason == reason)
			return isas[isa].names[middle].name;
		if (isas[isa].names[middle].reason < reason)
			low = middle + 1;
		else
			high = middle;
	}
	snprintf(buffer, EXIT_REASON_BYTES, "unknown(0x%" PRIx64 ")", reason);
	return buffer;
}

static bool is_word(const char *word, const char *name, size_t length)
{
	return word && strncmp(word, name, length) == 0 && !word[length];
}

bool exit_reason_find(const char *name, size_t length, enum exit_isa *isa, uint64_t *reason)
{
	for (unsigned int i = 0; i < EXIT_ISAS; i++)
		for (size_t k = 0; k < *isas[i].count; k++) {
			const struct exit_name *entry = &isas[i].names[k];

			if (!is_word(entry->name, name, length) &&
			    !is_word(entry->other, name, length))
				continue;
			*isa = (enum exit_isa)i;
			*reason = entry->reason;
			return true;
		}
	return false;
}
