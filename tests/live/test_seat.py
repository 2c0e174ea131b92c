# SPDX-License-Identifier: Apache-2.0
"""The recorder keeps away from CPUs that others want."""

import os
import pathlib
import time
import unittest

from recorder import LAST_CPU, Load, Recorder, folder

# with a real-time priority, as it has for 2.5 s, it wakes where it ran last whoever runs there
PATIENCE_S = 1.5


def cpu_of(pid):
    """Where it ran last: proc_pid_stat(5), field 39."""
    stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    return int(stat.rpartition(")")[2].split()[36])


def idle_s():
    """Of all CPUs but the last."""
    lines = pathlib.Path("/proc/stat").read_text().splitlines()
    return sum(int(line.split()[4]) for line in lines[1:1 + LAST_CPU]) / os.sysconf("SC_CLK_TCK")


@unittest.skipIf(LAST_CPU == 0, "a second CPU is missing")
class Seat(unittest.TestCase):
    """It begins on the spinner's CPU, where nothing else is allowed to it."""

    def record(self, meanwhile):
        with folder() as here, Load("spin", "--cpu", LAST_CPU, "--seconds", 60) as spinner:
            spinner.start()
            with Recorder(here / "run.cdict", "--quiet",
                          before=["taskset", "-c", str(LAST_CPU)]) as recorder:
                self.assertEqual(cpu_of(recorder.process.pid), LAST_CPU)
                result = meanwhile(recorder.process.pid)
                self.assertEqual(recorder.stop()[1], 0, recorder.words)
            spinner.process.kill()
        return result

    def test_it_moves_to_an_idle_cpu(self):
        every = set(range(LAST_CPU + 1)) & os.sched_getaffinity(0)

        def widen(pid):
            idle = -idle_s()
            os.sched_setaffinity(pid, every)
            end = time.monotonic() + PATIENCE_S
            while cpu_of(pid) == LAST_CPU and time.monotonic() < end:
                time.sleep(0.02)
            time.sleep(0.2)
            idle += idle_s()
            self.assertEqual(os.sched_getaffinity(pid), every)
            return cpu_of(pid), idle

        cpu, idle = self.record(widen)
        if cpu == LAST_CPU and idle < PATIENCE_S / 2:
            self.skipTest("an idle CPU beside the spinner's is missing")
        self.assertNotEqual(cpu, LAST_CPU)

    def test_it_stays_where_the_user_put_it(self):
        def wait(pid):
            time.sleep(PATIENCE_S)
            return cpu_of(pid), os.sched_getaffinity(pid)

        self.assertEqual(self.record(wait), (LAST_CPU, {LAST_CPU}))


if __name__ == "__main__":
    unittest.main()
