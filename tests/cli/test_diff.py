# SPDX-License-Identifier: Apache-2.0
"""pftrace diff: made-up runs that are equal, and runs of which it is known what changed."""
import math
import random
import re
import unittest

import cdict
from command import CommandTest

MS = 1_000_000
BUCKET_NS = 10 * MS
KVM = {'recorded': ['sched', 'kvm']}


def poisson(draw, mean):
    """How many of very many rare events happen."""
    limit, count, product = math.exp(-mean), 0, draw.random()
    while product > limit:
        count += 1
        product *= draw.random()
    return count


def bin_of(length_ns):
    return max(56, min(359, math.floor(8 * math.log2(length_ns))))


class Load:
    """A task that comes `rate` times a second, runs some 100 us each time and waits before it."""

    def __init__(self, name, rate=300, run_us=100, wait_us=20, migrates=0.1, tasks=1):
        self.name, self.rate, self.run_us, self.wait_us = name, rate, run_us, wait_us
        self.migrates, self.tasks = migrates, tasks

    def but(self, **changes):
        load = Load(self.name)
        load.__dict__.update(self.__dict__)
        load.__dict__.update(changes)
        return load

    def bucket(self, draw, bucket, task, bucket_ns):
        """Its row of samples and its cells of one bucket; None when it did not come."""
        switches = poisson(draw, self.rate * bucket_ns / 1e9)
        if not switches:
            return None, []
        waits = [draw.expovariate(1 / (self.wait_us * 1000)) + 100 for _ in range(switches)]
        run_ns = sum(draw.expovariate(1 / (self.run_us * 1000)) for _ in range(switches))
        row = {'bucket': bucket, 'task': task, 'cpu': task % 2, 'run_ns': int(run_ns),
               'switches': switches, 'voluntary': switches, 'involuntary': 0,
               'migrations': sum(draw.random() < self.migrates for _ in range(switches)),
               'wait_ns': int(sum(waits)), 'wait_max_ns': int(max(waits)),
               'wait_max_at_ns': bucket * bucket_ns}
        bins = [bin_of(wait) for wait in waits]
        return row, [{'bucket': bucket, 'task': task, 'kind': 'wait', 'bin': bin_number,
                      'count': bins.count(bin_number)} for bin_number in sorted(set(bins))]


