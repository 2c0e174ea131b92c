/* SPDX-License-Identifier: Apache-2.0 */
#include "settings.h"

#include "base/array.h"
#include "words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* As keystoneauth and openstacksdk read them; clouds.yaml has the same words without OS_. */
static const char *const variables[SETTINGS] = {
	[SET_AUTH_URL] = "OS_AUTH_URL",
	[SET_AUTH_TYPE] = "OS_AUTH_TYPE",
	[SET_USERNAME] = "OS_USERNAME",
	[SET_USER_ID] = "OS_USER_ID",
	[SET_USER_DOMAIN_NAME] = "OS_USER_DOMAIN_NAME",
	[SET_USER_DOMAIN_ID] = "OS_USER_DOMAIN_ID",
	[SET_PASSWORD] = "OS_PASSWORD",
	[SET_PROJECT_NAME] = "OS_PROJECT_NAME",
	[SET_PROJECT_ID] = "OS_PROJECT_ID",
	[SET_PROJECT_DOMAIN_NAME] = "OS_PROJECT_DOMAIN_NAME",
	[SET_PROJECT_DOMAIN_ID] = "OS_PROJECT_DOMAIN_ID",
	[SET_DOMAIN_NAME] = "OS_DOMAIN_NAME",
	[SET_DOMAIN_ID] = "OS_DOMAIN_ID",
	[SET_SYSTEM_SCOPE] = "OS_SYSTEM_SCOPE",
	[SET_APPLICATION_CREDENTIAL_ID] = "OS_APPLICATION_CREDENTIAL_ID",
	[SET_APPLICATION_CREDENTIAL_NAME] = "OS_APPLICATION_CREDENTIAL_NAME",
	[SET_APPLICATION_CREDENTIAL_SECRET] = "OS_APPLICATION_CREDENTIAL_SECRET",
	[SET_TOKEN] = "OS_TOKEN",
	[SET_REGION_NAME] = "OS_REGION_NAME",
	[SET_INTERFACE] = "OS_INTERFACE",
	[SET_CACERT] = "OS_CACERT",
	[SET_INSECURE] = "OS_INSECURE",
};

/* Older words, which files out there still have. */
static const struct {
	const char *name;
	enum setting setting;
} older[] = {
	{ "OS_TENANT_NAME", SET_PROJECT_NAME }, { "OS_TENANT_ID", SET_PROJECT_ID },
	{ "OS_ENDPOINT_TYPE", SET_INTERFACE },	{ "OS_AUTH_TOKEN", SET_TOKEN },
	{ "OS_USER_NAME", SET_USERNAME },
};

/* Words that stand for two settings each. */
static const struct {
	const char *name;
	enum setting settings[2];
} defaults[] = {
	{ "OS_DEFAULT_DOMAIN", { SET_USER_DOMAIN_ID, SET_PROJECT_DOMAIN_ID } },
	{ "OS_DEFAULT_DOMAIN_ID", { SET_USER_DOMAIN_ID, SET_PROJECT_DOMAIN_ID } },
	{ "OS_DEFAULT_DOMAIN_NAME", { SET_USER_DOMAIN_NAME, SET_PROJECT_DOMAIN_NAME } },
};

const char *settings_variable(enum setting setting)
{
	return variables[setting];
}

static bool is_called(const char *name, const char *variable)
{
	return strcasecmp(name, variable) == 0 || strcasecmp(name, variable + strlen("OS_")) == 0;
}

static void unset(struct settings *settings, enum setting setting)
{
	char *value = settings->values[setting];

	if (value)
		explicit_bzero(value, strlen(value));
	free(value);
	settings->values[setting] = NULL;
}

static void put(struct settings *settings, enum setting setting, const char *value, size_t length)
{
	unset(settings, setting);
	if (length)
		settings->values[setting] = strndup(value, length);
}

bool settings_take(struct settings *settings, const char *name, const char *value, size_t length)
{
	for (size_t i = 0; i < SETTINGS; i++)
		if (is_called(name, variables[i])) {
			put(settings, (enum setting)i, value, length);
			return true;
		}
	for (size_t i = 0; i < ARRAY_LENGTH(older); i++)
		if (is_called(name, older[i].name)) {
			put(settings, older[i].setting, value, length);
			return true;
		}
	for (size_t i = 0; i < ARRAY_LENGTH(defaults); i++)
		if (is_called(name, defaults[i].name)) {
			put(settings, defaults[i].settings[0], value, length);
			put(settings, defaults[i].settings[1], value, length);
			return true;
		}
	return false;
}

static void take_variable(struct settings *settings, const char *name)
{
	const char *value = getenv(name);

	if (value)
		settings_take(settings, name, value, strlen(value));
}

