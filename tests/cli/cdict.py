# SPDX-License-Identifier: Apache-2.0
"""Writes cdict files by hand: a second witness of the format, which shares no line with the C one."""
import gzip
import os

import msgpack

COLUMNS = {
    'tasks': 'task tid tgid start_ns end_ns comm name kind vm vcpu cgroup first_voluntary '
             'first_involuntary first_run_delay_ns first_run_ns last_voluntary last_involuntary '
             'last_run_delay_ns last_run_ns',
    'samples': 'bucket task cpu run_ns switches voluntary involuntary migrations wait_ns '
               'wait_max_ns wait_max_at_ns',
    'vcpu_samples': 'bucket task guest_ns host_ns halted_ns blocked_ns waiting_ns',
    'cells': 'bucket task kind bin count',
    'exits': 'bucket task isa reason count host_ns off_ns host_min_ns host_max_ns guest_ns unpaired',
    'exit_cells': 'bucket task isa reason bin count',
    'totals': 'task cpu run_ns switches voluntary involuntary',
    'exit_totals': 'task isa reason count host_ns host_max_ns',
    'switches': 'at_ns cpu task next state wait_us',
    'successors': 'task next count',
    'cpus': 'cpu at_ns online',
    'losses': 'at_ns cause count switches run_ns',
}
COLUMNS = {table: names.split() for table, names in COLUMNS.items()}
BUCKETED = {'samples', 'vcpu_samples', 'cells', 'exits', 'exit_cells'}
FIRST_BIN, LAST_BIN = 56, 359


def header(cpus=2, bucket_ns=10_000_000, **changes):
    numbers = list(range(cpus))
    fields = {
        'format': 'cdict', 'version': 2, 'program_version': 'by hand', 'host': 'here',
        'kernel': '6.1', 'arch': 'x86_64',
        'cpus': {'cpu': numbers, 'package': [0] * cpus, 'core': numbers, 'thread': [0] * cpus,
                 'node': [0] * cpus},
        'realtime_ns': 1_700_000_000_000_000_000, 'monotonic_ns': 5_000_000_000,
        'bucket_ns': bucket_ns,
        'histogram': {'steps_per_octave': 8, 'first_bin': FIRST_BIN, 'last_bin': LAST_BIN,
                      'open_ends': True},
        'recorded': ['sched'], 'filters': [], 'not_offered': [],
    }
    fields.update(changes)
    return {'header': fields}


def rows(table, *dicts, bucket_ns=10_000_000, base_ns=0):
    """A message of rows given as dicts; what a row leaves out is nil."""
    message = {'table': table}
    if table in BUCKETED:
        message['bucket_ns'] = bucket_ns
    if table == 'switches':
        message['base_ns'] = base_ns
    message['columns'] = {name: [row.get(name) for row in dicts] for name in COLUMNS[table]}
    return message


def end(messages, duration_ns, **changes):
    """The end that fits to these messages."""
    counts = dict.fromkeys(COLUMNS, 0)
    for message in messages:
        if 'table' in message:
            columns = list(message['columns'].values())
            counts[message['table']] += len(columns[0])
    fields = {
        'duration_ns': duration_ns, 'cause': 'duration', 'cut': False, 'rows': counts,
        'switches': 0,
        'runs_of_unknown_length': {'before_zero': 0, 'after_loss': 0, 'missed_switch': 0},
        'verdict': 'equal', 'proof': {'cpu': []},
        'cost': {},
    }
    fields.update(changes)
    return {'end': fields}


def task(number, tid, comm, kind='task', **more):
    return {'task': number, 'tid': tid, 'tgid': tid, 'start_ns': 1000 + number, 'comm': comm,
            'kind': kind, **more}


def pack(messages):
    """One gzip member."""
    return gzip.compress(b''.join(
        msgpack.packb(message, unicode_errors='surrogateescape') for message in messages))


def write(path, *members):
    with open(path, 'wb') as file:
        for member in members:
            file.write(pack(member))
    return path


def write_whole(path, messages, duration_ns, **changes):
    """A whole file: header first, a member a message, an end."""
    return write(path, *[[message] for message in messages],
                 [end(messages, duration_ns, **changes)])


def cut(path, bytes_left_out):
    os.truncate(path, os.path.getsize(path) - bytes_left_out)