class Run:
    """A capture of loads; the tids are other ones in each."""

    def __init__(self, seed, loads, seconds=2, bucket_ns=BUCKET_NS, **header):
        draw = random.Random(seed)
        self.duration_ns = int(seconds * 1e9)
        self.messages = [cdict.header(bucket_ns=bucket_ns, **header)]
        tasks = [cdict.task(0, 0, 'swapper/0', 'idle')]
        self.loads = []
        for load in loads:
            for _ in range(load.tasks):
                self.loads.append((len(tasks), load))
                tasks.append(cdict.task(len(tasks), draw.randrange(1000, 30000), load.name))
        self.messages.append(cdict.rows('tasks', *tasks))
        for bucket in range(self.duration_ns // bucket_ns):
            self.add_bucket(draw, bucket, bucket_ns)

    def add_bucket(self, draw, bucket, bucket_ns):
        samples = [{'bucket': bucket, 'task': 0, 'cpu': 0, 'run_ns': bucket_ns // 2, 'switches': 1,
                    'voluntary': 1, 'involuntary': 0, 'migrations': 0}]
        cells = []
        for task, load in self.loads:
            row, waits = load.bucket(draw, bucket, task, bucket_ns)
            if row:
                samples.append(row)
                cells += waits
        self.messages.append(cdict.rows('samples', *samples, bucket_ns=bucket_ns))
        if cells:
            self.messages.append(cdict.rows('cells', *cells, bucket_ns=bucket_ns))

    def add(self, table, *rows):
        self.messages.append(cdict.rows(table, *rows))
        return self

    def write(self, path, **end):
        return cdict.write_whole(path, self.messages, self.duration_ns, **end)


LOADS = [Load(f'worker{number}', rate=50 + 40 * number, run_us=20 + 15 * number,
              wait_us=5 + 7 * number) for number in range(8)]


class DiffTest(CommandTest):
    def pair(self, one, other):
        return one.write(self.path('a.cdict')), other.write(self.path('b.cdict'))

    def diff(self, one, other, *options, code=0):
        files = self.pair(one, other)
        return self.read('diff', '--format', 'json', *options, *files, code=code).json()

    @staticmethod
    def task_of(diff, name):
        return next(task for task in diff['tasks'] if task['task'] == name)

    @staticmethod
    def value_of(task, metric, reason=None):
        return next(value for value in task['values']
                    if value['metric'] == metric and value.get('reason') == reason)

    @staticmethod
    def findings(diff):
        return [(task['task'], value['metric']) for task in diff['tasks']
                for value in task['values'] if value['verdict'] in ('more', 'less')]


class ValuesTest(DiffTest):
    """Values are rates and shares, and those that other commands tell."""

    def setUp(self):
        super().setUp()
        self.files = self.pair(Run(1, LOADS), Run(2, LOADS, seconds=4))
        self.json = self.read('diff', '--format', 'json', *self.files).json()

    def test_values_are_those_of_stats(self):
        for side, file in zip('ab', self.files):
            stats = self.read('stats', '--percentiles', '--format', 'json', file).json()
            seconds = (stats['to_ns'] - stats['from_ns']) / 1e9
            for row in stats['tasks']:
                if row['kind'] == 'idle':
                    continue
                task = self.task_of(self.json, row['name'])
                wanted = {'run': row['core_percent'], 'switches': row['switches'] / seconds,
                          'migrations': row['migrations'] / seconds,
                          'wait_avg': row['wait_ns'] / row['switches'],
                          'wait_p50': row['wait_p50_ns'], 'wait_p99': row['wait_p99_ns']}
                for metric, value in wanted.items():
                    found = self.value_of(task, metric)[side]
                    self.assertLessEqual(abs(found - value), 1e-6 + abs(value) * 1e-6, (row, metric))

    def test_a_chosen_task_has_the_values_that_it_has_among_all(self):
        """Also one that came and went: rates and shares are of the run, not of its rows."""
        early = self.pair(*[Run(seed, LOADS, seconds=seconds).add('tasks', cdict.task(9, 31000, 'early'))
                            .add('samples', *[{'bucket': bucket, 'task': 9, 'cpu': 0, 'switches': 5,
                                               'run_ns': BUCKET_NS // 2} for bucket in range(30)])
                            for seed, seconds in ((1, 2), (2, 4))])
        every = self.read('diff', '--format', 'json', *early).json()
        chosen = self.read('diff', '--format', 'json', '--task', 'early', *early).json()
        for side, seconds in (('a', 2), ('b', 4)):
            self.assertEqual(chosen[side]['length_ns'], seconds * 1000 * MS)
            self.assertEqual(chosen[side]['left_out_ns'], 0)
            for metric, wanted in (('run', 15 / seconds), ('switches', 150 / seconds)):
                for diff in (every, chosen):
                    value = self.value_of(self.task_of(diff, 'early'), metric)[side]
                    self.assertAlmostEqual(value, wanted, 6)

    def test_all_tasks_are_the_sum_without_idle(self):
        task = self.task_of(self.json, None)
        for side, file in zip('ab', self.files):
            total = self.read('stats', '--format', 'json', file).json()['total']
            self.assertAlmostEqual(self.value_of(task, 'run')[side], total['core_percent'], 5)
        self.assertFalse([1 for task in self.json['tasks'] if task['task'] == 'swapper/0'])

    def test_csv_tells_what_json_tells(self):
        rows = self.read('diff', '--format', 'csv', *self.files).csv()
        values = [(task, value) for task in self.json['tasks'] for value in task['values']]
        self.assertEqual(len(rows), len(values))
        for row, (task, value) in zip(rows, values):
            self.assertEqual(row['task'], task['task'] or '')
            self.assertEqual((row['metric'], row['unit'], row['verdict']),
                             (value['metric'], value['unit'], value['verdict']))
            for key in ('a', 'b', 'delta', 'change_percent', 'low', 'high', 'chance'):
                told = None if value[key] is None else f'{value[key]:.9g}'
                self.assertEqual(row[key] or None, told, (row, key))

    def test_an_interval_holds_the_difference(self):
        for task in self.json['tasks']:
            for value in task['values']:
                if value['low'] is not None:
                    self.assertLessEqual(value['low'], value['delta'] + 1e-6)
                    self.assertTrue(value['high'] is None or
                                    value['high'] >= value['delta'] - 1e-6)

    def test_the_table_shows_each_task_once_and_all_of_everybody(self):
        lines = self.read('diff', *self.files).out.splitlines()
        self.assertTrue(lines[0].startswith(f'A: {self.files[0]}: 2.000 s of 2 CPUs on here'))
        for load in LOADS:
            named = [line for line in lines if line.startswith(load.name + ' ')]
            self.assertEqual(len(named), 1)
            self.assertIn('no difference seen', named[0])
        self.assertEqual(sum(line.startswith('all tasks') for line in lines), 1)
        self.assertEqual(lines[-2], '8 tasks by name: 0 changed, 0 only in A, 0 only in B, '
                                    'no difference seen in 8')
        every = self.read('diff', '--every', *self.files).out.splitlines()
        self.assertEqual(len(every) - len(lines), len(LOADS) * 6)


class NoiseTest(DiffTest):
    def test_equal_loads_are_not_told_apart(self):
        """Of 24 pairs with 8 tasks each at most 5 % of tasks, whatever the lengths and buckets."""
        flagged = judged = 0
        for seed in range(24):
            one = Run(2 * seed, LOADS, seconds=1 + seed % 2)
            other = Run(2 * seed + 1, LOADS, seconds=1.2, bucket_ns=(seed % 3 + 1) * BUCKET_NS)
            diff = self.diff(one, other)
            tasks = {task for task, _ in self.findings(diff) if task}
            flagged += len(tasks)
            judged += len(LOADS)
        self.assertLessEqual(flagged, 0.05 * judged)

    def test_a_known_change_comes_first_and_alone(self):
        changes = {
            'run': {'run_us': LOADS[5].run_us * 2},
            'switches': {'rate': LOADS[5].rate * 2, 'run_us': LOADS[5].run_us / 2},
            'wait_avg': {'wait_us': LOADS[5].wait_us * 2.5},
            'migrations': {'migrates': 0.4},
        }
        for number, (metric, change) in enumerate(changes.items()):
            loads = [load.but(**change) if load is LOADS[5] else load for load in LOADS]
            one = Run(500 + number, LOADS, seconds=4)
            other = Run(600 + number, loads, seconds=4)
            diff = self.diff(one, other)
            with self.subTest(metric):
                first = diff['tasks'][1]  # after all tasks together
                self.assertEqual(first['task'], 'worker5')
                self.assertIn(('worker5', metric), self.findings(diff))
                self.assertEqual({task for task, _ in self.findings(diff) if task}, {'worker5'})
                self.assertEqual(self.value_of(first, metric)['verdict'], 'more')
            back = self.diff(other, one)
            with self.subTest(f'{metric}, the other way'):
                self.assertEqual(self.value_of(back['tasks'][1], metric)['verdict'], 'less')

    def test_what_changed_most_comes_first(self):
        loads = list(LOADS)
        loads[3] = loads[3].but(run_us=loads[3].run_us * 1.8)
        loads[6] = loads[6].but(run_us=loads[6].run_us * 5)
        diff = self.diff(Run(1, LOADS), Run(2, loads))
        self.assertEqual([task['task'] for task in diff['tasks'][1:3]], ['worker6', 'worker3'])

    def test_a_file_does_not_differ_from_itself(self):
        file = Run(1, LOADS).write(self.path())
        diff = self.read('diff', '--least', '0', '--format', 'json', file, file).json()
        self.assertEqual(diff['findings'], 0)
        for task in diff['tasks']:
            self.assertEqual({value['delta'] for value in task['values']}, {0})

    def test_a_difference_up_to_least_is_none(self):
        loads = [load.but(run_us=load.run_us * 1.5) for load in LOADS]
        one, other = Run(1, LOADS, seconds=4), Run(2, loads, seconds=4)
        self.assertIn(('worker7', 'run'), self.findings(self.diff(one, other)))
        self.assertEqual(self.findings(self.diff(one, other, '--least', '60')), [])

    def test_what_differs_between_runs_of_the_same_load_is_no_finding(self):
        again = [load.but(wait_us=load.wait_us * 4) if load is LOADS[2] else load for load in LOADS]
        after = [load.but(run_us=load.run_us * 4) if load is LOADS[4] else load for load in again]
        files = [Run(seed, loads).write(self.path(f'{seed}.cdict'))
                 for seed, loads in ((1, LOADS), (2, after), (3, again))]
        alone = self.read('diff', '--format', 'json', *files[:2]).json()
        told = self.read('diff', '--format', 'json', '--again', files[2], *files[:2]).json()
        self.assertIn(('worker2', 'wait_avg'), self.findings(alone))
        self.assertEqual({task for task, _ in self.findings(told) if task}, {'worker4'})
        self.assertEqual(self.task_of(told, 'worker2')['verdict'], 'no difference seen')

    def test_an_interval_reaches_as_far_as_against_each_run_of_the_load(self):
        after = [load.but(run_us=load.run_us * 3) if load is LOADS[4] else load for load in LOADS]
        files = [Run(seed, loads).write(self.path(f'{seed}.cdict'))
                 for seed, loads in ((1, LOADS), (2, after), (3, after))]
        alone = self.read('diff', '--format', 'json', *files[:2]).json()
        told = self.read('diff', '--format', 'json', '--again', files[2], *files[:2]).json()
        before, value = (self.value_of(self.task_of(diff, 'worker4'), 'run')
                         for diff in (alone, told))
        self.assertEqual((before['verdict'], value['verdict']), ('more', 'no difference seen'))
        self.assertGreater(before['low'], 0)
        self.assertLess(value['low'], 0)
        self.assertEqual(value['high'], before['high'])
        self.assertGreater(value['chance'], before['chance'])

    def test_what_another_run_of_the_load_does_not_tell_is_not_judged(self):
        after = [load.but(run_us=load.run_us * 3) if load is LOADS[4] else load for load in LOADS]
        files = [Run(seed, loads, seconds).write(self.path(f'{seed}.cdict'))
                 for seed, loads, seconds in ((1, LOADS, 2), (2, after, 2), (3, LOADS, 0.07),
                                              (4, LOADS[:4] + LOADS[5:], 2))]
        gate = ['diff', *files[:2], '--fail-if', 'run > +50% in worker4', '--format', 'json']
        self.assertEqual(self.run_pftrace(*gate).code, 4)
        for again, judged in ((files[2], 0), (files[3], 7)):
            result = self.run_pftrace(*gate, '--again', again)
            self.assertEqual(result.code, 1, result.words)
            self.assertIn('cannot be judged', result.words[-1])
            value = self.value_of(self.task_of(result.json(), 'worker4'), 'run')
            self.assertEqual((value['verdict'], value['low'], value['chance']),
                             ('not judged', None, None))
            verdicts = [task['verdict'] for task in result.json()['tasks'] if task['task']]
            self.assertEqual(verdicts.count('no difference seen'), judged)

    def test_too_few_buckets_or_events_are_not_judged(self):
        files = self.pair(Run(1, LOADS, seconds=0.07), Run(2, LOADS, seconds=0.07))
        result = self.run_pftrace('diff', '--format', 'json', *files)
        self.assertEqual(result.code, 0)
        self.assertEqual(len(result.words), 2)
        self.assertIn('record longer', result.words[0])
        self.assertEqual(result.json()['judged'], 0)
        lines = self.run_pftrace('diff', *files).out.splitlines()
        self.assertRegex(lines[-2], 'no difference seen in [01], [78] not judged$')
        rare = self.diff(Run(1, [Load('rare', rate=1)]), Run(2, [Load('rare', rate=4)]))
        self.assertEqual(self.value_of(self.task_of(rare, 'rare'), 'switches')['verdict'],
                         'not judged')


class AlignTest(DiffTest):
    def test_equal_names_are_summed_and_counted(self):
        diff = self.diff(Run(1, [Load('twin', tasks=3)]), Run(2, [Load('twin', tasks=2)]))
        task = self.task_of(diff, 'twin')
        self.assertEqual((task['tasks_a'], task['tasks_b']), (3, 2))
        self.assertAlmostEqual(self.value_of(task, 'switches')['a'], 900, delta=90)
        text = self.read('diff', self.path('a.cdict'), self.path('b.cdict')).out
        self.assertIn('\ntwin (3, 2)  ', text)

    def test_a_task_of_one_run_is_not_zero_in_the_other(self):
        diff = self.diff(Run(1, LOADS[:2]), Run(2, LOADS[1:3]))
        for name, verdict, missing in (('worker0', 'only in A', 'b'), ('worker2', 'only in B', 'a')):
            task = self.task_of(diff, name)
            self.assertEqual(task['verdict'], verdict)
            for value in task['values']:
                self.assertEqual(value['verdict'], verdict)
                self.assertIsNone(value[missing])
                self.assertIsNone(value['delta'])
        text = self.read('diff', self.path('a.cdict'), self.path('b.cdict')).out
        self.assertRegex(text, r'\nworker2 +run +- .* only in B\n')

    def test_a_task_that_did_nothing_is_zero(self):
        quiet = Load('quiet', rate=0)
        diff = self.diff(Run(1, [LOADS[0], quiet]), Run(2, [LOADS[0], quiet.but(rate=400)]))
        value = self.value_of(self.task_of(diff, 'quiet'), 'switches')
        self.assertEqual((value['a'], value['change_percent'], value['verdict']), (0, None, 'more'))
        self.assertIn('from nothing', self.read('diff', *self.pair(
            Run(1, [LOADS[0], quiet]), Run(2, [LOADS[0], quiet.but(rate=400)]))).out)

    def test_a_chosen_task_and_a_window(self):
        files = self.pair(Run(1, LOADS), Run(2, LOADS))
        diff = self.read('diff', '--format', 'json', '--task', 'worker[12]', '--from', '500',
                         '--cap', '1500', *files).json()
        self.assertEqual({task['task'] for task in diff['tasks']}, {None, 'worker1', 'worker2'})
        self.assertEqual((diff['a']['length_ns'], diff['b']['length_ns']), (1000 * MS, 1000 * MS))


def exit_rows(draw, buckets, reasons):
    """Exits of vCPU 0 by reason: (isa, number, a second, host time of each in us)."""
    return [{'bucket': bucket, 'task': 1, 'isa': isa, 'reason': reason, 'count': count,
             'host_ns': count * host_us * 1000, 'off_ns': 0, 'host_min_ns': 1, 'host_max_ns': 2,
             'guest_ns': 0}
            for bucket in range(buckets) for isa, reason, rate, host_us in reasons
            for count in [poisson(draw, rate / 100)] if count]


class ExitsTest(DiffTest):
    VCPU = [Load('CPU 0/KVM'), Load('other')]

    def run_of(self, seed, *reasons, guest=0.6, **header):
        draw = random.Random(seed)
        run = Run(seed, self.VCPU, **{**KVM, **header})
        return run.add('exits', *exit_rows(draw, 200, reasons)).add('vcpu_samples', *[
            {'bucket': bucket, 'task': 1, 'guest_ns': int(BUCKET_NS * guest * draw.random()),
             'host_ns': 0, 'halted_ns': 7, 'blocked_ns': 0, 'waiting_ns': 0}
            for bucket in range(200)])

    def test_exits_and_host_time_by_reason(self):
        diff = self.diff(self.run_of(1, ('vmx', 12, 800, 5), ('vmx', 30, 300, 20)),
                         self.run_of(2, ('vmx', 12, 800, 5), ('vmx', 30, 900, 20)))
        for name in ('CPU 0/KVM', None):
            task = self.task_of(diff, name)
            self.assertAlmostEqual(self.value_of(task, 'exits', 30)['a'], 300, delta=30)
            self.assertAlmostEqual(self.value_of(task, 'host', 30)['a'], 0.6, delta=0.06)
            self.assertAlmostEqual(self.value_of(task, 'exits')['b'], 1700, delta=170)
            self.assertEqual(self.value_of(task, 'exits', 30)['verdict'], 'more')
            self.assertEqual(self.value_of(task, 'host', 30)['verdict'], 'more')
            self.assertEqual(self.value_of(task, 'exits', 12)['verdict'], 'no difference seen')
            self.assertAlmostEqual(self.value_of(task, 'guest')['a'], 30, delta=5)
        self.assertFalse([value for value in self.task_of(diff, 'other')['values']
                          if value['metric'] in ('exits', 'host', 'guest')])
        text = self.read('diff', *[self.path(name) for name in ('a.cdict', 'b.cdict')]).out
        self.assertRegex(text, r' exits IO_INSTRUCTION +\d+(\.\d+)?/s +\d+(\.\d+)?/s +\+\d+')

    def test_a_reason_of_one_run_is_0_in_the_other_when_it_recorded_kvm(self):
        diff = self.diff(self.run_of(1, ('svm', 0x78, 500, 5)),
                         self.run_of(2, ('svm', 0x78, 500, 5), ('svm', 0x400, 200, 9)))
        value = self.value_of(self.task_of(diff, 'CPU 0/KVM'), 'exits', 0x400)
        self.assertEqual((value['a'], value['verdict']), (0, 'more'))

    def test_exits_are_not_known_when_kvm_was_not_recorded(self):
        files = self.pair(Run(1, self.VCPU), self.run_of(2, ('vmx', 12, 800, 5)))
        result = self.run_pftrace('diff', '--format', 'json', *files)
        self.assertEqual(result.words, ['note: KVM was recorded in B only'])
        diff = result.json()
        for metric in ('exits', 'host', 'guest'):
            value = self.value_of(self.task_of(diff, 'CPU 0/KVM'), metric)
            self.assertEqual((value['a'], value['verdict']), (None, 'not known'), metric)

    def test_another_run_without_exits_of_a_kind_had_none(self):
        """Where both it and b have none of them, its word is: no difference."""
        files = [self.run_of(seed, *reasons).write(self.path(f'{seed}.cdict'))
                 for seed, reasons in ((1, [('vmx', 12, 800, 5), ('vmx', 30, 300, 20)]),
                                       (2, [('vmx', 12, 800, 5)]), (3, [('vmx', 12, 800, 5)]))]
        for again, verdict in (([], 'less'), (['--again', files[2]], 'no difference seen')):
            diff = self.read('diff', '--format', 'json', *files[:2], *again).json()
            value = self.value_of(self.task_of(diff, 'CPU 0/KVM'), 'exits', 30)
            self.assertEqual((value['b'], value['verdict']), (0, verdict))

    def test_a_condition_on_a_reason(self):
        files = self.pair(self.run_of(1, ('vmx', 12, 800, 5), ('vmx', 30, 300, 20)),
                          self.run_of(2, ('vmx', 12, 800, 5), ('vmx', 30, 900, 20)))
        gate = ['diff', *files, '--fail-if']
        self.assertEqual(self.run_pftrace(*gate, 'exits vmx:30 > +50%').code, 4)
        self.assertEqual(self.run_pftrace(*gate, 'exits io_instruction > +50%').code, 4)
        self.assertEqual(self.run_pftrace(*gate, 'exits vmx:12 > +10%').code, 0)
        self.assertEqual(self.run_pftrace(*gate, 'exits vmx:1 > +10%').code, 1)
        self.assertEqual(self.run_pftrace(*gate, 'exits vmx:30 > +300/s in KVM').code, 4)


class GateTest(DiffTest):
    def setUp(self):
        super().setUp()
        loads = list(LOADS)
        loads[5] = loads[5].but(run_us=loads[5].run_us * 1.6)
        loads[7] = loads[7].but(wait_us=loads[7].wait_us / 3)
        self.files = self.pair(Run(1, LOADS), Run(2, loads))

    def gate(self, *conditions, options=()):
        words = [word for condition in conditions for word in ('--fail-if', condition)]
        return self.run_pftrace('diff', *self.files, *words, *options)

    def test_conditions(self):
        for condition, code in (
                ('run > +20%', 4), ('run>+20%', 4), ('run > +90%', 0), ('run < -5%', 0),
                ('run > +20% in worker5', 4), ('run > +20% in worker[0-4]$', 0),
                ('run > +1pp in worker5', 4), ('run > +90pp', 0),
                ('wait_avg < -10us', 4), ('wait_avg < -10us in all', 0), ('wait_avg < -1ms', 0),
                ('wait_p50 < -20% in worker7', 4), ('switches > +1/s', 0)):
            with self.subTest(condition):
                result = self.gate(condition)
                self.assertEqual(result.code, code, result.words)
                self.assertEqual(len(result.words) > 0, code == 4)
                if code:
                    self.assertIn(f"'{condition}'", result.words[0])
                self.assertIn('TASK', result.out)

    def test_what_holds_is_told_as_the_table_tells_it(self):
        result = self.gate('wait_avg < -10us in worker7', options=['--task', 'worker7'])
        a, b = re.findall(r' wait_avg +(\S+ us) +(\S+ us) ', result.out)[-1]
        self.assertTrue(result.words[0].endswith(f'worker7: wait_avg from {a} to {b}'),
                        (result.out, result.words))

    def test_any_of_several_conditions(self):
        self.assertEqual(self.gate('run < -5%', 'wait_avg < -10us').code, 4)
        self.assertEqual(self.gate('run < -5%', 'wait_avg > +10us').code, 0)

    def test_what_may_be_noise_counts_when_asked(self):
        self.assertEqual(self.gate('migrations > +0.001%').code, 0)
        self.assertEqual(self.gate('migrations > +0.001%', options=['--noise-too']).code, 4)

    def test_a_condition_that_cannot_be_judged_is_no_pass(self):
        for condition, why in (('run > +5% in nobody', 'neither run'), ('exits > +5%', 'neither run')):
            result = self.gate(condition)
            self.assertEqual(result.code, 1)
            self.assertIn(condition, result.words[0])
            self.assertIn(why, result.words[0])
        self.files = self.pair(Run(1, LOADS[:1]), Run(2, LOADS[1:2]))
        result = self.gate('run > +5% in worker1')
        self.assertEqual(result.code, 1)
        self.assertIn('one run only', result.words[0])

    def test_what_is_no_condition(self):
        for condition in ('', 'run', 'run > 20%', 'run >', 'run > +', 'run > +x%', 'speed > +5%',
                          'run > +5us', 'wait_avg > +5pp', 'run > +5% worker', 'run > +5% in ',
                          'run vmx:12 > +5%', 'run = +5%', 'run > +1e3%', 'run > -5%', 'run < +20%',
                          'wait_avg > -1us in all', 'switches<+1/s'):
            with self.subTest(condition):
                self.refuse('diff', *self.files, '--fail-if', condition, code=2,
                            names=['--fail-if', f"'{condition}'", 'wait_p99'])
        for condition in ('run < -100%', 'wait_avg < -250% in worker7'):
            self.refuse('diff', *self.files, '--fail-if', condition, code=2,
                        names=['--fail-if', f"'{condition}'", 'never'])
        self.refuse('diff', *self.files, '--fail-if', 'run > +5% in a(', code=2,
                    names=['--fail-if', "'a('"])


class FitTest(DiffTest):
    """What makes two runs differ apart from the load is handled, said or refused."""

    def words_of(self, one, other, code=0):
        result = self.run_pftrace('diff', *self.pair(one, other))
        self.assertEqual(result.code, code, result.words)
        return result.words

    def test_other_hosts_kernels_and_cpu_counts_are_said(self):
        words = self.words_of(Run(1, LOADS), Run(2, LOADS, host='there', kernel='6.12', cpus=4))
        self.assertEqual(words, ['note: the host differs: here and there',
                                 'note: the kernel differs: 6.1 and 6.12',
                                 'note: the number of CPUs differs: 2 and 4; shares are of one core'])

    def test_other_cpus_are_refused(self):
        words = self.words_of(Run(1, LOADS, filters=['cpus=0-1']), Run(2, LOADS), code=1)
        self.assertEqual(len(words), 1)
        self.assertIn('a.cdict was recorded with --cpus=0-1', words[0])

    def test_other_filters_leave_out_all_tasks_together(self):
        one = Run(1, LOADS, filters=['task=worker'])
        words = self.words_of(one, Run(2, LOADS))
        self.assertEqual(len(words), 1)
        self.assertIn('--task=worker', words[0])
        result = self.run_pftrace('diff', '--format', 'json', self.path('a.cdict'),
                                  self.path('b.cdict'))
        self.assertNotIn(None, [task['task'] for task in result.json()['tasks']])
        self.assertEqual(self.words_of(one, Run(2, LOADS, filters=['task=worker'])), [])

    def test_switches_that_were_not_recorded_are_not_known(self):
        """As pftrace record --no-sched leaves them out."""
        other = Run(2, LOADS, recorded=['kvm'])
        other.messages = [message for message in other.messages
                          if message.get('table') not in ('samples', 'cells')]
        words = self.words_of(Run(1, LOADS), other)
        self.assertEqual(words, ['note: switches were recorded in A only',
                                 'note: KVM was recorded in B only'])
        files = self.path('a.cdict'), self.path('b.cdict')
        diff = self.run_pftrace('diff', '--format', 'json', *files).json()
        for task in None, 'worker1':
            for metric in ('run', 'switches', 'migrations'):
                value = self.value_of(self.task_of(diff, task), metric)
                self.assertEqual((value['b'], value['verdict']), (None, 'not known'))
        result = self.run_pftrace('diff', '--fail-if', 'run < -5%', *files)
        self.assertEqual(result.code, 1)
        self.assertIn('not known of one', result.words[-1])

    def test_waits_that_a_kernel_does_not_tell_are_not_known(self):
        other = Run(2, LOADS, not_offered=['wait'])
        other.messages = [message for message in other.messages if message.get('table') != 'cells']
        for message in other.messages:
            if message.get('table') == 'samples':
                message['columns']['wait_ns'] = [None] * len(message['columns']['wait_ns'])
        words = self.words_of(Run(1, LOADS), other)
        self.assertEqual(words, ['note: the kernel of B did not tell waits'])
        diff = self.run_pftrace('diff', '--format', 'json', self.path('a.cdict'),
                                self.path('b.cdict')).json()
        for metric in ('wait_avg', 'wait_p50', 'wait_p99'):
            value = self.value_of(self.task_of(diff, 'worker1'), metric)
            self.assertEqual((value['b'], value['verdict']), (None, 'not known'))

    @staticmethod
    def losses(*at_ms_and_count):
        return [{'at_ns': at_ms * MS, 'cause': 'ring_full', 'count': count, 'switches': 0,
                 'run_ns': 0} for at_ms, count in at_ms_and_count]

    def test_blocks_with_losses_are_left_out(self):
        lossy = Run(1, LOADS).add('losses', *self.losses((1000, 0), (1240, 3), (2000, 3)))
        words = self.words_of(lossy, Run(2, LOADS))
        self.assertEqual(len(words), 1)
        self.assertIn('a.cdict: data was lost in 6 blocks', words[0])
        diff = self.run_pftrace('diff', '--format', 'json', self.path('a.cdict'),
                                self.path('b.cdict')).json()
        self.assertEqual((diff['a']['length_ns'], diff['a']['left_out_ns']), (1760 * MS, 240 * MS))
        self.assertEqual(self.findings(diff), [])

    def test_too_much_lost_is_refused(self):
        lossy = Run(1, LOADS).add('losses', *self.losses((500, 0), (1000, 3), (2000, 9)))
        words = self.words_of(lossy, Run(2, LOADS), code=1)
        self.assertEqual(len(words), 1)
        self.assertRegex(words[0], r'lost in 7[5-7] % of its time')

    def test_a_cut_file_is_compared_and_said(self):
        files = self.pair(Run(1, LOADS), Run(2, LOADS))
        cdict.cut(files[1], 40)
        result = self.run_pftrace('diff', '--format', 'json', *files)
        self.assertEqual(result.code, 3)
        self.assertEqual(len(result.words), 1)
        self.assertFalse(result.json()['b']['whole'])
        self.assertEqual(self.findings(result.json()), [])

    def test_bad_files_options_and_windows(self):
        files = self.pair(Run(1, LOADS[:1]), Run(2, LOADS[:1]))
        self.refuse('diff', files[0], code=2, names=['2'])
        self.refuse('diff', *files, 'third.cdict', code=2, names=["'third.cdict'"])
        self.refuse('diff', files[0], self.path('none.cdict'), code=1, names=['none.cdict'])
        self.refuse('diff', *files, '--again', self.path('none.cdict'), code=1, names=['none.cdict'])
        self.refuse('diff', *files, '--format', 'text', code=2, names=["'text'", 'table'])
        for value in ('', '-1', 'x', '100', '5%%'):
            self.refuse('diff', *files, '--least', value, code=2, names=['--least', f"'{value}'"])
        result = self.run_pftrace('diff', *files, '--from', '99999')
        self.assertEqual(result.code, 1)
        self.assertIn('nothing to compare', result.words[-1])


if __name__ == '__main__':
    unittest.main()
