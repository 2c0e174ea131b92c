# SPDX-License-Identifier: Apache-2.0
"""pftrace stats and list against sums that Python made."""
import math
import os
import unittest

import cdict
import made_up
from command import CommandTest
from made_up import CORES, DURATION_NS, MS, TASKS


def group(rows, key):
    groups = {}
    for row in rows:
        groups.setdefault(row[key], []).append(row)
    return groups


class StatsTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.capture = made_up.Capture()
        self.file = self.capture.write(self.path())

    def samples(self, from_ns=0, cap_ns=None):
        return [row for _, row in made_up.in_window(self.capture.samples, from_ns, cap_ns)]

    def test_sums_per_task_are_right(self):
        stats = self.read('stats', '--format', 'json', self.file).json()
        wanted = group(self.samples(), 'task')
        self.assertEqual({row['task'] for row in stats['tasks']}, set(wanted))
        for row in stats['tasks']:
            sums = made_up.sums_of(wanted[row['task']])
            self.assertEqual({key: row[key] for key in sums}, sums)
            self.assertEqual(row['name'], made_up.shown_name(TASKS[row['task']]))
            self.assertEqual(row['tid'], TASKS[row['task']]['tid'])
            self.assertAlmostEqual(row['core_percent'], 100 * sums['run_ns'] / DURATION_NS, 5)
            self.assertAlmostEqual(row['all_percent'], 100 * sums['run_ns'] / DURATION_NS / CORES, 5)

    def test_the_average_wait_is_per_switch_and_nil_when_not_known(self):
        for row in self.read('stats', '--format', 'json', self.file).json()['tasks']:
            if row['wait_ns'] is None:
                self.assertIsNone(row['wait_avg_ns'])
            else:
                self.assertLessEqual(abs(row['wait_avg_ns'] - row['wait_ns'] / row['switches']), 0.5)

    def test_the_total_leaves_out_idle_and_unknown(self):
        stats = self.read('stats', '--format', 'json', self.file).json()
        wanted = made_up.sums_of([row for row in self.samples()
                                  if TASKS[row['task']]['kind'] not in ('idle', 'unknown')])
        # of equal maxima any may be named
        wanted.pop('wait_max_at_ns')
        self.assertEqual({key: stats['total'][key] for key in wanted}, wanted)

    def test_a_window_takes_the_buckets_that_begin_in_it(self):
        for from_ms, cap_ms in ((0, 100), (95.5, 1030), (1000, 1000.5), (1990, 2500), (985, None)):
            from_ns = int(from_ms * MS)
            cap_ns = None if cap_ms is None else int(cap_ms * MS)
            cap = [] if cap_ms is None else ['--cap', str(cap_ms)]
            result = self.run_pftrace('stats', '--format', 'json', '--from', str(from_ms), *cap,
                                      self.file)
            stats = result.json()
            self.assertEqual(result.code, 0)
            wanted = group(self.samples(from_ns, cap_ns), 'task')
            self.assertEqual({row['task']: row['run_ns'] for row in stats['tasks']},
                             {task: sum(row['run_ns'] for row in rows)
                              for task, rows in wanted.items()})

    def test_shares_are_of_the_buckets_found(self):
        stats = self.read('stats', '--format', 'json', '--from', '985', '--cap', '1030',
                          self.file).json()
        # 990 ms of the fine grid up to 1040 ms, the end of the coarse bucket that begins at 1020
        self.assertEqual((stats['from_ns'], stats['to_ns']), (990 * MS, 1040 * MS))
        for row in stats['tasks']:
            self.assertAlmostEqual(row['core_percent'], 100 * row['run_ns'] / (50 * MS), 5)

    def test_cores_are_busy_idle_unknown_or_offline(self):
        stats = self.read('stats', '--format', 'json', self.file).json()
        self.assertEqual([row['cpu'] for row in stats['cores']], list(range(CORES)))
        for row in stats['cores']:
            of = group([sample for sample in self.samples() if sample['cpu'] == row['cpu']], 'task')
            run = {kind: sum(sum(sample['run_ns'] for sample in rows) for task, rows in of.items()
                             if TASKS[task]['kind'] == kind)
                   for kind in ('idle', 'unknown', 'task', 'kthread', 'vcpu')}
            self.assertEqual(row['idle_ns'], run['idle'])
            self.assertEqual(row['unknown_ns'], run['unknown'])
            self.assertEqual(row['busy_ns'], run['task'] + run['kthread'] + run['vcpu'])
            self.assertEqual(row['offline_ns'], 750 * MS if row['cpu'] == 2 else 0)
            told = sum(row[key] for key in ('idle_ns', 'unknown_ns', 'busy_ns', 'offline_ns'))
            self.assertEqual(row['not_recorded_ns'], max(0, DURATION_NS - told))
            self.assertEqual(row['switches'], sum(sample['switches'] for sample in self.samples()
                                                  if sample['cpu'] == row['cpu']))

    def test_offline_time_is_cut_to_the_window(self):
        stats = self.read('stats', '--format', 'json', '--from', '600', '--cap', '700',
                          self.file).json()
        self.assertEqual(stats['cores'][2]['offline_ns'], stats['to_ns'] - stats['from_ns'])

    def test_tasks_chosen_leave_the_cores_whole(self):
        whole = self.read('stats', '--format', 'json', self.file).json()
        some = self.read('stats', '--format', 'json', '--task', '^perf', self.file).json()
        self.assertEqual({row['task'] for row in some['tasks']}, {5, 6})
        self.assertEqual(some['cores'], whole['cores'])
        self.assertEqual(some['total']['run_ns'], sum(row['run_ns'] for row in some['tasks']))

    def test_merged_system_tasks_are_sums(self):
        stats = self.read('stats', '--format', 'json', '--merge-sys-tasks', self.file).json()
        of = {row['name']: row for row in stats['tasks']}
        for name, numbers, tid in (('swapper', (0, 1, 2), 0), ('ksoftirqd', (3, 4), None)):
            rows = [row for row in self.samples() if row['task'] in numbers]
            self.assertEqual(of[name]['run_ns'], sum(row['run_ns'] for row in rows))
            self.assertEqual(of[name]['tid'], tid)
        self.assertNotIn('swapper/0', of)

    def test_percentiles_are_within_half_a_bin(self):
        stats = self.read('stats', '--format', 'json', '--percentiles', self.file).json()
        compared = 0
        for row in stats['tasks']:
            for kind in ('run', 'sleep', 'wait'):
                bins = sorted((cell['bin'], cell['count']) for _, cell in self.capture.cells
                              if cell['task'] == row['task'] and cell['kind'] == kind)
                for share in (50, 99):
                    got = row[f'{kind}_p{share}_ns']
                    if not bins:
                        self.assertIsNone(got)
                        continue
                    lengths = [number for number, count in bins for _ in range(count)]
                    number = lengths[max(1, math.ceil(len(lengths) * share / 100)) - 1]
                    self.assertAlmostEqual(got / 2 ** ((number + 0.5) / 8), 1, places=2)
                    compared += 1
        self.assertGreater(compared, 50)

    def test_csv_says_the_same_as_json(self):
        rows = self.read('stats', '--format', 'csv', self.file).csv()
        wanted = self.read('stats', '--format', 'json', self.file).json()['tasks']
        self.assertEqual(len(rows), len(wanted))
        for row, other in zip(rows, wanted):
            for key, value in other.items():
                text = '' if value is None else value
                self.assertEqual(row[key] if isinstance(value, str) or value is None
                                 else float(row[key]), text)

    def test_cores_as_csv(self):
        rows = self.read('stats', '--cores', '--format', 'csv', self.file).csv()
        self.assertEqual([row['cpu'] for row in rows], ['0', '1', '2'])
        self.assertEqual(int(rows[2]['offline_ns']), 750 * MS)

    def test_cores_are_sorted_by_their_own_columns(self):
        for sort, key in (('busy', 'busy_ns'), ('idle_percent', 'idle_percent'), ('cpu', 'cpu')):
            rows = self.read('stats', '--cores', '--sort', sort, '--format', 'csv', self.file).csv()
            values = [float(row[key]) for row in rows]
            self.assertEqual(len(values), CORES)
            self.assertEqual(values, sorted(values, reverse=True))
        lines = self.read('stats', '--cores', '--sort', 'cpu', self.file).out.splitlines()
        self.assertEqual([line.split()[0] for line in lines[1:]], ['2', '1', '0', 'all'])
        self.refuse('stats', '--cores', '--sort', 'run', self.file, code=2,
                    names=["--sort 'run'", 'busy_ns'])

    def test_one_table_is_asked_for_or_all(self):
        tables = (['--cores'], ['--vcpus'], ['--exits', 'vm'])
        for one in tables:
            for other in tables:
                if one is not other:
                    self.refuse('stats', *one, *other, self.file, code=2, names=[one[0], other[0]])
        self.read('stats', '--cores', '--cores', self.file)

    def test_sorting(self):
        def column(key, sort):
            out = self.read('stats', '--format', 'json', '--sort', sort, self.file).json()['tasks']
            return [row[key] for row in out]

        for sort in ('run_ns', 'run', 'switches'):
            key = 'run_ns' if sort == 'run' else sort
            self.assertEqual(column(key, sort), sorted(column(key, sort), reverse=True))
        names = column('name', 'name')
        self.assertEqual(names, sorted(names, key=made_up.order_of))
        waits = column('wait_max_ns', 'wait_max')
        known = [wait for wait in waits if wait is not None]
        self.assertEqual(waits, sorted(known, reverse=True) + [None] * (len(waits) - len(known)))
        self.assertEqual(column('run_ns', 'run'), column('run_ns', 'core_percent'))

    def test_the_text_has_aligned_columns_and_a_total(self):
        tasks, cores = self.read('stats', self.file).out.split('\n\n')[:2]
        lines = tasks.splitlines()
        self.assertTrue(lines[0].startswith('TASK '))
        for heading in ('RUN ', 'SWITCHES', 'AVG WAIT ', 'MAX WAIT ', 'MAX AT s'):
            self.assertIn(heading, lines[0])
        self.assertTrue(lines[-1].startswith('total '))
        end = lines[0].index('SWITCHES') + len('SWITCHES')
        for line in lines[1:]:  # numbers stand right under the heading's end
            self.assertTrue(line[end - 1].isdigit() and not line[end].isdigit(), line)
        self.assertNotIn('swapper', tasks)
        self.assertIn('OFFLINE', cores.splitlines()[0])
        self.assertTrue(cores.splitlines()[-1].lstrip().startswith('all '))

    def test_idle_tasks_are_shown_when_asked(self):
        self.assertIn('swapper/0', self.read('stats', '--idle', self.file).out)
        self.assertIn('swapper/0', self.read('stats', '--task', 'swapper', self.file).out)


class ListTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.capture = made_up.Capture()
        self.file = self.capture.write(self.path())

    def test_every_task_is_there_once_with_its_sums(self):
        rows = self.read('list', '--format', 'json', self.file).json()
        self.assertEqual(sorted(row['task'] for row in rows), list(range(len(TASKS))))
        for row in rows:
            task = TASKS[row['task']]
            samples = [sample for _, sample in self.capture.samples
                       if sample['task'] == row['task']]
            self.assertEqual(row['switches'], sum(sample['switches'] for sample in samples))
            self.assertEqual(row['run_ns'], sum(sample['run_ns'] for sample in samples))
            for key in ('tid', 'tgid', 'kind', 'comm', 'vm', 'vcpu', 'cgroup', 'end_ns'):
                self.assertEqual(row[key], task.get(key), key)
            self.assertEqual(row['name'], made_up.shown_name(task))

    def test_those_with_the_most_switches_come_first(self):
        rows = self.read('list', '--format', 'json', self.file).json()
        counts = [row['switches'] for row in rows]
        self.assertEqual(counts, sorted(counts, reverse=True))

    def test_a_task_that_never_ran_is_listed(self):
        rows = self.read('list', '--format', 'csv', '--task', 'never', self.file).csv()
        self.assertEqual([(row['name'], row['switches'], row['run_ns']) for row in rows],
                         [('never ran', '0', '0')])

    def test_tids_select_every_life(self):
        rows = self.read('list', '--format', 'json', '--task', '2834', self.file).json()
        self.assertEqual(sorted(row['task'] for row in rows), [5, 6])

    def test_appended_tids_are_in_the_name(self):
        rows = self.read('list', '--format', 'json', '--append-tid', '--task', ':2834$',
                         self.file).json()
        self.assertEqual({row['name'] for row in rows}, {'perf:2834'})

    def test_hostile_names_come_through_csv_and_json(self):
        wanted = {made_up.shown_name(task) for task in TASKS}
        rows = self.read('list', '--format', 'csv', self.file).csv()
        self.assertEqual({row['name'] for row in rows}, wanted)
        rows = self.read('list', '--format', 'json', self.file).json()
        self.assertEqual({row['name'] for row in rows}, wanted)

    def test_control_bytes_never_reach_the_terminal(self):
        names = ['\x1b[31mred', 'two\nlines', 'del\x7f', 'c1\u009b', 'broken\udcff\udcc3', 'tab\t']
        tasks = cdict.rows('tasks', *[cdict.task(i, 10 + i, name) for i, name in enumerate(names)])
        path = cdict.write_whole(self.path('hostile.cdict'), [cdict.header(), tasks], MS)
        for output in ('text', 'csv', 'json'):
            out = self.read('list', '--format', output, path).out.replace('\r\n', '\n')
            lines = out.splitlines(keepends=True)
            self.assertTrue(all(line.rstrip('\n').isprintable() for line in lines), out)
            # the names' own line breaks make no lines
            self.assertEqual(len(lines), len(names) + (2 if output == 'json' else 1))

    def test_the_text_is_a_table(self):
        lines = self.read('list', self.file).out.splitlines()
        self.assertEqual(lines[0].split()[:4], ['TID', 'TGID', 'KIND', 'SWITCHES'])
        self.assertEqual(len(lines), len(TASKS) + 1)
        self.assertTrue(any('Router.02.vcpu0' in line and 'vm-7' in line for line in lines))


