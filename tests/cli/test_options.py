# SPDX-License-Identifier: Apache-2.0
"""Wrong options: the exact exit code, and one line that names option and value."""
import os
import unittest

import cdict
import made_up
from command import CommandTest

COMMANDS = (['list'], ['stats'], ['export', '--table', 'samples'])


class OptionsTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.file = made_up.Capture().write(self.path())

    def refuse_all(self, *words, names):
        for command in COMMANDS:
            with self.subTest(command + list(words)):
                self.refuse(*command, *words, code=2, names=names)

    def test_times(self):
        for value in ('', '-1', 'abc', '1s', '1e3', '1,5', '0x10', ' 1', '99999999999999999999'):
            self.refuse_all('--from', value, self.file, names=['--from', f"'{value}'"])
            self.refuse_all('--cap', value, self.file, names=['--cap', f"'{value}'"])

    def test_an_empty_window(self):
        self.refuse_all('--from', '10', '--cap', '10', self.file, names=['--cap', '--from'])
        self.refuse_all('--cap', '0', self.file, names=['--cap'])

    def test_a_bad_regex(self):
        for regex in ('a(b', '[', 'x{2,1}', '**'):
            self.refuse_all('--task', regex, self.file, names=['--task', f"'{regex}'"])

    def test_words(self):
        self.refuse_all('--format', 'xml', self.file, names=['--format', "'xml'", 'csv', 'json'])
        self.refuse('list', '--sort', 'colour', self.file, code=2,
                    names=['--sort', "'colour'", 'switches'])
        self.refuse('stats', '--sort', '', self.file, code=2, names=['--sort', 'run_ns'])
        self.refuse('export', '--table', 'sample', self.file, code=2,
                    names=['--table', "'sample'", 'samples', 'losses'])
        self.refuse('export', '--format', 'text', '--table', 'cells', self.file, code=2,
                    names=['--format', "'text'"])

    def test_a_time_that_is_out_of_range_is_a_time(self):
        for value in ('99999999h', '800h', '0.5s', '99999999TB', '1KB'):
            self.refuse('record', '--rotate', value, code=2, names=['--rotate', f"'{value}'",
                                                                    'out of range', '30d'])
        self.refuse('record', '--rotate', '5', code=2, names=['--rotate', "'5'", 'neither'])

    def test_a_condition_that_is_none_is_said_in_one_line(self):
        for value in ('wait>50', 'wait>5m', 'wait>50MB', 'cpu>50', 'sleep>1s'):
            words = self.refuse('record', '--flight-recorder', '2', '--when', value, code=2,
                                names=['--when', f"'{value}'", 'us, ms or s', 'cpu>95%']).words
            self.assertNotIn('size', words[0])
        for value in ('cpu>100%', 'cpu>200%'):
            self.refuse('record', '--flight-recorder', '2', '--when', value, code=2,
                        names=['--when', f"'{value}'", 'never', '100%'])

    def test_what_looks_at_switches_that_are_not_recorded(self):
        self.refuse('record', '--no-sched', '--detail', code=2, names=['--detail', '--no-sched'])
        self.refuse('record', '--no-sched', '--flight-recorder', '2', '--when', 'cpu>50%', code=2,
                    names=['--when', '--no-sched'])

    def test_a_missing_table(self):
        self.refuse('export', self.file, code=2, names=['--table'])

    def test_unknown_options(self):
        self.refuse_all('--nonsense', self.file, names=["'--nonsense'", '--help'])
        self.refuse_all('-x', self.file, names=["'-x'", '--help'])
        self.refuse_all('--append-tid=3', self.file, names=['--append-tid=3'])
        self.refuse('stats', '--cores=3', self.file, code=2, names=["'--cores=3'", '--help'])
        self.refuse('stats', '--from=3', '-c', self.file, code=2, names=["'-c'", '--help'])

    def test_every_command_says_which_word_it_does_not_know(self):
        for command in ('record', 'check', 'import', 'info', 'list', 'stats', 'successors', 'diff',
                        'export', 'remap', 'render'):
            for words, named in ((['--bogus'], '--bogus'), (['a', '-xy'], '-x'), (['-xh'], '-x'),
                                 (['--help=3'], '--help=3')):
                with self.subTest([command, *words]):
                    self.refuse(command, *words, code=2,
                                names=[f"no option '{named}'", f'pftrace {command} --help'])
        for command, option in (('record', '--out'), ('record', '-o'), ('check', '--format'),
                                ('info', '--format'), ('import', '--out'), ('remap', '-m')):
            self.refuse(command, option, code=2, names=[f"'{option}' needs a value", command])

    def test_a_letter_for_out_wherever_there_is_an_out(self):
        for words in (('export', '--table', 'cells', self.file), ('render', self.file)):
            out = self.path(f'{words[0]}.out')
            self.assertEqual(self.run_pftrace(*words, '-o', out).code, 0)
            self.assertTrue(os.path.getsize(out))
            self.refuse(*words, '-o', code=2, names=["'-o'", 'value'])
        self.refuse('stats', self.file, '-o', 'x', code=2, names=["'-o'"])

    def test_a_missing_value(self):
        self.refuse_all(self.file, '--from', names=["'--from'", 'value'])
        self.refuse_all(self.file, '--task', names=["'--task'", 'value'])
        self.refuse_all(self.file, '--format', names=["'--format'", 'value'])

    def test_too_few_and_too_many_files(self):
        self.refuse_all(names=['FILE'])
        self.refuse_all(self.file, 'other.cdict', names=["'other.cdict'"])

    def test_a_window_behind_the_end_is_empty_and_said(self):
        result = self.run_pftrace('stats', '--format', 'json', '--from', '99999', self.file)
        self.assertEqual(result.code, 0)
        self.assertEqual(len(result.words), 1)
        self.assertIn('--from 99999', result.words[0])
        self.assertEqual(result.json()['tasks'], [])

    def test_a_choice_of_nobody_is_said(self):
        result = self.run_pftrace('list', '--format', 'json', '--task', 'qqq', self.file)
        self.assertEqual((result.code, result.json()), (0, []))
        self.assertEqual(len(result.words), 1)
        self.assertIn("'qqq'", result.words[0])

    def test_words_do_not_command_the_terminal(self):
        for command in COMMANDS + (['info'], ['render']):
            for name, shown in (('no\nfile\x1b[31m', 'no?file?[31m'), ('\x9b31m', '??31m'),
                                (b'no\xff', 'no?'), ('Tür', 'Tür')):
                self.refuse(*command, name, code=1, names=[f"'{shown}'"])
        self.refuse_all('--task', '[\x1b', self.file, names=['[?'])

    def test_results_for_people_have_nothing_that_a_terminal_would_obey(self):
        for name, shown in (('two\nlines\x1b[31m.cdict', 'two?lines?[31m.cdict'),
                            ('\udcff\x9b.cdict', '???.cdict')):
            path = made_up.Capture().write(self.path(name))
            self.assertIn(f'{shown}, ', self.read('info', path).out.splitlines()[0])
            self.assertIn(f'{shown}: ', self.read('diff', path, path).out.splitlines()[0])
            cdict.cut(path, 40)
            result = self.run_pftrace('info', path)
            self.assertEqual(result.code, 3)
            self.assertIn(f"{shown}' is cut", result.out.splitlines()[1])
        self.refuse('x\n' * 2000, code=2, names=['x?' * 2000])

    def test_help_fits_a_screen(self):
        for command in ('list', 'stats', 'export'):
            result = self.read(command, '--help')
            lines = result.out.splitlines()
            self.assertTrue(lines[0].startswith(f'usage: pftrace {command} '))
            self.assertLessEqual(len(lines), 24, command)
            self.assertLessEqual(max(map(len, lines)), 90, command)
            for option in ('--from', '--cap', '--task', '--merge-sys-tasks', '--append-tid',
                           '--format', 'exit codes'):
                self.assertIn(option, result.out)


if __name__ == '__main__':
    unittest.main()
