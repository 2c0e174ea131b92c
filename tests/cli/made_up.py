# SPDX-License-Identifier: Apache-2.0
"""A made-up capture, the same every time, and what Python makes of it."""
import random
import re

import cdict

MS = 1_000_000
CORES = 3
DURATION_NS = 2000 * MS

TASKS = [
    cdict.task(0, 0, 'swapper/0', 'idle'),
    cdict.task(1, 0, 'swapper/1', 'idle'),
    cdict.task(2, 0, 'swapper/2', 'idle'),
    cdict.task(3, 15, 'ksoftirqd/0', 'kthread'),
    cdict.task(4, 22, 'ksoftirqd/1', 'kthread'),
    cdict.task(5, 2834, 'perf', cgroup='/user.slice', end_ns=900 * MS),
    cdict.task(6, 2834, 'perf', cgroup='/user.slice'),  # the tid, used again
    cdict.task(7, 300, 'CPU 0/KVM', 'vcpu', name='Router.02.vcpu0', vm='vm-7', vcpu=0),
    cdict.task(8, 301, 'say "a,b"'),
    cdict.task(9, 302, 'gr\u00fc\u00dfe \u20ac'),
    cdict.task(10, 303, '=cmd()</script>'),
    cdict.task(11, 1 << 22, 'big', first_voluntary=(1 << 64) - 2),
    cdict.task(12, None, 'nobody', 'unknown'),
    cdict.task(13, 304, 'never ran'),
]
SILENT = 13


def maybe(draw, value, share_nil=0.2):
    return None if draw.random() < share_nil else value


def sample(draw, bucket, bucket_ns):
    number = draw.randrange(len(TASKS) - 1)
    known = TASKS[number]['kind'] not in ('idle', 'unknown')
    wait = maybe(draw, draw.randrange(5 * MS)) if known else None
    longest = None if wait is None else draw.randrange(wait + 1)
    voluntary, involuntary = draw.randrange(50), draw.randrange(9)
    return {
        'bucket': bucket, 'task': number, 'cpu': draw.randrange(CORES),
        'run_ns': draw.randrange(bucket_ns), 'switches': voluntary + involuntary,
        'voluntary': voluntary, 'involuntary': involuntary, 'migrations': draw.randrange(3),
        'wait_ns': wait, 'wait_max_ns': longest,
        'wait_max_at_ns': None if longest is None else bucket * bucket_ns + draw.randrange(bucket_ns),
    }


def cell(draw, bucket):
    return {'bucket': bucket, 'task': draw.randrange(len(TASKS) - 1),
            'kind': draw.choice(['run', 'sleep', 'wait', 'guest', 'host']),
            'bin': draw.randint(cdict.FIRST_BIN, cdict.LAST_BIN), 'count': draw.randrange(1, 99)}


def switch_rows(draw, count):
    return [{'at_ns': draw.randrange(2 * MS), 'cpu': draw.randrange(CORES),
             'task': draw.randrange(len(TASKS)), 'next': maybe(draw, draw.randrange(len(TASKS))),
             'state': draw.choice(['R', 'S', 'D']), 'wait_us': maybe(draw, draw.randrange(MS))}
            for _ in range(count)]