/* The exact words last: they count. */
void settings_from_environment(struct settings *settings)
{
	for (size_t i = 0; i < ARRAY_LENGTH(defaults); i++)
		take_variable(settings, defaults[i].name);
	for (size_t i = 0; i < ARRAY_LENGTH(older); i++)
		take_variable(settings, older[i].name);
	for (size_t i = 0; i < SETTINGS; i++)
		take_variable(settings, variables[i]);
}

/* ---- what they mean together ---- */

static bool has(const struct settings *settings, enum setting setting)
{
	return settings->values[setting];
}

/* keystoneauth calls them "password", "v3password", "token", "v3applicationcredential" ... */
static bool type_is(const struct settings *settings, const char *word)
{
	const char *type = settings->values[SET_AUTH_TYPE];

	if (!type)
		return false;
	return strcasecmp(type, word) == 0 ||
	       (strncasecmp(type, "v3", 2) == 0 && strcasecmp(type + 2, word) == 0);
}

enum auth_method settings_method(const struct settings *settings)
{
	if (type_is(settings, "applicationcredential") ||
	    type_is(settings, "application_credential"))
		return AUTH_APPLICATION_CREDENTIAL;
	if (type_is(settings, "token"))
		return AUTH_TOKEN;
	if (type_is(settings, "password"))
		return AUTH_PASSWORD;
	if (has(settings, SET_APPLICATION_CREDENTIAL_SECRET))
		return AUTH_APPLICATION_CREDENTIAL;
	return has(settings, SET_TOKEN) && !has(settings, SET_PASSWORD) ? AUTH_TOKEN
									: AUTH_PASSWORD;
}

bool settings_is_insecure(const struct settings *settings)
{
	const char *value = settings->values[SET_INSECURE];

	return value && strcasecmp(value, "0") != 0 && strcasecmp(value, "false") != 0 &&
	       strcasecmp(value, "no") != 0;
}

static int lacks(const char *what)
{
	say_error("%s is not set: give it in the environment, an openrc file (--openrc) or "
		  "clouds.yaml (--cloud)",
		  what);
	return -EINVAL;
}

static int check_user(const struct settings *settings)
{
	if (!has(settings, SET_USERNAME) && !has(settings, SET_USER_ID))
		return lacks("OS_USERNAME");
	if (!has(settings, SET_USER_ID) && !has(settings, SET_USER_DOMAIN_NAME) &&
	    !has(settings, SET_USER_DOMAIN_ID))
		return lacks("OS_USER_DOMAIN_NAME");
	return 0;
}

static int check_password(const struct settings *settings)
{
	if (check_user(settings))
		return -EINVAL;
	return has(settings, SET_PASSWORD) ? 0 : lacks("OS_PASSWORD");
}

static int check_application_credential(const struct settings *settings)
{
	if (!has(settings, SET_APPLICATION_CREDENTIAL_SECRET))
		return lacks("OS_APPLICATION_CREDENTIAL_SECRET");
	if (has(settings, SET_APPLICATION_CREDENTIAL_ID))
		return 0;
	if (!has(settings, SET_APPLICATION_CREDENTIAL_NAME))
		return lacks("OS_APPLICATION_CREDENTIAL_ID");
	return check_user(settings);
}

static bool type_is_known(const struct settings *settings)
{
	return !has(settings, SET_AUTH_TYPE) || type_is(settings, "password") ||
	       type_is(settings, "token") || type_is(settings, "applicationcredential") ||
	       type_is(settings, "application_credential");
}

static int check_project(const struct settings *settings)
{
	if (has(settings, SET_PROJECT_NAME) && !has(settings, SET_PROJECT_ID) &&
	    !has(settings, SET_PROJECT_DOMAIN_NAME) && !has(settings, SET_PROJECT_DOMAIN_ID))
		return lacks("OS_PROJECT_DOMAIN_NAME");
	return 0;
}

int settings_check(const struct settings *settings)
{
	if (!has(settings, SET_AUTH_URL))
		return lacks("OS_AUTH_URL");
	if (!type_is_known(settings)) {
		say_error("OS_AUTH_TYPE '%s' is not known here: password, token or "
			  "v3applicationcredential",
			  settings->values[SET_AUTH_TYPE]);
		return -EINVAL;
	}
	if (check_project(settings))
		return -EINVAL;
	switch (settings_method(settings)) {
	case AUTH_TOKEN:
		return has(settings, SET_TOKEN) ? 0 : lacks("OS_TOKEN");
	case AUTH_APPLICATION_CREDENTIAL:
		return check_application_credential(settings);
	default:
		return check_password(settings);
	}
}

void settings_free(struct settings *settings)
{
	for (size_t i = 0; i < SETTINGS; i++)
		unset(settings, (enum setting)i);
}
