# SPDX-License-Identifier: Apache-2.0
"""What is told of a task equals what the kernel itself counts for it."""

import collections
import os
import pathlib
import time
import unittest

from recorder import (LAST_CPU, TICK_NS, Load, Recorder, context_switches, folder, messaging, schedstat,
                      status_switches, stolen_ns)


class Switches(unittest.TestCase):
    """Two tasks at rest at both ends, that switch as fast as they can in between."""

    @classmethod
    def setUpClass(cls):
        with folder() as here, Load("pipepair", "--cpu", LAST_CPU, "--seconds", 2) as pair:
            cls.tids = [pair.tid, int(pair.ready.get("peer", pair.tid))]
            cls.kernel = [status_switches(tid) for tid in cls.tids]
            with Recorder(here / "run.cdict", "--bucket", 10) as recorder:
                cls.begin = (time.clock_gettime_ns(time.CLOCK_MONOTONIC), context_switches())
                pair.start()
                pair.finish()
                cls.end = (time.clock_gettime_ns(time.CLOCK_MONOTONIC), context_switches())
                cls.capture, cls.code = recorder.stop()
            cls.kernel = [tuple(after - before for after, before in
                                zip(status_switches(tid), was))
                          for tid, was in zip(cls.tids, cls.kernel)]

    def recorded(self, tid):
        task = self.capture.task_of_tid(tid)["task"]
        return (self.capture.sum_of("samples", "voluntary", task=task),
                self.capture.sum_of("samples", "involuntary", task=task))

    def test_voluntary_and_involuntary_switches_are_those_of_proc_status(self):
        for tid, kernel in zip(self.tids, self.kernel):
            recorded = self.recorded(tid)
            self.assertGreater(recorded[0], 1000)
            for ours, theirs in zip(recorded, kernel):
                self.assertLessEqual(abs(ours - theirs), 1, f"{recorded} and {kernel}")

    def test_samples_are_the_totals_of_each_task_and_core(self):
        for tid in self.tids:
            task = self.capture.task_of_tid(tid)["task"]
            for column in ("switches", "voluntary", "involuntary"):
                self.assertEqual(self.capture.sum_of("samples", column, task=task),
                                 self.capture.sum_of("totals", column, task=task))

    def test_all_switches_are_those_that_the_kernel_counted(self):
        zero = self.capture.header["monotonic_ns"]
        begin, end = self.begin[0] - zero, self.end[0] - zero
        width = self.capture.bucket_ns()
        counted = self.capture.lost("missed_switch")
        for row in self.capture.rows("samples"):
            start = row["bucket"] * width
            inside = min(end, start + width) - max(begin, start)
            counted += row["switches"] * max(0, inside) / width
        kernel = self.end[1] - self.begin[1]
        self.assertLess(abs(counted - kernel), 0.005 * kernel, f"{counted} and {kernel}")


class Waits(unittest.TestCase):
    """A task that competes with 320 others for its core."""

    @classmethod
    def setUpClass(cls):
        with folder() as here, Load("stamp", "--out", here / "stamps", "--seconds", 2, "--cpu",
                                    LAST_CPU) as stamp:
            with Recorder(here / "run.cdict", "--bucket", 10) as recorder, messaging(2000):
                before = schedstat(stamp.tid)
                stamp.start()
                stamp.finish()
                after = schedstat(stamp.tid)
                cls.capture, cls.code = recorder.stop()
            cls.kernel_wait_ns = after[1] - before[1]
            cls.task = cls.capture.task_of_tid(stamp.tid)["task"]

    def test_wait_is_field_2_of_schedstat(self):
        recorded = self.capture.sum_of("samples", "wait_ns", task=self.task)
        self.assertGreater(self.kernel_wait_ns, 1_000_000)
        self.assertLess(abs(recorded - self.kernel_wait_ns),
                        0.01 * self.kernel_wait_ns + 1_000_000)



