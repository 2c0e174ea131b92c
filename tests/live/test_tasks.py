# SPDX-License-Identifier: Apache-2.0
"""What is told of a task equals what the kernel itself counts for it."""

import collections
import pathlib
import unittest

from recorder import (LAST_CPU, Load, Recorder, context_switches, folder, messaging, schedstat,
                      status_switches)


class Switches(unittest.TestCase):
    """Two tasks at rest at both ends, that switch as fast as they can in between."""

    @classmethod
    def setUpClass(cls):
        with folder() as here, Load("pipepair", "--cpu", LAST_CPU, "--seconds", 2) as pair:
            cls.tids = [pair.tid, int(pair.ready.get("peer", pair.tid))]
            cls.kernel = [status_switches(tid) for tid in cls.tids]
            cls.all_switches = -context_switches()
            with Recorder(here / "run.cdict") as recorder:
                pair.start()
                pair.finish()
                cls.capture, cls.code = recorder.stop()
            cls.all_switches += context_switches()
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
        counted = self.capture.end["switches"] + self.capture.lost("missed_switch")
        self.assertLess(abs(counted - self.all_switches), 0.005 * self.all_switches)


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

    def test_the_wait_of_every_task_that_lived_and_died_here_is_the_kernels(self):
        checked = 0
        waits = collections.Counter()
        for row in self.capture.rows("samples"):
            waits[row["task"]] += row["wait_ns"] or 0
        for task in self.capture.tasks().values():
            if task["comm"] != "sched-messaging" or task["end_ns"] is None:
                continue
            if task["first_run_delay_ns"]:
                continue  # it was there before
            checked += 1
            self.assertLess(abs(waits[task["task"]] - task["last_run_delay_ns"]),
                            0.01 * task["last_run_delay_ns"] + 1_000_000, task)
        self.assertGreater(checked, 0)


class Stamps(unittest.TestCase):
    """A load that writes down when it ran."""

    def test_each_bucket_has_the_run_time_that_the_load_stamped(self):
        with folder() as here, Load("stamp", "--out", here / "stamps", "--seconds", 2, "--cpu",
                                    LAST_CPU, "--fifo") as stamp:
            with Recorder(here / "run.cdict", "--bucket", 10) as recorder:
                stamp.start()
                stamp.finish()
                capture, _ = recorder.stop()
            lines = (here / "stamps").read_text().splitlines()
            runs = [tuple(map(int, line.split()[:2])) for line in lines if line[:1].isdigit()]
            tid = stamp.tid
        zero = capture.header["monotonic_ns"]
        width = capture.bucket_ns()
        truth = collections.Counter()
        for begin, end in runs:
            begin, end = begin - zero, end - zero
            while begin < end:
                bucket = begin // width * width
                part = min(end, bucket + width) - begin
                truth[bucket] += part
                begin += part
        recorded = capture.by_bucket("run_ns", task=capture.task_of_tid(tid)["task"])
        inside = sorted(truth)[1:-1]
        self.assertGreater(len(inside), 100)
        wrong = [(start, truth[start], recorded[start]) for start in inside
                 if abs(truth[start] - recorded[start]) > 0.01 * truth[start] + 50_000]
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
        self.assertTrue(all(task["tgid"] for task in tasks if task["comm"].startswith("storm-")))

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
