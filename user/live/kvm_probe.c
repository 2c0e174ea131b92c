/* SPDX-License-Identifier: Apache-2.0 */
#include "live/kvm_probe.h"

#include "base/array.h"
#include "live/tracefs.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* ---- is it there ---- */

/* kvm_intel, kvm_amd and others of their kind; else "kvm", where it is in one piece (arm64). */
static void read_vendor(struct kvm_probe *kvm)
{
	DIR *folder = opendir("/sys/module");
	struct dirent *entry;

	while (folder && (entry = readdir(folder))) {
		if (strncmp(entry->d_name, "kvm_", 4) == 0)
			snprintf(kvm->vendor, sizeof(kvm->vendor), "%.31s", entry->d_name);
#if !defined(__x86_64__)
		else if (strcmp(entry->d_name, "kvm") == 0 && !kvm->vendor[0])
			strcpy(kvm->vendor, "kvm");
#endif
	}
	if (folder)
		closedir(folder);
}

/* The flags of the first processor; on others than x86 KVM is built in or not at all. */
static bool read_possible(void)
{
	FILE *file = fopen("/proc/cpuinfo", "re");
	char line[8192];
	bool possible = false;

	while (file && fgets(line, sizeof(line), file)) {
		if (strncmp(line, "flags", 5) != 0)
			continue;
		possible = strstr(line, " svm ") || strstr(line, " vmx ");
		break;
	}
	if (file)
		fclose(file);
	return possible;
}

/* ---- types ---- */

/* How many arguments kvm_exit has, beside its own first one (void *data); 0: it is not told of. */
static int count_arguments(const struct btf *btf)
{
	int id = btf__find_by_name_kind(btf, "btf_trace_kvm_exit", BTF_KIND_TYPEDEF);
	const struct btf_type *type;

	if (id < 0)
		return 0;
	type = btf__type_by_id(btf, btf__type_by_id(btf, (uint32_t)id)->type);
	type = btf_is_ptr(type) ? btf__type_by_id(btf, type->type) : type;
	return btf_is_func_proto(type) ? btf_vlen(type) - 1 : 0;
}

static bool has_struct(const struct btf *btf, const char *name)
{
	return btf && btf__find_by_name_kind(btf, name, BTF_KIND_STRUCT) > 0;
}

/* Where the reason is, when the tracepoint does not tell it. */
static bool has_reason(const struct btf *kernel, const struct btf *vendor)
{
	static const char *const names[] = { "vcpu_svm", "vcpu_vmx" };

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		if (has_struct(kernel, names[i]) || has_struct(vendor, names[i]))
			return true;
	return false;
}

static void read_prototype(struct kvm_probe *kvm, int arguments, bool reason_is_there)
{
#if defined(__aarch64__)
	kvm->has_types = arguments == 3; /* ret, esr_ec, vcpu_pc */
	(void)reason_is_there;
#else
	kvm->exit_tells_reason = arguments == 3; /* exit_reason, vcpu, isa; from 5.16 vcpu, isa */
	kvm->has_types = kvm->exit_tells_reason || (arguments == 2 && reason_is_there);
#endif
}

static struct btf *load_module(const char *name, struct btf *kernel)
{
	struct btf *btf = btf__load_module_btf(name, kernel);

	return libbpf_get_error(btf) ? NULL : btf;
}

static void read_types(struct kvm_probe *kvm)
{
	struct btf *kernel = btf__load_vmlinux_btf();
	struct btf *module, *vendor;
	int arguments;

	if (libbpf_get_error(kernel))
		return;
	module = load_module("kvm", kernel);
	vendor = load_module(kvm->vendor, kernel);
	arguments = count_arguments(kernel);
	kvm->in_module = !arguments || vendor;
	if (!arguments && module)
		arguments = count_arguments(module);
	read_prototype(kvm, arguments, has_reason(kernel, vendor));
	btf__free(vendor);
	btf__free(module);
	btf__free(kernel);
}

void kvm_probe_read(struct kvm_probe *kvm)
{
	*kvm = (struct kvm_probe){ 0 };
	read_vendor(kvm);
	kvm->possible = kvm->vendor[0] || read_possible();
	if (kvm->vendor[0])
		read_types(kvm);
}

/* A module that is being loaded has its folder already. */
static bool is_live(const char *name)
{
	char path[64], state[8] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/sys/module/%s/initstate", name);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (!fgets(state, sizeof(state), file))
		state[0] = '\0';
	fclose(file);
	return strncmp(state, "live", 4) == 0;
}

bool kvm_probe_has_come(void)
{
	return is_live("kvm_amd") || is_live("kvm_intel");
}

/* ---- classic records ---- */

/* "	field:unsigned int exit_reason;	offset:8;	size:4;	signed:0;" */
static bool take_field(const char *line, const char *field, uint32_t *offset)
{
	const char *end = strchr(line, ';');
	size_t length = strlen(field);

	if (strncmp(line, "\tfield:", 7) != 0 || !end || end < line + length + 8)
		return false;
	if (strncmp(end - length, field, length) != 0 || end[-(long)length - 1] != ' ')
		return false;
	return sscanf(end, ";\toffset:%u;", offset) == 1;
}

int kvm_probe_field(const char *tracepoint, const char *field, uint32_t *offset)
{
	FILE *file;
	char event[64];
	char line[1024];
	bool found = false;

	snprintf(event, sizeof(event), "kvm/%s", tracepoint);
	file = tracefs_open_event(event, "format");
	if (!file)
		return -errno;
	while (!found && fgets(line, sizeof(line), file))
		found = take_field(line, field, offset);
	fclose(file);
	return found ? 0 : -ENOENT;
}
