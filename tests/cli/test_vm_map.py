# SPDX-License-Identifier: Apache-2.0
"""pftrace-vm-map against a made-up /proc: its rows are what pftrace --map takes."""
import os
import subprocess
import unittest

import made_up
from command import CommandTest, Result

TOOL = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'tools',
                    'pftrace-vm-map')
UUID = '8f81e3a1-3ebd-4015-bbee-e291f0672d02'
VCPU, OTHER = 'fffffffe7ffbf837', 'fffffffe7ffbfa77'
SCOPE = '/machine.slice/machine-qemu\\x2d1\\x2dfw.scope/libvirt'


class VmMapTest(CommandTest):
    def make_process(self, arguments, threads, pid=300):
        """threads: (tid, comm, cgroup, mask of blocked signals)."""
        process = self.path(str(pid))
        os.makedirs(os.path.join(process, 'task'))
        with open(os.path.join(process, 'cmdline'), 'wb') as file:
            file.write(b''.join(word.encode() + b'\0' for word in arguments))
        for tid, comm, cgroup, mask in threads:
            thread = os.path.join(process, 'task', str(tid))
            os.mkdir(thread)
            for name, text in (('comm', comm + '\n'), ('cgroup', cgroup),
                               ('status', f'Name:\t{comm}\nSigBlk:\t{mask}\nSigIgn:\t0\n')):
                with open(os.path.join(thread, name), 'w', encoding='utf-8') as file:
                    file.write(text)

    def run_tool(self, *words):
        return Result(subprocess.run(
            ['sh', TOOL, *words], stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
            check=False, env={**os.environ, 'PFTRACE_PROC': self.folder.name}))

    def rows(self, *words):
        result = self.run_tool(*words)
        self.assertEqual((result.code, result.words), (0, []))
        return set(result.out.splitlines())

    def refuse_tool(self, *words, code, names):
        result = self.run_tool(*words)
        self.assertEqual((result.code, result.out), (code, ''))
        self.assertEqual(len(result.words), 1, result.words)
        for name in names:
            self.assertIn(name, result.words[0])

    def test_threads_by_their_names(self):
        self.make_process(['/usr/bin/qemu-system-x86_64', '-name', 'guest=i-1,debug-threads=on',
                           '-uuid', UUID],
                          [(300, 'qemu-system-x86', '0::/\n', OTHER),
                           (301, 'CPU 12/KVM', '0::/\n', VCPU),
                           (302, 'IO iothread1', '0::/\n', OTHER),
                           (303, 'vhost-300', '0::/\n', OTHER)])
        self.assertEqual(self.rows('300', 'Firewall', '5'), {
            f'300,i-1,emulator0,{UUID},,5,Firewall', f'301,i-1,vcpu12,{UUID},,5,Firewall',
            f'302,i-1,iothread1,{UUID},,5,Firewall', f'303,i-1,vhost,{UUID},,5,Firewall'})

    def test_threads_by_their_cgroups(self):
        for version, line in (('v2', f'0::{SCOPE}/%s\n'),
                              ('v1', '11:cpu,cpuacct:/\n7:cpuset:/machine/fw.libvirt-qemu/%s\n')):
            with self.subTest(version):
                pid = 300 if version == 'v2' else 400
                self.make_process(['/usr/libexec/qemu-kvm', '-S'],
                                  [(pid, 'qemu-kvm', line % 'emulator', OTHER),
                                   (pid + 1, 'qemu-kvm', line % 'vcpu3', OTHER),
                                   (pid + 2, 'qemu-kvm', line % 'iothread2', OTHER)], pid=pid)
                self.assertEqual(self.rows(str(pid), 'fw', '1'), {
                    f'{pid},,emulator0,,,1,fw', f'{pid + 1},,vcpu3,,,1,fw',
                    f'{pid + 2},,iothread2,,,1,fw'})

    def test_vcpus_by_their_signals(self):
        self.make_process(['/usr/bin/kvm', '-name', 'fw'],
                          [(300, 'kvm', '0::/\n', '0000000010002240'),
                           (301, 'kvm', '0::/\n', VCPU)])
        self.assertEqual(self.rows('300', 'fw', '1'),
                         {'300,fw,emulator0,,,1,fw', '301,fw,vcpu0,,,1,fw'})

    def test_the_rows_are_a_mapping(self):
        capture = made_up.Capture().write(self.path())
        self.make_process(['qemu-system-x86_64', '-name', 'a,,"b"', '--uuid', UUID],
                          [(300, 'CPU 0/KVM', '0::/\n', VCPU), (301, 'x', '0::/\n', OTHER)])
        result = self.run_tool('300', 'Fire, "wall"', '5')
        self.assertIn(f'300,"a,""b""",vcpu0,{UUID},,5,"Fire, ""wall"""', result.out)
        with open(self.path('vms.csv'), 'w', encoding='utf-8') as file:
            file.write(result.out)
        names = {row['tid']: row['name'] for row in self.read(
            'list', '--format', 'csv', '--map', self.path('vms.csv'), capture).csv()}
        self.assertEqual(names['300'], 'Fire, "wall".05.vcpu0')
        self.assertEqual(names['301'], 'Fire, "wall".05.emulator0')

    def test_what_is_refused(self):
        self.make_process(['bash'], [(300, 'bash', '0::/\n', OTHER)])
        self.refuse_tool('300', 'fw', '1', code=1, names=['300', "'bash'"])
        self.refuse_tool('301', 'fw', '1', code=1, names=['301'])
        self.refuse_tool('x', 'fw', '1', code=2, names=["'x'"])
        self.refuse_tool('300', 'fw', 'a', code=2, names=["'a'"])
        self.refuse_tool('300', '', '1', code=2, names=['TYPE'])
        self.refuse_tool('300', code=2, names=['--help'])
        self.assertIn('usage:', self.run_tool('--help').out)


if __name__ == '__main__':
    unittest.main()
