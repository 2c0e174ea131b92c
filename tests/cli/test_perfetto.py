# SPDX-License-Identifier: Apache-2.0
"""pftrace export --format perfetto: what a strict reader of the format finds in it."""
import subprocess
import unittest
from collections import Counter

import cdict
import made_up
import perfetto
from command import PFTRACE, CommandTest
from made_up import MS, TASKS

MONOTONIC = 5_000_000_000  # of cdict.header()
STATES = {'R': 0, 'S': 1, 'D': 2, 'R+': 0x100, 'X': 16, None: 0}
BLANK = {'idle', 'unknown'}


def pid(number):
    """As what a task of the made-up capture goes."""
    if number is None or TASKS[number]['kind'] in BLANK:
        return 0
    return TASKS[number]['tid']


class PerfettoTest(CommandTest):
    def trace(self, path, *words):
        out = self.path('run.perfetto-trace')
        self.read('export', '--format', 'perfetto', *words, '--out', out, path)
        with open(out, 'rb') as file:
            return perfetto.packets(file.read())

    def events(self, packets, kind):
        """(cpu, timestamp, fields) in the order of the trace."""
        return [(bundle['ftrace_events'].get('cpu', 0), event['timestamp'], event[kind])
                for bundle in packets if 'ftrace_events' in bundle
                for event in bundle['ftrace_events']['event'] if kind in event]

    def test_every_switch_with_its_names_and_states(self):
        capture = made_up.Capture()
        found = self.events(self.trace(capture.write(self.path())), 'sched_switch')
        self.assertEqual(len(found), len(capture.switches))
        for (cpu, at_ns, event), (wanted_ns, row) in zip(found, capture.switches):
            self.assertEqual((cpu, at_ns), (row['cpu'], MONOTONIC + wanted_ns))
            self.assertEqual((event['prev_pid'], event['next_pid']),
                             (pid(row['task']), pid(row['next'])))
            self.assertEqual(event['prev_state'], STATES[row['state']])
            if pid(row['next']):
                self.assertEqual(event['next_comm'], made_up.shown_name(TASKS[row['next']]))

    def test_since_when_a_task_was_runnable(self):
        capture = made_up.Capture()
        found = self.events(self.trace(capture.write(self.path())), 'sched_waking')
        wanted = Counter((MONOTONIC + at_ns - row['wait_us'] * 1000, pid(row['next']), row['cpu'])
                         for at_ns, row in capture.switches
                         if row['wait_us'] is not None and pid(row['next'])
                         and row['wait_us'] * 1000 <= MONOTONIC + at_ns)
        self.assertGreater(len(wanted), 10)
        self.assertEqual(Counter((at_ns, event['pid'], event['target_cpu'])
                                 for _, at_ns, event in found), wanted)

    def test_threads_and_their_processes(self):
        packets = self.trace(made_up.Capture().write(self.path()))
        trees = [packet['process_tree'] for packet in packets if 'process_tree' in packet]
        threads = {thread['tid']: (thread['tgid'], thread['name'])
                   for tree in trees for thread in tree['threads']}
        wanted = {task['tid']: (task['tgid'], made_up.shown_name(task)) for task in TASKS
                  if task['kind'] not in BLANK}
        self.assertEqual(threads, wanted)
        clocks = next(packet['clock_snapshot']['clocks'] for packet in packets
                      if 'clock_snapshot' in packet)
        self.assertEqual({clock['clock_id']: clock['timestamp'] for clock in clocks},
                         {6: MONOTONIC, 1: 1_700_000_000_000_000_000})
        self.assertTrue(any(packet.get('system_info', {}).get('utsname', {}).get('release') == '6.1'
                            for packet in packets))

    def test_counters_of_vcpus(self):
        rows = [{'bucket': 3, 'task': 7, 'guest_ns': 5 * MS, 'host_ns': MS, 'halted_ns': 0},
                {'bucket': 3, 'task': 7, 'guest_ns': 2 * MS, 'host_ns': 0, 'halted_ns': 0},
                {'bucket': 4, 'task': 7, 'guest_ns': 10 * MS, 'host_ns': 0, 'halted_ns': 0}]
        messages = [cdict.header(), cdict.rows('tasks', *TASKS[:9]),
                    cdict.rows('vcpu_samples', *rows),
                    cdict.rows('switches', {'at_ns': 1, 'cpu': 0, 'task': 7, 'next': 0,
                                            'state': 'S'})]
        packets = self.trace(cdict.write_whole(self.path(), messages, 100 * MS))
        names = {packet['track_descriptor']['uuid']: packet['track_descriptor']['name']
                 for packet in packets if 'track_descriptor' in packet}
        found = [(packet['timestamp'] - MONOTONIC, names[packet['track_event']['track_uuid']],
                  packet['track_event']['double_counter_value'])
                 for packet in packets if 'track_event' in packet]
        self.assertIn((30 * MS, 'Router.02.vcpu0 guest', 70.0), found)
        self.assertIn((30 * MS, 'Router.02.vcpu0 host', 10.0), found)
        self.assertIn((40 * MS, 'Router.02.vcpu0 guest', 100.0), found)
        self.assertEqual(len(found), 10)

    def test_what_a_filter_left_out_is_blank(self):
        tasks = [cdict.task(0, None, 'other', 'other'), cdict.task(1, 7, 'seven')]
        rows = [{'at_ns': 1, 'cpu': 0, 'task': 0, 'next': 1, 'state': 'S'},
                {'at_ns': 1, 'cpu': 0, 'next': 0, 'state': 'S'}]
        messages = [cdict.header(cpus=1), cdict.rows('tasks', *tasks), cdict.rows('switches', *rows)]
        path = cdict.write_whole(self.path(), messages, 10 * MS)
        found = self.events(self.trace(path), 'sched_switch')
        self.assertEqual([(event['prev_pid'], event['next_pid']) for _, _, event in found],
                         [(0, 7), (7, 0)])

    def test_what_was_lost_and_when(self):
        def lost(at_ms, cause, count, switches):
            return {'at_ns': at_ms * MS, 'cause': cause, 'count': count, 'switches': switches,
                    'run_ns': 0}
        rows = [lost(1000, 'ring_full', 0, 0), lost(1000, 'late', 0, 0),
                lost(2000, 'ring_full', 2, 700), lost(2000, 'late', 9, 9),
                lost(3000, 'ring_full', 2, 700), lost(4000, 'ring_full', 3, 1000),
                lost(4000, 'missed_switch', 1, None)]
        messages = [cdict.header(), cdict.rows('tasks', *TASKS[:9]), cdict.rows('losses', *rows),
                    cdict.rows('switches', {'at_ns': 1, 'cpu': 0, 'task': 7, 'next': 0,
                                            'state': 'S'})]
        path = cdict.write_whole(self.path(), messages, 5000 * MS)

        def instants(*words):
            return [((packet['timestamp'] - MONOTONIC) // MS, packet['track_event']['name'])
                    for packet in self.trace(path, *words)
                    if packet.get('track_event', {}).get('type') == 3]
        last = [(4000, 'ring_full: 1, 300 switches'), (4000, 'missed_switch: 1')]
        self.assertEqual(instants(), [(2000, 'ring_full: 2, 700 switches'), *last])
        self.assertEqual(instants('--from', '2500'), last)

    def test_a_window_and_chosen_tasks(self):
        capture = made_up.Capture()
        path = capture.write(self.path())
        found = self.events(self.trace(path, '--from', '700', '--cap', '720'), 'sched_switch')
        self.assertEqual([at_ns for _, at_ns, _ in found],
                         [MONOTONIC + at_ns for at_ns, _ in capture.switches
                          if 700 * MS <= at_ns < 720 * MS])
        found = self.events(self.trace(path, '--task', '301'), 'sched_switch')
        self.assertTrue(found)
        for _, _, event in found:
            self.assertIn(301, (event['prev_pid'], event['next_pid']))
            self.assertLessEqual({event['prev_pid'], event['next_pid']}, {0, 301})

    def test_many_switches_make_many_packets(self):
        rows = [{'at_ns': 1000, 'cpu': 0, 'task': 8 + i % 2, 'next': 8 + (i + 1) % 2, 'state': 'S',
                 'wait_us': i % 7} for i in range(20000)]
        messages = [cdict.header(), cdict.rows('tasks', *TASKS), cdict.rows('switches', *rows)]
        found = self.events(self.trace(cdict.write_whole(self.path(), messages, 100 * MS)),
                            'sched_switch')
        self.assertEqual([at_ns - MONOTONIC for _, at_ns, _ in found],
                         [1000 * (i + 1) for i in range(20000)])

    def test_what_is_wrong(self):
        coarse = cdict.write_whole(self.path('coarse.cdict'),
                                   [cdict.header(), cdict.rows('tasks', *TASKS)], 100)
        self.refuse('export', '--format', 'perfetto', coarse, code=1, names=[coarse, '--detail'])
        self.refuse('export', '--format', 'perfetto', '--table', 'cells', coarse, code=2,
                    names=['--table'])
        path = made_up.Capture().write(self.path())
        with open('/dev/full', 'wb') as full:
            done = subprocess.run([PFTRACE, 'export', '--format', 'perfetto', path], stdout=full,
                                  stderr=subprocess.PIPE, timeout=60, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn('cannot write', done.stderr.decode())


if __name__ == '__main__':
    unittest.main()
