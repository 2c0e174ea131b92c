/* SPDX-License-Identifier: Apache-2.0 */
/* A perf.data that ends too early, told by its own header. perf calls it "incompatible". */
#ifndef IMPORT_PERF_CUT_H
#define IMPORT_PERF_CUT_H

#include <stdbool.h>
#include <stddef.h>

/* True, with "is cut: ..." and what to do in `words`, when this file is not whole. */
bool perf_cut_tell(const char *path, char *words, size_t words_bytes);

#endif
