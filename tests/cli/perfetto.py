# SPDX-License-Identifier: Apache-2.0
"""
A strict reader of the part of Perfetto's trace format that pftrace writes: a field that is not in
this schema (from protos/perfetto/trace/ of github.com/google/perfetto), of the wrong type or cut
is an error.
"""
import struct

UINT, DOUBLE, TEXT = 'uint', 'double', 'text'

SWITCH = {1: ('prev_comm', TEXT), 2: ('prev_pid', UINT), 3: ('prev_prio', UINT),
          4: ('prev_state', UINT), 5: ('next_comm', TEXT), 6: ('next_pid', UINT),
          7: ('next_prio', UINT)}
WAKING = {1: ('comm', TEXT), 2: ('pid', UINT), 3: ('prio', UINT), 4: ('success', UINT),
          5: ('target_cpu', UINT)}
EVENT = {1: ('timestamp', UINT), 2: ('pid', UINT), 4: ('sched_switch', SWITCH),
         20: ('sched_waking', WAKING)}
PACKET = {
    1: ('ftrace_events', {1: ('cpu', UINT), 2: ('event', EVENT)}),
    2: ('process_tree', {1: ('processes', {1: ('pid', UINT), 3: ('cmdline', TEXT)}),
                         2: ('threads', {1: ('tid', UINT), 2: ('name', TEXT), 3: ('tgid', UINT)})}),
    6: ('clock_snapshot', {1: ('clocks', {1: ('clock_id', UINT), 2: ('timestamp', UINT)})}),
    8: ('timestamp', UINT),
    10: ('trusted_packet_sequence_id', UINT),
    11: ('track_event', {9: ('type', UINT), 11: ('track_uuid', UINT), 23: ('name', TEXT),
                         44: ('double_counter_value', DOUBLE)}),
    45: ('system_info', {1: ('utsname', {1: ('sysname', TEXT), 3: ('release', TEXT),
                                         4: ('machine', TEXT)})}),
    60: ('track_descriptor', {1: ('uuid', UINT), 2: ('name', TEXT),
                              8: ('counter', {6: ('unit_name', TEXT)})}),
}
TRACE = {1: ('packet', PACKET)}
REPEATED = {'packet', 'event', 'processes', 'threads', 'clocks', 'cmdline'}


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7f) << shift
        at += 1
        shift += 7
        if not byte & 0x80:
            return value, at
        assert shift < 70, 'a number without end'


def field(data, at, wire, kind):
    if wire == 0:
        assert kind is UINT, kind
        return varint(data, at)
    if wire == 1:
        assert kind is DOUBLE, kind
        return struct.unpack_from('<d', data, at)[0], at + 8
    assert wire == 2, wire
    length, at = varint(data, at)
    body = data[at:at + length]
    assert len(body) == length, 'cut'
    assert kind not in (UINT, DOUBLE), kind
    return body.decode() if kind is TEXT else read(body, kind), at + length


def read(data, schema):
    message, at = {}, 0
    while at < len(data):
        key, at = varint(data, at)
        name, kind = schema[key >> 3]
        value, at = field(data, at, key & 7, kind)
        if name in REPEATED:
            message.setdefault(name, []).append(value)
        else:
            assert name not in message, name
            message[name] = value
    return message


def packets(data):
    return read(data, TRACE)['packet']
