/* SPDX-License-Identifier: Apache-2.0 */
/* Runs that end without their own switch-out. */
#ifndef ACCOUNT_RUNS_H
#define ACCOUNT_RUNS_H

#include "account/state.h"

/* The life is seen on another CPU: its run where it was is over, nobody knows since when. 0 or
   -errno. */
int runs_force_off(struct account *account, uint32_t slot);

/* The life waited for wait_ns until it was switched in on cpu at at_ns. 0 or -errno. */
int runs_add_wait(struct account *account, struct cpu *cpu, uint32_t slot, uint64_t at_ns,
		  uint64_t wait_ns);

#endif
