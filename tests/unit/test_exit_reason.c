/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "capture/exit_reason.h"
#include "capture/exit_reason_tables.h"

#include <stdlib.h>

#if defined(__x86_64__)
#include <asm/svm.h>
#include <asm/vmx.h>
#endif

static const char *name(enum exit_isa isa, uint64_t reason)
{
	static char buffer[EXIT_REASON_BYTES];

	return exit_reason_name(isa, reason, buffer);
}

static void names_are_those_of_the_kernels_tracepoints(void **state)
{
	(void)state;
	assert_string_equal(name(EXIT_VMX, 12), "HLT");
	assert_string_equal(name(EXIT_VMX, 48), "EPT_VIOLATION");
	assert_string_equal(name(EXIT_VMX, 85), "MSR_WRITE_IMM");
	assert_string_equal(name(EXIT_SVM, 0x78), "hlt");
	assert_string_equal(name(EXIT_SVM, 0x400), "npf");
	assert_string_equal(name(EXIT_SVM, 0x4e), "PF excp");
	assert_string_equal(name(EXIT_ARM64, 0x24), "DABT_LOW");
	assert_string_equal(name(EXIT_ARM64, EXIT_ARM64_NO_TRAP), "IRQ");
}

static void a_number_without_a_name_stays_visible(void **state)
{
	(void)state;
	assert_string_equal(name(EXIT_VMX, 35), "unknown(0x23)");
	assert_string_equal(name(EXIT_SVM, 0x404), "unknown(0x404)");
	assert_string_equal(name(EXIT_ARM64, 0x3f), "unknown(0x3f)");
	assert_string_equal(name(EXIT_ISAS, UINT64_MAX), "unknown(0xffffffffffffffff)");
}

static void flags_and_signs_are_no_part_of_a_reason(void **state)
{
	(void)state;
	assert_int_equal(exit_reason_basic(EXIT_VMX, 0x80000021), 33);
	assert_string_equal(name(EXIT_SVM, exit_reason_basic(EXIT_SVM, UINT64_MAX)),
			    "invalid_guest_state");
}

static void a_name_is_found_in_each_spelling(void **state)
{
	enum exit_isa isa;
	uint64_t reason;

	(void)state;
	assert_true(exit_reason_find("io", 2, &isa, &reason));
	assert_int_equal(isa, EXIT_SVM);
	assert_int_equal(reason, 0x7b);
	assert_true(exit_reason_find("EXIT_IOIO rip", 9, &isa, &reason));
	assert_int_equal(reason, 0x7b);
	assert_true(exit_reason_find("PENDING_INTERRUPT", 17, &isa, &reason));
	assert_int_equal(isa, EXIT_VMX);
	assert_int_equal(reason, 7);
	assert_false(exit_reason_find("io", 1, &isa, &reason));
	assert_false(exit_reason_find("", 0, &isa, &reason));
}

static void check_table(const struct exit_name *names, size_t count, enum exit_isa isa)
{
	enum exit_isa found_isa;
	uint64_t found;

	for (size_t i = 0; i < count; i++) {
		assert_true(!i || names[i - 1].reason < names[i].reason);
		assert_true(strlen(names[i].name) < EXIT_REASON_BYTES);
		assert_true(
			exit_reason_find(names[i].name, strlen(names[i].name), &found_isa, &found));
		assert_int_equal(found_isa, isa);
		assert_int_equal(found, names[i].reason);
	}
}

static void numbers_ascend_and_each_name_means_one_reason(void **state)
{
	(void)state;
	check_table(exit_names_vmx, exit_names_vmx_count, EXIT_VMX);
	check_table(exit_names_svm, exit_names_svm_count, EXIT_SVM);
	check_table(exit_names_arm64, exit_names_arm64_count, EXIT_ARM64);
}

#ifdef VMX_EXIT_REASONS
enum {
	DE_VECTOR = 0,
	DB_VECTOR = 1,
	BP_VECTOR = 3,
	OF_VECTOR = 4,
	BR_VECTOR = 5,
	UD_VECTOR = 6,
	NM_VECTOR = 7,
	DF_VECTOR = 8,
	TS_VECTOR = 10,
	NP_VECTOR = 11,
	SS_VECTOR = 12,
	GP_VECTOR = 13,
	PF_VECTOR = 14,
	MF_VECTOR = 16,
	AC_VECTOR = 17,
	MC_VECTOR = 18,
	XM_VECTOR = 19,
};

static void the_kernels_own_tables_say_the_same(void **state)
{
	static const struct {
		uint32_t reason;
		const char *name;
	} vmx[] = { VMX_EXIT_REASONS }, svm[] = { SVM_EXIT_REASONS };

	(void)state;
	for (size_t i = 0; i < sizeof(vmx) / sizeof(vmx[0]); i++)
		assert_string_equal(name(EXIT_VMX, vmx[i].reason), vmx[i].name);
	for (size_t i = 0; i < sizeof(svm) / sizeof(svm[0]); i++)
		assert_string_equal(name(EXIT_SVM, svm[i].reason), svm[i].name);
}
#else
static void the_kernels_own_tables_say_the_same(void **state)
{
	(void)state;
	puts("SKIP: asm/vmx.h and asm/svm.h: they are x86's");
	skip();
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_those_of_the_kernels_tracepoints),
		cmocka_unit_test(a_number_without_a_name_stays_visible),
		cmocka_unit_test(flags_and_signs_are_no_part_of_a_reason),
		cmocka_unit_test(a_name_is_found_in_each_spelling),
		cmocka_unit_test(numbers_ascend_and_each_name_means_one_reason),
		cmocka_unit_test(the_kernels_own_tables_say_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
