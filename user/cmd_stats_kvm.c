/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd_stats_kvm.h"

#include "base/json_member.h"

const char *const stats_kvm_by_words[EXIT_REPORT_BYS] = {
	[EXIT_REPORT_ALL] = "all",
	[EXIT_REPORT_VM] = "vm",
	[EXIT_REPORT_VCPU] = "vcpu",
};

void stats_kvm_init(struct stats_kvm *kvm)
{
	vcpu_stats_init(&kvm->states);
	exit_stats_init(&kvm->exits);
	report_table_init(&kvm->vcpu_table, vcpu_report_columns, vcpu_report_column_count);
	for (int by = 0; by < EXIT_REPORT_BYS; by++)
		report_table_init(&kvm->exit_tables[by], exit_report_columns,
				  exit_report_column_count);
}

void stats_kvm_free(struct stats_kvm *kvm)
{
	vcpu_stats_free(&kvm->states);
	exit_stats_free(&kvm->exits);
	report_table_free(&kvm->vcpu_table);
	for (int by = 0; by < EXIT_REPORT_BYS; by++)
		report_table_free(&kvm->exit_tables[by]);
}

int stats_kvm_fill(struct stats_kvm *kvm, const struct view *view, size_t vcpu_sort,
		   size_t exit_sort)
{
	int error = vcpu_report_fill(&kvm->vcpu_table, view, &kvm->states, &kvm->exits);

	if (!error)
		report_table_sort(&kvm->vcpu_table, vcpu_sort);
	for (int by = 0; by < EXIT_REPORT_BYS && !error; by++)
		error = exit_report_fill(&kvm->exit_tables[by], view, &kvm->exits,
					 (enum exit_report_by)by, exit_sort);
	return error;
}

int stats_kvm_print_text(const struct stats_kvm *kvm)
{
	int error = 0;

	if (kvm->vcpu_table.rows) {
		putchar('\n');
		error = report_print_text(&kvm->vcpu_table, stdout);
	}
	if (error || !kvm->exit_tables[EXIT_REPORT_ALL].rows)
		return error;
	putchar('\n');
	return report_print_text(&kvm->exit_tables[EXIT_REPORT_ALL], stdout);
}

void stats_kvm_print_json(const struct stats_kvm *kvm, struct json_writer *json)
{
	json_key(json, "vcpus");
	report_print_json_rows(&kvm->vcpu_table, json);
	json_member_object(json, "exits");
	for (int by = 0; by < EXIT_REPORT_BYS; by++) {
		json_key(json, stats_kvm_by_words[by]);
		report_print_json_rows(&kvm->exit_tables[by], json);
	}
	json_end_object(json);
}
