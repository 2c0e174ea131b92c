# SPDX-License-Identifier: Apache-2.0
"""Help, manual pages and completion tell of the same options, and help fits a screen."""
import json
import os
import re
import subprocess
import unittest

from command import PFTRACE, CommandTest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COLUMNS, LINES = 80, 24
OPTION = re.compile(r'(?<![\w-])--[a-z][a-z-]*')


def text_of(*path):
    with open(os.path.join(ROOT, *path), encoding='utf-8') as file:
        return file.read()


def completion(script):
    """What bash says after reading our completion."""
    done = subprocess.run(['bash', '--norc', '-c', f'source tools/pftrace.bash; {script}'],
                          cwd=ROOT, capture_output=True, text=True, timeout=30, check=True)
    return done.stdout


def complete(*words):
    line = ' '.join(f"'{word}'" for word in words)
    return completion(f'COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _pftrace; '
                      'printf "%s\\n" "${COMPREPLY[@]}"').split()


class HelpTest(CommandTest):
    def help_of(self, *command):
        return self.read(*command, '--help').out

    def commands(self):
        found = re.findall(r'^  (\w+) +\w', self.help_of(), re.M)
        self.assertIn('record', found)
        return found

    def options_of(self, command):
        """Those that its help has a line for."""
        lines = re.findall(r'^ +((?:-\w, )?--.*)$', self.help_of(command), re.M)
        return {option for line in lines
                for option in OPTION.findall(re.split(r' {2,}', line)[0])}

    def test_help_fits_a_screen(self):
        for command in [(), *[(name,) for name in self.commands()]]:
            lines = self.help_of(*command).splitlines()
            self.assertLessEqual(len(lines), LINES, command)
            for line in lines:
                self.assertLessEqual(len(line), COLUMNS, line)

    def test_completion_knows_the_commands_and_their_options(self):
        commands = self.commands()
        self.assertEqual(set(completion('_pftrace_options "" ').split()),
                         {*commands, '--help', '--version', '--licenses'})
        for command in commands:
            options = completion(f'_pftrace_options {command}').split()
            self.assertEqual(set(options), self.options_of(command), command)
            self.assertEqual(len(options), len(set(options)), command)

    def test_every_command_and_option_is_in_a_manual_page(self):
        overview = text_of('user', 'man', 'pftrace.1.rst')
        for command in self.commands():
            self.assertIn(f'**pftrace-{command}**', overview)
            page = text_of('user', 'man', f'pftrace-{command}.1.rst')
            told = {option for line in page.splitlines() if line.startswith('-')
                    for option in OPTION.findall(line)}
            self.assertEqual(told, self.options_of(command), command)

    def test_help_tells_of_all_that_needs_no_command(self):
        self.assertEqual(set(OPTION.findall(self.help_of())) - {'--duration', '--out', '--fail-if'},
                         {'--help', '--version', '--licenses'})

    def test_version(self):
        self.assertRegex(self.read('--version').out, r'^pftrace \d+\.\d+\.\d+\n$')

    def test_licenses_are_those_of_all_that_is_bundled(self):
        words = self.read('--licenses').out
        with open(os.path.join(ROOT, 'html', 'package-lock.json'), encoding='utf-8') as file:
            packages = json.load(file)['packages']
        self.assertIn('Apache-2.0', words)
        bundled = re.findall(r'^((?:@[\w-]+/)?[\w-]+) \d+\.\d+\.\d+ \(', words, re.M)
        self.assertGreater(len(bundled), 3)
        for name in bundled:
            self.assertIn(f'node_modules/{name}', packages)
        self.assertIn('Permission', words)

    def test_completion_at_work(self):
        self.assertEqual(complete('pftrace', 'ex'), ['export'])
        self.assertIn('--duration', complete('pftrace', '--du'))
        self.assertEqual(complete('pftrace', 'stats', '--perc'), ['--percentiles'])
        self.assertEqual(complete('pftrace', 'export', '--format', 'j'), ['json'])
        self.assertEqual(complete('pftrace', 'export', '--table', 'vc'), ['vcpu_samples'])
        self.assertEqual(complete('pftrace', 'stats', '--exits', ''), ['all', 'vm', 'vcpu'])
        self.assertEqual(complete('pftrace', 'import', '-b', ''), ['auto'])
        self.assertIn('env', complete('pftrace', 'record', '--user', '--', 'env'))
        for name in ('run.cdict', 'notes.txt'):
            with open(self.path(name), 'w', encoding='utf-8'):
                pass
        folder = self.folder.name
        self.assertEqual(complete('pftrace', 'info', f'{folder}/'), [f'{folder}/run.cdict'])

    def test_an_option_that_takes_a_value_is_followed_by_nothing_else(self):
        for command in self.commands():
            taking = {option for line in re.findall(r'^ +((?:-\w, )?--.*)$', self.help_of(command),
                                                    re.M)
                      for option in re.findall(r'(--[a-z-]+) (?=[A-Z]|auto|60s)',
                                               re.split(r' {2,}', line)[0])}
            for option in taking & self.options_of(command):
                self.assertTrue(completion(f'_pftrace_values {command} {option}').strip('\n'),
                                (command, option))
        for words in (['--duration'], ['--pid'], ['record', '--keep'], ['record', '-d'],
                      ['record', '--rotate'], ['record', '--when'], ['render', '--label'],
                      ['diff', '--fail-if'], ['stats', '--from']):
            self.assertEqual(complete('pftrace', *words, ''), [], words)
        self.assertEqual(complete('pftrace', 'stats', '--format', 'nonsense'), [])
        self.assertEqual(complete('pftrace', 'record', '--', 'no-such-command-at-all'), [])

    def test_completion_of_files(self):
        names = {'run.cdict', 'run.cdict.part', 'perf.data', 'trace.dat', 'names.csv'}
        for name in names:
            with open(self.path(name), 'w', encoding='utf-8'):
                pass

        def offered(*words):
            return {os.path.basename(path)
                    for path in complete('pftrace', *words, f'{self.folder.name}/')}
        for command in ('info', 'list', 'stats', 'diff', 'export', 'render', 'successors'):
            self.assertEqual(offered(command), names - {'names.csv'}, command)
        self.assertEqual(offered('remap'), {'run.cdict'})
        for words in (['remap', '-m'], ['stats', '--map'], ['record', '-o'], ['-o'], ['import']):
            self.assertEqual(offered(*words), names, words)

    def test_values_that_completion_offers_are_accepted(self):
        for command in self.commands():
            for option in sorted(self.options_of(command) - {'--out'}):
                for value in completion(f'_pftrace_values {command} {option}').split():
                    words = self.run_pftrace(command, option, value, '--nonsense').words
                    self.assertIn('--nonsense', words[0], (command, option, value))


if __name__ == '__main__':
    unittest.main()
