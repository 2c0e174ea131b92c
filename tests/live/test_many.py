# SPDX-License-Identifier: Apache-2.0
"""Very many tasks that mostly sleep: 20,000; PFTRACE_LONG=1 makes them 100,000."""

import os
import sys
import time
import unittest

from checks import NothingMissingChecks, WholeChecks
from faults import rss_kib, sysctls
from recorder import Load, Recorder, folder

TASKS = 100_000 if os.environ.get("PFTRACE_LONG") else 20_000
KIB_PER_TASK = 32  # of the kernel and of the load
MAPPED_KIB = 40 << 10  # our rings, and the libraries


def available_kib():
    with open("/proc/meminfo") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable"))


class ManyTasks(WholeChecks, NothingMissingChecks, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if available_kib() < 2 * TASKS * KIB_PER_TASK:
            raise unittest.SkipTest(f"{TASKS} tasks need more memory than this machine has")
        try:
            with sysctls({"kernel/pid_max": TASKS + 100_000, "kernel/threads-max": 2 * TASKS}):
                cls.record()
        except OSError as error:
            raise unittest.SkipTest(f"{TASKS} tasks are not allowed here: {error}") from error

    @classmethod
    def record(cls):
        with folder() as here, \
                Load("sleepers", "--tasks", TASKS, "--period-ms", 2000, "--seconds", 5) as load:
            begin = time.monotonic()
            with Recorder(here / "run.cdict", "--bucket", 1000) as recorder:
                cls.start_s = time.monotonic() - begin - 0.3  # which Recorder waits
                load.start()
                load.finish()
                cls.memory = {kind: rss_kib(recorder.process.pid, kind)
                              for kind in ("VmHWM", "RssAnon", "RssFile", "RssShmem")}
                cls.capture, cls.code = recorder.stop()
                cls.words = recorder.words
        if os.environ.get("PFTRACE_LONG"):
            print(f"{TASKS} tasks: start in {cls.start_s:.2f} s, KiB {cls.memory}\n{cls.words}",
                  file=sys.stderr)

    def test_all_of_them_are_there(self):
        tasks = [task for task in self.capture.tasks().values() if task["comm"] == "sleepers"]
        self.assertGreaterEqual(len(tasks), TASKS)

    def test_totals_found_their_place(self):
        self.assertEqual(self.capture.lost("totals_eviction"), 0)
        self.assertEqual(self.capture.lost("identity_ring_full"), 0)

    def test_memory_grows_with_tasks_by_no_more_than_their_state(self):
        self.assertLess(self.memory["VmHWM"], MAPPED_KIB + (24 << 10) + TASKS * 7 // 10)


if __name__ == "__main__":
    unittest.main()
