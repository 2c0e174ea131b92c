// SPDX-License-Identifier: Apache-2.0
// Names of exit reasons: numbers of arch/x86/include/uapi/asm/{vmx,svm}.h and, for arm64, exception
// classes of arch/arm64/include/asm/esr.h. A number without a name stays visible as such.

const VMX = [
	'exception_nmi', 'external_interrupt', 'triple_fault', 'init_signal', 'sipi_signal', null, 'other_smi',
	'interrupt_window', 'nmi_window', 'task_switch', 'cpuid', null, 'hlt', 'invd', 'invlpg', 'rdpmc', 'rdtsc', null,
	'vmcall', 'vmclear', 'vmlaunch', 'vmptrld', 'vmptrst', 'vmread', 'vmresume', 'vmwrite', 'vmoff', 'vmon',
	'cr_access', 'dr_access', 'io_instruction', 'msr_read', 'msr_write', 'invalid_state', 'msr_load_fail', null,
	'mwait_instruction', 'monitor_trap_flag', null, 'monitor_instruction', 'pause_instruction', 'mce_during_vmentry',
	null, 'tpr_below_threshold', 'apic_access', 'eoi_induced', 'gdtr_idtr', 'ldtr_tr', 'ept_violation',
	'ept_misconfig', 'invept', 'rdtscp', 'preemption_timer', 'invvpid', 'wbinvd', 'xsetbv', 'apic_write', 'rdrand',
	'invpcid', 'vmfunc', 'encls', 'rdseed', 'pml_full', 'xsaves', 'xrstors', null, null, 'umwait', 'tpause', null,
	null, null, null, null, 'bus_lock', 'notify',
];

const SVM_RANGES = [
	[0x000, 'read_cr'], [0x010, 'write_cr'], [0x020, 'read_dr'], [0x030, 'write_dr'], [0x040, 'exception_'],
];

const SVM = {
	0x60: 'intr', 0x61: 'nmi', 0x62: 'smi', 0x63: 'init', 0x64: 'vintr', 0x65: 'cr0_sel_write', 0x66: 'idtr_read',
	0x67: 'gdtr_read', 0x68: 'ldtr_read', 0x69: 'tr_read', 0x6a: 'idtr_write', 0x6b: 'gdtr_write', 0x6c: 'ldtr_write',
	0x6d: 'tr_write', 0x6e: 'rdtsc', 0x6f: 'rdpmc', 0x70: 'pushf', 0x71: 'popf', 0x72: 'cpuid', 0x73: 'rsm',
	0x74: 'iret', 0x75: 'swint', 0x76: 'invd', 0x77: 'pause', 0x78: 'hlt', 0x79: 'invlpg', 0x7a: 'invlpga',
	0x7b: 'io', 0x7c: 'msr', 0x7d: 'task_switch', 0x7e: 'ferr_freeze', 0x7f: 'shutdown', 0x80: 'vmrun',
	0x81: 'vmmcall', 0x82: 'vmload', 0x83: 'vmsave', 0x84: 'stgi', 0x85: 'clgi', 0x86: 'skinit', 0x87: 'rdtscp',
	0x88: 'icebp', 0x89: 'wbinvd', 0x8a: 'monitor', 0x8b: 'mwait', 0x8c: 'mwait_cond', 0x8d: 'xsetbv', 0x8e: 'rdpru',
	0x8f: 'efer_write_trap', 0xa2: 'invpcid', 0xa5: 'bus_lock', 0xa6: 'idle_hlt', 0x400: 'npf',
	0x401: 'avic_incomplete_ipi', 0x402: 'avic_unaccelerated_access', 0x403: 'vmgexit',
};

const ARM64 = {
	0x00: 'unknown_class', 0x01: 'wfx', 0x03: 'cp15_32', 0x04: 'cp15_64', 0x05: 'cp14_mr', 0x06: 'cp14_ls',
	0x07: 'fp_asimd', 0x08: 'cp10_id', 0x09: 'pac', 0x0c: 'cp14_64', 0x11: 'svc32', 0x12: 'hvc32', 0x13: 'smc32',
	0x15: 'svc64', 0x16: 'hvc64', 0x17: 'smc64', 0x18: 'sys64', 0x19: 'sve', 0x1a: 'eret', 0x20: 'iabt_low',
	0x24: 'dabt_low', 0x2f: 'serror', 0x30: 'breakpoint_low', 0x32: 'softstep_low', 0x34: 'watchpoint_low', 0x3c: 'brk64',
};

function svm(reason) {
	if (SVM[reason]) return SVM[reason];
	const range = reason < 0x60 && SVM_RANGES.filter(([first]) => first <= reason).pop();
	return range ? `${range[1]}${(reason - range[0]).toString(range[1] === 'exception_' ? 16 : 10)}` : null;
}

const NAMES = { vmx: (reason) => VMX[reason], svm, arm64: (reason) => ARM64[reason] };

export function reasonName(isa, reason) {
	const name = NAMES[isa]?.(reason);
	return name ?? `unknown(0x${Number(reason).toString(16)})`;
}
