/* SPDX-License-Identifier: Apache-2.0 */
#include "nova.h"

#include "http.h"
#include "settings.h"
#include "words.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define URL_BYTES 4096
#define TOKENS_MAX 4 /* a listing in which every token ends at once does not go on for ever */
#define LOOKS_MAX 8

/*
 * From 2.69 on instances of a cell that is down are listed, without a name; before, a listing simply
 * lacked them, and none at all looked like no instances (Nova's "Handling Down Cells"). It still lacks
 * them when the question has a limit, a marker or a filter but all_tenants (_is_cell_down_supported() of
 * Nova 18 to 26, api/openstack/compute/servers.py): no limit is asked for, Nova's own cuts into pages.
 */
#define MICROVERSION "2.69"

struct listing {
	struct http *http;
	const struct settings *settings;
	struct session *session;
	const struct nova_options *options;
	struct servers *servers;
	bool all_tenants;
	bool is_new; /* MICROVERSION is known there */
	unsigned int tokens;
	char marker[SERVERS_UUID_BYTES + 1]; /* the page begins behind this one; "": the first */
};

/* ---- asking ---- */

static int make_url(const struct listing *listing, char url[URL_BYTES])
{
	char *host =
		listing->options->host ? http_escape(listing->http, listing->options->host) : NULL;
	int length =
		snprintf(url, URL_BYTES, "%s/servers%s%s%s%s%s", listing->session->compute_url,
			 listing->all_tenants ? "?all_tenants=1" : "?", host ? "&host=" : "",
			 host ? host : "", listing->marker[0] ? "&marker=" : "", listing->marker);

	http_escape_free(host);
	return length < URL_BYTES ? 0 : -EINVAL;
}

static int ask(struct listing *listing, const char *url, struct http_answer *answer)
{
	char token[sizeof(listing->session->token) + 32];
	/* the first is the older name of the second */
	const char *const headers[] = {
		token, listing->is_new ? "X-OpenStack-Nova-API-Version: " MICROVERSION : NULL,
		"OpenStack-API-Version: compute " MICROVERSION, NULL
	};
	int error;

	snprintf(token, sizeof(token), "X-Auth-Token: %s", listing->session->token);
	error = http_ask(listing->http, url, headers, NULL, answer);
	explicit_bzero(token, sizeof(token));
	if (error) {
		say_error("Nova at '%s': %s", listing->session->compute_url, answer->why);
		return -EHOSTUNREACH;
	}
	return 0;
}

static int ask_for_page(struct listing *listing, struct http_answer *answer)
{
	char url[URL_BYTES];

	*answer = (struct http_answer){ 0 };
	if (!make_url(listing, url))
		return ask(listing, url, answer);
	say_error("--host or the compute endpoint's address is too long");
	return -EINVAL;
}

/* ---- what may be wrong with it ---- */

enum next { NEXT_PAGE, NEXT_AGAIN, NEXT_FAIL };

static enum next new_token(struct listing *listing, int *error)
{
	if (listing->tokens++ < TOKENS_MAX) {
		*error = keystone_authenticate(listing->http, listing->settings, listing->session);
		return *error ? NEXT_FAIL : NEXT_AGAIN;
	}
	say_error("Nova at '%s' takes none of Keystone's tokens (401)",
		  listing->session->compute_url);
	*error = -EACCES;
	return NEXT_FAIL;
}

static enum next forbidden(struct listing *listing, int *error)
{
	if (listing->all_tenants) {
		listing->all_tenants = false;
		say_warning("instances of all tenants may not be listed by this user (403): only "
			    "those of its own project are named");
		return NEXT_AGAIN;
	}
	say_error(
		"Nova at '%s' does not let this user list instances (403)%s",
		listing->session->compute_url,
		listing->settings->values[SET_SYSTEM_SCOPE]
			? ": from 2023.1 on it wants the scope of a project (OS_PROJECT_NAME), not "
			  "of the system"
			: "");
	*error = -EACCES;
	return NEXT_FAIL;
}

static enum next too_new(struct listing *listing, int *error)
{
	if (listing->is_new) {
		listing->is_new = false;
		say_warning("Nova at '%s' is older than microversion " MICROVERSION
			    ": instances of a cell that is down are missing without a word",
			    listing->session->compute_url);
		return NEXT_AGAIN;
	}
	say_error("Nova at '%s' takes no microversion (406)", listing->session->compute_url);
	*error = -EINVAL;
	return NEXT_FAIL;
}