class FileTest(CommandTest):
    """Files that are empty, cut, lossy or no cdict at all."""

    def test_an_empty_capture_gives_empty_tables(self):
        path = cdict.write_whole(self.path(), [cdict.header()], 0)
        self.assertEqual(self.read('list', '--format', 'json', path).json(), [])
        self.assertEqual(self.read('list', '--format', 'csv', path).csv(), [])
        stats = self.read('stats', '--format', 'json', path).json()
        self.assertEqual(stats['tasks'], [])
        self.assertEqual([row['idle_ns'] for row in stats['cores']], [0, 0])
        self.read('stats', path)
        self.read('list', path)

    def cut_file(self):
        self.capture = made_up.Capture()
        path = self.capture.write(self.path())
        cdict.cut(path, os.path.getsize(path) // 2)
        return path

    def test_a_cut_file_gives_what_is_whole_and_exit_code_3(self):
        path = self.cut_file()
        result = self.read('stats', '--format', 'json', path, code=3)
        self.assertIn(path, result.words[0])
        self.assertIn('cut', result.words[0])
        stats = result.json()
        self.assertFalse(stats['whole'])
        self.assertGreater(len(stats['tasks']), 3)
        self.assertLess(sum(row['run_ns'] for row in stats['tasks']),
                        sum(row['run_ns'] for _, row in self.capture.samples))
        self.assertGreater(len(self.read('list', '--format', 'json', path, code=3).json()), 3)

    def test_a_file_without_an_end_is_not_whole(self):
        path = cdict.write(self.path(), [cdict.header(), cdict.rows('tasks', *TASKS)])
        rows = self.read('list', '--format', 'json', path, code=3).json()
        self.assertEqual(len(rows), len(TASKS))

    def part(self, table, buckets, losses_at_ms):
        """A recording that was killed, with buckets of 1 s."""
        filled = {'samples': {'cpu': 0, 'run_ns': 600 * MS, 'switches': 5},
                  'vcpu_samples': {'guest_ns': 600 * MS}}
        rows = [{'bucket': bucket, 'task': 5, **filled[table]} for bucket in buckets]
        losses = [{'at_ns': int(at * MS), 'cause': 'ring_full', 'count': 0, 'switches': 0,
                   'run_ns': 0} for at in losses_at_ms]
        header = cdict.header(bucket_ns=1000 * MS)
        return cdict.write(self.path('run.cdict.part'), [
            header, cdict.rows('tasks', *TASKS), cdict.rows(table, *rows, bucket_ns=1000 * MS),
            cdict.rows('losses', *losses)])

    def test_shares_of_a_killed_recording_are_of_the_buckets_found(self):
        """Not of the time up to the last row of losses, which lies in a bucket without rows."""
        path = self.part('samples', [0, 1], [990, 1990, 2990])
        for window in ([], ['--cap', '60000']):
            stats = self.read('stats', '--format', 'json', *window, path, code=3).json()
            self.assertEqual((stats['from_ns'], stats['to_ns']), (0, 2000 * MS))
            self.assertEqual(stats['tasks'][0]['core_percent'], 60)
            self.assertEqual(stats['cores'][0]['not_recorded_ns'], 800 * MS)
        self.assertIn('rows for 2.000 s', self.run_pftrace('info', path).out)

    def test_of_a_bucket_in_progress_the_part_counts_that_was_written(self):
        path = self.part('samples', [0, 1], [990, 1600])
        for window in ([], ['--cap', '60000']):
            stats = self.read('stats', '--format', 'json', *window, path, code=3).json()
            self.assertEqual(stats['to_ns'], 1600 * MS)
            self.assertEqual(stats['tasks'][0]['core_percent'], 75)

    def test_without_samples_time_without_rows_counts_too(self):
        path = self.part('vcpu_samples', [0], [990, 1990, 4990])
        stats = self.read('stats', '--format', 'json', path, code=3).json()
        self.assertEqual(stats['to_ns'], 4000 * MS)

    def test_a_recording_cut_short_is_not_whole(self):
        messages = [cdict.header(), cdict.rows('tasks', *TASKS)]
        path = cdict.write_whole(self.path(), messages, MS, cause='disk full', cut=True)
        self.assertIn('disk full', self.read('list', path, code=3).words[0])

    def test_losses_are_said_and_the_exit_code_stays_0(self):
        lost = [{'at_ns': at * MS, 'cause': 'ring_full', 'count': at, 'switches': 2 * at,
                 'run_ns': at * MS} for at in (10, 20, 30)]
        messages = [cdict.header(), cdict.rows('losses', *lost)]
        path = cdict.write_whole(self.path(), messages, 40 * MS)
        result = self.run_pftrace('stats', '--format', 'json', path)
        self.assertEqual(result.code, 0)
        self.assertEqual(len(result.words), 1)
        for word in (path, 'ring_full', '60 switches', '30.000 ms'):
            self.assertIn(word, result.words[0])
        self.assertEqual(result.json()['losses']['ring_full'],
                         {'count': 30, 'switches': 60, 'run_ns': 30 * MS})
        # cumulated numbers: a window's losses are a difference
        result = self.run_pftrace('stats', '--format', 'json', '--from', '10', '--cap', '25', path)
        self.assertEqual(result.json()['losses']['ring_full']['switches'], 20)

    def test_what_a_loss_does_not_know_is_not_0(self):
        lost = {'at_ns': 10 * MS, 'cause': 'lost_in_source', 'count': 7}
        path = cdict.write_whole(self.path(), [cdict.header(), cdict.rows('losses', lost)], 40 * MS)
        result = self.run_pftrace('stats', '--format', 'json', path)
        self.assertTrue(result.words[0].endswith('lost_in_source: 7 times'), result.words)
        not_known = {'count': 7, 'switches': None, 'run_ns': None}
        self.assertEqual(result.json()['losses']['lost_in_source'], not_known)
        self.assertEqual(self.run_pftrace('info', '--format', 'json', path).json()['losses']
                         ['lost_in_source'], {**not_known, 'serious': True})
        self.assertIn('7 times: data is missing', self.run_pftrace('info', path).out)

    def test_what_a_filter_left_out_is_no_idle_task(self):
        tasks = [cdict.task(0, 0, 'swapper/0', 'idle'), cdict.task(1, None, 'other', 'other'),
                 cdict.task(2, 7, 'seven')]
        samples = [{'bucket': 0, 'task': number, 'cpu': 0, 'run_ns': 2 * MS, 'switches': 1}
                   for number in range(3)]
        messages = [cdict.header(cpus=1), cdict.rows('tasks', *tasks),
                    cdict.rows('samples', *samples)]
        path = cdict.write_whole(self.path(), messages, 10 * MS)
        rows = self.read('list', '--format', 'json', '--task', '0', path).json()
        self.assertEqual([row['name'] for row in rows], ['swapper/0'])
        rows = self.read('stats', '--format', 'json', path).json()['tasks']
        self.assertEqual({row['name']: (row['tid'], row['run_ns']) for row in rows
                          if row['name'] != 'swapper/0'},
                         {'other': (None, 2 * MS), 'seven': (7, 2 * MS)})
        self.assertIn('other', self.read('list', '--append-tid', path).out)
        self.read('render', '--out', self.path('run.html'), path)

    def test_harmless_losses_are_not_said(self):
        late = cdict.rows('losses', {'at_ns': 1, 'cause': 'late', 'count': 5, 'switches': 0,
                                     'run_ns': 0})
        path = cdict.write_whole(self.path(), [cdict.header(), late], MS)
        self.read('list', path)

    def test_a_file_that_is_no_cdict_is_named(self):
        path = self.path('no.cdict')
        with open(path, 'w') as file:
            file.write('nothing of this kind')
        for command in (['list'], ['stats'], ['export', '--table', 'tasks']):
            self.refuse(*command, path, code=1, names=[path])
            self.refuse(*command, self.path('missing'), code=1, names=['missing'])

    def test_the_ending_may_be_left_out(self):
        made_up.Capture().write(self.path('short.cdict'))
        self.read('list', self.path('short'))


if __name__ == '__main__':
    unittest.main()
