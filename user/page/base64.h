/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes as base64 (RFC 4648), without line ends. */
#ifndef PAGE_BASE64_H
#define PAGE_BASE64_H

#include <stddef.h>
#include <stdio.h>

/* Writes into `file`; its error indicator tells of failures. */
void base64_write(const unsigned char *bytes, size_t count, FILE *file);

#endif
