/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IMPORT_PERF_FORMATS_H
#define IMPORT_PERF_FORMATS_H

#include "import/perf_bytes.h"
#include "import/perf_file.h"

/*
 * Reads the formats of the recorded tracepoints (the feature HEADER_TRACING_DATA, which is the begin
 * of a trace.dat). False for what is not understood.
 */
bool perf_formats_read(struct perf_file *file, struct perf_bytes data);

#endif
