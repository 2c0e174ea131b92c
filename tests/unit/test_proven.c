/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "live/proven.h"

static struct probe probe_of(const char *release, const char *machine)
{
	struct probe probe = { .version = probe_parse_version(release) };

	strncpy(probe.machine, machine, sizeof(probe.machine) - 1);
	return probe;
}

static void assert_words(const char *release, const char *machine, const char *words)
{
	struct probe probe = probe_of(release, machine);

	assert_non_null(strstr(proven_words(&probe), words));
	assert_int_equal(proven_includes(&probe), !strstr(words, "not") && !strstr(words, "than"));
}

static void kernels_are_told_to_be_tried_or_not(void **state)
{
	(void)state;
	assert_words("6.1.0-28-amd64", "x86_64", "was run");
	assert_words("6.12.41", "x86_64", "was run");
	assert_words("6.6.30", "x86_64", "not tried itself");
	assert_words("5.15.0-130-generic", "x86_64", "older than all");
	assert_words("9.0", "x86_64", "newer than all");
	assert_words("6.1.0", "aarch64", "not tried on this architecture");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kernels_are_told_to_be_tried_or_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
