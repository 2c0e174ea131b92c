/* SPDX-License-Identifier: Apache-2.0 */
#include "base/capability.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

/* glibc has no wrappers: these two calls are libcap's business, and all that we need of it. */
#define HEADER                                         \
	{                                              \
		.version = _LINUX_CAPABILITY_VERSION_3 \
	}
#define WORDS _LINUX_CAPABILITY_U32S_3

struct capabilities capability_read(void)
{
	struct __user_cap_header_struct header = HEADER;
	struct __user_cap_data_struct data[WORDS] = { 0 };

	syscall(SYS_capget, &header, data);
	return (struct capabilities){
		.effective = data[0].effective | (uint64_t)data[1].effective << 32,
		.permitted = data[0].permitted | (uint64_t)data[1].permitted << 32,
	};
}

int capability_set(struct capabilities wanted)
{
	struct __user_cap_header_struct header = HEADER;
	struct __user_cap_data_struct data[WORDS] = {
		{ .effective = (uint32_t)wanted.effective,
		  .permitted = (uint32_t)wanted.permitted },
		{ .effective = (uint32_t)(wanted.effective >> 32),
		  .permitted = (uint32_t)(wanted.permitted >> 32) },
	};

	return syscall(SYS_capset, &header, data) ? -errno : 0;
}