class Lives(unittest.TestCase):
    """Tasks that were born and died in the capture: the kernel's last word on each is in it."""

    @classmethod
    def setUpClass(cls):
        with folder() as here, Recorder(here / "run.cdict") as recorder:
            cls.stolen_ns = -sum(stolen_ns(cpu) for cpu in range(os.cpu_count()))
            with messaging(200) as load:
                load.wait()
            cls.stolen_ns += sum(stolen_ns(cpu) for cpu in range(os.cpu_count()))
            cls.capture, cls.code = recorder.stop()
        zero = cls.capture.header["monotonic_ns"]
        cls.lives = [task for task in cls.capture.tasks().values()
                     if task["comm"] == "sched-messaging" and task["end_ns"] is not None
                     and task["start_ns"] >= zero]
        cls.sums = collections.defaultdict(collections.Counter)
        for row in cls.capture.rows("samples"):
            for column in ("wait_ns", "voluntary", "involuntary", "run_ns"):
                cls.sums[row["task"]][column] += row[column] or 0

    def test_there_are_hundreds_of_them(self):
        self.assertGreater(len(self.lives), 300)

    def test_waits_are_the_kernels(self):
        for task in self.lives:
            self.assertLess(abs(self.sums[task["task"]]["wait_ns"] - task["last_run_delay_ns"]),
                            0.01 * task["last_run_delay_ns"] + 1_000_000, task)

    def test_run_times_are_the_kernels(self):
        # which leaves out what the hypervisor and interrupts stole from a run; and we charge no
        # task with time in which a switch was missed
        allowed = (TICK_NS + self.stolen_ns
                   + (self.capture.losses()["missed_switch"]["run_ns"] or 0))
        for task in self.lives:
            self.assertLess(abs(self.sums[task["task"]]["run_ns"] - task["last_run_ns"]),
                            0.01 * task["last_run_ns"] + allowed, task)

    def test_switches_are_the_kernels(self):
        for task in self.lives:
            for column in ("voluntary", "involuntary"):
                self.assertLessEqual(
                    abs(self.sums[task["task"]][column] - task["last_" + column]), 1, task)


class Stamps(unittest.TestCase):
    """A load that writes down when it ran."""

    def buckets_that_differ(self):
        """(start, stamped, recorded) of each, and how many buckets there are."""
        with folder() as here, Load("stamp", "--out", here / "stamps", "--seconds", 2, "--cpu",
                                    LAST_CPU, "--fifo") as stamp:
            with Recorder(here / "run.cdict", "--bucket", 10) as recorder:
                stamp.start()
                stamp.finish()
                capture, _ = recorder.stop()
            lines = (here / "stamps").read_text().splitlines()
            tid = stamp.tid
        zero = capture.header["monotonic_ns"]
        width = capture.bucket_ns()
        truth = collections.Counter()
        for line in lines:
            begin, end = (int(word) - zero for word in line.split()[:2])
            while begin < end:
                bucket = begin // width * width
                part = min(end, bucket + width) - begin
                truth[bucket] += part
                begin += part
        recorded = capture.by_bucket("run_ns", task=capture.task_of_tid(tid)["task"])
        inside = sorted(truth)[1:-1]
        return [(start, truth[start], recorded[start]) for start in inside
                if abs(truth[start] - recorded[start]) > 0.01 * truth[start] + 50_000], len(inside)

    def test_each_bucket_has_the_run_time_that_the_load_stamped(self):
        # time stolen just between a stamp and the kernel's own border belongs to nobody's fault:
        # a machine that is left alone for two seconds out of three times two must agree wholly
        for _ in range(3):
            wrong, count = self.buckets_that_differ()
            self.assertGreater(count, 100)
            self.assertLess(len(wrong), 5)
            if not wrong:
                return
        self.assertEqual(wrong, [])


class Names(unittest.TestCase):
    def test_a_storm_of_short_tasks_is_all_there_with_the_names_they_had(self):
        with folder() as here, Load("forkstorm", "--children", 10000, "--parallel", 4, "--out",
                                    here / "names") as storm:
            with Recorder(here / "run.cdict") as recorder:
                storm.start()
                storm.finish()
                capture, code = recorder.stop()
            wanted = [line.split(None, 1) for line in (here / "names").read_text().splitlines()]
        self.assertEqual(code, 0)
        tasks = capture.tasks().values()
        got = collections.Counter((task["tid"], task["comm"]) for task in tasks)
        missing = [(tid, name) for tid, name in wanted if got[(int(tid), name)] != 1]
        self.assertEqual(len(wanted), 10000)
        self.assertEqual(missing, [])
        self.assertTrue(all(task["tgid"] for task in tasks
                            if (task["comm"] or "").startswith("storm-")))

    def test_a_tid_that_is_used_twice_is_two_tasks(self):
        knob = pathlib.Path("/proc/sys/kernel/pid_max")
        was = knob.read_text()
        with folder() as here:
            try:
                # as small as the kernel allows (301, or 8 a CPU), above what is running
                with Load("forkstorm", "--children", 3000, "--parallel", 2, "--out",
                          here / "names", "--prefix", "again") as storm:
                    knob.write_text(str(max(1000, storm.tid % 1000 + 400)))
                    with Recorder(here / "run.cdict") as recorder:
                        storm.start()
                        storm.finish()
                        capture, _ = recorder.stop()
            finally:
                knob.write_text(was)
            wanted = [line.split(None, 1) for line in (here / "names").read_text().splitlines()]
        by_tid = collections.Counter(tid for tid, _ in wanted)
        self.assertGreater(max(by_tid.values()), 1, "no tid came round")
        got = collections.Counter((task["tid"], task["comm"])
                                  for task in capture.tasks().values())
        missing = [(tid, name) for tid, name in wanted if got[(int(tid), name)] != 1]
        self.assertEqual(missing, [])


if __name__ == "__main__":
    unittest.main()
