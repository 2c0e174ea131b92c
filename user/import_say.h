/* SPDX-License-Identifier: Apache-2.0 */
/* What people see of an import, on stderr. */
#ifndef IMPORT_SAY_H
#define IMPORT_SAY_H

#include "import/import.h"

#include <stdbool.h>

/* For import_options.progress: on a terminal, else NULL. */
void (*import_say_progress(void))(void *context, uint64_t events, uint64_t at_ns);

/* The import is over: nothing stays of the line of progress. */
void import_say_clear(void);

/* What the source lacks, a line each; with `all` also what of it was not meant to be used. */
void import_say_left_out(const char *source, const struct import_result *result, bool all);

#endif
