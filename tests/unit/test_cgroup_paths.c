/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "live/cgroup.h"

#include <malloc.h>

static size_t bytes_in_use(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

/* Whoever may make cgroups, run something in each and remove it again, may do so all day. */
static void memory_is_bounded_however_many_cgroups_there_were(void **state)
{
	struct cgroup_paths *paths = cgroup_paths_new();
	size_t before = bytes_in_use();

	(void)state;
	assert_non_null(paths);
	for (uint64_t id = 1; id <= 200000; id++) /* of none that is there, with such numbers */
		assert_null(cgroup_path(paths, id << 40));
	assert_true(bytes_in_use() < before + (1 << 20));
	cgroup_paths_free(paths);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_bounded_however_many_cgroups_there_were),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