static enum next look_at_status(struct listing *listing, const struct http_answer *answer,
				int *error)
{
	switch (answer->status) {
	case 200:
		if (answer->body)
			return NEXT_PAGE;
		break;
	case 401:
		return new_token(listing, error);
	case 403:
		return forbidden(listing, error);
	case 406:
		return too_new(listing, error);
	}
	say_error("Nova at '%s' answers %ld%s%s", listing->session->compute_url, answer->status,
		  answer->why[0] ? ": " : "", answer->why);
	*error = -EHOSTUNREACH;
	return NEXT_FAIL;
}

/* ---- what stands in it ---- */

static bool has_next(const json_t *page)
{
	const json_t *link;
	size_t i;

	json_array_foreach(json_object_get(page, "servers_links"), i, link)
	{
		const char *rel = json_string_value(json_object_get(link, "rel"));

		if (rel && strcmp(rel, "next") == 0)
			return true;
	}
	return false;
}

static int take_servers(struct listing *listing, const json_t *page)
{
	const json_t *server;
	int error = 0;
	size_t i;

	json_array_foreach(page, i, server)
	{
		const char *uuid = json_string_value(json_object_get(server, "id"));

		if (!error && uuid)
			error = servers_add(listing->servers, uuid,
					    json_string_value(json_object_get(server, "name")));
	}
	if (error)
		say_error("not enough memory for the list of instances");
	return error;
}

/* *more: there is another page. A page without anything new would be asked for again for ever. */
static int take_page(struct listing *listing, const json_t *body, bool *more)
{
	const json_t *page = json_object_get(body, "servers");
	size_t before = listing->servers->count;
	int error;

	if (!json_is_array(page)) {
		say_error("what Nova at '%s' answers is no list of instances",
			  listing->session->compute_url);
		return -EHOSTUNREACH;
	}
	error = take_servers(listing, page);
	*more = !error && has_next(body) && listing->servers->count > before;
	if (*more)
		memcpy(listing->marker, listing->servers->items[listing->servers->count - 1].uuid,
		       sizeof(listing->marker));
	if (!error && has_next(body) && !*more)
		say_warning("Nova at '%s' lists the same page again: the rest is missing",
			    listing->session->compute_url);
	return error;
}

/* ---- cells that are down where Nova does not tell of them ---- */

static bool is_blind(const struct listing *listing)
{
	return listing->is_new && (listing->options->host || listing->marker[0]);
}

/* Of one instance Nova tells always. 1: it is there, and has no name; 0; or -errno after a line. */
static int is_hidden(struct listing *listing, const char *uuid)
{
	struct http_answer answer = { 0 };
	char url[URL_BYTES];
	const json_t *server;
	int hidden;

	snprintf(url, sizeof(url), "%s/servers/%s", listing->session->compute_url, uuid);
	hidden = ask(listing, url, &answer);
	if (!hidden && answer.status == 200) {
		server = json_object_get(answer.body, "server");
		hidden = json_object_get(server, "id") && !json_object_get(server, "name");
	}
	http_answer_free(&answer);
	return hidden;
}

/* Of those that are missing some are looked at, from all over the list: most cells have many. */
static int any_hidden(struct listing *listing, const struct servers *missing)
{
	size_t looks = missing->count < LOOKS_MAX ? missing->count : LOOKS_MAX;
	int hidden = 0;

	for (size_t i = 0; i < looks && !hidden; i++)
		hidden = is_hidden(listing, missing->items[i * missing->count / looks].uuid);
	return hidden;
}

/* Some that were deleted since may be added with them: no process has their uuid any more. */
static int add_hidden(struct listing *listing)
{
	const struct servers *known = listing->options->known;
	struct servers missing = { 0 };
	int error = 0;

	for (size_t i = 0; known && i < known->count && !error; i++)
		if (!servers_find(listing->servers, known->items[i].uuid))
			error = servers_add(&missing, known->items[i].uuid, NULL);
	if (!error && any_hidden(listing, &missing) > 0)
		for (size_t i = 0; i < missing.count && !error; i++)
			error = servers_add(listing->servers, missing.items[i].uuid, NULL);
	servers_free(&missing);
	return error;
}

int nova_list(struct http *http, const struct settings *settings, struct session *session,
	      const struct nova_options *options, struct servers *servers)
{
	struct listing listing = {
		.http = http,
		.settings = settings,
		.session = session,
		.options = options,
		.servers = servers,
		.all_tenants = true,
		.is_new = true,
	};
	bool more = true;
	int error = 0;

	while (!error && more) {
		struct http_answer answer;

		error = ask_for_page(&listing, &answer);
		if (!error && look_at_status(&listing, &answer, &error) == NEXT_PAGE)
			error = take_page(&listing, answer.body, &more);
		http_answer_free(&answer);
	}
	return error || !is_blind(&listing) ? error : add_hidden(&listing);
}
