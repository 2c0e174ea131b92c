# SPDX-License-Identifier: Apache-2.0
"""Names from a mapping file: shown by --map, written by remap; everything else stays as it was."""
import os
import unittest

import cdict
import made_up
from command import CommandTest

ROWS = ('\ufefftid,instance,type,uuid,group-type,group-id,task-name\r\n'
        '# the firewall\r\n'
        '300,instance-1,vcpu0,8f81e3a1-3ebd-4015-bbee-e291f0672d02,FULL,5,Firewall\r\n'
        '\r\n'
        '301,,emulator,,,2,"Rou""ter"\r\n'
        '302,all of it')
NAMES = {300: 'Firewall.05.vcpu0', 301: 'Rou"ter.02.emulator', 302: 'all of it'}
TABLES = [table for table in cdict.COLUMNS if table != 'tasks']


class Named(CommandTest):
    def setUp(self):
        super().setUp()
        self.capture = made_up.Capture()
        self.file = self.capture.write(self.path())
        self.map = self.write_map(ROWS)

    def write_map(self, text, name='names.csv', encoding='utf-8'):
        path = self.path(name)
        with open(path, 'w', encoding=encoding, newline='') as file:
            file.write(text)
        return path

    def names(self, *words):
        rows = self.read('list', '--format', 'csv', *words).csv()
        return {int(row['tid']): row['name'] for row in rows if row['tid']}

    def tables(self, *words):
        return {table: self.read('export', '--table', table, *words).out for table in TABLES}


class MapTest(Named):
    def test_every_command_shows_the_names(self):
        names = self.names('--map', self.map, self.file)
        self.assertEqual({tid: names[tid] for tid in NAMES}, NAMES)
        self.assertEqual(names[303], '=cmd()</script>')
        for command in (['stats', '--format', 'csv'], ['export', '--table', 'samples'],
                        ['export', '--table', 'tasks']):
            shown = {row['name'] for row in self.read(*command, '--map', self.map, self.file).csv()}
            self.assertLessEqual(set(NAMES.values()), shown, command)

    def test_vm_and_vcpu_follow_the_name(self):
        row = next(row for row in self.read('export', '--table', 'tasks', '--map', self.map,
                                            self.file).csv() if row['tid'] == '300')
        self.assertEqual((row['vm'], row['vcpu']), ('Firewall.05', '0'))

    def test_tasks_are_found_by_name_and_by_comm(self):
        for pattern in ('^Firewall', '^CPU 0/KVM$'):
            names = self.names('--map', self.map, '--task', pattern, self.file)
            self.assertEqual(names, {300: NAMES[300]}, pattern)

    def test_cgroups_have_short_names(self):
        rows = self.read('list', '--format', 'csv', self.file).csv()
        units = {row['cgroup']: row['unit'] for row in rows}
        self.assertEqual(units, {'/user.slice': 'user', '': ''})

    def test_names_go_by_group(self):
        rows = '300,,vcpu10,,,1,Zebra\n301,,vcpu2,,,1,Zebra\n302,,vcpu0,,,2,Ape\n303,,vcpu0,,,10,Ape\n'
        listed = self.read('list', '--sort', 'name', '--format', 'csv', '--map',
                           self.write_map(rows, 'groups.csv'), self.file).csv()
        named = [row['name'] for row in listed if '.vcpu' in row['name']]
        self.assertEqual(named, ['Zebra.01.vcpu2', 'Zebra.01.vcpu10', 'Ape.02.vcpu0',
                                 'Ape.10.vcpu0'])

    def test_bad_rows_are_said_and_the_others_count(self):
        path = self.write_map('300,good\nx,bad\n301\n302,also good\n302,again\n77777,nobody\n')
        result = self.run_pftrace('list', '--format', 'csv', '--map', path, self.file)
        self.assertEqual(result.code, 0)
        names = {row['tid']: row['name'] for row in result.csv()}
        self.assertEqual((names['300'], names['302']), ('good', 'again'))
        for line, word in ((2, "'x' is no tid"), (3, '1 fields'), (5, '302 was named before')):
            said = [words for words in result.words if f'{path}: line {line}: ' in words]
            self.assertEqual(len(said), 1, result.words)
            self.assertIn(word, said[0])
        self.assertEqual(sum('1 of 3 tids are not in' in words for words in result.words), 1)
        self.assertEqual(len(result.words), 4, result.words)

    def test_only_ten_bad_rows_are_said(self):
        result = self.run_pftrace('list', '--map', self.write_map('x\n' * 5000), self.file)
        self.assertEqual(result.code, 0)
        self.assertEqual(sum(': line ' in words for words in result.words), 10)
        self.assertTrue(any('4990 more' in words for words in result.words), result.words)

    def test_files_that_cannot_be_read(self):
        for command in ('list', 'remap'):
            self.refuse(command, '--map', self.path('none.csv'), self.file, code=1,
                        names=['none.csv'])
            self.refuse(command, '--map', self.folder.name, self.file, code=1,
                        names=[self.folder.name])
            self.refuse(command, '--map', self.write_map(ROWS[1:], 'u.csv', 'utf-16'), self.file,
                        code=1, names=['u.csv', 'UTF-8'])

    def test_hostile_bytes_are_bad_rows(self):
        path = self.path('bytes.csv')
        with open(path, 'wb') as file:
            file.write(b'300,good\n' + b'1,\xff\xfe\n' + b'\0' * 100_000 + b'\n' + b'a' * 100_000
                       + b'\n301,\x1b[2J\n302,fine')
        result = self.run_pftrace('list', '--format', 'csv', '--map', path, self.file)
        names = {row['tid']: row['name'] for row in result.csv()}
        self.assertEqual((names['300'], names['302'], names['301']), ('good', 'fine', 'say "a,b"'))
        self.assertEqual([words.split(':')[3] for words in result.words],
                         [f' line {line}' for line in (2, 3, 4, 5)])

    def test_equal_names_are_one_task(self):
        path = self.write_map('300,pool\n301,pool\n302,pool\n')
        apart = {row['tid']: row for row in
                 self.read('stats', '--format', 'csv', '--map', path, self.file).csv()}
        merged = self.read('stats', '--format', 'csv', '--map', path, '--merge-names',
                           self.file).csv()
        pool = [row for row in merged if row['name'] == 'pool']
        self.assertEqual(len(pool), 1)
        self.assertEqual((pool[0]['members'], pool[0]['tid']), ('3', ''))
        for key in ('run_ns', 'switches', 'migrations'):
            self.assertEqual(int(pool[0][key]),
                             sum(int(apart[str(tid)][key]) for tid in (300, 301, 302)), key)


