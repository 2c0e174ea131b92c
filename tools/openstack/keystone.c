/* SPDX-License-Identifier: Apache-2.0 */
#include "keystone.h"

#include "http.h"
#include "settings.h"
#include "words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define URL_BYTES 2048

/* ---- the question (Identity API v3, "Authentication and token management") ---- */

/* {key: value} where value is known, else NULL. */
static json_t *one(const char *key, const char *value)
{
	return value ? json_pack("{s:s}", key, value) : NULL;
}

static json_t *domain(const struct settings *settings, enum setting id, enum setting name)
{
	if (settings->values[id])
		return one("id", settings->values[id]);
	return one("name", settings->values[name]);
}

/* An id needs no domain, a name does. */
static json_t *within_domain(json_t *named, const struct settings *settings, enum setting id,
			     enum setting name)
{
	json_t *of = domain(settings, id, name);

	if (of)
		json_object_set_new(named, "domain", of);
	return named;
}

static json_t *user(const struct settings *settings)
{
	if (settings->values[SET_USER_ID])
		return one("id", settings->values[SET_USER_ID]);
	return within_domain(one("name", settings->values[SET_USERNAME]), settings,
			     SET_USER_DOMAIN_ID, SET_USER_DOMAIN_NAME);
}

static json_t *password_identity(const struct settings *settings)
{
	json_t *who = user(settings);

	json_object_set_new(who, "password", json_string(settings->values[SET_PASSWORD]));
	return json_pack("{s:[s], s:{s:o}}", "methods", "password", "password", "user", who);
}

static json_t *token_identity(const struct settings *settings)
{
	return json_pack("{s:[s], s:{s:s}}", "methods", "token", "token", "id",
			 settings->values[SET_TOKEN]);
}

static json_t *application_credential_identity(const struct settings *settings)
{
	const char *id = settings->values[SET_APPLICATION_CREDENTIAL_ID];
	json_t *credential =
		json_pack("{s:s}", "secret", settings->values[SET_APPLICATION_CREDENTIAL_SECRET]);

	if (id) {
		json_object_set_new(credential, "id", json_string(id));
	} else {
		json_object_set_new(credential, "name",
				    json_string(settings->values[SET_APPLICATION_CREDENTIAL_NAME]));
		json_object_set_new(credential, "user", user(settings));
	}
	return json_pack("{s:[s], s:o}", "methods", "application_credential",
			 "application_credential", credential);
}

static json_t *identity(const struct settings *settings)
{
	switch (settings_method(settings)) {
	case AUTH_TOKEN:
		return token_identity(settings);
	case AUTH_APPLICATION_CREDENTIAL:
		return application_credential_identity(settings);
	default:
		return password_identity(settings);
	}
}

/* What the token is for; NULL: what Keystone chooses. An application credential has its own. */
static json_t *scope(const struct settings *settings)
{
	json_t *of;

	if (settings_method(settings) == AUTH_APPLICATION_CREDENTIAL)
		return NULL;
	if (settings->values[SET_SYSTEM_SCOPE])
		return json_pack("{s:{s:b}}", "system", settings->values[SET_SYSTEM_SCOPE], 1);
	if (settings->values[SET_PROJECT_ID])
		return json_pack("{s:o}", "project", one("id", settings->values[SET_PROJECT_ID]));
	if (settings->values[SET_PROJECT_NAME])
		return json_pack("{s:o}", "project",
				 within_domain(one("name", settings->values[SET_PROJECT_NAME]),
					       settings, SET_PROJECT_DOMAIN_ID,
					       SET_PROJECT_DOMAIN_NAME));
	of = domain(settings, SET_DOMAIN_ID, SET_DOMAIN_NAME);
	return of ? json_pack("{s:o}", "domain", of) : NULL;
}

/* The caller wipes and frees it. NULL without memory. */
static char *make_question(const struct settings *settings)
{
	json_t *auth = json_pack("{s:o}", "identity", identity(settings));
	json_t *of = scope(settings), *question;
	char *text;

	if (of)
		json_object_set_new(auth, "scope", of);
	question = json_pack("{s:o}", "auth", auth);
	text = question ? json_dumps(question, JSON_COMPACT) : NULL;
	json_decref(question);
	return text;
}

/* "http://host:5000", ".../v3" and ".../v3/" are all written in files out there. */
static bool make_url(const char *auth_url, char url[URL_BYTES])
{
	size_t length = strlen(auth_url);
	bool has_version;

	while (length && auth_url[length - 1] == '/')
		length--;
	has_version = length >= 3 && strncmp(auth_url + length - 3, "/v3", 3) == 0;
	return snprintf(url, URL_BYTES, "%.*s%s/auth/tokens", (int)length, auth_url,
			has_version ? "" : "/v3") < URL_BYTES;
}

/* ---- the answer ---- */

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

/* Words of older releases are the newer ones with "URL" behind. */
static bool is_interface(const char *interface, const char *wanted)
{
	size_t length = strlen(interface);

	return length && strncmp(wanted, interface, length) == 0 &&
	       (!wanted[length] || strcmp(wanted + length, "URL") == 0);
}

