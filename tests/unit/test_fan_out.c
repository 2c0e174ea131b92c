/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "batch.h"
#include "capture/fan_out.h"

#include <errno.h>

static int push_all(struct capture_sink *sink)
{
	const struct capture_header header = { 0 };
	const struct capture_end end = { 0 };
	const uint64_t row[SUCCESSORS_COLUMNS] = { 1, 2, 3 };
	int error = sink->header(sink, &header);

	if (!error)
		error = batch_push(sink, CAPTURE_SUCCESSORS, 0, 0, NULL, row, 1);
	if (!error)
		error = sink->flush(sink, 0);
	return error ? error : sink->end(sink, &end);
}

static void every_sink_gets_everything(void **state)
{
	struct text_sink *first = text_sink_new(), *second = text_sink_new();
	struct fan_out fan_out;

	(void)state;
	fan_out_init(&fan_out);
	fan_out_add(&fan_out, &first->sink);
	fan_out_add(&fan_out, &second->sink);
	assert_int_equal(push_all(&fan_out.sink), 0);
	assert_string_equal(text_sink_take(first), "header\nsuccessors@0 1 2 3\nend\n");
	assert_string_equal(text_sink_take(second), "header\nsuccessors@0 1 2 3\nend\n");
	text_sink_free(first);
	text_sink_free(second);
}

static int refuse(struct capture_sink *sink, const struct capture_batch *batch)
{
	(void)sink;
	(void)batch;
	return -ENOSPC;
}

static void the_first_error_ends_it(void **state)
{
	struct text_sink *first = text_sink_new(), *second = text_sink_new();
	struct fan_out fan_out;

	(void)state;
	fan_out_init(&fan_out);
	fan_out_add(&fan_out, &first->sink);
	fan_out_add(&fan_out, &second->sink);
	first->sink.batch = refuse;
	assert_int_equal(push_all(&fan_out.sink), -ENOSPC);
	assert_string_equal(text_sink_take(second), "header\n");
	text_sink_free(first);
	text_sink_free(second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_sink_gets_everything),
		cmocka_unit_test(the_first_error_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
