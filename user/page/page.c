/* SPDX-License-Identifier: Apache-2.0 */
#include "page/page.h"

#include "base/array.h"
#include "base/stream.h"
#include "page/block.h"
#include "page/chart_blocks.h"
#include "page/tasks.h"
#include "page/template.h"

#include <errno.h>
#include <stdlib.h>

#define ID_BYTES 40

/* "data-heat"; of the runs after the first "data-heat-1" ... */
static int write_block(struct page_block *block, const char *name, size_t run, FILE *file)
{
	char id[ID_BYTES];

	if (run)
		snprintf(id, sizeof(id), "data-%s-%zu", name, run);
	else
		snprintf(id, sizeof(id), "data-%s", name);
	return block_write(block, id, file);
}

static int write_meta(const struct page_input *input, size_t run, FILE *file)
{
	struct page_block block;
	char *text = NULL;
	size_t length = 0;
	FILE *memory = open_memstream(&text, &length);
	int error;

	if (!memory)
		return -ENOMEM;
	block_init(&block);
	error = page_meta_write(input, &input->runs[run], memory);
	if (fclose(memory) && !error)
		error = -ENOMEM;
	if (!error) {
		block_bytes(&block, text, length);
		error = write_block(&block, "meta", run, file);
	}
	block_free(&block);
	free(text);
	return error;
}

static int write_tasks(const struct page_input *input, FILE *file)
{
	struct page_block tasks;
	struct page_block strings;
	int error;

	block_init(&tasks);
	block_init(&strings);
	error = input->aligned ? page_tasks_aligned(input->aligned, &tasks, &strings)
			       : page_tasks(input->runs[0].view, &tasks, &strings);
	if (!error)
		error = write_block(&strings, "strings", 0, file);
	if (!error)
		error = write_block(&tasks, "tasks", 0, file);
	block_free(&tasks);
	block_free(&strings);
	return error;
}

/* How many tasks of each run have which name. */
static int write_members(const struct view_runs *aligned, FILE *file)
{
	struct page_block block;
	int error;

	block_init(&block);
	for (size_t run = 0; run < aligned->count; run++)
		for (size_t name = 0; name < aligned->name_count; name++)
			block_varint(&block, aligned->names[name].tasks[run]);
	error = write_block(&block, "members", 0, file);
	block_free(&block);
	return error;
}

static int write_chart(struct chart_blocks *charts, enum chart_block kind, size_t run, FILE *file)
{
	return write_block(&charts[run].blocks[kind], chart_block_name(kind), run, file);
}

/* What the first chart needs: it is painted while the browser still reads what follows. */
static int write_first_blocks(const struct page_input *input, struct chart_blocks *charts,
			      FILE *file)
{
	int error = write_tasks(input, file);

	if (!error && input->aligned)
		error = write_members(input->aligned, file);
	for (size_t run = 0; run < input->run_count && !error; run++) {
		error = write_meta(input, run, file);
		if (!error)
			error = write_chart(charts, CHART_BLOCK_HEAT_ALL, run, file);
	}
	return error;
}

static int write_more_blocks(const struct page_input *input, struct chart_blocks *charts,
			     FILE *file)
{
	static const enum chart_block order[] = { CHART_BLOCK_LOCALITY, CHART_BLOCK_MIGRATIONS,
						  CHART_BLOCK_EXITS, CHART_BLOCK_HEAT,
						  CHART_BLOCK_RUNS };
	int error = 0;

	for (size_t run = 0; run < input->run_count; run++)
		for (size_t i = 0; i < ARRAY_LENGTH(order) && !error; i++)
			error = write_chart(charts, order[i], run, file);
	return error;
}

static int write_part(const struct template_part *part, FILE *file)
{
	fwrite(part->text, 1, part->length, file);
	return stream_error(file);
}

int page_write(const struct page_input *input, FILE *file)
{
	struct template_part parts[TEMPLATE_PARTS];
	struct chart_blocks *charts;
	int error = template_parts(parts);

	if (!error)
		error = chart_blocks_make(input->runs, input->run_count, &charts);
	if (error)
		return error;
	error = write_part(&parts[0], file);
	if (!error)
		error = write_first_blocks(input, charts, file);
	if (!error)
		error = write_part(&parts[1], file);
	if (!error)
		error = write_more_blocks(input, charts, file);
	if (!error)
		error = write_part(&parts[2], file);
	chart_blocks_free(charts, input->run_count);
	return error;
}
