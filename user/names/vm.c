/* SPDX-License-Identifier: Apache-2.0 */
#include "names/vm.h"

#include "base/array.h"
#include "base/clean.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* ---- what programs are called ---- */

struct program {
	const char *word;
	enum vm_kind kind;
	bool anywhere; /* in the file's name: ".qemu-system-x86_64-wrapped" */
};

/* As distributions install them; qemu-kvm: RHEL, kvm: Proxmox and old Ubuntu, qemu-dm: Xen. */
static const struct program programs[] = {
	{ "qemu-system", VM_QEMU, true },
	{ "qemu-kvm", VM_QEMU, true },
	{ "qemu-dm", VM_QEMU, false },
	{ "qemu", VM_QEMU, false },
	{ "kvm", VM_QEMU, false },
	{ "cloud-hypervisor", VM_CLOUD_HYPERVISOR, true },
	{ "firecracker", VM_FIRECRACKER, true },
};

static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static enum vm_kind kind_of_program(const char *path)
{
	const char *name = file_name(path);

	for (size_t i = 0; i < ARRAY_LENGTH(programs); i++)
		if (programs[i].anywhere ? strstr(name, programs[i].word) != NULL
					 : strcmp(name, programs[i].word) == 0)
			return programs[i].kind;
	return VM_NONE;
}

/* A comm is cut to 15 bytes. "qemu:NAME" is what "-name NAME,process=qemu:NAME" makes. */
enum vm_kind vm_kind_by_comm(const char *comm)
{
	if (strncmp(comm, "qemu:", 5) == 0)
		return VM_QEMU;
	if (strncmp(comm, "cloud-hyperviso", 15) == 0)
		return VM_CLOUD_HYPERVISOR;
	return kind_of_program(comm);
}

bool vm_may_be(const char *comm)
{
	return vm_kind_by_comm(comm) != VM_NONE;
}

/* QEMU: "CPU 0/KVM" (or /TCG); Firecracker: "fc_vcpu 0". */
bool vm_has_thread(const char *comm)
{
	size_t digits;

	if (strncmp(comm, "fc_vcpu ", 8) == 0)
		return true;
	if (strncmp(comm, "CPU ", 4) != 0)
		return false;
	digits = strspn(comm + 4, "0123456789");
	return digits && comm[4 + digits] == '/';
}

/* ---- arguments ---- */

struct arguments {
	const char *at;
	const char *end;
};

static const char *next_argument(struct arguments *arguments)
{
	const char *argument = arguments->at;

	if (argument >= arguments->end)
		return NULL;
	arguments->at += strnlen(argument, (size_t)(arguments->end - argument)) + 1;
	return argument;
}

/* "-uuid U", "--uuid U", "--uuid=U": the value, NULL when this is another option. */
static const char *value_of(struct arguments *arguments, const char *argument, const char *option)
{
	size_t length = strlen(option);

	argument += strspn(argument, "-");
	if (strncmp(argument, option, length) != 0)
		return NULL;
	if (argument[length] == '=')
		return argument + length + 1;
	return argument[length] ? NULL : next_argument(arguments);
}

static void take_name(struct vm_facts *facts, const char *name, size_t length)
{
	snprintf(facts->name, sizeof(facts->name), "%.*s", (int)length, name);
	clean_text(facts->name, strlen(facts->name));
}

static void take_uuid(struct vm_facts *facts, const char *text)
{
	char uuid[NAMES_UUID_BYTES];

	snprintf(uuid, sizeof(uuid), "%s", text);
	for (size_t i = 0; uuid[i]; i++)
		uuid[i] = (char)tolower((unsigned char)uuid[i]);
	if (task_name_is_uuid(uuid))
		memcpy(facts->uuid, uuid, sizeof(uuid));
}

/*
 * The value of `key` in "key=value,other=value": QEMU's option lists, in which a comma is doubled
 * within a value. `implied` keys may be left out of the first item. False: it is not there.
 */
