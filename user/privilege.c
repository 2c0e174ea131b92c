/* SPDX-License-Identifier: Apache-2.0 */
#include "privilege.h"

#include "base/capability.h"
#include "invoker.h"

#include <errno.h>
#include <sys/prctl.h>

/*
 * CAP_BPF: seeding CPUs that return, the list of tasks, maps (before 5.19 any bpf(2)).
 * CAP_SYS_NICE: a real-time priority while falling behind.
 * CAP_DAC_READ_SEARCH: opening a cgroup by its id, which is how its path is found.
 */
#define SESSION (CAPABILITY(CAP_BPF) | CAPABILITY(CAP_SYS_NICE) | CAPABILITY(CAP_DAC_READ_SEARCH))

/* Loading BPF programs later, and finding the types of a module. */
#define ATTACH (CAPABILITY(CAP_PERFMON) | CAPABILITY(CAP_SYS_ADMIN))

/* Root itself, not by sudo, may write where it likes: putting the file in place needs these. */
#define ROOT (CAPABILITY(CAP_DAC_OVERRIDE) | CAPABILITY(CAP_FOWNER))

/* Under sudo the command is root's, and we are not. */
#define PASS_ON CAPABILITY(CAP_KILL)

/* Whoever has CAP_SYS_ADMIN only, as before 5.8, has no CAP_BPF to go on with. */
static uint64_t kept(const struct invoker *invoker, bool has_command, bool awaits_kvm,
		     uint64_t permitted)
{
	uint64_t wanted = SESSION;

	if (awaits_kvm)
		wanted |= ATTACH;
	if (has_command)
		wanted |= PASS_ON;
	if (!(permitted & CAPABILITY(CAP_BPF)))
		wanted |= CAPABILITY(CAP_SYS_ADMIN);
	if (!invoker->uid)
		wanted |= ROOT;
	return wanted & permitted;
}

static int set_both(uint64_t capabilities)
{
	return capability_set((struct capabilities){ capabilities, capabilities });
}

int privilege_drop(const struct invoker *invoker, bool has_command, bool awaits_kvm)
{
	uint64_t capabilities = kept(invoker, has_command, awaits_kvm, capability_read().permitted);
	int error;

	/* or a change from uid 0 to another clears them all */
	if (prctl(PR_SET_KEEPCAPS, 1))
		return -errno;
	error = invoker_become(invoker);
	if (!error)
		error = set_both(capabilities);
	if (!error && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		error = -errno;
	prctl(PR_SET_KEEPCAPS, 0);
	return error;
}

int privilege_lower(const struct invoker *invoker)
{
	uint64_t permitted = capability_read().permitted;

	return capability_set((struct capabilities){ .permitted = permitted,
						     .effective = invoker->uid ? 0 : permitted });
}

int privilege_raise(void)
{
	return set_both(capability_read().permitted);
}

int privilege_end(void)
{
	return set_both(capability_read().permitted & PASS_ON);
}
