# SPDX-License-Identifier: Apache-2.0
"""Results that cannot be written: one line with the true reason, and exit status 1."""
import os
import resource
import signal
import subprocess
import unittest

import made_up
from command import PFTRACE, CommandTest


def allow_small_files():
    """As on a full disk, for which a test would have to mount one."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))


def close_stdout():
    os.close(1)


class FullTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.file = made_up.Capture().write(self.path())

    def cannot_write(self, *words, reason, **how):
        done = subprocess.run([PFTRACE, *words], stderr=subprocess.PIPE, timeout=60, check=False,
                              **how)
        lines = done.stderr.decode().splitlines()
        self.assertEqual((done.returncode, len(lines)), (1, 1), (words, lines))
        self.assertIn(reason, lines[0])

    def cannot_write_stdout(self, *words):
        with open('/dev/full', 'wb') as full:
            self.cannot_write(*words, reason='No space left on device', stdout=full)

    def test_what_this_machine_offers(self):
        self.cannot_write_stdout('check')
        self.cannot_write_stdout('check', '--format', 'json')

    def cannot_write_closed_stdout(self, *words):
        self.cannot_write(*words, reason='Bad file descriptor', preexec_fn=close_stdout)

    def test_help(self):
        commands = ('record', 'check', 'import', 'info', 'list', 'stats', 'successors', 'diff',
                    'export', 'remap', 'render')
        for words in (['--help'], ['--version'], ['--licenses'],
                      *([command, '--help'] for command in commands)):
            self.cannot_write_stdout(*words)
            self.cannot_write_closed_stdout(*words)

    def test_results(self):
        for words in (['list'], ['info'], ['stats'], ['successors', 'perf'], ['diff', self.file],
                      ['export', '--table', 'samples'],
                      ['render', '--out', self.path('page.html')]):
            self.cannot_write_stdout(*words, self.file)
            self.cannot_write_closed_stdout(*words, self.file)

    def test_files_beside_a_closed_stdout(self):
        """A file that took its place would have the page's path in it."""
        names = self.path('names.csv')
        with open(names, 'w', encoding='utf-8') as file:
            file.write('300,one\r\n')
        self.read('render', self.file)
        with open(self.path('run.html'), 'rb') as file:
            wanted = file.read()
        self.cannot_write_closed_stdout('render', self.file)
        with open(self.path('run.html'), 'rb') as file:
            self.assertEqual(file.read(), wanted)
        for words in (['export', '--table', 'samples', '--out', self.path('rows.csv')],
                      ['remap', '--map', names, '--out', self.path('new.cdict')]):
            done = subprocess.run([PFTRACE, *words, self.file], timeout=60, check=False,
                                  preexec_fn=close_stdout, stderr=subprocess.DEVNULL)
            self.assertEqual(done.returncode, 0, words)
        self.read('info', self.path('new.cdict'))

    def test_a_page(self):
        self.cannot_write('render', self.file, reason='File too large', preexec_fn=allow_small_files)

    def run_without_a_reader(self, *words):
        read, write = os.pipe()
        os.close(read)
        with os.fdopen(write, 'wb') as stdout:
            done = subprocess.run([PFTRACE, *words], stdout=stdout, stderr=subprocess.PIPE,
                                  timeout=60, check=False)
        self.assertEqual(done.stderr, b'', words)
        return done.returncode

    def test_a_reader_that_had_enough_is_no_failure(self):
        wanted = self.run_pftrace('check').code  # 1 where nothing can be recorded
        self.assertEqual(self.run_without_a_reader('check'), wanted)
        self.assertEqual(self.run_without_a_reader('check', '--format', 'json'), wanted)
        for words in (['--help'], ['--licenses'], ['check', '--help'], ['record', '--help'],
                      ['list', self.file], ['render', self.file]):
            self.assertEqual(self.run_without_a_reader(*words), 0, words)


if __name__ == '__main__':
    unittest.main()
