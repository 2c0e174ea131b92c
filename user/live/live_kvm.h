/* SPDX-License-Identifier: Apache-2.0 */
/* KVM's part of a live session. All functions may be called where KVM is not recorded. */
#ifndef LIVE_LIVE_KVM_H
#define LIVE_LIVE_KVM_H

#include "live/live_internal.h"

#include <stdbool.h>

/* Attaches, when KVM is there; else says in live->kvm what it is waiting for, or why it cannot. */
void live_kvm_open(struct live *live, const struct probe *probe,
		   const struct live_options *options);
void live_kvm_close(struct live *live);

/* Events count from here on. */
void live_kvm_start(struct live *live);

/* Attaches, when KVM was awaited and has come. To be called now and then. */
void live_kvm_await(struct live *live);

/* Looks at the blocks in progress; takes what the ring has. 0 or -errno, as below. */
int live_kvm_look(struct live *live);
int live_kvm_drain(struct live *live);

/* Events count no more. Returns when no hook is still at work. */
void live_kvm_stop(struct live *live);

/* Tells account what could not be kept since the last call. */
int live_kvm_count_losses(struct live *live);

/* Feeds account every total; *complete becomes false when some is missing. */
int live_kvm_feed_totals(struct live *live, bool *complete);

/* Makes room in its hash maps, as live_sweep() does: what is of tasks that are no more goes. */
bool live_kvm_wants_sweep(const struct live *live);
int live_kvm_sweep(struct live *live);

#endif
