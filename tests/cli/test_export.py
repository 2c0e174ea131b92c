# SPDX-License-Identifier: Apache-2.0
"""pftrace export: every table, every column, exactly."""
import os
import subprocess
import unittest

import cdict
import made_up
from command import PFTRACE, CommandTest
from made_up import MS, TASKS


def beside_task(row, key='task'):
    """What stands beside a task number."""
    prefix = '' if key == 'task' else key + '_'
    task = None if row[key] is None else TASKS[row[key]]
    return {prefix + 'tid': task and task['tid'],
            prefix + 'name': task and made_up.shown_name(task)}


def exported(table, row, bucket_ns=10 * MS):
    """A row of the file as it should come out, columns in order."""
    out = {}
    for column in cdict.COLUMNS[table]:
        out[column] = row.get(column)
        if table == 'tasks':
            continue
        if column == 'bucket':
            out['at_ns'] = row['bucket'] * bucket_ns
            out['bucket_ns'] = bucket_ns
        if column == 'reason':
            out['reason_name'] = {120: 'hlt'}.get(row['reason'], f'unknown({row["reason"]:#x})')
        if column in ('task', 'next'):
            out.update(beside_task(row, column))
    if table == 'tasks':
        out['name'] = made_up.shown_name(row)
    return out


class ExportTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.capture = made_up.Capture()
        self.file = self.capture.write(self.path())

    def wanted(self, table):
        capture = self.capture
        if table == 'tasks':
            return [exported(table, task) for task in TASKS]
        if table in ('samples', 'cells'):
            rows = capture.samples if table == 'samples' else capture.cells
            return [exported(table, row, bucket_ns) for bucket_ns, row in rows]
        if table == 'switches':
            return [exported(table, dict(row, at_ns=at_ns)) for at_ns, row in capture.switches]
        rows = {**capture.others, **capture.buckets}[table]
        return [exported(table, row) for row in rows]

    def export(self, table, *words, output='json'):
        result = self.read('export', '--table', table, '--format', output, *words, self.file)
        return result.json() if output == 'json' else result.csv()

    def test_every_table_as_json(self):
        for table in cdict.COLUMNS:
            with self.subTest(table):
                rows = self.export(table)
                self.assertEqual(rows, self.wanted(table))
                self.assertGreater(len(rows), 0)
                self.assertEqual(list(rows[0]), list(self.wanted(table)[0]))

    def test_every_table_as_csv(self):
        for table in cdict.COLUMNS:
            with self.subTest(table):
                wanted = [{key: '' if value is None else str(value) for key, value in row.items()}
                          for row in self.wanted(table)]
                rows = self.export(table, output='csv')
                self.assertEqual(rows, wanted)
                self.assertEqual(list(rows[0]), list(wanted[0]))

    def test_csv_is_what_is_meant_without_a_format(self):
        first = self.read('export', '--table', 'samples', self.file).out.split('\r\n')[0]
        self.assertTrue(first.startswith('bucket,at_ns,bucket_ns,task,tid,name,cpu,run_ns'))

    def test_a_window(self):
        wanted = [exported('samples', row, bucket_ns) for bucket_ns, row in
                  made_up.in_window(self.capture.samples, 955 * MS, 1041 * MS)]
        self.assertEqual(self.export('samples', '--from', '955', '--cap', '1041'), wanted)
        wanted = [exported('switches', dict(row, at_ns=at_ns))
                  for at_ns, row in self.capture.switches if 5 * MS <= at_ns < 710 * MS]
        self.assertEqual(self.export('switches', '--from', '5', '--cap', '710'), wanted)
        self.assertEqual([row['at_ns'] for row in self.export('cpus', '--from', '600')],
                         [1250 * MS])
        self.assertEqual({row['at_ns'] for row in self.export('losses', '--cap', '1500')},
                         {1000 * MS})

    def test_a_table_without_time_says_that_a_window_does_not_apply(self):
        for table in ('tasks', 'totals', 'exit_totals', 'successors'):
            result = self.run_pftrace('export', '--table', table, '--format', 'json', '--from',
                                      '100', self.file)
            self.assertEqual(result.code, 0)
            self.assertEqual(len(result.words), 1)
            self.assertIn(f"'{table}'", result.words[0])
            self.assertEqual(result.json(), self.wanted(table))

    def test_tasks_chosen(self):
        wanted = [row for row in self.wanted('cells') if row['name'] == 'perf']
        self.assertEqual(self.export('cells', '--task', '^perf$'), wanted)
        wanted = [row for row in self.wanted('switches')
                  if 'perf' in (row['name'], row['next_name'])]
        self.assertEqual(self.export('switches', '--task', '*perf'), wanted)
        self.assertEqual([row['task'] for row in self.export('tasks', '--task', '2834')], [5, 6])
        self.assertEqual(self.export('successors', '--task', 'perf'),
                         self.wanted('successors')[:1])
        self.assertEqual(self.export('cpus', '--task', 'perf'), self.wanted('cpus'))

    def test_merged_tasks_and_appended_tids(self):
        names = {row['name'] for row in self.export('samples', '--merge-sys-tasks')}
        self.assertIn('swapper', names)
        self.assertNotIn('swapper/1', names)
        self.assertEqual(len(self.export('samples', '--merge-sys-tasks')),
                         len(self.capture.samples))
        names = {row['name'] for row in self.export('samples', '--append-tid')}
        self.assertIn('perf:2834', names)

    def test_the_empty_table(self):
        path = cdict.write_whole(self.path('empty.cdict'), [cdict.header()], 0)
        for table in cdict.COLUMNS:
            out = self.read('export', '--table', table, '--format', 'json', path).json()
            self.assertEqual(out, [])
            out = self.read('export', '--table', table, path).out
            self.assertEqual(out.count('\r\n'), 1)

    def test_a_file_is_written_whole_under_its_name(self):
        out = self.path('rows.csv')
        result = self.read('export', '--table', 'samples', '--out', out, self.file)
        self.assertEqual(result.out, '')
        with open(out, newline='') as file:
            self.assertEqual(file.read(),
                             self.read('export', '--table', 'samples', self.file).out)
        self.assertEqual(sorted(os.listdir(self.folder.name)), ['rows.csv', 'run.cdict'])
        self.assertEqual(os.stat(out).st_mode & 0o111, 0)

    def test_an_older_file_is_replaced_and_a_link_to_it_stays(self):
        real, link = self.path('real.csv'), self.path('link.csv')
        with open(real, 'w') as file:
            file.write('old')
        os.symlink(real, link)
        self.read('export', '--table', 'tasks', '--out', link, self.file)
        self.assertTrue(os.path.islink(link))
        with open(real) as file:
            self.assertTrue(file.read().startswith('task,tid'))

    def test_a_failure_leaves_nothing_and_the_older_file(self):
        broken = self.path('broken.cdict')
        bad = cdict.rows('samples', {'bucket': 1, 'task': 99, 'cpu': 0})
        cdict.write_whole(broken, [cdict.header(), bad], MS)
        out = self.path('rows.csv')
        with open(out, 'w') as file:
            file.write('older')
        self.refuse('export', '--table', 'samples', '--out', out, broken, code=1, names=[broken])
        with open(out) as file:
            self.assertEqual(file.read(), 'older')
        self.assertEqual(sorted(os.listdir(self.folder.name)),
                         ['broken.cdict', 'rows.csv', 'run.cdict'])

    def test_a_folder_that_is_missing_is_named(self):
        out = os.path.join(self.path('nowhere'), 'rows.csv')
        self.refuse('export', '--table', 'tasks', '--out', out, self.file, code=1, names=[out])

    def test_a_full_device_is_told(self):
        self.refuse('export', '--table', 'samples', '--out', '/dev/full', self.file, code=1,
                    names=['/dev/full', 'No space left'])

    def test_a_full_stdout_is_told(self):
        for words in (['list'], ['stats'], ['export', '--table', 'samples']):
            with open('/dev/full', 'w') as full:
                done = subprocess.run([PFTRACE, *words, self.file], stdout=full,
                                      stderr=subprocess.PIPE, timeout=60, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)

    def test_a_reader_that_had_enough_is_no_failure(self):
        rows = [{'bucket': 1, 'task': 5, 'kind': 'run', 'bin': 80, 'count': 1}] * 60000
        many = cdict.rows('cells', *rows)
        path = cdict.write_whole(self.path('many.cdict'),
                                 [cdict.header(), cdict.rows('tasks', *TASKS), many], MS)
        for output in ('csv', 'json'):
            process = subprocess.Popen([PFTRACE, 'export', '--table', 'cells', '--format', output,
                                        path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            process.stdout.read(10)
            process.stdout.close()
            words = process.stderr.read()
            process.stderr.close()
            self.assertEqual(process.wait(60), 0)
            self.assertEqual(words, b'')

    def test_a_cut_file_is_exported_as_far_as_it_goes(self):
        cdict.cut(self.file, os.path.getsize(self.file) // 2)
        out = self.path('rows.json')
        self.read('export', '--table', 'samples', '--format', 'json', '--out', out, self.file,
                  code=3)
        rows = self.read('export', '--table', 'samples', '--format', 'json', self.file,
                         code=3).json()
        self.assertEqual(rows, self.wanted('samples')[:len(rows)])
        self.assertGreater(len(rows), 10)
        self.assertTrue(os.path.exists(out))

    def test_the_widest_number_is_exact(self):
        path = cdict.write_whole(self.path('wide.cdict'), [
            cdict.header(), cdict.rows('tasks', TASKS[0]),
            cdict.rows('totals', {'task': 0, 'cpu': 0, 'run_ns': (1 << 64) - 2})], MS)
        for output in ('csv', 'json'):
            out = self.read('export', '--table', 'totals', '--format', output, path).out
            self.assertIn('18446744073709551614', out)


class TaskNumbersTest(CommandTest):
    """What other readers of the file find under a number, every command has under it, too."""

    def setUp(self):
        super().setUp()
        sample = {'bucket': 0, 'cpu': 0, 'run_ns': MS, 'switches': 1, 'voluntary': 1,
                  'involuntary': 0, 'migrations': 0, 'wait_ns': 0, 'wait_max_ns': 0}
        self.file = cdict.write_whole(self.path('numbers.cdict'), [
            cdict.header(),
            cdict.rows('tasks', cdict.task(9, 0, 'swapper/0', 'idle'), cdict.task(4, 70, 'a'),
                       cdict.task(7, 71, 'b'), cdict.task(2, 72, 'a')),
            cdict.rows('samples', *[{**sample, 'task': task} for task in (9, 7, 4, 2)]),
            cdict.rows('successors', {'task': 7, 'next': 4, 'count': 3})], 10 * MS)

    def numbers(self, *words, tid='tid', task='task'):
        rows = self.read(*words, '--format', 'json', self.file).json()
        if isinstance(rows, dict):
            rows = rows.get('tasks') or rows['successors']
        return {row[tid]: row[task] for row in rows if row[task] is not None}

    def test_numbers_are_the_files(self):
        wanted = {0: 9, 70: 4, 71: 7, 72: 2}
        for words in (['export', '--table', 'tasks'], ['export', '--table', 'samples'], ['list'],
                      ['stats', '--idle']):
            self.assertEqual(self.numbers(*words), wanted, words)
        self.assertEqual(self.numbers('export', '--table', 'successors'), {71: 7})
        for words in (['export', '--table', 'successors'], ['successors', 'b']):
            self.assertEqual(self.numbers(*words, tid='next_tid', task='next'), {70: 4}, words)

    def test_merged_tasks_have_the_number_of_the_first(self):
        for words in (['export', '--table', 'tasks'], ['list'], ['stats', '--idle']):
            found = self.numbers(*words, '--merge-names')
            self.assertEqual(sorted(found.values()), [4, 7, 9], words)


if __name__ == '__main__':
    unittest.main()
