# SPDX-License-Identifier: Apache-2.0
"""Text of events in, tables out: every figure worked out by hand."""
import os
import resource
import stat
import struct
import subprocess
import unittest
import zlib

import msgpack

from command import PFTRACE, CommandTest, Result

HEADER = """# ========
# hostname : box
# os release : 6.12.0
# arch : x86_64
# nrcpus online : 2
# ========
"""


def switch(at, cpu, prev, state, following):
    """prev and following: (comm, tid)."""
    return (f'{prev[0]:>16} {prev[1]:>5}/{prev[1]} [{cpu:03}] {at:.9f}: sched:sched_switch: '
            f'prev_comm={prev[0]} prev_pid={prev[1]} prev_prio=120 prev_state={state} ==> '
            f'next_comm={following[0]} next_pid={following[1]} next_prio=120')


def event(at, cpu, who, name, text):
    return f'{who[0]:>16} {who[1]:>5}/{who[1]} [{cpu:03}] {at:.9f}: sched:{name}: {text}'


IDLE = ('swapper/0', 0)
MS = 1_000_000
A = ('a task', 10)
B = ('b', 11)

# a runs 10 ms, sleeps 20 (woken at 32, runs at 34), then runs 6 until preempted, waits 5
TEXT = [
    event(100.000, 0, A, 'sched_stat_runtime', 'comm=a task pid=10 runtime=77 [ns]'),
    switch(100.010, 0, A, 'S', IDLE),
    event(100.031, 0, IDLE, 'sched_waking', 'comm=a task pid=10 prio=120 target_cpu=000'),
    event(100.032, 0, IDLE, 'sched_wakeup', 'comm=a task pid=10 prio=120 target_cpu=000'),
    switch(100.034, 0, IDLE, 'R', A),
    switch(100.040, 0, A, 'R+', B),
    switch(100.045, 0, B, 'D', A),
    switch(100.050, 0, A, 'Z', IDLE),
]


class ImportCommand(CommandTest):
    def write(self, lines, name='events.txt', header=HEADER):
        with open(self.path(name), 'w', encoding='utf-8') as file:
            file.write(header + '\n'.join(lines) + '\n')
        return self.path(name)

    def convert(self, source, *options, code=0, stdin=None):
        done = subprocess.run([PFTRACE, 'import', source, '--out', self.path(), *options],
                              input=stdin, stdin=None if stdin else subprocess.DEVNULL,
                              capture_output=True, timeout=60, check=False)
        result = Result(done)
        self.assertEqual(result.code, code, result.words)
        return result

    def tables(self, lines, *options, code=0):
        result = self.convert(self.write(lines), *options, code=code)
        stats = self.run_pftrace('stats', '--format', 'json', '--idle', self.path()).json()
        return {task['name']: task for task in stats['tasks']}, result

    def header(self):
        return self.read('info', '--format', 'json', self.path()).json()['header']

    def lengths(self, kind):
        """How many intervals of each task: {name: count}."""
        counts = {}
        for row in self.read('export', '--table', 'cells', self.path()).csv():
            if row['kind'] == kind:
                counts[row['name']] = counts.get(row['name'], 0) + int(row['count'])
        return counts


