/* SPDX-License-Identifier: Apache-2.0 */
#include "report/perfetto_losses.h"

#include "base/string_pool.h"
#include "report/perfetto_packet.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#define LOSSES_TRACK 1 /* those of vCPUs begin above */

static void describe(struct proto_writer *proto)
{
	perfetto_open_packet(proto);
	proto_open(proto, PACKET_TRACK_DESCRIPTOR);
	proto_u64(proto, TRACK_UUID, LOSSES_TRACK);
	proto_text(proto, TRACK_NAME, "lost in the second before");
	proto_close(proto);
	proto_close(proto);
}

static void put_instant(struct proto_writer *proto, uint64_t at_ns, const char *text)
{
	perfetto_open_packet(proto);
	proto_u64(proto, PACKET_TIMESTAMP, at_ns);
	proto_open(proto, PACKET_TRACK_EVENT);
	proto_u64(proto, TRACK_EVENT_TYPE, TYPE_INSTANT);
	proto_u64(proto, TRACK_EVENT_TRACK, LOSSES_TRACK);
	proto_text(proto, TRACK_EVENT_NAME, text);
	proto_close(proto);
	proto_close(proto);
}

static uint64_t grown(uint64_t now, uint64_t before)
{
	return now == CAPTURE_NIL || now < before ? 0 : now - before;
}

/* Where switches are missing: a switch that was not told is one, though its time is accounted for. */
static bool is_a_gap(int cause)
{
	return cause == LOSS_MISSED_SWITCH ||
	       (cause >= 0 && capture_loss_is_serious((enum capture_loss_cause)cause));
}

/* A cause that a newer pftrace added is not known here: nothing can be said of it. */
static void take_row(struct perfetto_losses *losses, const struct capture_batch *batch, size_t row,
		     struct proto_writer *proto, uint64_t zero_ns)
{
	const char *word = string_pool_text(batch->strings, batch->columns[LOSSES_CAUSE][row]);
	uint64_t at_ns = batch->columns[LOSSES_AT_NS][row];
	int cause = capture_loss_find(word);
	uint64_t count, switches;
	char text[96], missing[32] = "";

	if (!is_a_gap(cause))
		return;
	count = grown(batch->columns[LOSSES_COUNT][row], losses->count[cause]);
	switches = grown(batch->columns[LOSSES_SWITCHES][row], losses->switches[cause]);
	losses->count[cause] += count;
	losses->switches[cause] += switches;
	if (at_ns < losses->from_ns || (!count && !switches))
		return;
	if (!losses->described)
		describe(proto);
	losses->described = true;
	if (batch->columns[LOSSES_SWITCHES][row] != CAPTURE_NIL)
		snprintf(missing, sizeof(missing), ", %" PRIu64 " switches", switches);
	snprintf(text, sizeof(text), "%s: %" PRIu64 "%s", word, count, missing);
	put_instant(proto, zero_ns + at_ns, text);
}

int perfetto_losses_take(struct perfetto_losses *losses, const struct capture_batch *batch,
			 struct proto_writer *proto, uint64_t zero_ns)
{
	for (size_t row = 0; row < batch->rows && !proto->error; row++)
		take_row(losses, batch, row, proto, zero_ns);
	return proto->error;
}
