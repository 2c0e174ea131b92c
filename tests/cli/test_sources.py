# SPDX-License-Identifier: Apache-2.0
"""Reading commands take other tools' recordings as they are."""
import os
import shutil
import subprocess
import unittest

import made_up
from command import PFTRACE, CommandTest, Result
from test_import import HEADER, TEXT
from test_import_truth import fixture

COMMANDS = [('list',), ('stats',), ('info',), ('export', '--table', 'samples'),
            ('export', '--table', 'switches'), ('successors', 'a task'),
            ('successors', '--cap', '40', 'a task')]


class SourcesTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.text = (HEADER + '\n'.join(TEXT) + '\n').encode()
        self.temporary = self.path('tmp')
        os.mkdir(self.temporary)

    def run_with(self, *words, stdin=b'', **environment):
        done = subprocess.run([PFTRACE, *words], input=stdin, capture_output=True, timeout=60,
                              check=False,
                              env=dict(os.environ, TMPDIR=self.temporary, **environment))
        self.assertEqual(os.listdir(self.temporary), [])
        return Result(done)

    def write(self, content, name='events.txt'):
        with open(self.path(name), 'wb') as file:
            file.write(content)
        return self.path(name)

    def test_every_reading_command_takes_text_as_it_takes_the_import(self):
        source = self.write(self.text)
        imported = self.run_with('import', '--detail', '--quiet', source, '--out', self.path())
        self.assertEqual((imported.code, imported.words), (0, []))
        for command in COMMANDS:
            if command == ('info',):
                continue
            wanted = self.run_with(*command, '--format', 'csv', self.path())
            self.assertEqual(wanted.code, 0, wanted.words)
            for words, stdin in (([source], b''), (['-'], self.text)):
                found = self.run_with(*command, '--format', 'csv', *words, stdin=stdin)
                self.assertEqual((found.code, found.words), (0, []), command)
                self.assertEqual(found.out, wanted.out, command)

    def test_a_pipe_by_its_name(self):
        done = subprocess.run(['bash', '-c', f'"{PFTRACE}" list --format csv <(cat "$1")', '-',
                               self.write(self.text)], capture_output=True, timeout=60, check=True)
        self.assertIn('a task', done.stdout.decode())

    def test_a_capture_wants_its_file(self):
        path = made_up.Capture().write(self.path())
        with open(path, 'rb') as file:
            content = file.read()
        for command in COMMANDS:
            result = self.run_with(*command, '-', stdin=content)
            self.assertEqual((result.code, len(result.words)), (1, 1), result.words)
            self.assertIn("file's name", result.words[0])
            self.assertNotIn('import', result.words[0])
        done = subprocess.run(['bash', '-c', f'"{PFTRACE}" list <(cat "$1")', '-', path],
                              capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"file's name", done.stderr)
        self.assertIn('needs no import',
                      self.run_with('import', path, '--out', self.path('new')).words[0])

    def test_render(self):
        page = self.path('run.html')
        result = self.run_with('render', '--out', page, self.write(self.text))
        self.assertEqual((result.code, result.words), (0, []))
        with open(page, encoding='utf-8') as file:
            self.assertIn('<html', file.read())

    def test_perf_data_and_a_cdict_of_perfwhiz(self):
        for name, switches in (('perfwhiz-kvm', 316), ('perf-kvm.data', 316)):
            if name == 'perf-kvm.data' and not shutil.which('perf'):
                self.skipTest('no perf')
            fixture(name if '.' in name else name + '.cdict')
            path = fixture(name) if '.' in name else fixture(name + '.cdict')[:-len('.cdict')]
            rows = self.run_with('stats', '--format', 'csv', path).csv()
            found = {row['name']: int(row['switches']) for row in rows}
            self.assertEqual(found['CPU 0/KVM'], switches, name)

    def test_what_cannot_be_read_is_named(self):
        for content, words in ((b'\x01\x02\x00\x03', ['neither', '01 02']),
                               (b'only words\n', ['no event']), (b'', ['empty']),
                               (b'PERFILE2' + bytes(200), ['perf could not read'])):
            path = self.write(content, 'odd')
            for command in COMMANDS:
                result = self.run_with(*command, path)
                self.assertEqual((result.code, result.out), (1, ''), command)
                for word in [path, *words]:
                    self.assertIn(word, result.words[-1])
        result = self.run_with('list', '-', stdin=b'')
        self.assertEqual(result.code, 1)
        self.assertIn('standard input', result.words[0])

    def test_no_room_for_the_temporary_file(self):
        os.rmdir(self.temporary)
        done = subprocess.run([PFTRACE, 'list', self.write(self.text)], capture_output=True,
                              timeout=60, check=False,
                              env=dict(os.environ, TMPDIR=self.temporary))
        self.assertEqual(done.returncode, 1)
        for word in (self.temporary, 'TMPDIR'):
            self.assertIn(word, done.stderr.decode())


if __name__ == '__main__':
    unittest.main()
