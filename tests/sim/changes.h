/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIM_CHANGES_H
#define SIM_CHANGES_H

#include "compare.h"

/* The word that stands in the file for the state of the task that left. */
const char *sim_change_word(const struct sim_switch *change);

void sim_add_change(struct sim_changes *changes, const struct sim_change *change);
void sim_changes_free(struct sim_changes *changes);

/* The tables `switches` and `successors` beside the oracle's changes, whose order is lost. */
bool compare_changes(struct comparison *c);

#endif
