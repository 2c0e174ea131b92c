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

static void assert_before(const char *one, const char *other)
{
	assert_true(view_names_compare(one, other) < 0);
	assert_true(view_names_compare(other, one) > 0);
}

static void groups_stay_together_in_the_order_of_names(void **state)
{
	(void)state;
	assert_before("Router.01.vcpu0", "CSR.02.vcpu0");
	assert_before("CSR.1.vcpu0", "CSR.2.emulator");
	assert_before("CSR.1.emulator", "CSR.01.vcpu0");
	assert_before("CSR.1.vcpu0", "Router.1.vcpu0");
	assert_before("my.vm.9.vcpu0", "a.10.b");
	assert_before("CSR.99.vcpu0", "bash");
}

static void numbers_in_names_go_by_their_value(void **state)
{
	(void)state;
	assert_before("vm.vcpu2", "vm.vcpu10");
	assert_before("CSR.1.vcpu2", "CSR.1.vcpu10");
	assert_before("swapper/9", "swapper/10");
	assert_before("a01", "a1"); /* alike, but not the same */
	assert_before("a", "a1");
	assert_before("a1", "ab");
	assert_before("a99999999999999999999998", "a99999999999999999999999");
	assert_int_equal(view_names_compare("x.1.y", "x.1.y"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tasks_of_one_name_per_cpu_share_what_is_before_the_slash),
		cmocka_unit_test(workers_share_it_too_and_unbound_ones_stay_apart),
		cmocka_unit_test(names_without_a_cpu_are_left_alone),
		cmocka_unit_test(groups_stay_together_in_the_order_of_names),
		cmocka_unit_test(numbers_in_names_go_by_their_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
