/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What names are made of, under libFuzzer: rows of a mapping, paths of cgroups, arguments and comms of
 * processes, command lines. Names that come out must be clean, whatever went in.
 */
#include "base/clean.h"
#include "names/cgroup_name.h"
#include "names/map_row.h"
#include "names/vm.h"
#include "names/vm_part.h"
#include "names/words.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *name, size_t bytes)
{
	if (strnlen(name, bytes) == bytes || !clean_is(name, strlen(name)))
		abort();
}

static void try_row(const char *text)
{
	char *copy = strdup(text), why[MAP_ROW_WHY_BYTES];
	struct map_row row;

	if (map_row_read(copy, true, &row, why) == MAP_ROW_NAME) {
		check(row.name, sizeof(row.name));
		check(row.vm, sizeof(row.vm));
		if (!row.name[0] || (!row.is_uuid && !row.tid))
			abort();
	}
	free(copy);
}

static void try_cgroup(const char *text)
{
	char *copy = strdup(text), name[NAMES_NAME_BYTES];
	const char *path = cgroup_name_path(copy);

	if (path && cgroup_name_short(path, name))
		check(name, sizeof(name));
	if (path && cgroup_name_vm(path, name))
		check(name, sizeof(name));
	if (cgroup_name_short(text, name))
		check(name, sizeof(name));
	free(copy);
}

static void try_arguments(const char *text, size_t length)
{
	struct vm_facts facts;

	vm_read_arguments(text, length, "CPU 0/KVM", &facts);
	check(facts.name, sizeof(facts.name));
	check(facts.uuid, sizeof(facts.uuid));
	vm_read_arguments(text, length, text, &facts);
	check(facts.name, sizeof(facts.name));
}

static void try_comm(const char *text)
{
	char part[VM_PART_BYTES];

	for (int kind = VM_QEMU; kind <= VM_FIRECRACKER; kind++) {
		const struct vm_thread thread = { .kind = (enum vm_kind)kind,
						  .comm = text,
						  .leader_comm = "qemu",
						  .cgroup = text };

		vm_part_find(&thread, part);
		check(part, sizeof(part));
	}
	vm_part_of_kernel(text, part);
	vm_part_is_kvm_vcpu(text);
}

static void try_words(const char *text)
{
	const char *wrong;
	char **words = words_split(text, &wrong);

	for (size_t i = 0; words && words[i]; i++)
		if (strlen(words[i]) > strlen(text))
			abort();
	free(words);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	try_row(text);
	try_cgroup(text);
	try_arguments(text, size);
	try_comm(text);
	try_words(text);
	free(text);
	return 0;
}
