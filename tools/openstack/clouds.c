/* SPDX-License-Identifier: Apache-2.0 */
#include "clouds.h"

#include "settings.h"
#include "words.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <yaml.h>

/* ---- where it is ---- */

static bool is_there(char path[PATH_MAX], const char *folder, const char *below)
{
	return snprintf(path, PATH_MAX, "%s/%s", folder, below) < PATH_MAX &&
	       access(path, R_OK) == 0;
}

/* The order of openstacksdk's documentation ("Configuring OpenStack SDK Applications"). */
static bool find(char path[PATH_MAX])
{
	const char *told = getenv("OS_CLIENT_CONFIG_FILE");
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (told && *told)
		return snprintf(path, PATH_MAX, "%s", told) < PATH_MAX;
	if (is_there(path, ".", "clouds.yaml"))
		return true;
	if (config && *config && is_there(path, config, "openstack/clouds.yaml"))
		return true;
	if (home && is_there(path, home, ".config/openstack/clouds.yaml"))
		return true;
	return is_there(path, "/etc/openstack", "clouds.yaml");
}

/* ---- what stands there ---- */

static const char *text_of(const yaml_node_t *node)
{
	return node && node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value
						      : NULL;
}

static yaml_node_t *member(yaml_document_t *document, const yaml_node_t *mapping, const char *name)
{
	if (!mapping || mapping->type != YAML_MAPPING_NODE)
		return NULL;
	for (const yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
	     pair < mapping->data.mapping.pairs.top; pair++) {
		const char *key = text_of(yaml_document_get_node(document, pair->key));

		if (key && strcmp(key, name) == 0)
			return yaml_document_get_node(document, pair->value);
	}
	return NULL;
}

/* "verify: false" is the other way round of OS_INSECURE. */
static void take_pair(struct settings *settings, const char *key, const char *value)
{
	if (strcmp(key, "verify") == 0) {
		bool off = strcasecmp(value, "false") == 0 || strcasecmp(value, "no") == 0;

		settings_take(settings, settings_variable(SET_INSECURE), off ? "true" : "",
			      off * 4);
		return;
	}
	settings_take(settings, key, value, strlen(value));
}

static void take_mapping(struct settings *settings, yaml_document_t *document,
			 const yaml_node_t *mapping)
{
	if (!mapping || mapping->type != YAML_MAPPING_NODE)
		return;
	for (const yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
	     pair < mapping->data.mapping.pairs.top; pair++) {
		const char *key = text_of(yaml_document_get_node(document, pair->key));
		const char *value = text_of(yaml_document_get_node(document, pair->value));

		if (key && value)
			take_pair(settings, key, value);
	}
}

static int take_cloud(struct settings *settings, yaml_document_t *document, const char *name,
		      const char *path, bool must_be_there)
{
	yaml_node_t *root = yaml_document_get_root_node(document);
	yaml_node_t *cloud = member(document, member(document, root, "clouds"), name);

	if (!cloud && must_be_there) {
		say_error("'%s' has no cloud '%s': name one that stands below \"clouds:\" there",
			  path, name);
		return -ENOENT;
	}
	if (must_be_there && member(document, cloud, "profile"))
		say_warning(
			"'%s': the profile of '%s' is not looked up: only what stands in the file "
			"counts",
			path, name);
	take_mapping(settings, document, cloud);
	take_mapping(settings, document, member(document, cloud, "auth"));
	return 0;
}

static int say_no_yaml(const yaml_parser_t *parser, const char *path)
{
	say_error("'%s' is no YAML: line %zu: %s", path, parser->problem_mark.line + 1,
		  parser->problem ? parser->problem : "it cannot be read");
	return -EBADMSG;
}

static int read_file(struct settings *settings, const char *name, const char *path,
		     bool must_be_there)
{
	FILE *file = fopen(path, "re");
	yaml_document_t document;
	yaml_parser_t parser;
	int error;

	if (!file) {
		error = -errno;
		if (!must_be_there && error == -ENOENT)
			return 0;
		say_error("cannot read '%s': %s", path, strerror(-error));
		return error;
	}
	if (!yaml_parser_initialize(&parser)) {
		fclose(file);
		say_error("not enough memory to read '%s'", path);
		return -ENOMEM;
	}
	yaml_parser_set_input_file(&parser, file);
	if (yaml_parser_load(&parser, &document)) {
		error = take_cloud(settings, &document, name, path, must_be_there);
		yaml_document_delete(&document);
	} else {
		error = say_no_yaml(&parser, path);
	}
	yaml_parser_delete(&parser);
	fclose(file);
	return error;
}

int clouds_read(struct settings *settings, const char *name, const char *path)
{
	char found[PATH_MAX], beside[PATH_MAX];
	const char *slash;
	int error;

	if (!path && !find(found)) {
		say_error("there is no clouds.yaml in this folder, ~/.config/openstack or "
			  "/etc/openstack: give its path with --clouds-file");
		return -ENOENT;
	}
	if (!path)
		path = found;
	error = read_file(settings, name, path, true);
	if (error)
		return error;
	slash = strrchr(path, '/');
	if (snprintf(beside, sizeof(beside), "%.*ssecure.yaml", slash ? (int)(slash + 1 - path) : 0,
		     path) >= (int)sizeof(beside))
		return 0;
	return read_file(settings, name, beside, false);
}
