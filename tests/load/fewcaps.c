/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fewcaps: runs a command as nobody, with these capabilities (their numbers) and no others.
 *
 *   fewcaps 38,39 COMMAND [ARGUMENT ...]
 */
#include "load.h"

#include <grp.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NOBODY 65534

static uint64_t parse(const char *text)
{
	uint64_t bits = 0;
	char *end;

	for (; *text; text = *end ? end + 1 : end)
		bits |= 1ULL << (strtoul(text, &end, 10) & 63);
	return bits;
}

static void become_nobody(void)
{
	if (prctl(PR_SET_KEEPCAPS, 1) || setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY))
		load_fail("cannot become nobody");
}

static void keep(uint64_t bits)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	for (int i = 0; i < 2; i++) {
		uint32_t half = (uint32_t)(bits >> (32 * i));

		data[i] = (struct __user_cap_data_struct){ half, half, half };
	}
	if (syscall(SYS_capset, &header, data))
		load_fail("capset");
	for (unsigned long i = 0; i < 64; i++)
		if (bits >> i & 1 && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0))
			load_fail("PR_CAP_AMBIENT_RAISE");
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fputs("usage: fewcaps NUMBER,NUMBER COMMAND [ARGUMENT ...]\n", stderr);
		return 2;
	}
	become_nobody();
	keep(parse(argv[1]));
	execvp(argv[2], argv + 2);
	load_fail(argv[2]);
}
