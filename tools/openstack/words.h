/* SPDX-License-Identifier: Apache-2.0 */
/* Words for people: one line each on stderr. Never a secret, and nothing of a server's body. */
#ifndef OPENSTACK_WORDS_H
#define OPENSTACK_WORDS_H

/* "pftrace-openstack: error: ..." */
void say_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void say_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
