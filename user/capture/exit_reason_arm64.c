/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exception classes of arm64: Arm ARM, ESR_ELx.EC. Names of kvm_arm_exception_class in
 * arch/arm64/include/asm/kvm_arm.h (else of esr.h) of Linux 6.18 where they have one. From
 * EXIT_ARM64_NO_TRAP on, exits without a class: kvm_arm_exception_type in kvm_asm.h.
 */
#include "capture/exit_reason_tables.h"

const struct exit_name exit_names_arm64[] = {
	{ 0x00, "UNKNOWN", NULL },     { 0x01, "WFx", NULL },	      { 0x03, "CP15_32", NULL },
	{ 0x04, "CP15_64", NULL },     { 0x05, "CP14_MR", NULL },     { 0x06, "CP14_LS", NULL },
	{ 0x07, "FP_ASIMD", NULL },    { 0x08, "CP10_ID", NULL },     { 0x09, "PAC", NULL },
	{ 0x0a, "OTHER", NULL },       { 0x0c, "CP14_64", NULL },     { 0x0d, "BTI", NULL },
	{ 0x0e, "ILL", NULL },	       { 0x11, "SVC32", NULL },	      { 0x12, "HVC32", NULL },
	{ 0x13, "SMC32", NULL },       { 0x14, "SYS128", NULL },      { 0x15, "SVC64", NULL },
	{ 0x16, "HVC64", NULL },       { 0x17, "SMC64", NULL },	      { 0x18, "SYS64", NULL },
	{ 0x19, "SVE", NULL },	       { 0x1a, "ERET", NULL },	      { 0x1b, "TSTART", NULL },
	{ 0x1c, "FPAC", NULL },	       { 0x1d, "SME", NULL },	      { 0x1e, "GPC", NULL },
	{ 0x1f, "IMP_DEF", NULL },     { 0x20, "IABT_LOW", NULL },    { 0x21, "IABT_CUR", NULL },
	{ 0x22, "PC_ALIGN", NULL },    { 0x24, "DABT_LOW", NULL },    { 0x25, "DABT_CUR", NULL },
	{ 0x26, "SP_ALIGN", NULL },    { 0x27, "MOPS", NULL },	      { 0x28, "FP_EXC32", NULL },
	{ 0x2c, "FP_EXC64", NULL },    { 0x2d, "GCS", NULL },	      { 0x2f, "SERROR", NULL },
	{ 0x30, "BREAKPT_LOW", NULL }, { 0x31, "BREAKPT_CUR", NULL }, { 0x32, "SOFTSTP_LOW", NULL },
	{ 0x33, "SOFTSTP_CUR", NULL }, { 0x34, "WATCHPT_LOW", NULL }, { 0x35, "WATCHPT_CUR", NULL },
	{ 0x38, "BKPT32", NULL },      { 0x3a, "VECTOR32", NULL },    { 0x3c, "BRK64", NULL },
	{ 0x3d, "PMU", NULL },	       { 0x100, "IRQ", NULL },	      { 0x101, "EL1_SERROR", NULL },
	{ 0x102, "TRAP", NULL },       { 0x103, "IL", NULL },
};

const size_t exit_names_arm64_count = sizeof(exit_names_arm64) / sizeof(exit_names_arm64[0]);
