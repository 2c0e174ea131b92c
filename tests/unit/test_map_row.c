/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "names/map_row.h"

struct read {
	enum map_row_kind kind;
	struct map_row row;
	char why[MAP_ROW_WHY_BYTES];
};

static struct read read_row(const char *text, bool takes_uuids)
{
	struct read read = { .why = "" };
	char *copy = strdup(text);

	read.kind = map_row_read(copy, takes_uuids, &read.row, read.why);
	free(copy);
	return read;
}

static void assert_named(const char *text, uint64_t tid, const char *name)
{
	struct read read = read_row(text, false);

	assert_string_equal(read.why, "");
	assert_int_equal(read.kind, MAP_ROW_NAME);
	assert_false(read.row.is_uuid);
	assert_int_equal(read.row.tid, tid);
	assert_string_equal(read.row.name, name);
}

static void assert_bad(const char *text, const char *why)
{
	struct read read = read_row(text, false);

	assert_int_equal(read.kind, MAP_ROW_BAD);
	assert_non_null(strstr(read.why, why));
}

static void seven_fields_make_name_group_and_type(void **state)
{
	(void)state;
	assert_named("19236,instance-000019f4,vcpu0,8f81e3a1-3ebd-4015-bbee-e291f0672d02,FULL,5,"
		     "Firewall",
		     19236, "Firewall.05.vcpu0");
	assert_named("453,,emulator,,,2,Router", 453, "Router.02.emulator");
	assert_named("453,,emulator,,,123,Router", 453, "Router.123.emulator");
	assert_named("453,,,,,007,Router", 453, "Router.07");
	assert_named("453,,vcpu1,,,,Router", 453, "Router.vcpu1");
}

static void two_fields_are_tid_and_name(void **state)
{
	(void)state;
	assert_named("2834,backup", 2834, "backup");
	assert_named(" 2834 , back up ", 2834, "back up");
}

static void quotes_are_undone(void **state)
{
	(void)state;
	assert_named("\"1\",\"a,\"\"b\"\"\"", 1, "a,\"b\"");
	assert_named("1,\" a \"", 1, " a ");
	assert_bad("1,\"a", "quote is not closed");
	assert_bad("1,\"a\"b", "behind a closing quote");
}

static void parts_of_vms_tell_the_vm_and_the_vcpu(void **state)
{
	struct read read = read_row("1,,vcpu12,,,5,Firewall", false);

	(void)state;
	assert_string_equal(read.row.vm, "Firewall.05");
	assert_int_equal(read.row.vcpu, 12);
	read = read_row("1,,iothread1,,,5,Firewall", false);
	assert_string_equal(read.row.vm, "Firewall.05");
	assert_true(read.row.vcpu == CAPTURE_NIL);
	read = read_row("1,,vcpux,,,5,Firewall", false);
	assert_string_equal(read.row.vm, "");
}

static void comments_empty_lines_and_headings_are_no_rows(void **state)
{
	(void)state;
	assert_int_equal(read_row("", false).kind, MAP_ROW_NOTHING);
	assert_int_equal(read_row("  \t", false).kind, MAP_ROW_NOTHING);
	assert_int_equal(read_row(" # 1,a", false).kind, MAP_ROW_NOTHING);
	assert_int_equal(read_row("TID,instance,type,uuid,a,b,c", false).kind, MAP_ROW_HEADING);
	assert_int_equal(read_row("\"<tid>\",name", false).kind, MAP_ROW_HEADING);
}

static void bad_rows_say_why(void **state)
{
	char name[NAMES_NAME_BYTES + 8] = "1,";

	(void)state;
	assert_bad("x,,vcpu0,,,5,Firewall", "'x' is no tid");
	assert_bad("0,idle", "'0' is no tid");
	assert_bad("-1,a", "no tid");
	assert_bad("4194305,a", "no tid");
	assert_bad("99999999999999999999,a", "no tid");
	assert_bad("1,,vcpu0,,,5,", "task-name");
	assert_bad("1,,vcpu0,,,A,Firewall", "group-id 'A'");
	assert_bad("1,,vcpu0,,,-1,Firewall", "group-id '-1'");
	assert_bad("1,,vcpu0,,,5,Firewall,", "8 fields");
	assert_bad("1;a", "1 fields");
	assert_bad("1,", "name is empty");
	assert_bad("1,a\xff", "UTF-8");
	assert_bad("1,a\x1b[31m", "control");
	memset(name + 2, 'a', NAMES_NAME_BYTES);
	assert_bad(name, "longer");
	name[2 + NAMES_NAME_BYTES - 1] = '\0';
	assert_named(name, 1, name + 2);
}

static void uuids_count_only_where_they_are_taken(void **state)
{
	const char *text = "8F81e3a1-3ebd-4015-bbee-e291f0672d02,web";
	struct read read = read_row(text, true);

	(void)state;
	assert_int_equal(read.kind, MAP_ROW_NAME);
	assert_true(read.row.is_uuid);
	assert_string_equal(read.row.uuid, "8f81e3a1-3ebd-4015-bbee-e291f0672d02");
	assert_string_equal(read.row.name, "web");
	assert_bad(text, "is no tid");
	assert_int_equal(read_row("8f81e3a1-3ebd-4015-bbee-e291f0672d0,web", true).kind,
			 MAP_ROW_BAD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seven_fields_make_name_group_and_type),
		cmocka_unit_test(two_fields_are_tid_and_name),
		cmocka_unit_test(quotes_are_undone),
		cmocka_unit_test(parts_of_vms_tell_the_vm_and_the_vcpu),
		cmocka_unit_test(comments_empty_lines_and_headings_are_no_rows),
		cmocka_unit_test(bad_rows_say_why),
		cmocka_unit_test(uuids_count_only_where_they_are_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
