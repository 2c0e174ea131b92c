/* SPDX-License-Identifier: Apache-2.0 */
/* Samples + losses against the kernel's totals, in this part. */
#ifndef ACCOUNT_PROOF_H
#define ACCOUNT_PROOF_H

#include "account/state.h"

/* Whether every CPU that was seen has its totals there. */
bool proof_borders_are_known(const struct account *account, const struct account_border *borders);

/*
 * Fills in end's switches, runs_*, verdict and proof as of at_ns. `borders` are the totals there by
 * CPU number; NULL at the end of all, where the totals given count. 0 or -ENOMEM.
 */
int proof_make(struct account *account, struct capture_end *end, uint64_t at_ns,
	       const struct account_border *borders, bool has_totals, bool complete);

#endif
