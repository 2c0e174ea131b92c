/* SPDX-License-Identifier: Apache-2.0 */
#include "base/options.h"

#include "base/log.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* value * 10 + digit; false when that is too large. */
static bool append_digit(uint64_t *value, char digit)
{
	return !__builtin_mul_overflow(*value, 10, value) &&
	       !__builtin_add_overflow(*value, (uint64_t)(digit - '0'), value);
}

bool options_is_number(const char *text)
{
	return *text && strspn(text, "0123456789") == strlen(text);
}

/*
 * A decimal, times 10^places, cut to a whole number. -EINVAL: not a decimal (signs, exponents and
 * spaces are none); -ERANGE: too large.
 */
static int parse_decimal(const char *text, unsigned int places, uint64_t *value)
{
	bool any = false, fits = true;

	*value = 0;
	for (; is_digit(*text); text++, any = true)
		fits = fits && append_digit(value, *text);
	if (*text == '.')
		text++;
	for (; is_digit(*text); text++, any = true)
		if (places) {
			fits = fits && append_digit(value, *text);
			places--;
		}
	if (*text || !any)
		return -EINVAL;
	for (; places; places--)
		fits = fits && append_digit(value, '0');
	return fits ? 0 : -ERANGE;
}

static int parse_time(const char *option, const char *text, unsigned int places, const char *unit,
		      uint64_t *ns)
{
	int error = parse_decimal(text, places, ns);

	if (error == -ERANGE || (!error && *ns > INT64_MAX)) {
		log_error("%s '%s' is too long a time", option, text);
		return -EINVAL;
	}
	if (error)
		log_error("%s '%s' is not a time: give %s, such as 250 or 0.5", option, text, unit);
	return error;
}

int options_milliseconds(const char *option, const char *text, uint64_t *ns)
{
	return parse_time(option, text, 6, "milliseconds", ns);
}

int options_seconds(const char *option, const char *text, uint64_t *ns)
{
	return parse_time(option, text, 9, "seconds", ns);
}

int options_number(const char *option, const char *text, uint64_t min, uint64_t max,
		   uint64_t *value)
{
	if (options_is_number(text) && !parse_decimal(text, 0, value) && *value >= min &&
	    *value <= max)
		return 0;
	log_error("%s '%s' is not a whole number from %llu to %llu", option, text,
		  (unsigned long long)min, (unsigned long long)max);
	return -EINVAL;
}

int options_word(const char *option, const char *text, const char *const *words, size_t count,
		 size_t *place)
{
	char choices[512] = "";
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		if (strcmp(text, words[i]) == 0) {
			*place = i;
			return 0;
		}
		if (used < sizeof(choices))
			used += (size_t)snprintf(choices + used, sizeof(choices) - used, "%s%s",
						 i ? ", " : "", words[i]);
	}
	log_error("%s '%s' is none of: %s", option, text, choices);
	return -EINVAL;
}

/* True for --cores=3 where --cores takes no value: getopt gives its code, which may be a letter. */
static bool is_long_with_value(const char *word, const struct option *long_options)
{
	size_t length = strcspn(word, "=");

	if (strncmp(word, "--", 2) != 0 || !word[length])
		return false;
	for (const struct option *known = long_options; known->name; known++)
		if (known->val == optopt && known->has_arg == no_argument &&
		    strncmp(known->name, word + 2, length - 2) == 0)
			return true;
	return false;
}

/*
 * getopt has moved past the word it could not use, but not past a cluster in whose middle it is: of
 * that it tells the letter, in optopt.
 */
int options_refuse(const char *command, int option, char **argv, const struct option *long_options)
{
	const char letter[] = { '-', (char)optopt, '\0' };
	bool is_letter = option == '?' && optopt > ' ' && optopt < 0x7f &&
			 !is_long_with_value(argv[optind - 1], long_options);
	const char *word = is_letter ? letter : argv[optind - 1];

	if (option == ':')
		log_error("option '%s' needs a value; pftrace %s --help tells which", word,
			  command);
	else
		log_error("no option '%s' here, or not in this way; pftrace %s --help lists them",
			  word, command);
	return -EINVAL;
}

int options_format_only(const char *command, int argc, char **argv, const char *const *formats,
			size_t count, struct options_format *options)
{
	static const struct option long_options[] = {
		{ "format", required_argument, NULL, 'f' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option;

	*options = (struct options_format){ 0 };
	optind = 0;
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":h", long_options, NULL)) != -1) {
		if (option == 'h') {
			options->help = true;
			return 0;
		}
		if (option != 'f')
			return options_refuse(command, option, argv, long_options);
		if (options_word("--format", optarg, formats, count, &options->format))
			return -EINVAL;
	}
	return 0;
}
