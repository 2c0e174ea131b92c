/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "import/kvm_text.h"

static struct span text(const char *line)
{
	return (struct span){ line, strlen(line) };
}

/* The line's reason, isa << 32 above it; UINT64_MAX: no spelling that is known. */
static uint64_t exit_of(const char *line, enum exit_isa isa)
{
	uint64_t reason;

	if (!kvm_text_exit(text(line), &isa, &reason))
		return UINT64_MAX;
	return (uint64_t)isa << 32 | reason;
}

#define REASON(isa, reason) ((uint64_t)(isa) << 32 | (reason))

static void reasons_of_x86_are_read_in_every_spelling(void **state)
{
	static const struct {
		const char *line;
		enum exit_isa known;
		uint64_t expected;
	} cases[] = {
		{ "reason cpuid rip 0x1002 info 0 0", EXIT_ISAS, REASON(EXIT_SVM, 0x72) },
		{ "vcpu 0 reason hlt rip 0x1002 info1 0x0000000000000000", EXIT_ISAS,
		  REASON(EXIT_SVM, 0x78) },
		{ "vcpu 0 reason PF excp rip 0x1 info1 0x0", EXIT_ISAS, REASON(EXIT_SVM, 0x4e) },
		{ "reason EXTERNAL_INTERRUPT rip 0xfff info 0 800000fc", EXIT_ISAS,
		  REASON(EXIT_VMX, 1) },
		{ "vcpu 2 reason INVALID_STATE FAILED_VMENTRY rip 0x0 info1 0x0", EXIT_ISAS,
		  REASON(EXIT_VMX, 33) },
		{ "vcpu 1 reason PENDING_INTERRUPT rip 0x0", EXIT_SVM, REASON(EXIT_VMX, 7) },
		{ "vcpu 0 reason EXIT_NPF rip 0x1 info 1 2", EXIT_ISAS, REASON(EXIT_SVM, 0x400) },
		{ "vcpu 0 reason 0x4d rip 0x1", EXIT_VMX, REASON(EXIT_VMX, 0x4d) },
		{ "reason 0x80000021 rip 0x1", EXIT_VMX, REASON(EXIT_VMX, 0x21) },
		{ "reason UNKNOWN (404) rip 0x1", EXIT_SVM, REASON(EXIT_SVM, 404) },
		{ "reason 12 rip 0x1", EXIT_VMX, REASON(EXIT_VMX, 12) },
		{ "reason 0x4d rip 0x1", EXIT_ISAS, UINT64_MAX },
		{ "reason nobody's rip 0x1", EXIT_VMX, UINT64_MAX },
		{ "vcpu 0 reason hlt", EXIT_ISAS, UINT64_MAX },
		{ "", EXIT_VMX, UINT64_MAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(exit_of(cases[i].line, cases[i].known), cases[i].expected);
}

static void reasons_of_arm64_are_classes_of_traps_and_types_of_the_rest(void **state)
{
	(void)state;
	assert_int_equal(exit_of("TRAP: HSR_EC: 0x0024 (DABT_LOW), PC: 0x0000ffff", EXIT_ISAS),
			 REASON(EXIT_ARM64, 0x24));
	assert_int_equal(exit_of("TRAP: HSR_EC: 0x0001 (WFx), PC: 0x0000ffff", EXIT_VMX),
			 REASON(EXIT_ARM64, 1));
	assert_int_equal(exit_of("IRQ: HSR_EC: 0x0000 (UNKNOWN), PC: 0x0000ffff", EXIT_ISAS),
			 REASON(EXIT_ARM64, EXIT_ARM64_NO_TRAP));
	assert_int_equal(exit_of("HSR_EC: 0x0016 (HVC64), PC: 0x0000ffff", EXIT_ISAS),
			 REASON(EXIT_ARM64, 0x16));
	assert_int_equal(exit_of("PC: 0x0000ffff", EXIT_ARM64), UINT64_MAX);
}

static void the_vcpus_number_is_read_where_it_is_told(void **state)
{
	(void)state;
	assert_int_equal(kvm_text_vcpu(text("vcpu 17, rip 0x1")), 17);
	assert_int_equal(kvm_text_vcpu(text("vcpu 3")), 3);
	assert_int_equal(kvm_text_vcpu(text("reason hlt rip 0x1")), UINT32_MAX);
	assert_int_equal(kvm_text_vcpu(text("PC: 0x0000ffff")), UINT32_MAX);
	assert_int_equal(kvm_text_vcpu(text("vcpu 99999999999, rip 0x1")), UINT32_MAX);
}

static void the_processor_is_known_by_the_words_of_perfs_header(void **state)
{
	(void)state;
	assert_int_equal(kvm_text_isa(text("AuthenticAMD,15,107,1")), EXIT_SVM);
	assert_int_equal(kvm_text_isa(text("GenuineIntel-6-8F-8")), EXIT_VMX);
	assert_int_equal(kvm_text_isa(text("aarch64")), EXIT_ARM64);
	assert_int_equal(kvm_text_isa(text("x86_64")), EXIT_ISAS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reasons_of_x86_are_read_in_every_spelling),
		cmocka_unit_test(reasons_of_arm64_are_classes_of_traps_and_types_of_the_rest),
		cmocka_unit_test(the_vcpus_number_is_read_where_it_is_told),
		cmocka_unit_test(the_processor_is_known_by_the_words_of_perfs_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
