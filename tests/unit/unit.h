/* SPDX-License-Identifier: Apache-2.0 */
/* cmocka with what it needs before it. */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* skip() with the word on what is missing that check's summary shows. */
#define skip_without(what)                                \
	do {                                              \
		printf("SKIP: %s: %s\n", __func__, what); \
		skip();                                   \
	} while (0)

#endif
