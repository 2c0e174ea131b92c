/* SPDX-License-Identifier: Apache-2.0 */
/* Names as a view shows them. */
#ifndef VIEW_VIEW_NAMES_H
#define VIEW_VIEW_NAMES_H

#include <stddef.h>

/*
 * The length of the part of a system task's name that its siblings on other CPUs share:
 * "swapper/3" and "ksoftirqd/3" -> up to the slash, "kworker/3:1H" and "kworker/u8:1" likewise
 * ("kworker/u": those that are bound to no CPU stay apart). The whole length when it has no number
 * of a CPU: "irq/24-ahci", "dmcrypt_write/253:0".
 */
size_t view_names_shared_length(const char *name);

/*
 * The order of names, as strcmp(3) tells it. "CSR.1.vcpu0", a VM of group 1, stands where
 * "01.CSR.vcpu0" would: groups stay together. Numbers go by their value: vcpu2 before vcpu10.
 */
int view_names_compare(const char *one, const char *other);

#endif
