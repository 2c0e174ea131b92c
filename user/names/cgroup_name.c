/* SPDX-License-Identifier: Apache-2.0 */
#include "names/cgroup_name.h"

#include "base/array.h"
#include "base/clean.h"
#include "base/options.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ID_SHOWN 12 /* digits, as docker ps has them */
#define ID_BYTES 64
#define UID_SHOWN 8

/* ---- one folder of a path ---- */

struct folder {
	const char *text;
	size_t length;
};

/* The last folder before `end`; *end moves to where it begins. False: there is none. */
static bool previous(const char *path, const char **end, struct folder *folder)
{
	const char *at = *end;

	while (at > path && at[-1] == '/')
		at--;
	folder->length = 0;
	while (at > path && at[-1] != '/') {
		at--;
		folder->length++;
	}
	folder->text = at;
	*end = at;
	return folder->length > 0;
}

static bool ends_in(const struct folder *folder, const char *ending)
{
	size_t length = strlen(ending);

	return folder->length > length &&
	       memcmp(folder->text + folder->length - length, ending, length) == 0;
}

static bool begins_with(const struct folder *folder, const char *start)
{
	size_t length = strlen(start);

	return folder->length > length && memcmp(folder->text, start, length) == 0;
}

static int hex_value(char digit)
{
	return isdigit((unsigned char)digit) ? digit - '0'
					     : tolower((unsigned char)digit) - 'a' + 10;
}

/* Undoes "\x2d" (systemd-escape(1)), which is how units keep dashes. Hostile bytes are covered. */
static void put_unescaped(char *to, const char *text, size_t length)
{
	size_t used = 0;

	for (size_t i = 0; i < length && used < NAMES_NAME_BYTES - 1; i++, used++) {
		bool escape = i + 3 < length && text[i] == '\\' && text[i + 1] == 'x' &&
			      isxdigit((unsigned char)text[i + 2]) &&
			      isxdigit((unsigned char)text[i + 3]);

		to[used] = text[i];
		if (!escape)
			continue;
		to[used] = (char)(hex_value(text[i + 2]) * 16 + hex_value(text[i + 3]));
		to[used] = to[used] ? to[used] : '?';
		i += 3;
	}
	to[used] = '\0';
	clean_text(to, used);
}

/* ---- containers ---- */

static bool is_id(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!isxdigit((unsigned char)text[i]))
			return false;
	return length == ID_BYTES;
}

/* "docker-ID.scope", "libpod-ID", "ID": where the id begins, or NULL. */
static const char *find_id(const struct folder *folder)
{
	size_t length = folder->length - (ends_in(folder, ".scope") ? strlen(".scope") : 0);

	if (length < ID_BYTES || !is_id(folder->text + length - ID_BYTES, ID_BYTES))
		return NULL;
	if (length > ID_BYTES && folder->text[length - ID_BYTES - 1] != '-')
		return NULL;
	return folder->text + length - ID_BYTES;
}

/* "pod8f81e3a1-..." or "kubepods-burstable-pod8f81e3a1_...slice": where the uid begins, or NULL. */
static const char *find_pod(const struct folder *folder)
{
	const char *end = folder->text + folder->length;

	for (const char *at = folder->text; at + 3 + UID_SHOWN < end; at++) {
		bool starts = at == folder->text || at[-1] == '-';
		size_t digits = 0;

		if (!starts || memcmp(at, "pod", 3) != 0)
			continue;
		while (isxdigit((unsigned char)at[3 + digits]))
			digits++;
		if (digits >= UID_SHOWN)
			return at + 3;
	}
	return NULL;
}

/* Who made a container: what stands before its id, or the folder above. Hostile bytes are covered. */
static void put_maker(char *to, size_t size, const struct folder *folder, const char *id,
		      const struct folder *above)
{
	const char *maker = folder->text;
	size_t length = id > folder->text ? (size_t)(id - folder->text - 1) : 0;

	if (!length) {
		maker = above->text;
		length = above->length;
	}
	if (length == 6 && memcmp(maker, "libpod", 6) == 0) /* podman's library */
		maker = "podman";
	if (!length || memchr(maker, '.', length)) {
		maker = "container";
		length = strlen(maker);
	}
	snprintf(to, size, "%.*s", (int)length, maker);
	clean_text(to, strlen(to));
}

static bool name_container(const char *path, const char *end, const struct folder *folder,
			   char *name)
{
	const char *id = find_id(folder), *pod = NULL;
	struct folder above = { 0 }, each;
	char maker[64];

	if (!id)
		return false;
	previous(path, &end, &above);
	pod = above.length ? find_pod(&above) : NULL;
	while (!pod && previous(path, &end, &each))
		pod = find_pod(&each);
	if (pod) {
		snprintf(name, NAMES_NAME_BYTES, "pod%.*s/%.*s", UID_SHOWN, pod, ID_SHOWN, id);
		return true;
	}
	put_maker(maker, sizeof(maker), folder, id, &above);
	snprintf(name, NAMES_NAME_BYTES, "%s-%.*s", maker, ID_SHOWN, id);
	return true;
}

/* ---- machines and VMs ---- */

