# SPDX-License-Identifier: Apache-2.0
"""Results that cannot be written: one line with the true reason, and exit status 1."""
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

    def test_a_page(self):
        self.cannot_write('render', self.file, reason='File too large', preexec_fn=allow_small_files)


if __name__ == '__main__':
    unittest.main()
