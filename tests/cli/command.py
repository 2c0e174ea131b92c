# SPDX-License-Identifier: Apache-2.0
"""Runs pftrace and looks at what it says."""
import csv
import io
import json
import os
import subprocess
import tempfile
import unittest

PFTRACE = os.environ.get('PFTRACE', os.path.join('build', 'pftrace'))


class Result:
    def __init__(self, done):
        self.code = done.returncode
        self.out = done.stdout.decode()
        self.words = done.stderr.decode().splitlines()

    def json(self):
        return json.loads(self.out)

    def csv(self):
        """Rows as dicts; csv.reader would forgive bare line feeds, the RFC does not."""
        assert self.out.endswith('\r\n')
        return list(csv.DictReader(io.StringIO(self.out, newline=''), strict=True))


class CommandTest(unittest.TestCase):
    """A folder of its own, and what every test of a command asks."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix='pftrace-cli-')
        self.addCleanup(self.folder.cleanup)

    def path(self, name='run.cdict'):
        return os.path.join(self.folder.name, name)

    def run_pftrace(self, *words):
        return Result(subprocess.run([PFTRACE, *words], stdin=subprocess.DEVNULL,
                                     capture_output=True, timeout=60, check=False))

    def read(self, *words, code=0):
        """A run that says nothing on stderr unless it has to (code 3: one line)."""
        result = self.run_pftrace(*words)
        self.assertEqual(result.code, code, result.words)
        self.assertEqual(len(result.words), 1 if code else 0, result.words)
        return result

    def refuse(self, *words, code, names):
        """A run that fails with one line, which names what is wrong, and prints no result."""
        result = self.run_pftrace(*words)
        self.assertEqual(result.code, code, result.words)
        self.assertEqual(len(result.words), 1, result.words)
        self.assertTrue(result.words[0].startswith('pftrace: error: '), result.words)
        for name in names:
            self.assertIn(name, result.words[0])
        self.assertEqual(result.out, '')
        return result
