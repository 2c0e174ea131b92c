/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "view/view_names.h"

static void assert_shared(const char *name, const char *shared)
{
	assert_int_equal(view_names_shared_length(name), strlen(shared));
	assert_memory_equal(name, shared, strlen(shared));
}

static void tasks_of_one_name_per_cpu_share_what_is_before_the_slash(void **state)
{
	(void)state;
	assert_shared("swapper/0", "swapper");
	assert_shared("swapper/255", "swapper");
	assert_shared("ksoftirqd/1", "ksoftirqd");
	assert_shared("migration/12", "migration");
}

static void workers_share_it_too_and_unbound_ones_stay_apart(void **state)
{
	(void)state;
	assert_shared("kworker/0:1", "kworker");
	assert_shared("kworker/12:0H", "kworker");
	assert_shared("kworker/u8:3", "kworker/u");
	assert_shared("kworker/R-netns", "kworker/R-netns");
}

static void names_without_a_cpu_are_left_alone(void **state)
{
	(void)state;
	assert_shared("", "");
	assert_shared("/", "/");
	assert_shared("bash", "bash");
	assert_shared("irq/24-ahci", "irq/24-ahci");
	assert_shared("jbd2/vda1-8", "jbd2/vda1-8");
	assert_shared("dmcrypt_write/253:0", "dmcrypt_write/253:0");
	assert_shared("kworker", "kworker");
	assert_shared("kworker/", "kworker/");
	assert_shared("kworker/u", "kworker/u");
	assert_shared("ksoftirqd/u1", "ksoftirqd/u1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tasks_of_one_name_per_cpu_share_what_is_before_the_slash),
		cmocka_unit_test(workers_share_it_too_and_unbound_ones_stay_apart),
		cmocka_unit_test(names_without_a_cpu_are_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
