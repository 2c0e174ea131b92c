/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Spellings, all followed by more that is not needed:
 *
 *	[vcpu 0 ]reason hlt rip 0x...				x86: arch/x86/kvm/trace.h
 *	[vcpu 0 ]reason INVALID_STATE FAILED_VMENTRY rip 0x...	with VMX's flags
 *	reason 0x4d rip 0x...					no name in that kernel's table
 *	[vcpu 0 ]reason EXIT_HLT rip 0x...			libtraceevent's kvm plugin
 *	reason UNKNOWN (77) rip 0x...				likewise
 *	TRAP: HSR_EC: 0x0024 (DABT_LOW), PC: 0x...		arm64: arch/arm64/kvm/trace_arm.h
 *	IRQ: HSR_EC: 0x0000 (UNKNOWN), PC: 0x...		no trap: the class says nothing
 *	HSR_EC: 0x0024 (DABT_LOW), PC: 0x...			arm64 before 4.3
 */
#include "import/kvm_text.h"

#include "base/array.h"
#include "import/event_text.h"

#include <string.h>

static struct text whole(struct span span)
{
	return (struct text){ span.at, span.at + span.length };
}

uint32_t kvm_text_vcpu(struct span span)
{
	struct text text = whole(span);
	uint64_t number;

	if (!text_skip(&text, "vcpu ") || !text_take_number(&text, &number) || number >= UINT32_MAX)
		return UINT32_MAX;
	return (uint32_t)number;
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "0x4d" */
static bool take_hexadecimal(struct text *text, uint64_t *number)
{
	struct text rest = *text;
	size_t digits = 0;

	*number = 0;
	if (!text_skip(&rest, "0x"))
		return false;
	for (; rest.at < rest.end && digit_of(*rest.at) >= 0 && digits < 16; rest.at++, digits++)
		*number = *number << 4 | (uint64_t)digit_of(*rest.at);
	if (digits)
		*text = rest;
	return digits > 0;
}

static bool take_any_number(struct text *text, uint64_t *number)
{
	return take_hexadecimal(text, number) || text_take_number(text, number);
}

static bool find_name(struct span name, enum exit_isa *isa, uint64_t *reason)
{
	const char *blank = memchr(name.at, ' ', name.length); /* perhaps flags follow */
	enum exit_isa found;

	if (!exit_reason_find(name.at, name.length, &found, reason) &&
	    (!blank || !exit_reason_find(name.at, (size_t)(blank - name.at), &found, reason)))
		return false;
	if (found == EXIT_ARM64) /* UNKNOWN */
		return false;
	*isa = found;
	return true;
}

static bool x86_exit(struct text text, enum exit_isa *isa, uint64_t *reason)
{
	struct span before, name;

	if (!text_until(&text, "reason ", &before) || !text_until(&text, " rip ", &name))
		return false;
	if (find_name(name, isa, reason))
		return true;
	text = whole(name);
	text_skip(&text, "UNKNOWN (");
	if (*isa == EXIT_ISAS || !take_any_number(&text, reason))
		return false;
	*reason = exit_reason_basic(*isa, *reason);
	return true;
}

static bool arm64_exit(struct text text, enum exit_isa *isa, uint64_t *reason)
{
	struct span type;
	enum exit_isa found;

	if (!text_until(&text, "SR_EC: ", &type) || !take_hexadecimal(&text, reason))
		return false;
	*isa = EXIT_ARM64;
	while (type.length && type.at[type.length - 1] != ':')
		type.length--; /* the H of HSR_EC */
	if (!type.length || (type.length == 5 && memcmp(type.at, "TRAP:", 5) == 0))
		return true;
	return exit_reason_find(type.at, type.length - 1, &found, reason) && found == EXIT_ARM64;
}

bool kvm_text_exit(struct span span, enum exit_isa *isa, uint64_t *reason)
{
	struct text text = whole(span);

	return x86_exit(text, isa, reason) || arm64_exit(text, isa, reason);
}

enum exit_isa kvm_text_isa(struct span words)
{
	static const struct {
		const char *word;
		enum exit_isa isa;
	} known[] = {
		{ "GenuineIntel", EXIT_VMX },
		{ "AuthenticAMD", EXIT_SVM },
		{ "HygonGenuine", EXIT_SVM },
		{ "aarch64", EXIT_ARM64 },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(known); i++)
		if (memmem(words.at, words.length, known[i].word, strlen(known[i].word)))
			return known[i].isa;
	return EXIT_ISAS;
}
