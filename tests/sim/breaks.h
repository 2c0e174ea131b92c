/* SPDX-License-Identifier: Apache-2.0 */
/* Breaks between the parts of the chain; the linker puts them around the real functions. */
#ifndef SIM_BREAKS_H
#define SIM_BREAKS_H

#include "sim.h"

void breaks_begin(enum sim_break broken, uint32_t cpus);

/* The next copy of this block happens while its CPU hands it over and overwrites it. */
void breaks_overwrite(struct pft_block *block);

#endif
