/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#include "words.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

/* pftrace kills a program that names after 10 s. */
#define TIMEOUT_S 8.0
#define TIMEOUT_MAX_S 600.0

void options_help(void)
{
	puts("usage: pftrace-openstack [options]\n"
	     "       pftrace record --names-from 'pftrace-openstack --cloud NAME'\n"
	     "Prints a row \"uuid,name\" for each instance of an OpenStack cloud.\n\n"
	     "  --cloud NAME         the cloud of this name in clouds.yaml (or OS_CLOUD)\n"
	     "  --clouds-file FILE   that clouds.yaml\n"
	     "  --openrc FILE        an openrc file; it is read, not executed\n"
	     "                       without any of them: OS_* variables\n"
	     "  --region NAME, --interface public|internal|admin\n"
	     "                       of the compute endpoint\n"
	     "  --cacert FILE        the certificates that servers are verified by\n"
	     "  --host NAME          only instances of this compute node\n"
	     "  --pattern REGEX --name FORM\n"
	     "                       other names for instances that REGEX matches: \\1 to \\9 in\n"
	     "                       FORM are what stood in its brackets\n"
	     "  --timeout SECONDS    for all of it; else 8\n"
	     "  --cache FILE, --no-cache\n"
	     "                       where the last answer is kept, or nowhere\n"
	     "  --help, --version\n\n"
	     "exit codes: 0 done, 1 failed, 2 wrong usage, 3 the cloud does not answer, or only\n"
	     "in part: names of its last answer");
}

static int parse_timeout(const char *text, double *timeout_s)
{
	char *end;

	*timeout_s = strtod(text, &end);
	if (end != text && !*end && *timeout_s > 0 && *timeout_s <= TIMEOUT_MAX_S)
		return 0;
	say_error("--timeout '%s' is no time: give seconds, up to 600", text);
	return -EINVAL;
}

static const struct option known[] = {
	{ "cloud", required_argument, NULL, 'c' },
	{ "clouds-file", required_argument, NULL, 'f' },
	{ "openrc", required_argument, NULL, 'o' },
	{ "region", required_argument, NULL, 'r' },
	{ "interface", required_argument, NULL, 'i' },
	{ "cacert", required_argument, NULL, 'a' },
	{ "host", required_argument, NULL, 'H' },
	{ "pattern", required_argument, NULL, 'p' },
	{ "name", required_argument, NULL, 'n' },
	{ "cache", required_argument, NULL, 'C' },
	{ "no-cache", no_argument, NULL, 'N' },
	{ "timeout", required_argument, NULL, 't' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'v' },
	{ 0 },
};

/* Where the text of an option goes, or NULL. */
static const char **text_of(struct options *options, int option)
{
	switch (option) {
	case 'c':
		return &options->cloud;
	case 'f':
		return &options->clouds_file;
	case 'o':
		return &options->openrc;
	case 'r':
		return &options->region;
	case 'i':
		return &options->interface;
	case 'a':
		return &options->cacert;
	case 'H':
		return &options->host;
	case 'p':
		return &options->pattern;
	case 'n':
		return &options->name;
	case 'C':
		return &options->cache;
	}
	return NULL;
}

static int take(struct options *options, int option, char **argv)
{
	const char **text = text_of(options, option);

	if (text) {
		*text = optarg;
		return 0;
	}
	switch (option) {
	case 't':
		return parse_timeout(optarg, &options->timeout_s);
	case 'N':
		options->no_cache = true;
		return 0;
	case 'h':
		options->help = true;
		return 0;
	case 'v':
		options->version = true;
		return 0;
	case ':':
		say_error("option '%s' needs a value; --help tells which", argv[optind - 1]);
		return -EINVAL;
	}
	say_error("no option '%s' here, or not in this way; --help lists them", argv[optind - 1]);
	return -EINVAL;
}

static int check(const struct options *options, int argc, char **argv)
{
	if (optind < argc) {
		say_error("nothing is known to be done with '%s'; --help lists the options",
			  argv[optind]);
		return -EINVAL;
	}
	if (!options->pattern != !options->name) {
		say_error(
			"--pattern and --name go together: --pattern 'FULL-([0-9]+).*__([A-Z]+)__' "
			"--name '\\2.\\1'");
		return -EINVAL;
	}
	if (options->openrc && options->cloud) {
		say_error("--openrc and --cloud are two clouds: give one of them");
		return -EINVAL;
	}
	return 0;
}

int options_parse(struct options *options, int argc, char **argv)
{
	int option;

	*options = (struct options){ .timeout_s = TIMEOUT_S };
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":h", known, NULL)) != -1)
		if (take(options, option, argv))
			return -EINVAL;
	return options->help || options->version ? 0 : check(options, argc, argv);
}
