/* SPDX-License-Identifier: Apache-2.0 */
/* What pftrace stats says of vCPUs. */
#ifndef CMD_STATS_KVM_H
#define CMD_STATS_KVM_H

#include "report/vcpu_report.h"

struct json_writer;

struct stats_kvm {
	struct vcpu_stats states;
	struct exit_stats exits;
	struct report_table vcpu_table;
	struct report_table exit_tables[EXIT_REPORT_BYS];
};

#define STATS_KVM_TABLES (VCPU_STATS_TABLES | EXIT_STATS_TABLES)

void stats_kvm_init(struct stats_kvm *kvm);
void stats_kvm_free(struct stats_kvm *kvm);

/* After the read. The tables of vCPUs and of exits are each sorted by a column. 0 or -ENOMEM. */
int stats_kvm_fill(struct stats_kvm *kvm, const struct view *view, size_t vcpu_sort,
		   size_t exit_sort);

/* The vCPUs and all their exits, below other tables; nothing where there are none. 0 or -errno. */
int stats_kvm_print_text(const struct stats_kvm *kvm);

/* Keys "vcpus" and "exits", that with "all", "vm" and "vcpu". */
void stats_kvm_print_json(const struct stats_kvm *kvm, struct json_writer *json);

extern const char *const stats_kvm_by_words[EXIT_REPORT_BYS];

#endif
