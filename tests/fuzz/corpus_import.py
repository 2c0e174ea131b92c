# SPDX-License-Identifier: Apache-2.0
"""Seeds for fuzz_events, fuzz_import and fuzz_old_cdict. usage: corpus_import.py FOLDER"""
import os
import sys
import zlib

import msgpack

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'cli'))
import perf_file  # noqa: E402 pylint: disable=wrong-import-position

LINES = [
    'bash  1234 [001]  100.010000001: sched:sched_switch: prev_comm=bash prev_pid=1234 '
    'prev_prio=120 prev_state=R+ ==> next_comm=a b next_pid=10 next_prio=120',
    '  <idle>-0  [000] d..2. 100.020000: sched_wakeup: a b:10 [120] success=1 CPU:000',
    'a b 9/10 [001] 100.030000: sched:sched_waking: comm=a b pid=10 prio=120 target_cpu=001',
    'a b 10 [001] 100.040000: 1 sched:sched_stat_runtime: comm=a b pid=10 runtime=99 [ns]',
    'a b-10 (    9) [001] 100.041: sched_stat_sleep: comm=c pid=11 delay=5000 [ns]',
    'a b 10 [001] 100.042000: sched:sched_process_fork: comm=a b pid=10 child_comm=a child_pid=12',
    'a 12 [001] 100.043000: sched:sched_process_exec: filename=/bin/x pid=12 old_pid=13',
    'a 12 [001] 100.044000: task:task_rename: pid=12 oldcomm=a newcomm=b oom_score_adj=0',
    'a 12 [001] 100.045000: kvm:kvm_entry: vcpu 0, rip 0x1011',
    'a 12 [001] 100.046000: kvm:kvm_exit: vcpu 0 reason npf rip 0x1011 info1 0x1 info2 0x2',
    'a 12 [001] 100.046500: kvm:kvm_exit: reason EXTERNAL_INTERRUPT rip 0xf info 0 80000000',
    'a 12 [001] 100.047000: sched:sched_migrate_task: comm=a pid=12 prio=120 orig_cpu=1 dest_cpu=0',
    'a 12 [001] 100.048000: PERF_RECORD_LOST lost 12',
    'CPU:1 [LOST 5 EVENTS]',
    'CPU:1 [5 EVENTS DROPPED]',
    'a 12 [001] 100.050000: sched:sched_switch: a:12 [120] S ==> swapper/1:0 [120]',
    'a 12 [001] 100.060000: sched:sched_process_exit: comm=a pid=12 prio=120',
]
HEADER = '# hostname : box\n# os release : 6.1\n# nrcpus online : 2\n# sample duration : 20.5 ms\n'
ROWS = {
    'event': ['sched__sched_switch', 'sched__sched_stat_sleep', 'kvm_exit', 'kvm_entry',
              'sched__sched_stat_iowait', 'sched__sched_switch'],
    'cpu': [0, 0, 1, 1, 1, 1],
    'usecs': [10, 20, 30, 40, 50, 60],
    'pid': [7, 8, 9, 9, 8, 9],
    'task_name': ['a', 'b.01.vcpu0', 'c', 'c', 'b.01.vcpu0', 'c'],
    'duration': [5, 10, 3, 2, 7, 50],
    'next_pid': [8, 0, None, None, 0, 7],
    'next_comm': ['b.01.vcpu0', None, 48, None, None, 'a'],
}


def write(folder, name, content):
    with open(os.path.join(folder, name), 'wb') as file:
        file.write(content)


def main():
    top = sys.argv[1]
    for number, line in enumerate(LINES):
        write(os.path.join(top, 'events'), f'line-{number}', line.encode())
    text = (HEADER + '\n'.join(LINES) + '\n').encode()
    for detail in (b'\0', b'\1'):
        write(os.path.join(top, 'import'), f'text-{detail[0]}', detail + text)
        write(os.path.join(top, 'import'), f'bare-{detail[0]}', detail + text[len(HEADER):])
    for name, packed in (('new', msgpack.packb(ROWS)),
                         ('raw', msgpack.packb(ROWS, use_bin_type=False))):
        write(os.path.join(top, 'old_cdict'), f'message-{name}', b'\1' + packed)
        write(os.path.join(top, 'old_cdict'), f'detail-{name}', b'\3' + packed)
        write(os.path.join(top, 'old_cdict'), f'file-{name}', b'\0' + zlib.compress(packed))
    records = [perf_file.sample(100 + i, i % 2, 20, 'sched_switch', 'a', 20, i % 3, 'b', 21, 120)
               for i in range(20)]
    records += [perf_file.ROUND, perf_file.lost(130, 1, 3),
                perf_file.sample(131, 0, 20, 'sched_process_fork', 8 << 16 | 24, 20, 6 << 16 | 32,
                                 30, 'parent', 'child'),
                perf_file.sample(132, 0, 20, 'sched_wait_task', 'a', 20)]
    write(os.path.join(top, 'perf_file'), 'whole', perf_file.perf_data(records, 100, 140))


main()
