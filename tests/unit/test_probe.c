/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "live/probe.h"

static struct probe good_probe(const char *release)
{
	struct probe probe = { .has_btf = true, .has_rights = true };

	strncpy(probe.release, release, sizeof(probe.release) - 1);
	probe.version = probe_parse_version(release);
	return probe;
}

/* What is said of a machine that cannot record; "" when it can. */
static const char *refusal(const struct probe *probe)
{
	static char message[256];

	message[0] = '\0';
	bool can_record = probe_can_record(probe, message, sizeof(message));
	assert_int_equal(can_record, !message[0]);
	return message;
}

static void releases_of_distributions_are_understood(void **state)
{
	struct probe_version version = probe_parse_version("6.1.0-28-amd64");

	(void)state;
	assert_int_equal(version.major, 6);
	assert_int_equal(version.minor, 1);
	assert_int_equal(version.patch, 0);
	version = probe_parse_version("5.15");
	assert_int_equal(version.minor, 15);
	assert_int_equal(version.patch, 0);
	version = probe_parse_version("nonsense");
	assert_int_equal(version.major, 0);
}

static void a_kernel_from_5_15_with_all_it_needs_can_record(void **state)
{
	struct probe floor = good_probe("5.15.0-130-generic");
	struct probe recent = good_probe("6.18.44");

	(void)state;
	assert_string_equal(refusal(&floor), "");
	assert_string_equal(refusal(&recent), "");
}

static void a_kernel_below_the_floor_is_named(void **state)
{
	struct probe probe = good_probe("5.14.21");

	(void)state;
	assert_non_null(strstr(refusal(&probe), "5.14.21"));
	assert_non_null(strstr(refusal(&probe), "5.15"));
}

static void missing_rights_and_missing_btf_are_told_apart(void **state)
{
	struct probe probe = good_probe("6.1.0");

	(void)state;
	probe.has_btf = false;
	assert_non_null(strstr(refusal(&probe), "CONFIG_DEBUG_INFO_BTF"));
	probe.has_rights = false;
	assert_non_null(strstr(refusal(&probe), "CAP_BPF"));
}

static void the_ring_of_preempt_rt_kernels_is_safe_where_it_was_mended_or_tried(void **state)
{
	static const struct {
		const char *release;
		bool safe;
	} kernels[] = {
		{ "6.12.0", true },    { "6.18.44", true }, { "6.11.6", true },
		{ "6.11.5", false },   { "6.6.84", true },  { "6.6.83", false },
		{ "6.7.12", false },   { "6.1.192", true }, { "6.1.100", false },
		{ "5.15.200", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++) {
		struct probe probe = good_probe(kernels[i].release);

		probe.preempt_rt = true;
		if (kernels[i].safe)
			assert_string_equal(refusal(&probe), "");
		else
			assert_non_null(strstr(refusal(&probe), "PREEMPT_RT"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(releases_of_distributions_are_understood),
		cmocka_unit_test(a_kernel_from_5_15_with_all_it_needs_can_record),
		cmocka_unit_test(a_kernel_below_the_floor_is_named),
		cmocka_unit_test(missing_rights_and_missing_btf_are_told_apart),
		cmocka_unit_test(
			the_ring_of_preempt_rt_kernels_is_safe_where_it_was_mended_or_tried),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
