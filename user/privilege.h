/* SPDX-License-Identifier: Apache-2.0 */
/* What a recording may do, once the kernel side is attached: as little as it can work with. */
#ifndef PRIVILEGE_H
#define PRIVILEGE_H

#include <stdbool.h>

struct invoker;

/*
 * Becomes the invoker, keeps only the capabilities that the rest of a capture needs (of a command
 * beside us, too, when it has other rights), and no_new_privs: whatever happens later, no more can be
 * had. While KVM is awaited, what attaching to it takes is kept, until a second call. 0 or -errno.
 */
int privilege_drop(const struct invoker *invoker, bool has_command, bool awaits_kvm);

/*
 * Files are opened with the invoker's rights and no others: between these two no capability is in
 * effect. (Root itself keeps the right to any folder.) 0 or -errno.
 */
int privilege_lower(const struct invoker *invoker);
int privilege_raise(void);

/* The capture is over: what is kept is the right to pass signals on. 0 or -errno. */
int privilege_end(void);

#endif
