# SPDX-License-Identifier: Apache-2.0
"""pftrace successors: who ran next."""
import unittest
from collections import Counter

import cdict
import made_up
from command import CommandTest
from made_up import MS, TASKS

TASKS_OF = {'perf': [5, 6], 'swapper': [0, 1, 2]}


class SuccessorsTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.capture = made_up.Capture()
        self.file = self.capture.write(self.path())

    def successors(self, *words, code=0):
        rows = self.read('successors', '--format', 'json', *words, code=code).json()
        self.assertEqual([row['count'] for row in rows],
                         sorted((row['count'] for row in rows), reverse=True))
        total = sum(row['count'] for row in rows)
        for row in rows:
            self.assertAlmostEqual(row['percent'], 100 * row['count'] / total, places=6)
        return {row['next']: row['count'] for row in rows}

    def test_counts_of_the_whole_capture(self):
        self.assertEqual(self.successors('perf', self.file), {3: 9})
        self.assertEqual(self.successors('15', self.file), {5: 8})
        row, = self.read('successors', '--format', 'csv', '15', self.file).csv()
        self.assertEqual(row, {'next': '5', 'next_tid': '2834', 'count': '8',
                               'percent': '100', 'next_name': 'perf'})

    def test_a_window_is_counted_from_single_switches(self):
        for from_ms, cap_ms in ((0, 2000), (0, 30), (700, 760), (10, 730)):
            wanted = Counter(row['next'] for at_ns, row in self.capture.switches
                             if row['task'] in TASKS_OF['swapper']
                             and from_ms * MS <= at_ns < cap_ms * MS)
            found = self.successors('--from', str(from_ms), '--cap', str(cap_ms), 'swapper',
                                    self.file)
            self.assertEqual(found, wanted, (from_ms, cap_ms))
            self.assertTrue(found)

    def test_a_row_without_state_is_no_switch(self):
        messages = [cdict.header(), cdict.rows('tasks', *TASKS[:4]), cdict.rows(
            'switches', {'at_ns': 5, 'cpu': 0, 'task': 3, 'next': 0},
            {'at_ns': 5, 'cpu': 0, 'next': 3, 'state': 'R'},
            {'at_ns': 5, 'cpu': 0, 'next': 1, 'state': 'S'})]
        path = cdict.write_whole(self.path('few.cdict'), messages, 100)
        self.assertEqual(self.successors('--from', '0', 'ksoftirqd', path), {1: 1})

    def test_without_single_switches_the_counts_are_of_the_whole(self):
        messages = [message for message in self.capture.messages
                    if message.get('table') != 'switches']
        path = cdict.write_whole(self.path('coarse.cdict'), messages, made_up.DURATION_NS)
        result = self.run_pftrace('successors', '--cap', '5', '--format', 'csv', '15', path)
        self.assertEqual(result.code, 0)
        self.assertIn('without --detail', result.words[0])
        self.assertEqual(result.csv()[0]['count'], '8')

    def test_tasks_of_one_name_are_taken_together(self):
        rows = [{'task': 5, 'next': 0, 'count': 1}, {'task': 6, 'next': 1, 'count': 2},
                {'task': 5, 'next': 0, 'count': 4}, {'task': 0, 'next': 5, 'count': 99}]
        messages = [cdict.header(), cdict.rows('tasks', *TASKS[:7]), cdict.rows('successors', *rows)]
        path = cdict.write_whole(self.path('pairs.cdict'), messages, 100)
        self.assertEqual(self.successors('perf', path), {0: 5, 1: 2})
        words = ('--merge-sys-tasks', 'perf', path)
        merged, = self.read('successors', '--format', 'json', *words).json()
        self.assertEqual((merged['next_name'], merged['count']), ('swapper', 7))
        text = self.read('successors', *words).out.splitlines()
        self.assertEqual([line.split() for line in text],
                         [['TID', 'COUNT', 'SHARE', '%', 'NEXT'], ['0', '7', '100.00', 'swapper'],
                          ['all', '7', '100.00', '-']])

    def killed(self, *tables):
        """A recording that was killed while only these tables were in it."""
        messages = [message for message in self.capture.messages
                    if message.get('table', 'tasks') in ('tasks', 'samples', *tables)]
        return cdict.write(self.path('run.cdict.part'), *[[message] for message in messages])

    def test_of_a_killed_recording_single_switches_are_counted(self):
        """All of them: the counts are written at the end, and seldom before."""
        wanted = Counter(row['next'] for _, row in self.capture.switches
                         if row['task'] in TASKS_OF['perf'])
        for tables in (['switches'], ['switches', 'successors']):
            result = self.run_pftrace('successors', '--format', 'json', 'perf', self.killed(*tables))
            self.assertEqual(result.code, 3)
            self.assertEqual({row['next']: row['count'] for row in result.json()}, wanted)

    def test_a_killed_recording_without_its_counts_says_so(self):
        switches = sum(row['switches'] for _, row in self.capture.samples if row['task'] in (5, 6))
        for tables, count in (([], 0), (['successors'], 9)):
            path = self.killed(*tables)
            result = self.run_pftrace('successors', '--format', 'json', 'perf', path)
            self.assertEqual((result.code, len(result.words)), (3, 2), result.words)
            self.assertIn(f'{path}: who ran next is there for {count} of {switches} switches',
                          result.words[1])

    def test_a_file_without_tasks(self):
        path = cdict.write(self.path('cut.cdict'), [cdict.header()])
        self.assertEqual(self.successors('perf', path, code=3), {})
        path = cdict.write_whole(self.path('none.cdict'), [cdict.header()], 100)
        self.refuse('successors', 'perf', path, code=1, names=["TASK 'perf'", path, 'no tasks'])

    def test_what_is_wrong(self):
        self.refuse('successors', code=2, names=['which task', 'usage'])
        self.refuse('successors', 'perf', code=2, names=['which capture', 'usage'])
        self.refuse('successors', 'perf', self.file, 'more', code=2, names=['more'])
        self.refuse('successors', '--task', 'x', 'perf', self.file, code=2, names=['--task'])
        self.refuse('successors', 'a(', self.file, code=2, names=["error: TASK 'a('"])
        result = self.run_pftrace('successors', 'no such', self.file)
        self.assertEqual((result.code, result.out, len(result.words)), (1, '', 1))
        self.assertIn("TASK 'no such'", result.words[0])


if __name__ == '__main__':
    unittest.main()
