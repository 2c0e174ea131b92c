/* SPDX-License-Identifier: Apache-2.0 */
/* Runs that end without their own switch-out. */
#ifndef ACCOUNT_RUNS_H
#define ACCOUNT_RUNS_H

#include "account/state.h"

/* The life is seen on another CPU: its run where it was is over, nobody knows since when. */
void runs_force_off(struct account *account, uint32_t slot);

#endif
