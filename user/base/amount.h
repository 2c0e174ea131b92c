/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers with a unit behind them, as people write them. */
#ifndef BASE_AMOUNT_H
#define BASE_AMOUNT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A time ("50us", "0.5s", "10min", "1h", "2d"), in ns, or a size ("100MB", "64KiB"), in bytes: *bytes
 * tells which. 0, -EINVAL when it is none of both, or -ERANGE.
 */
int amount_parse(const char *text, uint64_t *amount, bool *bytes);

#define AMOUNT_BYTES 32

/* A size as people read it, "1.2 MB" (of 1000 KB) for 1234567. Returns text. */
const char *amount_of_bytes(char text[AMOUNT_BYTES], uint64_t bytes);

#endif
