/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pftrace-openstack: names of an OpenStack cloud's instances, for pftrace record --names-from. Secrets
 * come from files and the environment only, and leave for Keystone only.
 */
#include "cache.h"
#include "clouds.h"
#include "http.h"
#include "naming.h"
#include "nova.h"
#include "openrc.h"
#include "options.h"
#include "settings.h"
#include "words.h"

#include "base/csv_writer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

enum exit_code { EXIT_DONE, EXIT_FAILED, EXIT_USAGE, EXIT_PART };

/* Neither a core dump nor another process of this user's is to see a password. */
static void keep_memory_private(void)
{
	const struct rlimit none = { 0 };

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/* ---- what is asked for ---- */

static void take_option(struct settings *settings, enum setting setting, const char *value)
{
	if (value)
		settings_take(settings, settings_variable(setting), value, strlen(value));
}

static int read_settings(const struct options *options, struct settings *settings)
{
	const char *cloud = options->cloud ? options->cloud : getenv("OS_CLOUD");
	int error = 0;

	settings_from_environment(settings);
	if (options->openrc)
		error = openrc_read(settings, options->openrc);
	else if (cloud && *cloud)
		error = clouds_read(settings, cloud, options->clouds_file);
	take_option(settings, SET_REGION_NAME, options->region);
	take_option(settings, SET_INTERFACE, options->interface);
	take_option(settings, SET_CACERT, options->cacert);
	if (!error)
		error = settings_check(settings);
	if (!error && settings_is_insecure(settings))
		say_warning(
			"OS_INSECURE (verify: false): servers are not verified, and anybody on the "
			"way may read the password");
	return error;
}

static int ask_cloud(const struct options *options, const struct settings *settings,
		     const struct servers *last, struct servers *servers)
{
	struct http_options http_options = {
		.timeout_s = options->timeout_s,
		.cacert = settings->values[SET_CACERT],
		.insecure = settings_is_insecure(settings),
	};
	struct nova_options nova_options = { .host = options->host, .known = last };
	struct http *http = http_new(&http_options);
	struct session session = { 0 };
	int error;

	if (!http) {
		say_error("not enough memory");
		return -ENOMEM;
	}
	error = keystone_authenticate(http, settings, &session);
	if (!error)
		error = nova_list(http, settings, &session, &nova_options, servers);
	session_wipe(&session);
	http_free(http);
	return error;
}

/* ---- what it answered last ---- */

struct last {
	char path[PATH_MAX]; /* "": it is not kept */
	struct servers servers;
	time_t when;
};

static void read_last(const struct options *options, const struct settings *settings,
		      struct last *last)
{
	*last = (struct last){ 0 };
	if (!options->no_cache && cache_path(settings, options->host, options->cache, last->path))
		last->path[0] = '\0';
	if (last->path[0])
		cache_read(last->path, &last->servers, &last->when);
}

static void say_age(const char *what, size_t count, time_t when)
{
	char date[64];
	struct tm local;

	localtime_r(&when, &local);
	strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S %z", &local);
	say_warning("%s: %zu names are those of its last answer, of %s", what, count, date);
}

/* Gives those without a name theirs of the last answer. How many. */
static size_t fill_names(struct last *last, struct servers *servers)
{
	size_t filled = 0;

	for (size_t i = 0; i < servers->count; i++) {
		struct server *server = &servers->items[i], *known;

		known = server->name ? NULL : servers_find(&last->servers, server->uuid);
		if (!known)
			continue;
		server->name = known->name;
		known->name = NULL;
		filled++;
	}
	return filled;
}

/* The cloud does not answer, or broke off: all that it said now, and what it said before that. */
static enum exit_code complete(struct last *last, struct servers *servers)
{
	size_t added = fill_names(last, servers);
	int error = 0;

	for (size_t i = 0; i < last->servers.count && !error; i++) {
		const struct server *known = &last->servers.items[i];

		if (!known->name || servers_find(servers, known->uuid))
			continue;
		error = servers_add(servers, known->uuid, known->name);
		added++;
	}
	if (added)
		say_age("the cloud does not answer", added, last->when);
	return servers->count ? EXIT_PART : EXIT_FAILED;
}

/* Instances of a cell that is down have no name now. */
static enum exit_code complete_cells(struct last *last, struct servers *servers)
{
	size_t nameless = servers->nameless, filled = fill_names(last, servers);

	if (filled)
		say_age("a cell of the cloud is down", filled, last->when);
	if (filled < nameless)
		say_warning("%zu instances have no name: their cell of the cloud is down",
			    nameless - filled);
	return EXIT_PART;
}

static void keep(const char *path, const struct servers *servers)
{
	int error = cache_write(path, servers);

	if (error)
		say_warning("the answer cannot be kept in '%s': %s", path, strerror(-error));
}

static enum exit_code get_servers(const struct options *options, const struct settings *settings,
				  struct last *last, struct servers *servers)
{
	int error = ask_cloud(options, settings, &last->servers, servers);

	if (error == -EHOSTUNREACH)
		return complete(last, servers);
	if (error)
		return servers->count ? EXIT_PART : EXIT_FAILED;
	if (servers->nameless)
		return complete_cells(last, servers);
	if (last->path[0])
		keep(last->path, servers);
	return EXIT_DONE;
}

/* ---- rows ---- */

static int print(const struct servers *servers, const struct naming *naming)
{
	struct csv_writer csv;
	char shown[NAMING_BYTES];

	csv_begin(&csv, stdout);
	for (size_t i = 0; i < servers->count; i++) {
		if (!servers->items[i].name)
			continue;
		naming_apply(naming, servers->items[i].name, shown);
		csv_text(&csv, servers->items[i].uuid);
		csv_text(&csv, shown);
		csv_end_row(&csv);
	}
	if (fflush(stdout) || ferror(stdout)) {
		say_error("the rows cannot be written: %s", strerror(errno));
		return -EIO;
	}
	return 0;
}

static enum exit_code run(const struct options *options)
{
	struct settings settings = { 0 };
	struct servers servers = { 0 };
	struct last last = { 0 };
	struct naming naming;
	enum exit_code code = EXIT_USAGE;

	if (!naming_init(&naming, options->pattern, options->name)) {
		code = EXIT_FAILED;
		if (!read_settings(options, &settings)) {
			read_last(options, &settings, &last);
			code = get_servers(options, &settings, &last, &servers);
		}
		if (code != EXIT_FAILED && print(&servers, &naming))
			code = EXIT_FAILED;
	}
	naming_free(&naming);
	servers_free(&last.servers);
	servers_free(&servers);
	settings_free(&settings);
	return code;
}

int main(int argc, char **argv)
{
	struct options options;

	keep_memory_private();
	if (options_parse(&options, argc, argv))
		return EXIT_USAGE;
	if (options.help)
		options_help();
	else if (options.version)
		puts("pftrace-openstack " PFTRACE_VERSION);
	else
		return run(&options);
	return EXIT_DONE;
}
