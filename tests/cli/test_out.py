# SPDX-License-Identifier: Apache-2.0
"""--out: what is read is never replaced by what is written."""
import os
import subprocess
import threading
import unittest

import made_up
import perf_file
from command import PFTRACE, CommandTest
from test_perf_file import FIRST_NS, made_up as made_up_records

NO_NAMES = (
    ('', b'pftrace: error: --out is empty: give the name of a file\n'),
    ('-', b"pftrace: error: --out '-' is not standard output: give the name of a file (./- for one "
          b'of that name)\n'))
EXPORT = ('export', '--table', 'samples')


class OutTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.file = made_up.Capture().write(self.path())

    def write(self, name, content):
        with open(self.path(name), 'wb') as file:
            file.write(content)
        return self.path(name)

    def write_perf_data(self, name='perf.data'):
        cores, _ = made_up_records(1, 300)
        records = [content for _, content in sorted(cores[0] + cores[1])]
        return self.write(name, perf_file.perf_data(records, FIRST_NS, FIRST_NS + 10**9))

    def write_map(self):
        return self.write('names.csv', b'300,one\r\n')

    def contents(self):
        found = {}
        for name in os.listdir(self.folder.name):
            with open(self.path(name), 'rb') as file:
                found[name] = (file.read(), os.lstat(file.name).st_ino)
        return found


class SparedInputs(OutTest):
    def refuse_out(self, *words, names):
        before = self.contents()
        self.refuse(*words, code=2, names=['--out', *names])
        self.assertEqual(self.contents(), before)

    def test_the_file_itself(self):
        for command in (EXPORT, ('export', '--format', 'perfetto'), ('render',)):
            for name in (self.file, self.write_perf_data()):
                self.refuse_out(*command, '--out', name, name, names=[name])
        recording = self.write_perf_data()
        self.refuse_out('import', recording, '--out', recording, names=[recording])

    def test_other_names_of_the_file(self):
        link, hard_link = self.path('link.cdict'), self.path('hard.cdict')
        os.symlink('run.cdict', link)
        os.link(self.file, hard_link)
        for out in (link, hard_link, os.path.join(self.folder.name, '.', 'run.cdict')):
            for name in (self.file, self.path('run')):
                self.refuse_out(*EXPORT, '--out', out, name, names=[out, name])
                self.refuse_out('render', '--out', out, name, names=[out, name])

    def test_one_of_several_files(self):
        other = made_up.Capture(2).write(self.path('other.cdict'))
        self.refuse_out('render', '--out', other, self.file, other, names=[other])
        page = made_up.Capture(2).write(self.path('run.compared.html'))
        before = self.contents()
        self.assertEqual(self.run_pftrace('render', self.file, page).code, 1)
        self.assertEqual(self.contents(), before)

    def test_a_file_of_names(self):
        names = self.write_map()
        self.refuse_out('remap', self.file, '--map', names, '--out', names, names=[names])
        self.refuse_out('record', '--duration', '0.1', '--map', names, '--out', names,
                        names=[names])
        self.refuse_out(*EXPORT, '--map', names, '--out', names, self.file, names=[names])
        self.refuse_out('render', '--map', names, '--out', names, self.file, names=[names])

    def test_standard_input(self):
        recording = self.write_perf_data('events.txt')
        with open(recording, 'rb') as stdin:
            done = subprocess.run([PFTRACE, 'import', '-', '--out', recording], stdin=stdin,
                                  capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 2, done.stderr)

    def test_a_capture_that_is_renamed_in_place(self):
        names = self.write_map()
        for words in ([], ['--out', self.file]):
            self.assertEqual(self.run_pftrace('remap', self.file, '--map', names, *words).code, 0)
            self.assertIn('one', self.read('list', self.file).out)


