/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How to reach a cloud, and as whom: what OS_* variables, openrc files and clouds.yaml all tell under
 * nearly the same names. Of several sources the one that is asked last counts.
 */
#ifndef OPENSTACK_SETTINGS_H
#define OPENSTACK_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

enum setting {
	SET_AUTH_URL,
	SET_AUTH_TYPE,
	SET_USERNAME,
	SET_USER_ID,
	SET_USER_DOMAIN_NAME,
	SET_USER_DOMAIN_ID,
	SET_PASSWORD,
	SET_PROJECT_NAME,
	SET_PROJECT_ID,
	SET_PROJECT_DOMAIN_NAME,
	SET_PROJECT_DOMAIN_ID,
	SET_DOMAIN_NAME,
	SET_DOMAIN_ID,
	SET_SYSTEM_SCOPE,
	SET_APPLICATION_CREDENTIAL_ID,
	SET_APPLICATION_CREDENTIAL_NAME,
	SET_APPLICATION_CREDENTIAL_SECRET,
	SET_TOKEN,
	SET_REGION_NAME,
	SET_INTERFACE,
	SET_CACERT,
	SET_INSECURE,
	SETTINGS, /* how many */
};

struct settings {
	char *values[SETTINGS]; /* NULL: not set; owned */
};

enum auth_method { AUTH_PASSWORD, AUTH_TOKEN, AUTH_APPLICATION_CREDENTIAL };

/*
 * Sets what `name` (with or without OS_, in any case) means to a copy of `length` bytes of `value`; an
 * empty one unsets it. False when no such setting is known.
 */
bool settings_take(struct settings *settings, const char *name, const char *value, size_t length);

/* "OS_AUTH_URL" */
const char *settings_variable(enum setting setting);

/* Takes what the environment has. */
void settings_from_environment(struct settings *settings);

/* How to authenticate, by OS_AUTH_TYPE or by what there is. */
enum auth_method settings_method(const struct settings *settings);

/* Whether that is enough to ask Keystone. 0, or -EINVAL after a line on stderr. */
int settings_check(const struct settings *settings);

/* What is to be verified of a server's certificate: all, unless it is said to be insecure. */
bool settings_is_insecure(const struct settings *settings);

/* Overwrites all values before they are freed. */
void settings_free(struct settings *settings);

#endif
