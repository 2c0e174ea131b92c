/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "live/probe.h"

#include <bpf/btf.h>

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

/* Types of a kernel whose ring has a member of this name, of this type. */
static struct btf *ring_types(const char *member, const char *lock)
{
	struct btf *btf = btf__new_empty();
	int word = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int type = btf__add_typedef(btf, lock, word);

	btf__add_struct(btf, "bpf_ringbuf", 8);
	btf__add_field(btf, "mask", word, 0, 0);
	btf__add_field(btf, member, type, 32, 0);
	return btf;
}

static void the_type_of_the_rings_lock_tells_whether_preempt_rt_sleeps_there(void **state)
{
	static const struct {
		const char *member, *lock;
		bool sleeps;
	} kernels[] = {
		{ "spinlock", "spinlock_t", true },
		{ "spinlock", "raw_spinlock_t", false },
		{ "spinlock", "rqspinlock_t", false },
		{ "gate", "raw_spinlock_t", true }, /* not known: better not */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++) {
		struct btf *btf = ring_types(kernels[i].member, kernels[i].lock);

		assert_int_equal(probe_rt_ring_sleeps(btf), kernels[i].sleeps);
		btf__free(btf);
	}
}

static void a_ring_that_sleeps_is_refused(void **state)
{
	struct probe probe = good_probe("6.1.0-28-rt-amd64");

	(void)state;
	probe.preempt_rt = true;
	assert_string_equal(refusal(&probe), "");
	probe.rt_ring_sleeps = true;
	assert_non_null(strstr(refusal(&probe), "PREEMPT_RT"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(releases_of_distributions_are_understood),
		cmocka_unit_test(a_kernel_from_5_15_with_all_it_needs_can_record),
		cmocka_unit_test(a_kernel_below_the_floor_is_named),
		cmocka_unit_test(missing_rights_and_missing_btf_are_told_apart),
		cmocka_unit_test(the_type_of_the_rings_lock_tells_whether_preempt_rt_sleeps_there),
		cmocka_unit_test(a_ring_that_sleeps_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
