/* SPDX-License-Identifier: Apache-2.0 */
#include "page/page.h"

#include "base/both.h"
#include "page/block.h"
#include "page/runs.h"
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

static int write_cells(const struct raster *raster, unsigned int lower_bits, int values,
		       const char *name, size_t run, FILE *file)
{
	struct page_block block;
	int error;

	block_init(&block);
	block_cells(&block, raster, lower_bits, raster->inner_bits > 0, values);
	error = write_block(&block, name, run, file);
	block_free(&block);
	return error;
}

static int write_runs(const struct exact_runs *runs, size_t run, FILE *file)
{
	struct page_block block;
	int error;

	block_init(&block);
	page_runs(runs, &block);
	error = write_block(&block, "runs", run, file);
	block_free(&block);
	return error;
}

/* What the first chart needs: it is painted while the browser still reads what follows. */
static int write_first_blocks(const struct page_input *input, FILE *file)
{
	int error = write_tasks(input, file);

	if (!error && input->aligned)
		error = write_members(input->aligned, file);
	for (size_t run = 0; run < input->run_count && !error; run++) {
		error = write_meta(input, run, file);
		if (!error)
			error = write_cells(&input->runs[run].heat->all, 1, 1, "heat-all", run,
					    file);
	}
	return error;
}

/* The rest of one run: the heat map's tasks are as much as all the others. */
struct more {
	const struct page_run *of;
	size_t run;
	FILE *file;
	struct page_block heat;
};

static int write_others(void *context)
{
	struct more *more = context;
	const struct locality *locality = more->of->locality;
	int error = write_cells(&locality->raster, 0, 2, "locality", more->run, more->file);

	if (!error)
		error = write_cells(&locality->migrations, 0, 1, "migrations", more->run,
				    more->file);
	return error ? error
		     : write_cells(&more->of->exits->raster, EXITS_KIND_BITS, 2, "exits", more->run,
				   more->file);
}

static int make_heat(void *context)
{
	struct more *more = context;
	const struct raster *raster = &more->of->heat->raster;

	block_cells(&more->heat, raster, HEAT_TASK_BITS, raster->inner_bits > 0, 1);
	return block_deflate(&more->heat);
}

static int write_more_of(const struct page_run *of, size_t run, FILE *file)
{
	struct more more = { .of = of, .run = run, .file = file };
	int error;

	block_init(&more.heat);
	error = both_at_once(write_others, &more, make_heat, &more);
	if (!error)
		error = write_block(&more.heat, "heat", run, file);
	block_free(&more.heat);
	return error ? error : write_runs(of->runs, run, file);
}

static int write_more_blocks(const struct page_input *input, FILE *file)
{
	int error = 0;

	for (size_t run = 0; run < input->run_count && !error; run++)
		error = write_more_of(&input->runs[run], run, file);
	return error;
}

static void write_part(const struct template_part *part, FILE *file)
{
	fwrite(part->text, 1, part->length, file);
}

int page_write(const struct page_input *input, FILE *file)
{
	struct template_part parts[TEMPLATE_PARTS];
	int error = template_parts(parts);

	if (error)
		return error;
	write_part(&parts[0], file);
	error = write_first_blocks(input, file);
	write_part(&parts[1], file);
	if (!error)
		error = write_more_blocks(input, file);
	write_part(&parts[2], file);
	return !error && ferror(file) ? -EIO : error;
}