static bool fits(const json_t *endpoint, const struct settings *settings)
{
	const char *region = settings->values[SET_REGION_NAME];
	const char *interface = settings->values[SET_INTERFACE];

	if (region && strcmp(region, text_of(endpoint, "region")) != 0 &&
	    strcmp(region, text_of(endpoint, "region_id")) != 0)
		return false;
	return is_interface(text_of(endpoint, "interface"), interface ? interface : "public");
}

static int take_url(const json_t *endpoint, struct session *session)
{
	const char *url = text_of(endpoint, "url");
	size_t length = strlen(url);

	while (length && url[length - 1] == '/')
		length--;
	if (!length || length >= sizeof(session->compute_url))
		return -ENOENT;
	memcpy(session->compute_url, url, length);
	session->compute_url[length] = '\0';
	return 0;
}

/* What there is instead, for the line that says that what was asked for is not there. */
static void list_endpoint(const json_t *endpoint, char *list, size_t bytes)
{
	size_t length = strlen(list);

	snprintf(list + length, bytes - length, "%s%s in %s", length ? ", " : "",
		 text_of(endpoint, "interface"), text_of(endpoint, "region"));
}

static int find_compute(const json_t *catalogue, const struct settings *settings,
			struct session *session)
{
	const json_t *service, *endpoint;
	char others[256] = "";
	size_t i, k;

	json_array_foreach(catalogue, i, service)
	{
		if (strcmp(text_of(service, "type"), "compute") != 0)
			continue;
		json_array_foreach(json_object_get(service, "endpoints"), k, endpoint)
		{
			if (fits(endpoint, settings) && !take_url(endpoint, session))
				return 0;
			list_endpoint(endpoint, others, sizeof(others));
		}
	}
	if (others[0])
		say_error(
			"the cloud has no compute endpoint of interface '%s' in region '%s', but: "
			"%s (OS_INTERFACE, OS_REGION_NAME)",
			settings->values[SET_INTERFACE] ? settings->values[SET_INTERFACE]
							: "public",
			settings->values[SET_REGION_NAME] ? settings->values[SET_REGION_NAME]
							  : "any",
			others);
	else
		say_error("the cloud's catalogue has no compute endpoint");
	return -ENOENT;
}

static int take_session(const struct http_answer *answer, const struct settings *settings,
			struct session *session)
{
	const json_t *token = json_object_get(answer->body, "token");
	const json_t *catalogue = json_object_get(token, "catalog");

	if (!answer->token[0] || !token) {
		say_error("what Keystone at '%s' answers has no token",
			  settings->values[SET_AUTH_URL]);
		return -EHOSTUNREACH;
	}
	if (!catalogue) {
		say_error("Keystone gives a token of no scope, which has no catalogue: set "
			  "OS_PROJECT_NAME or OS_SYSTEM_SCOPE");
		return -ENOENT;
	}
	memcpy(session->token, answer->token, sizeof(session->token));
	return find_compute(catalogue, settings, session);
}

static int say_refused(const struct http_answer *answer, const struct settings *settings)
{
	const char *url = settings->values[SET_AUTH_URL];

	if (answer->status == 401 || answer->status == 403) {
		say_error("Keystone at '%s' does not take these credentials (%ld): a wrong name, "
			  "password or secret, no role there, or a token that is over",
			  url, answer->status);
		return -EACCES;
	}
	if (answer->status == 404 && settings_method(settings) == AUTH_TOKEN) {
		say_error("Keystone at '%s' does not know this token (404): it is over or was "
			  "revoked, or OS_AUTH_URL is not that of its version 3",
			  url);
		return -EACCES;
	}
	if (answer->status == 400 || answer->status == 404) {
		say_error("Keystone at '%s' does not understand the question (%ld): is OS_AUTH_URL "
			  "that of its version 3?",
			  url, answer->status);
		return -EINVAL;
	}
	say_error("Keystone at '%s' answers %ld%s%s", url, answer->status,
		  answer->why[0] ? ": " : "", answer->why);
	return -EHOSTUNREACH;
}

int keystone_authenticate(struct http *http, const struct settings *settings,
			  struct session *session)
{
	const char *auth_url = settings->values[SET_AUTH_URL];
	char *question = make_question(settings);
	struct http_answer answer = { 0 };
	char url[URL_BYTES];
	int error = -EINVAL;

	if (!question || !make_url(auth_url, url)) {
		say_error("OS_AUTH_URL is too long, or there is not enough memory");
		goto out;
	}
	error = http_ask(http, url, NULL, question, &answer);
	if (error) {
		say_error("Keystone at '%s': %s", auth_url, answer.why);
		error = -EHOSTUNREACH;
	} else if (answer.status != 201 || !answer.body) {
		error = say_refused(&answer, settings);
	} else {
		error = take_session(&answer, settings, session);
	}
out:
	http_answer_free(&answer);
	if (question)
		explicit_bzero(question, strlen(question));
	free(question);
	return error;
}

void session_wipe(struct session *session)
{
	explicit_bzero(session->token, sizeof(session->token));
}
