/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Switches the kernel's timing of BPF programs on and off, all through a capture. That needs
 * CAP_SYS_ADMIN, which is nearly everything: so a process of its own keeps it, which does nothing
 * else, and the recorder goes on without.
 */
#ifndef LIVE_STATS_SWITCH_H
#define LIVE_STATS_SWITCH_H

#include <stdbool.h>

struct stats_switch;

/* NULL where the kernel refuses, or without memory. */
struct stats_switch *stats_switch_new(void);
/* Switches off, too. */
void stats_switch_free(struct stats_switch *stats);

/* Asks, and does not wait: it is done soon. */
void stats_switch_set(struct stats_switch *stats, bool on);

#endif