class NoNames(OutTest):
    def test_every_command_refuses_one(self):
        recording = self.write_perf_data()
        before = self.contents()
        for words in ((*EXPORT, self.file), ('render', self.file), ('import', recording),
                      ('remap', self.file, '--map', self.write_map()), ('record',)):
            for name, told in NO_NAMES:
                done = subprocess.run([os.path.abspath(PFTRACE), *words, '--out', name],
                                      cwd=self.folder.name, capture_output=True, timeout=60,
                                      check=False)
                self.assertEqual((done.returncode, done.stderr), (2, told), words)
        os.unlink(self.path('names.csv'))
        self.assertEqual(self.contents(), before)


class NoFiles(OutTest):
    """A capture is put in its place by a rename."""

    def refuse_no_file(self, out, word):
        for words in (('import', self.write_perf_data()),
                      ('remap', self.file, '--map', self.write_map())):
            before = os.listdir(self.folder.name)
            self.refuse(*words, '--out', out, code=1, names=[f"--out '{out}' is", word])
            self.assertEqual(os.listdir(self.folder.name), before)

    def test_a_folder(self):
        os.mkdir(self.path('folder'))
        self.refuse_no_file(self.path('folder'), 'folder')

    def test_a_pipe_and_a_device(self):
        os.mkfifo(self.path('pipe'))
        self.refuse_no_file(self.path('pipe'), 'pipe')
        self.refuse_no_file('/dev/full', 'device')


class OtherOutputs(OutTest):
    def test_another_file_is_replaced(self):
        older = self.write('older.csv', b'older')
        self.read(*EXPORT, '--out', older, self.file)
        with open(older, 'rb') as file:
            self.assertEqual(file.read().decode(), self.read(*EXPORT, self.file).out)

    def test_standard_output_and_devices(self):
        wanted = self.read(*EXPORT, self.file).out
        self.assertEqual(self.read(*EXPORT, '--out', '/dev/stdout', self.file).out, wanted)
        self.read(*EXPORT, '--out', '/dev/null', self.file)

    def test_what_is_open_is_written_on(self):
        """A link as /dev/stdout is one; that itself would be lost if this failed."""
        os.symlink('/proc/self/fd/1', self.path('link'))
        command = f'"{PFTRACE}" {" ".join(EXPORT)} --out "$1" "$2"'
        subprocess.run(['bash', '-c', f'{{ echo one; {command}; {command}; echo two; }} > "$3"', '-',
                        self.path('link'), self.file, self.path('out')], check=True)
        wanted = self.read(*EXPORT, self.file).out
        with open(self.path('out'), encoding='utf-8', newline='') as file:
            self.assertEqual(file.read(), f'one\n{wanted}{wanted}two\n')
        self.assertEqual(os.readlink(self.path('link')), '/proc/self/fd/1')

    def test_a_pipe_with_a_name(self):
        os.mkfifo(self.path('pipe'))
        found = []

        def read():
            with open(self.path('pipe'), encoding='utf-8', newline='') as file:
                found.append(file.read())

        reader = threading.Thread(target=read)
        reader.start()
        self.read(*EXPORT, '--out', self.path('pipe'), self.file)
        reader.join()
        self.assertEqual(found, [self.read(*EXPORT, self.file).out])


class RenderTest(OutTest):
    def test_a_link_stays_and_its_file_is_written(self):
        real = self.write('real.html', b'old')
        os.symlink('real.html', self.path('link.html'))
        self.read('render', '--out', self.path('link.html'), self.file)
        self.assertTrue(os.path.islink(self.path('link.html')))
        with open(real, 'rb') as file:
            self.assertTrue(file.read().startswith(b'<!doctype html>'))

    def test_a_pipe_gets_the_page_and_nothing_else(self):
        page = self.read('render', '--out', '/dev/stdout', self.file).out
        self.assertTrue(page.startswith('<!doctype html>'))
        self.assertTrue(page.rstrip().endswith('</html>'))


if __name__ == '__main__':
    unittest.main()
