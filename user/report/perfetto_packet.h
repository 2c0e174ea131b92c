/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packets of a Perfetto trace and its tracks. Field numbers: protos/perfetto/trace/ of
 * github.com/google/perfetto.
 */
#ifndef REPORT_PERFETTO_PACKET_H
#define REPORT_PERFETTO_PACKET_H

#include "base/proto_writer.h"

#define TRACE_PACKET 1
#define PERFETTO_SEQUENCE 1 /* all packets come from one writer */

/* TracePacket */
enum {
	PACKET_FTRACE_EVENTS = 1,
	PACKET_PROCESS_TREE = 2,
	PACKET_CLOCK_SNAPSHOT = 6,
	PACKET_TIMESTAMP = 8,
	PACKET_SEQUENCE_ID = 10,
	PACKET_TRACK_EVENT = 11,
	PACKET_SYSTEM_INFO = 45,
	PACKET_TRACK_DESCRIPTOR = 60,
};
/* TrackDescriptor, CounterDescriptor, TrackEvent */
enum { TRACK_UUID = 1, TRACK_NAME = 2, TRACK_COUNTER = 8, COUNTER_UNIT_NAME = 6 };
enum {
	TRACK_EVENT_TYPE = 9,
	TRACK_EVENT_TRACK = 11,
	TRACK_EVENT_NAME = 23,
	TRACK_EVENT_DOUBLE = 44,
	TYPE_INSTANT = 3,
	TYPE_COUNTER = 4,
};

/* proto_close() closes it. */
static inline void perfetto_open_packet(struct proto_writer *proto)
{
	proto_open(proto, TRACE_PACKET);
	proto_u64(proto, PACKET_SEQUENCE_ID, PERFETTO_SEQUENCE);
}

#endif
