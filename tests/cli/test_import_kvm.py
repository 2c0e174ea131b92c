# SPDX-License-Identifier: Apache-2.0
"""kvm_entry and kvm_exit in recordings: states and exits, worked out by hand."""
import re
import unittest
from collections import Counter

from test_import import A, B, IDLE, ImportCommand, event, switch

MS = 1_000_000
STATES = ('guest', 'host', 'halted', 'blocked', 'waiting')


def kvm(at, cpu, who, name, text):
    return event(at, cpu, who, name, text).replace('sched:', 'kvm:')


def entry(at, who=A, cpu=0, text='vcpu 1, rip 0x1'):
    return kvm(at, cpu, who, 'kvm_entry', text)


def leave(at, reason, who=A, cpu=0):
    return kvm(at, cpu, who, 'kvm_exit',
               f'vcpu 1 reason {reason} rip 0x1 info1 0x0 info2 0x0 intr_info 0x0 error_code 0x0')


# In the guest from 1 to 4 and from 5 to 8, halted from 9, woken at 15, back on its CPU at 17
TEXT = [
    switch(100.000, 0, IDLE, 'R', A),
    entry(100.001), leave(100.004, 'io'), entry(100.005), leave(100.008, 'hlt'),
    switch(100.009, 0, A, 'S', IDLE),
    event(100.015, 0, IDLE, 'sched_wakeup', 'comm=a task pid=10 prio=120 target_cpu=000'),
    switch(100.017, 0, IDLE, 'R', A),
    entry(100.018),
    switch(100.020, 0, A, 'R+', B),
]


class ImportKvmTest(ImportCommand):
    def states(self):
        sums = Counter()
        for row in self.read('export', '--table', 'vcpu_samples', self.path()).csv():
            for state in STATES:
                sums[row['tid'], state] += int(row[state + '_ns'] or 0)
        return {tid: [sums[tid, state] / MS for state in STATES] for tid, _ in sums}

    def exits(self):
        return {(row['tid'], row['isa'], row['reason']):
                [int(row[name]) if row[name] else None
                 for name in ('count', 'unpaired', 'host_ns', 'off_ns', 'guest_ns')]
                for row in self.read('export', '--table', 'exits', self.path()).csv()}

    def test_states_and_exits_of_a_vcpu(self):
        result = self.convert(self.write(TEXT))
        self.assertTrue(any('2 exits' in line for line in result.words), result.words)
        self.assertEqual(self.states(), {'10': [8, 4, 6, 0, 2]})
        self.assertEqual(self.exits(), {
            ('10', 'svm', '123'): [1, 0, 1 * MS, 0, 3 * MS],
            ('10', 'svm', '120'): [1, 0, 10 * MS, 8 * MS, 3 * MS]})
        self.assertEqual(self.lengths('guest'), {'a task': 2})
        self.assertEqual(self.lengths('host'), {'a task': 2})
        self.assertEqual(self.header()['recorded'], ['sched', 'kvm'])
        task = [row for row in self.read('export', '--table', 'tasks', self.path()).csv()
                if row['tid'] == '10'][0]
        self.assertEqual((task['kind'], task['vcpu']), ('vcpu', '1'))

    def test_the_same_from_trace_cmd(self):
        spelling = re.compile(r' *(\S.*?) +(\d+)/\d+ \[000\] ([\d.]+): \w+:(.*)')
        lines = ['cpus=1'] + ['{}-{} [000] {}: {}'.format(*spelling.match(line).groups())
                              for line in TEXT]
        self.convert(self.write(lines, header=''))
        self.assertEqual(self.states(), {'10': [8, 4, 6, 0, 2]})

    def test_intel_spellings_and_a_number_of_a_machine_that_the_header_names(self):
        header = '# cpuid : GenuineIntel,6,143,8\n'
        lines = [line.replace('reason io ', 'reason 0x7f ').replace('reason hlt', 'reason HLT')
                 for line in TEXT]
        self.convert(self.write(lines, header=header))
        self.assertEqual({key[1:] for key in self.exits()}, {('vmx', '127'), ('vmx', '12')})
        self.assertEqual(self.states(), {'10': [8, 4, 6, 0, 2]})

    def test_arm64(self):
        lines = [line.replace('vcpu 1, rip 0x1', 'PC: 0x1')
                 .replace('vcpu 1 reason io rip', 'IRQ: HSR_EC: 0x0000 (UNKNOWN), PC:')
                 .replace('vcpu 1 reason hlt rip', 'TRAP: HSR_EC: 0x0001 (WFx), PC:')
                 for line in TEXT]
        self.convert(self.write(lines))
        self.assertEqual({key[1:] for key in self.exits()}, {('arm64', '256'), ('arm64', '1')})
        self.assertEqual(self.states(), {'10': [8, 4, 6, 0, 2]})

    def test_a_recording_without_switches(self):
        lines = [line for line in TEXT if 'kvm_' in line]
        self.convert(self.write(lines))
        self.assertEqual(self.header()['recorded'], ['kvm'])
        # zero is the first entry; from 8 to 18 is not known but for not being in the guest
        self.assertEqual(self.states(), {'10': [6, 11, 0, 0, 0]})
        rows = self.read('export', '--table', 'vcpu_samples', self.path()).csv()
        self.assertEqual({row['halted_ns'] for row in rows}, {''})
        self.assertEqual({row['name'] for row in rows}, {'a task'})
        self.assertEqual(self.read('export', '--table', 'samples', self.path()).csv(), [])
        # and what switches would tell is not known, which is not 0
        stats = self.read('stats', '--format', 'json', self.path()).json()
        for value in ('run_ns', 'core_percent', 'all_percent', 'switches', 'migrations'):
            self.assertIsNone(stats['total'][value], value)
        for core in stats['cores']:
            self.assertGreater(core.pop('not_recorded_ns'), 0)
            self.assertEqual({core[value] for value in core if value != 'cpu'}, {None})
        tasks = self.read('list', '--format', 'json', self.path()).json()
        self.assertEqual({(task['switches'], task['run_ns']) for task in tasks}, {(None, None)})
        end = self.read('info', '--format', 'json', self.path()).json()['end']
        self.assertEqual({end['switches'], *end['runs_of_unknown_length'].values()}, {None})
        self.assertEqual(end['kvm']['exits'], 2)

    def test_lost_events_leave_what_is_open_open(self):
        lines = TEXT[:3] + ['CPU:0 [LOST 3 EVENTS]'] + TEXT[3:]
        self.convert(self.write(lines), code=3)
        self.assertEqual(self.exits()['10', 'svm', '123'][:3], [0, 1, 0])

    def test_what_is_no_known_spelling_is_said(self):
        lines = TEXT[:2] + [leave(100.0041, '0x7f'), kvm(100.0042, 0, A, 'kvm_exit', 'x')] + TEXT[2:]
        result = self.convert(self.write(lines))
        self.assertTrue(any('is not known: 2' in line for line in result.words), result.words)


if __name__ == '__main__':
    unittest.main()
