# SPDX-License-Identifier: Apache-2.0
"""Two runs whose every value is known, for tests of the page that compares: make_runs.py FOLDER."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'cli'))
import cdict  # noqa: E402

MS = 1_000_000
BUCKET_NS = 10 * MS


def sample(bucket, task, cpu, run_ms, switches):
    return {'bucket': bucket, 'task': task, 'cpu': cpu, 'run_ns': int(run_ms * MS), 'switches': switches,
            'voluntary': switches, 'involuntary': 0, 'migrations': 0, 'wait_ns': 0, 'wait_max_ns': 0}


def exits(bucket, task, reason, count, host_us):
    return {'bucket': bucket, 'task': task, 'isa': 'vmx', 'reason': reason, 'count': count, 'host_ns': host_us * 1000,
            'off_ns': 0, 'host_min_ns': 1, 'host_max_ns': 2, 'guest_ns': 0}


def run(path, seconds, cpus, tasks, samples, exit_rows, cells, bucket_ns=BUCKET_NS, **header):
    """What one bucket has, in all of them."""
    header = {'recorded': ['sched', 'kvm'] if exit_rows else ['sched'], 'kernel': f'6.{cpus}', **header}
    messages = [cdict.header(cpus=cpus, bucket_ns=bucket_ns, **header)]
    messages.append(cdict.rows('tasks', *[
        cdict.task(number, 100 * cpus + number, name, kind) for number, (name, kind) in enumerate(tasks)]))
    for bucket in range(int(seconds * 1e9) // bucket_ns):
        messages.append(cdict.rows('samples', *[sample(bucket, *row) for row in samples],
                                   bucket_ns=bucket_ns))
        messages.append(cdict.rows('cells', *[
            {'bucket': bucket, 'task': task, 'kind': kind, 'bin': bin_number, 'count': count}
            for task, bin_number, count, kind in [(*cell, 'run')[:4] for cell in cells]], bucket_ns=bucket_ns))
        if exit_rows:
            messages.append(cdict.rows('exits', *[exits(bucket, *row) for row in exit_rows],
                                       bucket_ns=bucket_ns))
    cdict.write_whole(path, messages, int(seconds * 1e9))


def main(folder):
    idle = [('swapper/0', 'idle'), ('swapper/1', 'idle')]
    run(os.path.join(folder, 'load-before.cdict'), 1, 2,
        idle + [('both', 'task'), ('both', 'task'), ('gone', 'task'), ('CPU 0/KVM', 'vcpu')],
        [(0, 0, 5, 3), (1, 1, 9, 1), (2, 0, 2, 3), (3, 1, 1, 1), (4, 0, 1, 1), (5, 0, 2, 5)],
        [(5, 12, 5, 50), (5, 48, 2, 20)], [(2, 160, 3), (3, 160, 1), (4, 200, 1), (5, 120, 7, 'guest')])
    run(os.path.join(folder, 'load-after.cdict'), 2, 4,
        idle + [('fresh', 'task'), ('CPU 0/KVM', 'vcpu'), ('both', 'task')],
        [(0, 0, 1, 3), (1, 1, 10, 1), (4, 0, 6, 3), (2, 3, 1, 2), (3, 0, 3, 5)],
        [(3, 12, 10, 50), (3, 30, 1, 10)], [(4, 160, 12), (2, 240, 2)])
    run(os.path.join(folder, 'load-plain.cdict'), 1, 2, idle + [('both', 'task')],
        [(0, 0, 5, 3), (1, 1, 9, 1), (2, 0, 5, 3)], [], [(2, 160, 3)], filters=['name both'])
    run(os.path.join(folder, 'load-kvm-only.cdict'), 1, 2, idle + [('CPU 0/KVM', 'vcpu')], [],
        [(2, 12, 5, 50)], [(2, 120, 5, 'guest')], recorded=['kvm'])
    # core 1 alone was recorded
    run(os.path.join(folder, 'load-one.cdict'), 1, 2, idle + [('both', 'task')],
        [(1, 1, 6, 3), (2, 1, 4, 3)], [], [(2, 160, 3)], filters=['cpus=1'])
    # load-before in buckets four times as long
    run(os.path.join(folder, 'load-coarse.cdict'), 1, 2,
        idle + [('both', 'task'), ('gone', 'task'), ('CPU 0/KVM', 'vcpu')],
        [(0, 0, 20, 12), (1, 1, 36, 4), (2, 0, 8, 12), (2, 1, 4, 4), (3, 0, 4, 4), (4, 0, 8, 20)],
        [(4, 12, 20, 200), (4, 48, 8, 80)], [(2, 160, 16), (3, 200, 4)], 4 * BUCKET_NS)


if __name__ == '__main__':
    main(sys.argv[1])