class ImportTest(ImportCommand):
    def test_runs_waits_and_sleeps(self):
        tasks, _ = self.tables(TEXT)
        task = tasks['a task']
        self.assertEqual(task['run_ns'], 21_000_000)
        self.assertEqual((task['switches'], task['voluntary'], task['involuntary']), (3, 2, 1))
        self.assertEqual((task['wait_ns'], task['wait_max_ns']), (7_000_000, 5_000_000))
        self.assertEqual(task['wait_max_at_ns'], 45_000_000)
        self.assertEqual(tasks['b']['run_ns'], 5_000_000)
        self.assertIsNone(tasks['b']['wait_ns'])  # nobody told since when it was runnable
        self.assertEqual(tasks['swapper/0']['run_ns'], 24_000_000)
        self.assertEqual(self.lengths('wait'), {'a task': 2})
        self.assertEqual(self.lengths('sleep'), {'a task': 1})
        self.assertEqual(self.lengths('run'), {'a task': 2, 'b': 1, 'swapper/0': 1})

    def test_detail_keeps_every_switch(self):
        self.convert(self.write(TEXT), '--detail')
        rows = self.read('export', '--table', 'switches', self.path()).csv()
        self.assertEqual([(int(row['at_ns']), row['name'], row['state'], row['next_name'],
                           row['wait_us']) for row in rows],
                         [(0, 'unknown', '', 'a task', ''),
                          (10 * MS, 'a task', 'S', 'swapper/0', ''),
                          (34 * MS, 'swapper/0', 'R', 'a task', '2000'),
                          (40 * MS, 'a task', 'R+', 'b', ''),
                          (45 * MS, 'b', 'D', 'a task', '5000'),
                          (50 * MS, 'a task', 'X', 'swapper/0', '')])
        self.assertIn('detail', self.header()['recorded'])
        self.convert(self.write(TEXT))
        self.assertEqual(self.read('export', '--table', 'switches', self.path()).csv(), [])

    def test_successors(self):
        self.convert(self.write(TEXT))
        rows = self.read('export', '--table', 'successors', self.path()).csv()
        self.assertEqual({(row['name'], row['next_name']): int(row['count']) for row in rows},
                         {('a task', 'swapper/0'): 2, ('swapper/0', 'a task'): 1,
                          ('a task', 'b'): 1, ('b', 'a task'): 1})

    def test_other_spellings_of_the_same_give_the_same(self):
        """As trace-cmd report's plugin has them."""
        def spell(line):
            words = line.split()
            at, name = next((words[i], words[i + 1]) for i in range(len(words))
                            if words[i].startswith('100.'))
            text = line.split(name, 1)[1].strip()
            if 'switch' in name:
                for key in ('prev_comm=', 'next_comm='):
                    text = text.replace(key, '')
                text = (text.replace(' prev_pid=', ':').replace(' next_pid=', ':')
                        .replace(' prev_prio=120 prev_state=', ' [120] ')
                        .replace(' next_prio=120', ' [120]'))
            elif 'wak' in name:
                text = 'a task:10 [120] CPU:000'
            who = text.rsplit(' [120] ', 2)[0] if 'switch' in name else 'x:0'
            return f"  x-{who.rsplit(':', 1)[1]} [000] d..2. {at} {name.split(':')[1]}: {text}"

        expected, _ = self.tables(TEXT)
        lines = [line if 'runtime' in line else spell(line) for line in TEXT]
        self.assertIn('a task:10 [120] S ==> swapper/0:0 [120]', lines[1])
        found, _ = self.tables(lines)
        self.assertEqual(found, expected)

    def test_waits_without_wakeups(self):
        without = [line for line in TEXT if 'wak' not in line]
        tasks, _ = self.tables(without)
        self.assertEqual(tasks['a task']['wait_ns'], 5_000_000)  # only the preemption's
        waking = [line for line in TEXT if 'sched_wakeup' not in line]
        self.assertEqual(self.tables(waking)[0]['a task']['wait_ns'], 8_000_000)
        stat = event(100.034, 0, IDLE, 'sched_stat_wait', 'comm=a task pid=10 delay=1500000 [ns]')
        self.assertEqual(self.tables(without[:2] + [stat] + without[2:])[0]['a task']['wait_ns'],
                         6_500_000)
        blocked = [event(100.030, 0, IDLE, name, f'comm=a task pid=10 delay={delay} [ns]')
                   for name, delay in (('sched_stat_iowait', 9000000),
                                       ('sched_stat_blocked', 20000000))]
        self.assertEqual(self.tables(without[:2] + blocked + without[2:])[0]['a task']['wait_ns'],
                         9_000_000)

    def test_names_groups_and_sums(self):
        lines = TEXT[:1] + [
            event(100.001, 0, A, 'sched_process_fork',
                  'comm=a task pid=10 child_comm=a task child_pid=12'),
            event(100.002, 0, A, 'sched_wakeup_new', 'comm=a task pid=12 prio=120 target_cpu=000'),
            switch(100.004, 0, A, 'S', ('a task', 12)),
            event(100.005, 0, ('child', 12), 'sched_process_exec',
                  'filename=/bin/child pid=12 old_pid=12'),
            event(100.006, 0, ('child', 12), 'sched_stat_runtime',
                  'comm=child pid=12 runtime=1500 [ns] vruntime=99 [ns]'),
            event(100.007, 0, ('child', 12), 'sched_stat_runtime',
                  'comm=child pid=12 runtime=500 [ns]'),
            switch(100.008, 0, ('child', 12), 'X', IDLE)]
        self.convert(self.write(lines))
        rows = self.read('export', '--table', 'tasks', self.path()).csv()
        child = next(row for row in rows if row['tid'] == '12')
        self.assertEqual((child['name'], child['tgid']), ('child', '12'))
        self.assertEqual(child['end_ns'], '8000000')
        self.assertEqual((child['first_run_ns'], child['last_run_ns']), ('0', '2000'))
        self.assertEqual((child['first_voluntary'], child['last_run_delay_ns']), ('', ''))
        samples = self.read('export', '--table', 'samples', self.path()).csv()
        waited = [row['wait_ns'] for row in samples if row['tid'] == '12']
        self.assertEqual(waited, ['2000000'])

    def test_a_tid_that_is_used_again_is_another_task(self):
        lines = TEXT + [switch(100.060, 0, IDLE, 'R', ('new', 10)),
                        switch(100.062, 0, ('new', 10), 'S', IDLE)]
        tasks, _ = self.tables(lines)
        self.assertEqual(tasks['a task']['run_ns'], 21_000_000)
        self.assertEqual(tasks['new']['run_ns'], 2_000_000)

    def test_time_before_a_cpus_first_event_is_nobodys(self):
        lines = TEXT[:3] + [switch(100.033, 1, ('c', 12), 'S', ('swapper/1', 0))] + TEXT[3:]
        tasks, _ = self.tables(lines)
        self.assertEqual(tasks['c']['run_ns'], 0)
        self.assertEqual(tasks['unknown']['run_ns'], 33_000_000)
        self.assertEqual(tasks['swapper/1']['run_ns'], 17_000_000)

    def test_lost_events_are_losses_and_nobodys_time(self):
        for notice in ('CPU:0 [LOST 5 EVENTS]', 'CPU:0 [5 EVENTS DROPPED]',
                       '  x 10 [000] 100.039: PERF_RECORD_LOST lost 5'):
            tasks, result = self.tables(TEXT[:5] + [notice] + TEXT[5:], code=3)
            self.assertTrue(any('lost events: 5' in line for line in result.words), result.words)
            rows = self.read('export', '--table', 'losses', self.path()).csv()
            counts = {row['cause']: row['count'] for row in rows}
            self.assertEqual(counts['lost_in_source'], '5')
            self.assertEqual(tasks['unknown']['run_ns'], 6_000_000)
            self.assertEqual(tasks['a task']['run_ns'], 15_000_000)

    def test_what_pftrace_took_is_not_known_of_another_tools_recording(self):
        self.tables(TEXT)
        cost = self.read('info', '--format', 'json', self.path()).json()['end']['cost']
        self.assertEqual(set(cost.values()), {None}, cost)
        text = self.read('info', self.path()).out
        self.assertIn('CPU not measured, memory not known, in the kernel not known', text)

    def test_a_switch_that_is_not_there_is_counted(self):
        tasks, result = self.tables(TEXT[:5] + TEXT[6:])
        self.assertTrue(any("lacks switches, whose time is nobody's: 1" in line for line in result.words), result.words)
        self.assertEqual(tasks['unknown']['run_ns'], 11_000_000)

    def test_what_is_not_used_is_counted_by_name(self):
        lines = TEXT[:1] + [event(100.001, 0, A, 'sched_wait_task', 'x')] * 3 + [
            event(100.001, 0, A, 'sched_move_numa', 'y'),
            event(100.002, 0, A, 'sched_wakeup', 'in an unheard-of spelling'),
            '\tffffffff81 schedule+0x1 ([kernel])', ''] + TEXT[1:]
        tasks, result = self.tables(lines)
        self.assertIn('not used: 3 sched_wait_task, 1 sched_move_numa', result.words)
        self.assertTrue(any('is not known: 1' in line for line in result.words))
        self.assertEqual(tasks['a task']['run_ns'], 21_000_000)

    def test_standard_input_and_header(self):
        text = HEADER + '\n'.join(TEXT) + '\n'
        result = self.convert('-', stdin=text.encode())
        self.assertEqual(len(result.words), 1, result.words)
        info = self.header()
        self.assertEqual((info['host'], info['kernel'], info['arch']), ('box', '6.12.0', 'x86_64'))
        self.assertEqual(len(info['cpus']), 2)
        self.assertEqual(info['bucket_ns'], 10_000_000)

    def test_quiet_and_bucket(self):
        result = self.convert(self.write(TEXT), '--quiet', '--bucket', '1')
        self.assertEqual((result.words, result.out), ([], ''))
        self.assertEqual(self.header()['bucket_ns'],
                         1_000_000)

    def test_a_long_recording_has_longer_buckets(self):
        self.convert(self.write(TEXT + [switch(250, 0, IDLE, 'R', A)]))
        self.assertEqual(self.header()['bucket_ns'],
                         100_000_000)

    # ---- what is refused ----

    def refuse_source(self, source, *names, code=1):
        self.refuse('import', source, '--out', self.path(), code=code, names=names)
        self.assertFalse(os.path.exists(self.path()))
        self.assertFalse(os.path.exists(self.path() + '.part'))

    def write_bytes(self, content):
        with open(self.path('junk'), 'wb') as file:
            file.write(content)
        return self.path('junk')

    def test_what_is_no_recording_is_refused(self):
        self.refuse_source(self.path('nothing'), 'nothing', 'No such file')
        self.refuse_source(self.folder.name, 'folder')
        self.refuse_source(self.write_bytes(b''), 'empty')
        self.refuse_source(self.write_bytes(b'\x7fELF\0\0\0'), '7f 45')
        self.refuse_source(self.write_bytes(b'\x1f\x8b\x08\0'), 'gzip')
        self.refuse_source(self.write_bytes(b'hello\n' * 1000), 'no event')
        self.refuse_source(self.write_bytes(b'x' * 3_000_000), 'no event')

    def test_a_leap_in_time_is_refused(self):
        far = switch(100 + 3 * 86400, 0, IDLE, 'R', A)
        self.refuse_source(self.write(TEXT + [far]), 'leaps')

    def test_buckets_go_by_the_latest_event_not_the_last_one(self):
        far, late = switch(1000, 0, IDLE, 'R', A), switch(100.06, 1, B, 'S', A)
        self.convert(self.write(TEXT + [far, late]))
        self.assertEqual(self.header()['bucket_ns'], 1000 * MS)

    def test_a_few_events_that_would_fill_millions_of_buckets_are_refused(self):
        begin = [switch(100, cpu, IDLE, 'R', ('t', 20 + cpu)) for cpu in range(32)]
        lines = begin + [switch(100 + 23 * 3600, 0, ('t', 20), 'S', IDLE)]
        began = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        result = self.convert(self.write(lines), '--bucket', '10', code=1)
        self.assertIn('--bucket', result.words[0])
        self.assertLess(resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - began, 20)
        self.assertFalse(os.path.exists(self.path()))
        self.convert(self.write(lines))

    def test_usage(self):
        out = ('--out', self.path())
        self.refuse('import', *out, code=2, names=['SOURCE'])
        self.refuse('import', 'x', code=2, names=['--out'])
        self.refuse('import', 'x', 'y', *out, code=2, names=["'y'"])
        self.refuse('import', 'x', *out, '--bucket', '0', code=2, names=['--bucket', "'0'"])
        self.refuse('import', 'x', '--out', code=2, names=["'--out'", 'value'])
        self.refuse('import', 'x', '--nonsense', code=2, names=["'--nonsense'"])

    def test_a_capture_that_cannot_be_written(self):
        self.refuse('import', self.write(TEXT), '--out', self.path('no/such/folder'), code=1,
                    names=['no/such/folder'])

    # ---- cdicts of perfwhiz ----

    ROWS = [  # event, cpu, usecs, pid, task_name, duration, next_pid, next_comm
        ('sched__sched_switch', 0, 10_000, 10, 'a', 4_000, 0, 'swapper/0'),
        ('sched__sched_stat_sleep', 0, 21_000, 10, 'a', 9_500, 0, None),
        ('sched__sched_switch', 0, 25_000, 0, 'swapper/0', 0, 10, 'a'),
        ('kvm_exit', 0, 26_000, 10, 'a', 3, None, 12),
        ('kvm_entry', 0, 26_001, 10, 'a', 3, None, None),
        ('something', 0, 26_002, 10, 'a', 3, None, None),
        ('sched__sched_switch', 1, 45_000, 10, 'a', 60_000, 11, 'b'),
    ]
    COLUMNS = ('event', 'cpu', 'usecs', 'pid', 'task_name', 'duration', 'next_pid', 'next_comm')

    def pack(self, columns=None, raw=False):
        if columns is None:
            columns = dict(zip(self.COLUMNS, map(list, zip(*self.ROWS))))
        packed = msgpack.packb(columns, use_bin_type=not raw)
        return self.write_bytes(zlib.compress(packed))

    def test_a_cdict_of_perfwhiz(self):
        for raw in (False, True):
            result = self.convert(self.pack(raw=raw))
            self.assertTrue(any('1 exits' in line for line in result.words), result.words)
            self.assertIn('not used: 1 something', result.words)
            rows = [(row['name'], int(row['cpu']), int(row['bucket']), int(row['run_ns']),
                     int(row['switches']), row['voluntary'], row['wait_ns'])
                    for row in self.read('export', '--table', 'samples', self.path()).csv()]
            ms = 1_000_000
            self.assertEqual(sorted(rows), [
                ('a', 0, 0, 4 * ms, 0, '', ''), ('a', 0, 1, 0, 1, '', ''),
                # 15 ms of the run lie before zero
                ('a', 1, 0, 25 * ms, 0, '', ''), ('a', 1, 1, 10 * ms, 0, '', ''),
                ('a', 1, 2, 10 * ms, 0, '', ''), ('a', 1, 3, 10 * ms, 0, '', ''),
                ('a', 1, 4, 5 * ms, 1, '', ''), ('swapper/0', 0, 2, 0, 1, '', '')])
            self.assertEqual(self.lengths('sleep'), {'a': 1})

    def test_a_damaged_cdict_of_perfwhiz_is_refused(self):
        good = dict(zip(self.COLUMNS, map(list, zip(*self.ROWS))))
        for key in self.COLUMNS:
            self.refuse_source(self.pack({k: v for k, v in good.items() if k != key}), 'missing')
            self.refuse_source(self.pack({**good, key: good[key][:-1]}), 'equally long')
            self.refuse_source(self.pack({**good, key: 7}), 'no list')
        self.refuse_source(self.pack({key: [] for key in good}), 'no events')
        self.refuse_source(self.pack([1, 2]), 'no map')
        with open(self.pack(), 'rb') as file:
            whole = file.read()
        for length in range(2, len(whole) - 4, 7):
            self.refuse_source(self.write_bytes(whole[:length]), 'perfwhiz', 'cut or damaged')
        self.refuse_source(self.write_bytes(zlib.compress(b'{t\x05event')), 'marshal')
        far = [*self.ROWS[0][:2], 10**18, *self.ROWS[0][3:]]
        result = self.convert(self.pack(dict(zip(self.COLUMNS, zip(*self.ROWS, far)))))
        self.assertTrue(any('is not known: 1' in line for line in result.words))

    # ---- programs that read for us, made up ----

    def with_tool(self, tool, script, source):
        folder = self.path('bin')
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, tool)
        with open(path, 'w', encoding='utf-8') as file:
            file.write('#!/bin/sh\n' + script)
        os.chmod(path, os.stat(path).st_mode | stat.S_IXUSR)
        done = subprocess.run([PFTRACE, 'import', source, '--out', self.path()],
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
                              check=False, env={**os.environ, 'PATH': f'{folder}:/usr/bin:/bin'})
        return Result(done)

    def test_perf_is_asked_for_fields_by_name(self):
        text = self.write(TEXT)
        source = self.write_bytes(b'PERFILE2' + bytes(100))
        result = self.with_tool('perf', f'echo "$@" > {self.path("asked")}\ncat {text}\n', source)
        self.assertEqual(result.code, 0, result.words)
        with open(self.path('asked'), encoding='utf-8') as file:
            asked = file.read()
        self.assertIn('-F comm,tid,pid,cpu,time,event,trace', asked)
        self.assertIn(f'-i {source}', asked)

    def test_trace_cmd_reads_its_files(self):
        text = self.write(TEXT, header='cpus=4\n')
        source = self.write_bytes(b'\x17\x08\x44tracing6\0')
        result = self.with_tool('trace-cmd', f'cat {text}\n', source)
        self.assertEqual(result.code, 0, result.words)
        info = self.header()
        self.assertEqual(len(info['cpus']), 4)

    def test_a_program_that_fails_is_quoted(self):
        source = self.write_bytes(b'PERFILE2' + bytes(100))
        for script in ('echo "first" >&2; echo "bad file" >&2; exit 255\n',
                       f'cat {self.write(TEXT)}; echo "bad file" >&2; exit 255\n'):
            result = self.with_tool('perf', script, source)
            self.assertEqual((result.code, len(result.words)), (1, 1), result.words)
            self.assertIn('bad file', result.words[0])
            self.assertFalse(os.path.exists(self.path()))

    def test_a_recording_without_switches_is_refused(self):
        """Who was seen first on a CPU would have had it for all of the time."""
        lines = [event(100.001, 0, A, 'sched_waking', 'comm=b pid=11 prio=120 target_cpu=001'),
                 event(100.002, 0, A, 'sched_wakeup', 'comm=b pid=11 prio=120 target_cpu=001'),
                 event(100.009, 1, B, 'cpu-clock', '')]
        for chosen in (lines, lines[2:]):
            self.refuse_source(self.write(chosen), 'no sched_switch')

    def test_a_program_that_is_not_there_is_named(self):
        for content, tool in ((b'PERFILE2' + bytes(100), 'perf'),
                              (b'\x17\x08\x44tracing6\0', 'trace-cmd')):
            done = subprocess.run([os.path.abspath(PFTRACE), 'import', self.write_bytes(content),
                                   '--out', self.path()], capture_output=True, check=False,
                                  env={'PATH': self.path('empty')})
            words = done.stderr.decode().splitlines()
            self.assertEqual((done.returncode, len(words)), (1, 1))
            self.assertIn(tool, words[0])
            self.assertIn('not installed', words[0])

    def test_of_a_cut_file_that_is_said_even_where_its_program_is_missing(self):
        header = struct.pack('<8s12Q', b'PERFILE2', 104, 0, 0, 0, 104, 5000, *[0] * 6)
        done = subprocess.run([os.path.abspath(PFTRACE), 'import', self.write_bytes(header[:104]),
                               '--out', self.path()], capture_output=True, check=False,
                              env={'PATH': self.path('empty')})
        self.assertEqual(done.returncode, 1)
        self.assertIn('is cut: it has 104 bytes', done.stderr.decode())

    def test_a_perf_data_on_standard_input_is_refused(self):
        done = self.convert('-', code=1, stdin=b'PERFILE2' + bytes(100))
        self.assertEqual(len(done.words), 1)
        self.assertIn('as a file', done.words[0])


if __name__ == '__main__':
    unittest.main()
