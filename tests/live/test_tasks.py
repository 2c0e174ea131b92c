# SPDX-License-Identifier: Apache-2.0
"""What is told of a task equals what the kernel itself counts for it."""

import collections
import pathlib
import time
import unittest

from checks import (LifeChecks, NameChecks, NothingMissingChecks, SwitchChecks, TidReuseChecks,
                    WaitChecks)
from recorder import (LAST_CPU, Load, Recorder, folder, messaging, moment, schedstat,
                      status_switches, stolen_ns)


class Switches(SwitchChecks, unittest.TestCase):
    """Two tasks at rest at both ends, that switch as fast as they can in between."""

    @classmethod
    def setUpClass(cls):
        with folder() as here, Load("pipepair", "--cpu", LAST_CPU, "--seconds", 2) as pair:
            tids = [pair.tid, int(pair.ready["partner"])]
            before = [status_switches(tid) for tid in tids]
            with Recorder(here / "run.cdict", "--bucket", 10) as recorder:
                cls.begin = moment()
                pair.start()
                pair.finish()
                cls.end = moment()
                cls.capture, cls.code = recorder.stop()
            cls.kernel = {tid: tuple(now - then for now, then in zip(status_switches(tid), was))
                          for tid, was in zip(tids, before)}

    def test_both_were_looked_at(self):
        self.assertEqual(len(self.kernel), 2)


class Waits(WaitChecks, unittest.TestCase):
    """A task that competes with 320 others for its core."""

    @classmethod
    def setUpClass(cls):
        with folder() as here, Load("stamp", "--out", here / "stamps", "--seconds", 2, "--cpu",
                                    LAST_CPU) as stamp:
            with Recorder(here / "run.cdict", "--bucket", 10) as recorder:
                before = schedstat(stamp.tid)
                stamp.start()
                time.sleep(0.2)  # it notes its wait so far before anybody competes
                with messaging(2000):
                    stamp.finish()
                    after = schedstat(stamp.tid)
                cls.capture, cls.code = recorder.stop()
            cls.waited_ns = before[1], after[1], int(stamp.results["wait_ns_at_begin"])
            cls.task = cls.capture.task_of_tid(stamp.tid)["task"]


class Lives(LifeChecks, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with folder() as here, Recorder(here / "run.cdict") as recorder:
            cls.stolen_ns = -stolen_ns()
            with messaging(200) as load:
                load.wait()
            cls.stolen_ns += stolen_ns()
            cls.capture, cls.code = recorder.stop()
        cls.lives = cls.lives_of(cls.capture, "sched-messaging")


class Stamps(unittest.TestCase):
    """A load that writes down when it ran."""

    @staticmethod
    def spread(sums, width, begin, end):
        """Adds the interval to the sums of the buckets that it lies in."""
        while begin < end:
            bucket = begin // width * width
            part = min(end, bucket + width) - begin
            sums[bucket] += part
            begin += part

    def buckets_that_differ(self):
        """(start, stamped, recorded) of each, how many buckets there are, and what was stolen."""
        with folder() as here, Load("stamp", "--out", here / "stamps", "--seconds", 2, "--cpu",
                                    LAST_CPU, "--fifo") as stamp:
            with Recorder(here / "run.cdict", "--bucket", 10) as recorder:
                stolen = -stolen_ns(LAST_CPU)
                stamp.start()
                stamp.finish()
                stolen += stolen_ns(LAST_CPU)
                capture, _ = recorder.stop()
            lines = (here / "stamps").read_text().splitlines()
            tid = stamp.tid
        zero = capture.header["monotonic_ns"]
        width = capture.bucket_ns()
        truth, unsure = collections.Counter(), collections.Counter()
        for line in lines:
            begin, end, _, before = line.split()
            begin, end = int(begin) - zero, int(end) - zero
            self.spread(truth, width, begin, end)
            self.spread(unsure, width, begin - int(before), begin)
        recorded = capture.by_bucket("run_ns", task=capture.task_of_tid(tid)["task"])
        inside = sorted(truth)[1:-1]

        def allowed(start):
            return 0.01 * truth[start] + 50_000

        return [(start, truth[start], recorded[start]) for start in inside
                if not truth[start] - allowed(start) <= recorded[start]
                <= truth[start] + unsure[start] + allowed(start)], len(inside), stolen

    def test_each_bucket_has_the_run_time_that_the_load_stamped(self):
        # time stolen just between a stamp and the kernel's own border belongs to nobody's fault:
        # a machine that is left alone for two seconds out of five times two must agree wholly
        for _ in range(5):
            wrong, count, stolen = self.buckets_that_differ()
            self.assertGreater(count, 100)
            self.assertLess(len(wrong), 5 + stolen / 1_000_000)
            if not wrong:
                return
        self.assertEqual(wrong, [])


class Names(NameChecks, NothingMissingChecks, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with folder() as here, Load("forkstorm", "--children", 10000, "--parallel", 4, "--out",
                                    here / "names") as storm:
            with Recorder(here / "run.cdict") as recorder:
                storm.start()
                storm.finish()
                cls.capture, cls.code = recorder.stop()
            cls.wanted = cls.names_of((here / "names").read_text())

    def test_there_were_ten_thousand(self):
        self.assertEqual(len(self.wanted), 10000)


class TidReuse(TidReuseChecks, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
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
                        cls.capture, cls.code = recorder.stop()
            finally:
                knob.write_text(was)
            cls.wanted = cls.names_of((here / "names").read_text())


if __name__ == "__main__":
    unittest.main()
