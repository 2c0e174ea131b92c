# SPDX-License-Identifier: Apache-2.0
"""Writes a small perf.data of tracepoints by hand, as perf record would; shares no line with the reader."""
import struct

IDENTIFIER, IP, TID, TIME, CPU, PERIOD, RAW = (1 << bit for bit in (16, 0, 1, 2, 7, 8, 10))
SAMPLE_TYPE = IDENTIFIER | IP | TID | TIME | CPU | PERIOD | RAW
COMMON = [('unsigned short common_type', 0, 2), ('unsigned char common_flags', 2, 1),
          ('unsigned char common_preempt_count', 3, 1), ('int common_pid', 4, 4)]
EVENTS = {
    'sched_switch': (372, '<16si4xq16sii', [
        ('char prev_comm[16]', 8, 16), ('pid_t prev_pid', 24, 4), ('long prev_state', 32, 8),
        ('char next_comm[16]', 40, 16), ('pid_t next_pid', 56, 4), ('int next_prio', 60, 4)]),
    'sched_wakeup': (374, '<16sii', [('char comm[16]', 8, 16), ('pid_t pid', 24, 4),
                                     ('int prio', 28, 4)]),
    'sched_stat_runtime': (360, '<16siIQ', [('char comm[16]', 8, 16), ('pid_t pid', 24, 4),
                                            ('u64 runtime', 32, 8)]),
    'sched_wait_task': (361, '<16si', [('char comm[16]', 8, 16), ('pid_t pid', 24, 4)]),
    # the text of the child's name lies behind the fields, since Linux 6.16
    'sched_process_fork': (366, '<IiIi8s8s', [
        ('__data_loc char[] parent_comm', 8, 4), ('pid_t parent_pid', 12, 4),
        ('__data_loc char[] child_comm', 16, 4), ('pid_t child_pid', 20, 4)]),
}


def text(value):
    return value.encode() + b'\0'


def format_of(name):
    number, _, fields = EVENTS[name]
    lines = [f'name: {name}', f'ID: {number}', 'format:']
    lines += [f'\tfield:{field};\toffset:{offset};\tsize:{size};\tsigned:0;'
              for field, offset, size in COMMON + fields]
    return ('\n'.join(lines) + f'\n\nprint fmt: "{name}"\n').encode()


def sized(content):
    return struct.pack('<Q', len(content)) + content


def tracing_data():
    data = b'\x17\x08\x44tracing' + text('0.6') + bytes([0, 8]) + struct.pack('<I', 4096)
    data += text('header_page') + sized(b'page') + text('header_event') + sized(b'event')
    data += struct.pack('<I', 1) + sized(b'name: function\nID: 1\nformat:\n')
    data += struct.pack('<I', 1) + text('sched') + struct.pack('<I', len(EVENTS))
    return data + b''.join(sized(format_of(name)) for name in EVENTS)


def record(kind, body, misc=1):
    return struct.pack('<IHH', kind, misc, 8 + len(body)) + body


def sample(time_ns, cpu, tid, name, *values):
    number, layout, _ = EVENTS[name]
    raw = struct.pack('<HBBi', number, 0, 0, tid) + struct.pack(
        layout, *[value.encode() if isinstance(value, str) else value for value in values])
    raw += bytes(-(4 + len(raw)) % 8)
    return record(9, struct.pack('<QQiiQIIQI', 284, 0xffffffff81000000, tid, tid, time_ns, cpu, 0, 1,
                                 len(raw)) + raw)


def sample_id(time_ns, cpu):
    return struct.pack('<iiQIIQ', 0, 0, time_ns, cpu, 0, 284)


def lost(time_ns, cpu, count):
    return record(2, struct.pack('<QQ', 284, count) + sample_id(time_ns, cpu))


ROUND = record(68, b'')


def attr(kind, config, sample_type):
    return struct.pack('<IIQQQQQIIQQ', kind, 128, config, 1, sample_type, 0, 1 << 18, 0, 0, 0, 0) \
        + bytes(128 - 72) + struct.pack('<QQ', 0, 0)


def words(value):
    content = text(value)
    content += bytes(-len(content) % 64)
    return struct.pack('<I', len(content)) + content


def perf_data(records, first_ns, last_ns, release='6.18.1', attrs=None):
    """The bytes of the file."""
    attrs = attrs or [attr(2, 372, SAMPLE_TYPE), attr(1, 9, SAMPLE_TYPE & ~(RAW | PERIOD))]
    features = {1: tracing_data(), 3: words('box'), 4: words(release), 6: words('x86_64'),
                7: struct.pack('<II', 2, 2), 21: struct.pack('<QQ', first_ns, last_ns)}
    attr_bytes = b''.join(attrs)
    data_at = 104 + len(attr_bytes)
    data = b''.join(records)
    table_at = data_at + len(data)
    at = table_at + 16 * len(features)
    table = b''
    for content in features.values():
        table += struct.pack('<QQ', at, len(content))
        at += len(content)
    flags = sum(1 << feature for feature in features)
    header = b'PERFILE2' + struct.pack('<QQQQQQQQQQQQ', 104, 144, 104, len(attr_bytes), data_at,
                                       len(data), 0, 0, flags, 0, 0, 0)
    return header + attr_bytes + data + table + b''.join(features.values())
