/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What account knows of vCPU threads: each is in the guest or in the host while it has a CPU; halted,
 * blocked or waiting while it has none. Private to user/account/. Functions return 0 or -errno.
 *
 * A vCPU has a clock of its own, `filled_ns`, that never goes back: KVM's events and switches are
 * timed by different clocks, and their order, not their times, says what comes first. So the five
 * states add up to the thread's life whatever the clocks say.
 */
#ifndef ACCOUNT_KVM_H
#define ACCOUNT_KVM_H

#include "account/kvm_rows.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct account;
struct account_switch;
struct cpu;

enum kvm_place {
	KVM_ON_CPU,
	KVM_OFF_CPU,
	KVM_UNSEEN, /* no switch says where it is, or a loss took it out of sight */
};

/* What the last KVM event says of the time since then. */
enum kvm_mode {
	KVM_MODE_NEW,	  /* none yet, and none was lost: the first one tells */
	KVM_MODE_GUEST,	  /* an entry */
	KVM_MODE_HOST,	  /* an exit */
	KVM_MODE_UNKNOWN, /* events were lost */
};

/* The exit that no entry has ended yet: mode is KVM_MODE_HOST. */
struct kvm_open_exit {
	uint64_t at_ns;
	uint64_t guest_ns; /* in the guest before it; CAPTURE_NIL: not known */
	uint64_t off_ns;   /* off the CPU since then, as far as known */
	uint32_t reason;   /* its number in kvm_rows */
	bool off_unknown;
	bool listed; /* it happened on a CPU whose rows are written */
};

struct kvm_vcpu {
	uint32_t life;
	uint32_t cpu; /* its last, for which CPUs are listed */
	uint32_t number;
	enum kvm_place place;
	enum kvm_mode mode;
	uint64_t filled_ns;
	uint64_t entry_ns; /* mode is KVM_MODE_GUEST: when it entered */
	uint64_t away_ns;  /* of the time since then, off the CPU */
	struct kvm_open_exit exit;
	struct kvm_state_row row;   /* of the bucket that it is in */
	uint64_t row_end_ns;	    /* where that ends; 0: there is no row */
	struct kvm_exit_row *exits; /* of each reason, the last bucket that it had one in */
	size_t exit_count;
	size_t exit_capacity;
	uint32_t next_free;
};

/* What the kernel's maps say of one thread and reason. */
struct kvm_total {
	uint32_t task;
	uint32_t reason;
	uint64_t count;
	uint64_t host_ns;
	uint64_t host_max_ns;
};

struct kvm {
	struct kvm_rows rows;
	struct kvm_vcpu *vcpus; /* a life's `vcpu` is the index + 1 */
	uint32_t count;
	size_t capacity;
	uint32_t free; /* list by next_free: index + 1 */
	struct kvm_total *totals;
	size_t total_count;
	size_t total_capacity;
	bool lossy;	/* KVM events were lost */
	int error;	/* of a row that found no memory: the next flush tells */
	uint64_t exits; /* events told */
	uint64_t entries_unpaired;
	/* of exits that an entry ended: as events told it, and as the totals have it */
	struct account_exit_sum paired;
	struct account_exit_sum total;
};

int kvm_init(struct account *account);
void kvm_free(struct account *account);

/* ---- from the scheduler's side, for lives with a vCPU ---- */

/* The life left its CPU. */
int kvm_switched_out(struct account *account, uint32_t life, uint64_t at_ns);
/* It got one after a time off the CPU: `known` when nothing that it did meanwhile was lost, wait_ns
   of it waiting for a CPU (CAPTURE_NIL: not known). */
int kvm_switched_in(struct account *account, uint32_t life, uint32_t cpu, uint64_t at_ns,
		    uint64_t wait_ns, bool known);
/* It is found running there, nobody knows since when. */
void kvm_found(struct account *account, uint32_t life, uint32_t cpu, uint64_t at_ns);
/* Nobody knows where it is. */
void kvm_lost_sight(struct account *account, uint32_t life);
/* It is over: what is open stays so. */
void kvm_dies(struct account *account, uint32_t life);

/* ---- as time passes ---- */

/* What is on a CPU fills its time up to at_ns. */
int kvm_fill(struct account *account, uint64_t at_ns);
/* The part ends then: what is open goes on. */
int kvm_cut(struct account *account, uint64_t at_ns);
/* The capture ends then: everything that is open. */
int kvm_end(struct account *account, uint64_t at_ns);
/* Rows of the buckets that start before until_ns. */
int kvm_flush(struct account *account, uint64_t until_ns);
/* The totals told so far. */
int kvm_flush_totals(struct account *account);

/* ---- between the files of kvm ---- */

/* Time of a state, cut at the borders of buckets. */
int kvm_states_add(struct account *account, struct kvm_vcpu *vcpu, enum kvm_state state,
		   uint64_t from_ns, uint64_t to_ns);
/* Its time up to at_ns, when it is on a CPU, is of this state; its clock goes on to there. */
int kvm_states_until(struct account *account, struct kvm_vcpu *vcpu, enum kvm_state state,
		     uint64_t at_ns);
/* The same, of the state that its last event says. */
int kvm_states_go_on(struct account *account, struct kvm_vcpu *vcpu, uint64_t at_ns);

/* Its life has ended: without switches the state that it was in went on until then. */
int kvm_ends_gone(struct account *account, struct kvm_vcpu *vcpu);

#endif
