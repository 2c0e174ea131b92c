/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of vcpu_samples, exits and exit_cells that are not written yet. */
#ifndef ACCOUNT_KVM_ROWS_H
#define ACCOUNT_KVM_ROWS_H

#include "account/account.h"
#include "account/cells.h"

struct account;

enum kvm_state { KVM_GUEST, KVM_HOST, KVM_HALTED, KVM_BLOCKED, KVM_WAITING, KVM_STATES };

struct kvm_state_row {
	uint64_t start_ns; /* of its bucket */
	uint32_t task;
	uint64_t ns[KVM_STATES];
};

struct kvm_exit_row {
	uint64_t start_ns;
	uint32_t task;
	uint32_t reason; /* number; see kvm_rows_reason() */
	uint64_t count;	 /* exits that an entry ended */
	uint64_t unpaired;
	uint64_t host_ns;
	uint64_t off_ns;
	uint64_t host_min_ns; /* CAPTURE_NIL when count is 0 */
	uint64_t host_max_ns;
	uint64_t guest_ns;
	bool off_unknown; /* of some of them */
};

/* Reasons are few: a number for each that was seen. */
struct kvm_reason {
	uint64_t reason;
	enum account_isa isa;
};

#define KVM_REASONS_MAX 4096

struct kvm_rows {
	struct kvm_state_row *states;
	size_t state_count;
	size_t state_capacity;
	struct kvm_exit_row *exits;
	size_t exit_count;
	size_t exit_capacity;
	struct cells cells; /* of exit_cells: the reason's number stands for the kind */
	struct kvm_reason *reasons;
	size_t reason_count;
	size_t reason_capacity;
	uint64_t made; /* rows begun since the count was last taken */
};

/* Functions return 0 or -errno. */
int kvm_rows_init(struct kvm_rows *rows);
void kvm_rows_free(struct kvm_rows *rows);

/* The number of a reason, or -ENOMEM, or -ENOSPC for one of far too many. */
int kvm_rows_reason(struct kvm_rows *rows, enum account_isa isa, uint64_t reason);

/* Nothing will be added to this row: it waits to be written. */
int kvm_rows_keep_states(struct kvm_rows *rows, const struct kvm_state_row *row);
int kvm_rows_keep_exits(struct kvm_rows *rows, const struct kvm_exit_row *row);

/* How many wait. */
size_t kvm_rows_pending(const struct kvm_rows *rows);

/* Writes those of buckets that start before until_ns. */
int kvm_rows_flush(struct account *account, uint64_t until_ns);

#endif
