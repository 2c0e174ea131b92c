/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Follows the tasks of a recording, event by event, and tells account what it cannot see there:
 * who runs on a CPU, how long a task waited for it, names, missed switches, losses.
 *
 * Functions that return int return 0 or -errno, as account does.
 */
#ifndef IMPORT_FOLLOW_H
#define IMPORT_FOLLOW_H

#include "capture/exit_reason.h"
#include "import/event_text.h"

#include <stdint.h>

struct account;
struct event_line;
struct follow;

/* `account` is borrowed: made with wait_apart and EVENT_LINE_CPUS, and, where the recording has no
   switches, without sched_recorded. NULL without memory. */
struct follow *follow_new(struct account *account, bool has_switches);
void follow_free(struct follow *follow);

/* Before anything else of an event: the CPU is there, and `tid` (or EVENT_LINE_NONE) runs on it. */
int follow_cpu(struct follow *follow, uint32_t cpu, uint64_t at_ns, uint32_t tid, uint32_t tgid);

int follow_switch(struct follow *follow, uint32_t cpu, uint64_t at_ns,
		  const struct text_switch *event);

/* The task is runnable from now on. sched_waking is only believed where no wakeup follows. */
int follow_wakeup(struct follow *follow, const struct text_task *task, uint64_t at_ns);
int follow_waking(struct follow *follow, const struct text_task *task, uint64_t at_ns);

/* A life begins. */
int follow_fork(struct follow *follow, const struct text_task *child);
int follow_rename(struct follow *follow, uint32_t tid, struct span comm);
/* The task is known by another tid from now on. */
int follow_exec(struct follow *follow, uint32_t old_tid, uint32_t tid, uint64_t at_ns);

/* What the kernel's own statistics say. */
enum follow_stat { FOLLOW_RUNTIME, FOLLOW_WAIT, FOLLOW_SLEEP };
int follow_stat(struct follow *follow, enum follow_stat stat, const struct text_task *task,
		uint64_t length_ns);

/* The vCPU whose thread this event is of; `vcpu` is its number, or ACCOUNT_NO_VCPU. */
int follow_kvm_entry(struct follow *follow, const struct event_line *line, uint64_t at_ns,
		     uint32_t vcpu);
int follow_kvm_exit(struct follow *follow, const struct event_line *line, uint64_t at_ns,
		    uint32_t vcpu, enum exit_isa isa, uint64_t reason);

/* Events of this CPU (EVENT_LINE_NONE: of any) were lost before at_ns. */
int follow_lost(struct follow *follow, uint32_t cpu, uint64_t count);

/* At the end: names and sums that account does not know yet. */
int follow_end(struct follow *follow);

#endif