class RemapTest(Named):
    def remap(self, *words, code=0):
        result = self.run_pftrace('remap', '--map', self.map, *words)
        self.assertEqual(result.code, code, result.words)
        return result

    def test_the_names_are_in_the_file_then(self):
        before = self.tables('--map', self.map, self.file)
        tasks = self.read('export', '--table', 'tasks', '--map', self.map, self.file).out
        info = self.read('info', '--format', 'json', self.file).json()
        os.chmod(self.file, 0o640)
        result = self.remap(self.file)
        self.assertEqual(result.words, [f'{self.file}: 3 tasks named'])
        self.assertEqual(self.read('export', '--table', 'tasks', self.file).out, tasks)
        self.assertEqual(self.tables(self.file), before)
        after = self.read('info', '--format', 'json', self.file).json()
        for what in (info, after):
            what['file'] = what.get('file') and None
            what.pop('bytes', None)
        self.assertEqual(after, info)
        self.assertEqual(os.stat(self.file).st_mode & 0o7777, 0o640)
        self.assertEqual(os.listdir(self.folder.name).count('run.cdict.part'), 0)

    def test_another_file_leaves_the_capture_alone(self):
        with open(self.file, 'rb') as file:
            before = file.read()
        self.remap(self.file, '--out', self.path('other.cdict'))
        with open(self.file, 'rb') as file:
            self.assertEqual(file.read(), before)
        self.assertEqual(self.names(self.path('other.cdict'))[300], NAMES[300])

    def test_a_link_stays_a_link(self):
        link = self.path('link.cdict')
        os.symlink('run.cdict', link)
        self.remap(link)
        self.assertTrue(os.path.islink(link))
        self.assertEqual(self.names(self.file)[300], NAMES[300])

    def test_a_capture_that_is_cut_is_left_alone(self):
        cdict.cut(self.file, 5)
        with open(self.file, 'rb') as file:
            before = file.read()
        result = self.refuse('remap', '--map', self.map, self.file, code=1,
                             names=['run.cdict', 'not whole', '--map'])
        self.assertEqual(len(result.words), 1)
        with open(self.file, 'rb') as file:
            self.assertEqual(file.read(), before)
        self.assertEqual(sorted(os.listdir(self.folder.name)), ['names.csv', 'run.cdict'])

    def test_a_recording_of_that_name_is_not_touched(self):
        with open(self.file + '.part', 'wb') as file:
            file.write(b'x')
        self.refuse('remap', '--map', self.map, self.file, code=1, names=['run.cdict.part'])
        with open(self.file + '.part', 'rb') as file:
            self.assertEqual(file.read(), b'x')

    def test_wrong_usage(self):
        self.refuse('remap', code=2, names=['FILE'])
        self.refuse('remap', self.file, code=2, names=['--map'])
        self.refuse('remap', self.file, 'b', '--map', self.map, code=2, names=["'b'"])
        self.refuse('remap', self.file, '--map', self.map, '--out', '', code=2, names=['--out'])
        self.refuse('remap', self.file, '--nonsense', code=2, names=["'--nonsense'"])


if __name__ == '__main__':
    unittest.main()
