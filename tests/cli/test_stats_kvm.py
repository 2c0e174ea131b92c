# SPDX-License-Identifier: Apache-2.0
"""pftrace stats and export of vCPUs, from events whose figures are worked out by hand."""
import unittest

from test_import import A, B, IDLE, ImportCommand, event, switch
from test_import_kvm import MS, entry, leave

C = ('other', 20)  # of a process of its own, and no vCPU before 30 ms


def of(line, tid, tgid):
    return line.replace(f' {tid}/{tid} ', f' {tgid}/{tid} ')


# A: guest 6, host 6, halted 6, waiting 2 ms; B: host 1, guest 4; C: guest 9, host 1
TEXT = [
    switch(100.000, 0, IDLE, 'R', A),
    entry(100.001), leave(100.003, 'io'), entry(100.004), leave(100.005, 'io'), entry(100.008),
    leave(100.009, 'hlt'),
    switch(100.010, 0, A, 'S', IDLE),
    event(100.016, 0, IDLE, 'sched_wakeup', 'comm=a task pid=10 prio=120 target_cpu=000'),
    switch(100.018, 0, IDLE, 'R', A),
    entry(100.018),
    leave(100.020, '0x404'),
    switch(100.020, 0, A, 'Z', B),
    entry(100.021, who=B), leave(100.025, 'io', who=B),
    switch(100.025, 0, B, 'Z', C),
    leave(100.030, 'npf', who=C), entry(100.031, who=C),
    switch(100.035, 0, C, 'S', IDLE),
]


class StatsKvmTest(ImportCommand):
    def setUp(self):
        super().setUp()
        self.convert(self.write([of(of(line, 11, 10), 10, 10) for line in TEXT]))

    def stats(self, *options):
        return self.read('stats', *options, self.path())

    def test_shares_of_a_vcpus_states(self):
        rows = {row['tid']: row for row in self.stats('--format', 'json').json()['vcpus']}
        self.assertEqual(sorted(rows), [10, 11, 20])
        a = rows[10]
        self.assertEqual([a[state + '_ns'] / MS for state in
                          ('time', 'guest', 'host', 'halted', 'blocked', 'waiting')],
                         [20, 6, 6, 6, 0, 2])
        self.assertEqual([a[state + '_percent'] for state in ('guest', 'halted', 'waiting')],
                         [30, 30, 10])
        self.assertEqual([rows[tid]['exits'] for tid in (10, 11, 20)], [4, 1, 1])

    def test_exits_of_all_of_a_vm_and_of_a_vcpu(self):
        exits = self.stats('--format', 'json').json()['exits']
        every = {row['reason_name']: row for row in exits['all']}
        self.assertEqual(sorted(every), ['hlt', 'io', 'npf', 'unknown(0x404)'])
        io = every['io']
        self.assertEqual((io['count'], io['unpaired'], io['count_percent'], io['host_ns'] / MS),
                         (2, 1, 50, 4))
        self.assertEqual((io['host_min_ns'] / MS, io['host_avg_ns'] / MS, io['host_max_ns'] / MS),
                         (1, 2, 3))
        for name in ('host_p50_ns', 'host_p90_ns', 'host_p99_ns'):
            self.assertTrue(io['host_min_ns'] <= io[name] <= io['host_max_ns'])
        self.assertAlmostEqual(every['hlt']['host_percent'], 100 * 9 / 14, 5)
        self.assertEqual(every['hlt']['off_ns'] / MS, 8)
        unknown = every['unknown(0x404)']
        self.assertEqual((unknown['count'], unknown['unpaired'], unknown['host_max_ns']),
                         (0, 1, None))
        self.assertEqual([(row['tgid'], row['reason_name'], row['count']) for row in exits['vm']
                          if row['count']],
                         [(20, 'npf', 1), (10, 'io', 2), (10, 'hlt', 1)])
        self.assertEqual([(row['tid'], row['reason_name'], row['count'], row['unpaired'])
                          for row in exits['vcpu'] if row['reason_name'] == 'io'],
                         [(10, 'io', 2, 0), (11, 'io', 0, 1)])
        self.assertEqual({row['tid'] for row in exits['vm'] + exits['all']}, {None})

    def test_the_text_shows_vcpus_and_exits(self):
        text = self.stats().out
        for word in ('GUEST %', 'WAITING %', 'SAMPLES %', 'TIME %', 'p99', 'unknown(0x404)',
                     'UNPAIRED'):
            self.assertIn(word, text)
        only = self.stats('--exits', 'vm').out
        self.assertIn('PROCESS', only)
        self.assertNotIn('WAITING', only)
        self.assertNotIn('SWITCHES', only)
        self.assertNotIn('SAMPLES', self.stats('--vcpus').out)

    def test_csv_sort_task_and_window(self):
        rows = self.stats('--exits', 'all', '--format', 'csv', '--sort', 'host_max').csv()
        self.assertEqual([row['reason_name'] for row in rows],
                         ['hlt', 'io', 'npf', 'unknown(0x404)'])
        rows = self.stats('--vcpus', '--format', 'csv', '--task', '^a task').csv()
        self.assertEqual([row['tid'] for row in rows], ['10'])
        rows = self.stats('--exits', 'vcpu', '--format', 'csv', '--from', '10', '--cap', '20').csv()
        self.assertEqual([(row['tid'], row['reason_name'], row['count']) for row in rows],
                         [('10', 'hlt', '1')])
        self.refuse('stats', '--exits', 'all', '--sort', 'run', self.path(), code=2,
                    names=['run', 'host_max'])
        self.refuse('stats', '--exits', 'host', self.path(), code=2, names=["'host'", 'vcpu'])

    def test_export_names_reasons(self):
        for table in ('exits', 'exit_cells'):
            rows = self.read('export', '--table', table, self.path()).csv()
            names = {row['reason']: row['reason_name'] for row in rows}
            self.assertEqual(names['123'], 'io')
            if table == 'exits':
                self.assertEqual(names['1028'], 'unknown(0x404)')

    def test_without_switches_nothing_is_said_of_them(self):
        self.convert(self.write([entry(100.001), leave(100.003, 'io'), entry(100.004)]))
        stats = self.stats('--format', 'json').json()
        self.assertEqual(stats['tasks'], [])
        sums = ('run_ns', 'core_percent', 'all_percent', 'switches', 'voluntary', 'migrations')
        self.assertEqual({stats['total'][key] for key in sums}, {None})
        for core in stats['cores']:
            self.assertEqual({core[key] for key in ('busy_ns', 'busy_percent', 'idle_ns',
                                                    'idle_percent', 'switches')}, {None})
        self.assertRegex(self.stats().out, r'\ntotal +(- +)+-\n')
        vcpu, = (row for row in self.read('list', '--format', 'json', self.path()).json()
                 if row['kind'] == 'vcpu')
        self.assertEqual((vcpu['tid'], vcpu['switches'], vcpu['run_ns']), (10, None, None))

    def test_a_capture_without_vcpus_has_no_such_tables(self):
        self.convert(self.write([line for line in TEXT if 'kvm_' not in line]))
        self.assertNotIn('SAMPLES', self.stats().out)
        result = self.stats('--format', 'json').json()
        self.assertEqual((result['vcpus'], result['exits']),
                         ([], {'all': [], 'vm': [], 'vcpu': []}))


if __name__ == '__main__':
    unittest.main()
