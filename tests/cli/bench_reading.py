# SPDX-License-Identifier: Apache-2.0
"""Seconds and peak memory of the reading commands, for made-up captures of 5 and 50 million rows.

Memory must not follow the length: the second capture is ten times as long as the first. The peak of
a command includes what Python held before it became that command, some 11 MiB.
"""
import argparse
import os
import subprocess
import sys
import tempfile
import time

COMMANDS = [
    ['list'],
    ['stats'],
    ['stats', '--percentiles'],
    ['stats', '--task', 'worker-1', '--merge-sys-tasks', '--from', '1500'],
    ['export', '--table', 'samples'],
    ['export', '--table', 'cells', '--format', 'json'],
    ['render', '--out', 'FOLDER/page.html'],
]


def measure(words):
    """Exit code, seconds of wall and CPU time, MiB at the peak."""
    begin = time.monotonic()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - begin
    return process.returncode, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--build', default='build')
    parser.add_argument('--millions', type=int, nargs='+', default=[5, 50])
    options = parser.parse_args()
    print(f'{"rows":>10}  {"wall s":>7}  {"CPU s":>7}  {"MiB":>7}  command')
    with tempfile.TemporaryDirectory(prefix='pftrace-bench-', dir=options.build) as folder:
        for millions in options.millions:
            path = os.path.join(folder, f'{millions}.cdict')
            subprocess.run([os.path.join(options.build, 'tests/bench/rows'), path,
                            str(millions * 1000000)], check=True, stdout=subprocess.DEVNULL)
            for words in COMMANDS:
                real = [word.replace('FOLDER', folder) for word in words]
                code, wall, cpu, mib = measure([os.path.join(options.build, 'pftrace'), *real,
                                                path])
                left = f'{millions:9}M  {wall:7.2f}  {cpu:7.2f}  {mib:7.1f}'
                print(left if code == 0 else f'{millions:9}M  exit code {code:15}',
                      ' '.join(words), sep='  ', flush=True)
            os.unlink(path)


if __name__ == '__main__':
    sys.exit(main())