static bool take_item(const char *list, const char *key, bool implied, char *to, size_t size)
{
	for (bool first = true; *list; first = false) {
		size_t length = strcspn(list, "=,"), used = 0;
		bool has_key = list[length] == '=';
		bool wanted = has_key ? strlen(key) == length && !memcmp(list, key, length)
				      : first && implied;

		list += has_key ? length + 1 : 0;
		for (; *list && (*list != ',' || list[1] == ','); list++) {
			list += *list == ',';
			if (used < size - 1)
				to[used++] = *list;
		}
		to[used] = '\0';
		if (wanted)
			return true;
		list += *list == ',';
	}
	return false;
}

static void read_qemu(struct arguments *arguments, struct vm_facts *facts)
{
	char name[NAMES_NAME_BYTES];
	const char *argument, *value;

	while ((argument = next_argument(arguments))) {
		if (*argument != '-')
			continue;
		value = value_of(arguments, argument, "name");
		if (value) {
			if (take_item(value, "guest", true, name, sizeof(name)))
				take_name(facts, name, strlen(name));
			continue;
		}
		value = value_of(arguments, argument, "uuid");
		if (value)
			take_uuid(facts, value);
	}
}

/*
 * Cloud Hypervisor's VMs have no name, but each a socket of its own: what tells them apart is the
 * file's name, or its folder's where all files are called alike (Kata: .../SANDBOX/clh-api.sock).
 */
static void name_by_socket(const char *path, struct vm_facts *facts)
{
	static const char *const alike[] = { "clh-api",		 "ch",	"api",
					     "cloud-hypervisor", "clh", "ch-api" };
	const char *name = file_name(path);
	size_t length = strcspn(name, ".");

	for (size_t i = 0; i < ARRAY_LENGTH(alike); i++) {
		if (strlen(alike[i]) != length || memcmp(name, alike[i], length) != 0)
			continue;
		length = name > path ? (size_t)(name - path - 1) : 0;
		for (name = path + length; name > path && name[-1] != '/'; name--)
			;
		length -= (size_t)(name - path);
		break;
	}
	if (length)
		take_name(facts, name, length);
}

static void read_cloud_hypervisor(struct arguments *arguments, struct vm_facts *facts)
{
	char item[NAMES_NAME_BYTES];
	const char *argument, *value;

	while ((argument = next_argument(arguments))) {
		value = value_of(arguments, argument, "api-socket");
		if (value) {
			if (take_item(value, "path", true, item, sizeof(item)))
				name_by_socket(item, facts);
			continue;
		}
		value = value_of(arguments, argument, "platform");
		if (value && take_item(value, "uuid", false, item, sizeof(item)))
			take_uuid(facts, item);
	}
}

static void read_firecracker(struct arguments *arguments, struct vm_facts *facts)
{
	const char *argument, *value;

	while ((argument = next_argument(arguments))) {
		value = value_of(arguments, argument, "id");
		if (value)
			take_name(facts, value, strlen(value));
	}
}

void vm_read_arguments(const char *cmdline, size_t length, const char *comm, struct vm_facts *facts)
{
	struct arguments arguments = { cmdline, cmdline + length };
	const char *program = next_argument(&arguments);

	*facts = (struct vm_facts){ .kind = VM_NONE };
	/* a loader or a wrapper may stand before the program */
	while (program && facts->kind == VM_NONE && *program != '-') {
		facts->kind = kind_of_program(program);
		if (facts->kind == VM_NONE)
			program = next_argument(&arguments);
	}
	if (facts->kind == VM_NONE && vm_has_thread(comm)) {
		facts->kind = *comm == 'f' ? VM_FIRECRACKER : VM_QEMU;
		arguments.at = cmdline;
	}
	if (facts->kind == VM_QEMU)
		read_qemu(&arguments, facts);
	else if (facts->kind == VM_CLOUD_HYPERVISOR)
		read_cloud_hypervisor(&arguments, facts);
	else if (facts->kind == VM_FIRECRACKER)
		read_firecracker(&arguments, facts);
}

void vm_name_by_pid(enum vm_kind kind, uint32_t pid, char name[NAMES_NAME_BYTES])
{
	static const char *const words[] = { "vm", "qemu", "cloud-hypervisor", "firecracker" };

	snprintf(name, NAMES_NAME_BYTES, "%s-%u", words[kind], pid);
}
