# SPDX-License-Identifier: Apache-2.0
"""A QEMU process with an instance's uuid is recorded, and is called as the cloud calls its instance."""
import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from asking import TOOL
from deployment import VM_UUID, deployment

PFTRACE = os.path.abspath(os.environ.get('PFTRACE', 'build/pftrace'))
AS_SUDO = pathlib.Path(__file__).resolve().parents[2] / 'live/as_sudo.py'
QEMU = shutil.which('qemu-system-x86_64')
SOMEBODY = 65534
OPENRC = """export OS_AUTH_URL={OS_AUTH_URL}
export OS_USERNAME={OS_USERNAME}
export OS_PASSWORD='{OS_PASSWORD}'
export OS_USER_DOMAIN_NAME={OS_USER_DOMAIN_NAME}
export OS_PROJECT_NAME={OS_PROJECT_NAME}
export OS_PROJECT_DOMAIN_NAME={OS_PROJECT_DOMAIN_NAME}
"""


@contextlib.contextmanager
def virtual_machine(uuid):
    """As libvirt starts one on a compute node: its name is not the instance's, its uuid is."""
    process = subprocess.Popen(
        [QEMU, '-accel', 'tcg', '-nodefaults', '-display', 'none', '-m', '32',
         '-name', 'guest=instance-00000001,debug-threads=on', '-uuid', uuid],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@unittest.skipUnless(QEMU, 'no qemu-system-x86_64, which runs a VM')
class EndToEnd(unittest.TestCase):
    def setUp(self):
        self.cloud = deployment()
        self.name = dict(self.cloud.rows())[VM_UUID]
        folder = tempfile.TemporaryDirectory(prefix='pftrace-openstack-')
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.capture = self.folder / 'run.cdict'

    def write_openrc(self, owner):
        path = self.folder / 'openrc'
        path.write_text(OPENRC.format(**self.cloud.variables()))
        path.chmod(0o600)
        for one in (path, self.folder):
            os.chown(one, owner, owner)
        return path

    def record(self, command, before=(), **variables):
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith(('OS_', 'SUDO_', 'XDG_'))}
        with virtual_machine(VM_UUID) as machine:
            done = subprocess.run(
                [*before, PFTRACE, '--duration', '3', '--out', str(self.capture),
                 '--names-from', command], stdin=subprocess.DEVNULL, capture_output=True,
                text=True, timeout=120, check=False, env={**kept, **variables})
            self.assertIsNone(machine.poll(), 'the VM has ended')
        print(f'    $ pftrace --duration 3 --names-from {command!r}', done.stderr, file=sys.stderr)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stderr, machine.pid

    def listed(self, pid):
        """Names of the machine's threads."""
        done = subprocess.run([PFTRACE, 'list', '--format', 'csv', str(self.capture)], text=True,
                              capture_output=True, timeout=60, check=True)
        header, *rows = [line.split(',') for line in done.stdout.splitlines()]
        tgid, name = header.index('tgid'), header.index('name')
        names = [row[name] for row in rows if row[tgid] == str(pid)]
        print(f'    list: {sorted(names)}', file=sys.stderr)
        return names

    def assert_named(self, pid, name):
        names = self.listed(pid)
        self.assertIn(f'{name}.vcpu0', names)
        self.assertEqual([one for one in names if not one.startswith(name + '.')], [])
        held = self.capture.read_bytes()
        for secret in self.cloud.secrets():
            self.assertNotIn(secret.encode(), held)

    def test_threads_have_the_name_of_the_instance(self):
        openrc = self.write_openrc(0)
        said, pid = self.record(f"'{TOOL}' --openrc '{openrc}'", HOME=str(self.folder))
        self.assertNotIn('warning: --names-from', said)
        self.assert_named(pid, self.name)

    def test_or_role_and_group_out_of_it(self):
        openrc = self.write_openrc(0)
        _, pid = self.record(f"'{TOOL}' --openrc '{openrc}' --pattern 'FULL-([0-9]+).*__([A-Za-z]+)__'"
                             r" --name '\2.\1'", HOME=str(self.folder))
        self.assert_named(pid, 'CSR.00')

    def test_under_sudo_the_caller_s_file_is_read_as_the_caller(self):
        openrc = self.write_openrc(SOMEBODY)
        before = (sys.executable, str(AS_SUDO), str(SOMEBODY), str(SOMEBODY))
        variables = {'SUDO_UID': str(SOMEBODY), 'SUDO_GID': str(SOMEBODY), 'SUDO_USER': 'nobody'}
        _, pid = self.record(f"'{TOOL}' --openrc '{openrc}' --cache '{self.folder}/last.csv'", before,
                             **variables)
        self.assert_named(pid, self.name)
        self.assertEqual((self.folder / 'last.csv').stat().st_uid, SOMEBODY)

    def test_the_last_answer_where_the_cloud_does_not_answer(self):
        openrc = self.write_openrc(0)
        command = f"'{TOOL}' --openrc '{openrc}'"
        self.record(command, HOME=str(self.folder))
        self.capture.unlink()
        self.cloud.services.stop('keystone')
        self.addCleanup(self.cloud.services.start_keystone)
        said, pid = self.record(command, HOME=str(self.folder))
        self.assertIn('last answer', said)
        self.assert_named(pid, self.name)


if __name__ == '__main__':
    unittest.main()
