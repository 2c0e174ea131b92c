# SPDX-License-Identifier: Apache-2.0
"""The same tasks recorded by pftrace and by perf at the same time, where nothing is stolen.

What perf tells of a task: its run time in `perf sched latency`, the sum of sched_stat_runtime; its
switches by sched_switch; its waits by sched_stat_wait. All of the kernel's own clock, as ours."""

import collections
import re

Sums = collections.namedtuple("Sums", "run_ns switches wait_ns")
TASK = re.compile(r"\s*(\S+):(\d+)\s*\|\s*([0-9.]+) ms \|")


class PerfChecks:
    """For a scenario that left `latency` and `sums`; see guest/scenarios.sh."""

    # by name: they began and ended within both recordings
    wanted = {"turn-taker": 3, "sched-messaging": 41}

    @classmethod
    def theirs(cls):
        """{tid: Sums}"""
        lines = (line.split() for line in cls.text("sums").splitlines())
        sums = {int(tid): (int(switches), int(wait_ns)) for tid, switches, wait_ns in lines}
        tasks = (match.groups() for match in TASK.finditer(cls.text("latency")))
        return {int(tid): Sums(round(float(run_ms) * 1e6), *sums[int(tid)])
                for name, tid, run_ms in tasks if name in cls.wanted}

    @classmethod
    def ours(cls):
        tasks = {number: row for number, row in cls.capture.tasks().items()
                 if row["comm"] in cls.wanted}
        return {row["tid"]: Sums(*(cls.capture.sum_of("samples", column, task=number)
                                   for column in Sums._fields)) for number, row in tasks.items()}

    def check(self, field):
        ours, theirs = self.ours(), self.theirs()
        self.assertEqual(len(theirs), sum(self.wanted.values()), self.text("perf.words"))
        self.assertEqual(ours.keys(), theirs.keys())
        both = {tid: (getattr(ours[tid], field), getattr(theirs[tid], field)) for tid in ours}
        self.assertEqual({tid: (our, their) for tid, (our, their) in both.items()
                          if abs(our - their) > 0.01 * their}, {})

    def test_run_time_of_each_task_is_that_of_perf_within_one_per_cent(self):
        self.check("run_ns")

    def test_switches_of_each_task_are_those_of_perf_within_one_per_cent(self):
        self.check("switches")

    def test_waits_of_each_task_are_those_of_perf_within_one_per_cent(self):
        self.check("wait_ns")
