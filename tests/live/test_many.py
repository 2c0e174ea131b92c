# SPDX-License-Identifier: Apache-2.0
"""Very many tasks that mostly sleep: 20,000; PFTRACE_LONG=1 makes them 100,000."""

import os
import sys
import time
import unittest

from checks import NothingMissingChecks, WholeChecks
from faults import bpf_maps_rss_kib, rss_kib, sysctls
from recorder import Load, Recorder, folder

TASKS = 100_000 if os.environ.get("PFTRACE_LONG") else 20_000
KIB_PER_TASK = 32  # of the kernel and of the load


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
                pid = recorder.process.pid
                cls.memory = {kind: rss_kib(pid, kind)
                              for kind in ("VmHWM", "RssAnon", "RssFile", "RssShmem")}
                cls.memory["maps"] = bpf_maps_rss_kib(pid)
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

    def test_memory_is_told_without_the_kernels_that_is_mapped(self):
        told_kib = self.capture.end["cost"]["memory_peak_bytes"] / 1024
        self.assertGreater(self.memory["maps"], 20 << 10)
        # the end may need some more than there was when we looked
        self.assertAlmostEqual(told_kib, self.memory["VmHWM"] - self.memory["maps"], delta=8192)

    def test_memory_grows_with_tasks_by_no_more_than_their_state(self):
        told_kib = self.capture.end["cost"]["memory_peak_bytes"] / 1024
        self.assertLess(told_kib, (16 << 10) + TASKS * 0.56)


if __name__ == "__main__":
    unittest.main()
