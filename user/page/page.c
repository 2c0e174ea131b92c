/* SPDX-License-Identifier: Apache-2.0 */
#include "page/page.h"

#include "page/block.h"
#include "page/runs.h"
#include "page/tasks.h"
#include "page/template.h"

#include <errno.h>
#include <stdlib.h>

static int write_meta(const struct page_input *input, FILE *file)
{
	struct page_block block;
	char *text = NULL;
	size_t length = 0;
	FILE *memory = open_memstream(&text, &length);
	int error;

	if (!memory)
		return -ENOMEM;
	block_init(&block);
	error = page_meta_write(input, memory);
	if (fclose(memory) && !error)
		error = -ENOMEM;
	if (!error) {
		block_bytes(&block, text, length);
		error = block_write(&block, "data-meta", file);
	}
	block_free(&block);
	free(text);
	return error;
}

static int write_tasks(const struct view *view, FILE *file)
{
	struct page_block tasks;
	struct page_block strings;
	int error;

	block_init(&tasks);
	block_init(&strings);
	error = page_tasks(view, &tasks, &strings);
	if (!error)
		error = block_write(&strings, "data-strings", file);
	if (!error)
		error = block_write(&tasks, "data-tasks", file);
	block_free(&tasks);
	block_free(&strings);
	return error;
}

static int write_cells(const struct raster *raster, unsigned int lower_bits, int values,
		       const char *id, FILE *file)
{
	struct page_block block;
	int error;

	block_init(&block);
	block_cells(&block, raster, lower_bits, raster->inner_bits > 0, values);
	error = block_write(&block, id, file);
	block_free(&block);
	return error;
}

static int write_runs(const struct exact_runs *runs, FILE *file)
{
	struct page_block block;
	int error;

	block_init(&block);
	page_runs(runs, &block);
	error = block_write(&block, "data-runs", file);
	block_free(&block);
	return error;
}

/* What the first chart needs: it is painted while the browser still reads what follows. */
static int write_first_blocks(const struct page_input *input, FILE *file)
{
	int error = write_meta(input, file);

	if (!error)
		error = write_tasks(input->view, file);
	if (!error)
		error = write_cells(&input->heat->all, 1, 1, "data-heat-all", file);
	return error;
}

static int write_more_blocks(const struct page_input *input, FILE *file)
{
	int error = write_cells(&input->locality->raster, 0, 2, "data-locality", file);

	if (!error)
		error = write_cells(&input->locality->migrations, 0, 1, "data-migrations", file);
	if (!error)
		error = write_cells(&input->exits->raster, EXITS_KIND_BITS, 2, "data-exits", file);
	if (!error)
		error = write_cells(&input->heat->raster, HEAT_TASK_BITS, 1, "data-heat", file);
	if (!error)
		error = write_runs(input->runs, file);
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