/* "machine-qemu\x2d1\x2dNAME.scope" and "machine-NAME.scope" */
static bool name_machine(const struct folder *folder, char *name)
{
	char *at, *end;

	if (!begins_with(folder, "machine-") || !ends_in(folder, ".scope"))
		return false;
	put_unescaped(name, folder->text, folder->length - strlen(".scope"));
	at = name + strlen("machine-");
	if (strncmp(at, "qemu-", 5) == 0 || strncmp(at, "lxc-", 4) == 0) {
		strtoul(strchr(at, '-') + 1, &end, 10); /* the number is of this run */
		if (*end == '-' && end[1])
			at = end + 1;
	}
	memmove(name, at, strlen(at) + 1);
	return *name;
}

/* "NAME.libvirt-qemu" and "qemu-1-NAME.libvirt-qemu", libvirt without systemd */
static bool name_libvirt(const struct folder *folder, char *name)
{
	char *at = name, *end;

	if (!ends_in(folder, ".libvirt-qemu"))
		return false;
	put_unescaped(name, folder->text, folder->length - strlen(".libvirt-qemu"));
	if (strncmp(at, "qemu-", 5) == 0) {
		strtoul(at + 5, &end, 10);
		if (end > at + 5 && *end == '-' && end[1])
			at = end + 1;
	}
	memmove(name, at, strlen(at) + 1);
	return *name;
}

bool cgroup_name_vm(const char *path, char name[NAMES_NAME_BYTES])
{
	const char *end = path + strlen(path);
	struct folder folder;

	while (previous(path, &end, &folder))
		if ((strstr(path, "machine-qemu") && name_machine(&folder, name)) ||
		    name_libvirt(&folder, name))
			return true;
	return false;
}

const char *cgroup_name_part(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *last = slash ? slash + 1 : path;

	if (strcmp(last, "emulator") == 0 || task_name_vcpu(last) != CAPTURE_NIL)
		return last;
	return strncmp(last, "iothread", 8) == 0 && options_is_number(last + 8) ? last : NULL;
}

/* ---- all others ---- */

/* "lxc.payload.NAME" (LXC 4 on), and NAME in "/lxc/NAME" */
static bool name_lxc(const char *path, const char *end, const struct folder *folder, char *name)
{
	struct folder above = { 0 };

	if (begins_with(folder, "lxc.payload.")) {
		put_unescaped(name, folder->text + 12, folder->length - 12);
		return true;
	}
	if (!previous(path, &end, &above) || above.length != 3 || memcmp(above.text, "lxc", 3) != 0)
		return false;
	put_unescaped(name, folder->text, folder->length);
	return true;
}

static bool name_unit(const struct folder *folder, char *name)
{
	static const char *const endings[] = { ".service", ".scope" };

	for (size_t i = 0; i < ARRAY_LENGTH(endings); i++) {
		if (!ends_in(folder, endings[i]))
			continue;
		put_unescaped(name, folder->text, folder->length - strlen(endings[i]));
		return true;
	}
	return false;
}

/* The first folder from the path's end that `names` has a name for. */
static bool name_by(const char *path, char *name,
		    bool (*names)(const char *path, const char *end, const struct folder *folder,
				  char *name))
{
	const char *end = path + strlen(path);
	struct folder folder;

	while (previous(path, &end, &folder))
		if (names(path, end, &folder, name))
			return true;
	return false;
}

/* Units within a container or a machine are theirs. */
static bool is_container(const char *path, const char *end, const struct folder *folder, char *name)
{
	return name_container(path, end, folder, name) || name_machine(folder, name) ||
	       name_libvirt(folder, name) || name_lxc(path, end, folder, name);
}

static bool is_unit(const char *path, const char *end, const struct folder *folder, char *name)
{
	(void)path;
	(void)end;
	return name_unit(folder, name);
}

bool cgroup_name_short(const char *path, char name[NAMES_NAME_BYTES])
{
	const char *end = path + strlen(path);
	struct folder last;

	if (!previous(path, &end, &last))
		return false;
	if (name_by(path, name, is_container) || name_by(path, name, is_unit))
		return true;
	put_unescaped(name, last.text,
		      last.length - (ends_in(&last, ".slice") ? strlen(".slice") : 0));
	return true;
}

/* ---- /proc/TID/cgroup: "ID:CONTROLLERS:PATH" lines (cgroups(7)) ---- */

/* Later ones tell more. */
static int rank_of(const char *controllers, size_t length)
{
	static const char *const ranked[] = { "memory", "cpu", "name=systemd", "", "cpuset" };
	int rank = -1;

	for (size_t at = 0; at <= length;) {
		size_t word = 0;

		while (at + word < length && controllers[at + word] != ',')
			word++;
		for (int i = 0; i < (int)ARRAY_LENGTH(ranked); i++)
			if (strlen(ranked[i]) == word && !memcmp(controllers + at, ranked[i], word))
				rank = i > rank ? i : rank;
		at += word + 1;
	}
	return rank;
}

const char *cgroup_name_path(char *text)
{
	const char *best = NULL;
	int best_rank = -1;

	for (char *line = text, *next; line; line = next) {
		char *controllers, *path;
		int rank;

		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		controllers = strchr(line, ':');
		path = controllers ? strchr(controllers + 1, ':') : NULL;
		if (!path || path[1] != '/' || !path[2])
			continue;
		rank = rank_of(controllers + 1, (size_t)(path - controllers - 1));
		if (rank > best_rank) {
			best_rank = rank;
			best = path + 1;
		}
	}
	return best;
}
