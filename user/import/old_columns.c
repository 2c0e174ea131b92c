/* SPDX-License-Identifier: Apache-2.0 */
#include "import/old_columns.h"

#include "base/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define KEYS_MAX 64

static const char *const names[OLD_COLUMNS] = { "event",     "cpu",	 "usecs",    "pid",
						"task_name", "duration", "next_pid", "next_comm" };

static int column_of(const char *name)
{
	for (int i = 0; i < OLD_COLUMNS; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

/* One key and its column. */
static int find_column(struct old_columns *columns, struct old_tokens *tokens, const char **fault)
{
	struct old_token token;
	int error = old_tokens_next(tokens, &token);
	int column;

	if (error)
		return error;
	if (token.type != OLD_TEXT) {
		*fault = "a key is no text";
		return -EBADMSG;
	}
	column = column_of(token.text);
	if (column < 0)
		return old_tokens_skip(tokens, 1);
	error = old_tokens_next(tokens, &token);
	if (error)
		return error;
	if (token.type != OLD_ARRAY || columns->starts[column]) {
		*fault = "a column is no list, or is there twice";
		return -EBADMSG;
	}
	columns->starts[column] = tokens->position;
	columns->counts[column] = token.count;
	return old_tokens_skip(tokens, token.count);
}

static int check_columns(struct old_columns *columns, const char **fault)
{
	columns->rows = columns->counts[OLD_EVENT];
	for (int i = 0; i < OLD_COLUMNS; i++) {
		if (!columns->starts[i])
			*fault = "one of its eight columns is missing";
		else if (columns->counts[i] != columns->rows)
			*fault = "its columns are not equally long";
		else
			continue;
		return -EBADMSG;
	}
	if (columns->rows)
		return 0;
	*fault = "it has no events";
	return -EBADMSG;
}

static int find_columns(struct old_columns *columns, struct old_tokens *tokens, const char **fault)
{
	struct old_token token;
	int error = old_tokens_peek(tokens);

	if (error == '{') {
		*fault =
			"it is of Python's marshal, which perfwhiz wrote before it took to msgpack: "
			"convert it with a later perfwhiz";
		return -EBADMSG;
	}
	error = error < 0 ? error : old_tokens_next(tokens, &token);
	if (error)
		return error;
	if (token.type != OLD_MAP || token.count > KEYS_MAX) {
		*fault = "it holds no map of columns";
		return -EBADMSG;
	}
	for (uint32_t i = 0; i < token.count && !error; i++)
		error = find_column(columns, tokens, fault);
	return error ? error : check_columns(columns, fault);
}

int old_columns_open(struct old_columns *columns, int fd, const char **fault)
{
	struct old_tokens *tokens = malloc(sizeof(*tokens));
	int error;

	*columns = (struct old_columns){ .fd = fd };
	*fault = "it is cut or damaged";
	if (!tokens)
		return -ENOMEM;
	error = old_tokens_init(tokens, fd);
	if (!error) {
		error = find_columns(columns, tokens, fault);
		old_tokens_free(tokens);
	}
	free(tokens);
	return error ? error : old_columns_rewind(columns);
}

void old_columns_free(struct old_columns *columns)
{
	for (int i = 0; i < OLD_COLUMNS; i++) {
		if (columns->tokens[i])
			old_tokens_free(columns->tokens[i]);
		free(columns->tokens[i]);
		columns->tokens[i] = NULL;
	}
}

int old_columns_rewind(struct old_columns *columns)
{
	int error = 0;

	old_columns_free(columns);
	columns->left = columns->rows;
	for (int i = 0; i < OLD_COLUMNS && !error; i++) {
		columns->tokens[i] = calloc(1, sizeof(*columns->tokens[i]));
		if (!columns->tokens[i])
			return -ENOMEM;
		error = old_tokens_init(columns->tokens[i], columns->fd);
		if (!error)
			error = old_tokens_seek(columns->tokens[i], columns->starts[i]);
	}
	return error;
}

int old_columns_next(struct old_columns *columns)
{
	int error = 0;

	if (!columns->left)
		return 0;
	columns->left--;
	for (int i = 0; i < OLD_COLUMNS && !error; i++) {
		error = old_tokens_next(columns->tokens[i], &columns->values[i]);
		if (!error &&
		    (columns->values[i].type == OLD_ARRAY || columns->values[i].type == OLD_MAP))
			error = -EBADMSG;
	}
	return error ? error : 1;
}
