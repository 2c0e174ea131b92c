# SPDX-License-Identifier: Apache-2.0
"""What `make install` and `make deb` put where, and that it works there."""
import glob
import gzip
import os
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def run(*words, **options):
    return subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=300, check=True, cwd=ROOT, **options).stdout


def make(*words):
    environment = {name: value for name, value in os.environ.items() if 'MAKE' not in name}
    return run('make', '--no-print-directory', *words, env=environment)


def files_below(folder):
    return {os.path.relpath(os.path.join(here, name), folder)
            for here, _, names in os.walk(folder) for name in names}


class Installed(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='pftrace-install-')
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def assert_works(self, prefix):
        """The binary at its new place, far from the tree it was built in."""
        binary = os.path.join(prefix, 'bin', 'pftrace')
        self.assertRegex(run(binary, '--version'), r'^pftrace \d')
        commands = re.findall(r'^  (\w+) +\w', run(binary, '--help'), re.M)
        self.assertGreater(len(commands), 5)
        return commands

    def test_install_puts_all_below_destdir_and_prefix(self):
        make('install', f'DESTDIR={self.folder}', 'PREFIX=/opt/pf-trace')
        prefix = os.path.join(self.folder, 'opt', 'pf-trace')
        pages = {f'man1/pftrace-{name}.1' for name in self.assert_works(prefix)}
        helpers = {'pftrace-vm-map'}
        if os.path.exists(os.path.join(ROOT, 'build', 'pftrace-openstack')):  # its libraries are here
            helpers.add('pftrace-openstack')
        pages |= {f'man1/{name}.1' for name in (*helpers, 'pftrace-openstack')}
        wanted = {'bin/pftrace', *(f'bin/{name}' for name in helpers), 'share/bash-completion/completions/pftrace'}
        wanted |= {'lib/systemd/system/pftrace.service', 'lib/tmpfiles.d/pftrace.conf'}
        wanted |= {f'share/man/{page}' for page in {*pages, 'man1/pftrace.1', 'man5/cdict.5'}}
        self.assertEqual(files_below(prefix), wanted)
        self.assertEqual(files_below(self.folder), {f'opt/pf-trace/{name}' for name in wanted})
        for name in ('pftrace', *helpers):
            self.assertEqual(os.stat(f'{prefix}/bin/{name}').st_mode & 0o7777, 0o755)
        self.assertEqual(os.stat(f'{prefix}/share/man/man1/pftrace.1').st_mode & 0o7777, 0o644)

    def test_the_unit_is_one_that_systemd_takes(self):
        if not shutil.which('systemd-analyze'):
            self.skipTest('no systemd-analyze (package systemd)')
        make('install', f'PREFIX={self.folder}')
        unit = os.path.join(self.folder, 'lib/systemd/system/pftrace.service')
        done = subprocess.run(['systemd-analyze', 'verify', '--man=no', unit], text=True,
                              capture_output=True, timeout=60, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ''))

    def test_the_units_command_is_one_that_pftrace_takes(self):
        make('install', f'PREFIX={self.folder}')
        with open(f'{self.folder}/lib/systemd/system/pftrace.service', encoding='utf-8') as unit:
            words = re.search(r'^ExecStart=(.*)$', unit.read(), re.M)[1].split()
        self.assertEqual(words[0], f'{self.folder}/bin/pftrace')
        done = subprocess.run([*words, '--nonsense'], text=True, capture_output=True, timeout=60,
                              check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn('--nonsense', done.stderr)

    def test_the_unit_needs_nothing_that_a_minimal_system_lacks(self):
        """Debian's has no /bin/kill, for one: that is procps."""
        make('install', f'PREFIX={self.folder}')
        with open(f'{self.folder}/lib/systemd/system/pftrace.service', encoding='utf-8') as unit:
            programs = re.findall(r'^Exec\w+=(\S+)', unit.read(), re.M)
        self.assertEqual(programs, [f'{self.folder}/bin/pftrace', '/bin/sh'])

    def build_package(self):
        if not shutil.which('dpkg-shlibdeps'):
            self.skipTest('no dpkg-shlibdeps (package dpkg-dev)')
        return os.path.join(ROOT, make('deb').split()[-1])

    def test_the_package_can_be_unpacked_and_works(self):
        package = self.build_package()
        run('dpkg-deb', '--extract', package, self.folder)
        usr = os.path.join(self.folder, 'usr')
        for command in self.assert_works(usr):
            with gzip.open(f'{usr}/share/man/man1/pftrace-{command}.1.gz', 'rt') as page:
                self.assertIn(command, page.read())
        self.assertEqual(glob.glob(f'{usr}/share/man/*/*[15]'), [])
        for name in files_below(self.folder):
            mode = os.stat(os.path.join(self.folder, name)).st_mode & 0o7777
            self.assertEqual(mode, 0o755 if name.startswith('usr/bin/') else 0o644, name)

    def test_the_package_tells_what_it_needs(self):
        package = self.build_package()
        version = run('build/pftrace', '--version').split()[1]
        self.assertEqual(run('dpkg-deb', '--field', package, 'Package', 'Version').split(),
                         ['Package:', 'pftrace', 'Version:', version])
        self.assertIn('libc6', run('dpkg-deb', '--field', package, 'Depends'))
        owners = {line.split()[1] for line in run('dpkg-deb', '--contents', package).splitlines()}
        self.assertEqual(owners, {'root/root'})

    def test_lintian_finds_no_fault(self):
        if not shutil.which('lintian'):
            self.skipTest('no lintian')
        words = [] if os.getuid() else ['--allow-root']
        run('lintian', *words, '--fail-on', 'error,warning', self.build_package())

    def test_the_same_input_gives_the_same_package(self):
        package = self.build_package()
        with open(package, 'rb') as file:
            before = file.read()
        with open(self.build_package(), 'rb') as file:
            self.assertEqual(file.read(), before)


if __name__ == '__main__':
    unittest.main()