class Capture:
    """messages: as they go into the file. Buckets of 10 ms in the first second, then of 20 ms."""

    def __init__(self, seed=1):
        draw = random.Random(seed)
        self.messages = [cdict.header(cpus=CORES), cdict.rows('tasks', *TASKS[:6])]
        self.messages.append(cdict.rows('tasks', dict(TASKS[6], comm='sh'), *TASKS[7:]))
        self.messages.append(cdict.rows('tasks', TASKS[6]))  # it is called perf later
        self.samples, self.cells = [], []  # (bucket_ns, row)
        for bucket_ns, buckets in ((10 * MS, range(0, 100)), (20 * MS, range(50, 100))):
            for bucket in buckets:
                self.add_bucket(draw, bucket, bucket_ns)
        self.switches = []  # (at_ns, row)
        self.add_switches(draw, 0, 40)
        self.add_switches(draw, 700 * MS, 60)
        self.others = {
            'totals': [{'task': 5, 'cpu': 1, 'run_ns': 7, 'switches': 3, 'voluntary': 2,
                        'involuntary': 1}],
            'successors': [{'task': 5, 'next': 3, 'count': 9}, {'task': 3, 'next': 5, 'count': 8}],
            'exit_totals': [{'task': 7, 'isa': 'svm', 'reason': 0xffffffffffffff, 'count': 1,
                             'host_ns': 5, 'host_max_ns': 5}],
            'cpus': [{'cpu': 2, 'at_ns': 500 * MS, 'online': 0},
                     {'cpu': 2, 'at_ns': 1250 * MS, 'online': 1}],
            'losses': [{'at_ns': at * MS, 'cause': cause, 'count': 0, 'switches': 0, 'run_ns': 0}
                       for at in (1000, 2000) for cause in ('ring_full', 'late')],
        }
        for table, rows in self.others.items():
            self.messages.append(cdict.rows(table, *rows))
        self.buckets = {
            'vcpu_samples': [{'bucket': 3, 'task': 7, 'guest_ns': 1, 'host_ns': 2, 'halted_ns': 3,
                              'blocked_ns': 4, 'waiting_ns': None}],
            'exits': [{'bucket': 3, 'task': 7, 'isa': 'svm', 'reason': 0x78, 'count': 2,
                       'host_ns': 3, 'off_ns': 0, 'host_min_ns': 1, 'host_max_ns': 2,
                       'guest_ns': None, 'unpaired': 0}],
            'exit_cells': [{'bucket': 3, 'task': 7, 'isa': 'svm', 'reason': 0x78, 'bin': 77,
                            'count': 2}],
        }
        for table, rows in self.buckets.items():
            self.messages.append(cdict.rows(table, *rows))

    def add_bucket(self, draw, bucket, bucket_ns):
        samples = [sample(draw, bucket, bucket_ns) for _ in range(draw.randrange(1, 9))]
        if len(samples) > 3:  # a key in two parts
            samples.append(dict(samples[0], run_ns=draw.randrange(bucket_ns)))
        cells = [cell(draw, bucket) for _ in range(draw.randrange(1, 9))]
        self.messages.append(cdict.rows('samples', *samples, bucket_ns=bucket_ns))
        self.messages.append(cdict.rows('cells', *cells, bucket_ns=bucket_ns))
        self.samples += [(bucket_ns, row) for row in samples]
        self.cells += [(bucket_ns, row) for row in cells]

    def add_switches(self, draw, base_ns, count):
        rows = switch_rows(draw, count)
        self.messages.append(cdict.rows('switches', *rows, base_ns=base_ns))
        at_ns = base_ns
        for row in rows:
            at_ns += row['at_ns']
            self.switches.append((at_ns, row))

    def write(self, path):
        return cdict.write_whole(path, self.messages, DURATION_NS)


def in_window(bucketed, from_ns=0, cap_ns=None):
    return [(bucket_ns, row) for bucket_ns, row in bucketed
            if from_ns <= row['bucket'] * bucket_ns
            and (cap_ns is None or row['bucket'] * bucket_ns < cap_ns)]


def known_sum(values):
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def sums_of(rows):
    """What stats should say of these samples of one task."""
    longest = [(row['wait_max_ns'], row['wait_max_at_ns']) for row in rows
               if row['wait_max_ns'] is not None]
    best = max((length for length, _ in longest), default=None)
    sums = {key: sum(row[key] for row in rows)
            for key in ('run_ns', 'switches', 'voluntary', 'involuntary', 'migrations')}
    sums['wait_ns'] = known_sum(row['wait_ns'] for row in rows)
    sums['wait_max_ns'] = best
    sums['wait_max_at_ns'] = next((at for length, at in longest if length == best), None)
    return sums


def shown_name(task):
    return task.get('name') or task['comm']


def order_of(name):
    """A key for sorting names: NAME.GROUP.PART by group first, numbers by their value."""
    grouped = re.sub(r'^(.+?)\.(\d{1,9})\.', lambda m: f'{int(m[2]):02}.{m[1]}.', name)
    return [(b'0', int(part)) if part.isdigit() else (part.encode(), 0)
            for part in re.findall(r'[0-9]+|.', grouped, re.S)]
