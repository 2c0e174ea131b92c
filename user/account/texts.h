/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lets go of strings that no life names any more: a task may be renamed a hundred thousand times a
 * second, and only the last name before a flush is written.
 */
#ifndef ACCOUNT_TEXTS_H
#define ACCOUNT_TEXTS_H

#include "account/state.h"

/* The strings that are there now stay. */
void texts_begin(struct account *account);

/* Between two batches: when the strings have become many. 0 or -ENOMEM. */
int texts_tidy(struct account *account);

#endif
