/* SPDX-License-Identifier: Apache-2.0 */
#include "live/proven.h"

#include "base/array.h"

#include <string.h>

/* Ascending within an architecture. An entry is added by whoever has run tests/live or tests/vm on it. */
static const struct proven kernels[] = {
	{ "x86_64", 6, 1, "Debian's: all of tests/vm" },
	{ "x86_64", 6, 12, "Debian's: all of tests/vm" },
	{ "x86_64", 6, 18, "all of tests/live" },
};

const struct proven *proven_list(size_t *count)
{
	*count = ARRAY_LENGTH(kernels);
	return kernels;
}

const char *const *proven_not(size_t *count)
{
	static const char *const words[] = {
		"Linux 5.15 to 6.0: a sched_switch that does not tell the state (before 5.18)",
		"kernels without CONFIG_FAIR_GROUP_SCHED or without CONFIG_SCHED_INFO",
		"KVM on Intel's processors, and on Linux 5.15, by tp_btf hooks",
		"architectures other than x86_64",
	};

	*count = ARRAY_LENGTH(words);
	return words;
}

/* < 0: the probed kernel is older than this one; 0: of its series. */
static int compare(const struct probe *probe, const struct proven *kernel)
{
	if (probe->version.major != kernel->major)
		return probe->version.major < kernel->major ? -1 : 1;
	if (probe->version.minor != kernel->minor)
		return probe->version.minor < kernel->minor ? -1 : 1;
	return 0;
}

bool proven_includes(const struct probe *probe)
{
	for (size_t i = 0; i < ARRAY_LENGTH(kernels); i++)
		if (strcmp(kernels[i].machine, probe->machine) == 0 && !compare(probe, &kernels[i]))
			return true;
	return false;
}

const char *proven_words(const struct probe *probe)
{
	size_t older = 0, newer = 0;

	if (proven_includes(probe))
		return "pftrace was run on kernels of this series";
	for (size_t i = 0; i < ARRAY_LENGTH(kernels); i++) {
		if (strcmp(kernels[i].machine, probe->machine) != 0)
			continue;
		if (compare(probe, &kernels[i]) < 0)
			newer++;
		else
			older++;
	}
	if (!older && !newer)
		return "not tried on this architecture: written to the kernel's source only";
	if (!older)
		return "older than all that it was run on: written to the kernel's source only";
	if (!newer)
		return "newer than all that it was run on";
	return "not tried itself, but older and newer ones were";
}
