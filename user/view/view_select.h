/* SPDX-License-Identifier: Apache-2.0 */
/* Which tasks the user means by --task. */
#ifndef VIEW_VIEW_SELECT_H
#define VIEW_VIEW_SELECT_H

#include "view/view_tasks.h"

/*
 * Marks the tasks that `pattern` means (NULL: all): by tid when it is a number, else those in whose
 * shown name or comm the POSIX extended regex is found. A merged task is meant when one of its own
 * is.
 * 0, -ENOMEM, or -EINVAL for a bad regex, with a message that calls it `word` (NULL: --task).
 */
int view_select(struct view_tasks *tasks, const char *pattern, const char *word,
		char message[CDICT_MESSAGE_BYTES]);

#endif
