/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel side costs, as an estimate. The kernel can time every BPF program of the host
 * (BPF_ENABLE_STATS, needs CAP_SYS_ADMIN), which itself costs more than our handler: so it is
 * switched on for moments only, and what an empty program reads is subtracted. The switch is in a
 * process of its own: see stats_switch.h.
 */
#ifndef LIVE_COST_H
#define LIVE_COST_H

#include <stdint.h>

struct cost;

/*
 * To be made before the rings are mapped: the process that it forks would hold the mappings, too.
 * NULL without memory.
 */
struct cost *cost_new(void);

/* Measures `switch_program`, with `empty_program` as the zero point; both fds are borrowed. */
void cost_watch(struct cost *cost, int switch_program_fd, int empty_program_fd);

void cost_free(struct cost *cost);

/*
 * To be called at every drain: begins a moment of timing now and then, and ends it at a later
 * call. Where the kernel refuses, there is no estimate.
 */
void cost_tick(struct cost *cost, uint64_t now_ns);

/* Ends the last moment, which lasts for some ms more when nothing has been measured so far. */
void cost_end(struct cost *cost);

/* Estimated ns a switch, net of measuring; CAPTURE_NIL when nothing could be measured. */
uint64_t cost_ns_per_switch(const struct cost *cost);

#endif
