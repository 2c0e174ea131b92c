# SPDX-License-Identifier: Apache-2.0
"""A test that runs pftrace-openstack against the deployment, and looks that it tells no secret."""
import csv
import io
import os
import subprocess
import sys
import tempfile
import unittest

from deployment import deployment

TOOL = os.path.abspath(os.environ.get('PFTRACE_OPENSTACK', 'build/pftrace-openstack'))


class Asking(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cloud = deployment()

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='pftrace-openstack-')
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), 'w', encoding='utf-8', opener=lambda path, flags: os.open(
                path, flags, 0o600)) as file:
            file.write(text)
        return self.path(name)

    def ask(self, *words, variables=None):
        """(exit code, sorted rows, words for people) of the program."""
        if variables is None:
            variables = self.cloud.variables()
        done = subprocess.run(
            [TOOL, '--timeout', '60', *words], stdin=subprocess.DEVNULL, capture_output=True,
            timeout=120, check=False, cwd=self.folder,
            env={'HOME': self.folder, 'PATH': os.environ['PATH'], **variables})
        out, said = done.stdout.decode(), done.stderr.decode()
        for secret in self.cloud.secrets():
            self.assertNotIn(secret, out + said)
        print(f'    {self.id().split(".")[-1]}: exit {done.returncode}, {len(out.splitlines())} rows',
              *said.splitlines(), sep='\n        ', file=sys.stderr)
        rows = csv.reader(io.StringIO(out, newline=''), strict=True)
        return done.returncode, sorted(tuple(row) for row in rows), said

    def expect_all(self, *words, variables=None):
        code, rows, said = self.ask(*words, variables=variables)
        self.assertEqual((code, said), (0, ''))
        self.assertEqual(rows, self.cloud.rows())

    def refuse(self, *names, words=(), variables=None):
        code, rows, said = self.ask(*words, variables=variables)
        self.assertEqual((code, rows), (1, []), said)
        self.assertIn('pftrace-openstack: error: ', said)
        for name in names:
            self.assertIn(name, said)
