# SPDX-License-Identifier: Apache-2.0
"""A recorder that is held up, squeezed or flooded: what it loses is counted, the rest is right."""

import os
import pathlib
import signal
import subprocess
import time
import unittest

from capture import Capture
from checks import KilledChecks, LossChecks, WholeChecks
from faults import MemoryGroup
from recorder import LAST_CPU, PFTRACE, Load, Recorder, folder, run, schedstat


class Stopped(WholeChecks, LossChecks, unittest.TestCase):
    """SIGSTOP for 10 s of switching, with a ring that holds less than one, then SIGCONT."""

    @classmethod
    def setUpClass(cls):
        with folder() as here, \
                Load("pipepair", "--cpu", LAST_CPU, "--seconds", 15) as pair, \
                Recorder(here / "run.cdict", "--bucket", 100, "--ring", 4096) as recorder:
            pair.start()
            time.sleep(2)
            recorder.process.send_signal(signal.SIGSTOP)
            stopped_ns = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
            time.sleep(10)
            recorder.process.send_signal(signal.SIGCONT)
            continued_ns = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
            pair.finish()
            time.sleep(1.5)
            cls.capture, cls.code = recorder.stop()
            cls.words = recorder.words
        zero = cls.capture.header["monotonic_ns"]
        cls.stopped_ns, cls.continued_ns = stopped_ns - zero, continued_ns - zero
        cls.pair = cls.capture.task_of_tid(pair.tid)["task"]

    def test_it_says_so(self):
        self.assertRegex(self.words, r"losses: ring_full \d+ \(\d+ switches")

    def test_it_goes_on(self):
        after = sum(row["switches"] for row in self.capture.rows("samples", task=self.pair)
                    if row["bucket"] * row["bucket_ns"] > self.continued_ns + 500_000_000)
        self.assertGreater(after, 1000)

    def test_nothing_is_lost_before_and_long_after(self):
        rows = self.capture.rows("losses", cause="ring_full")
        self.assertEqual([row["count"] for row in rows if row["at_ns"] < self.stopped_ns
                          and row["count"]], [])
        late = {row["count"] for row in rows if row["at_ns"] > self.continued_ns + 2_000_000_000}
        self.assertEqual(len(late), 1)

    def test_what_was_lost_of_a_task_is_its_totals_less_its_samples(self):
        samples = self.capture.sum_of("samples", "switches", task=self.pair)
        totals = self.capture.sum_of("totals", "switches", task=self.pair)
        self.assertGreater(totals, samples)
        self.assertLessEqual(totals - samples,
                             self.capture.losses()["ring_full"]["switches"])


class OutOfMemory(KilledChecks, unittest.TestCase):
    """The recorder's memory is limited to less than it has."""

    @classmethod
    def setUpClass(cls):
        if not MemoryGroup.offered():
            raise unittest.SkipTest("no memory controller of control groups here")
        with MemoryGroup() as group, folder() as here, \
                Load("spin", "--cpu", LAST_CPU, "--seconds", 60) as spinner, \
                Load("oneshot", "--cpu", 0, "--ms", 20) as oneshot, \
                Load("forkstorm", "--children", 200_000, "--parallel", 16) as storm, \
                Recorder(here / "run.cdict", "--bucket", 100, before=group.words()) as recorder:
            loads = (spinner, oneshot)
            at_rest_ns = [schedstat(load.tid)[0] for load in loads]
            spinner.start()
            oneshot.start()
            oneshot.finish()
            time.sleep(2)
            cls.least_ns = [0.99 * (schedstat(load.tid)[0] - ns)
                            for load, ns in zip(loads, at_rest_ns)]
            time.sleep(2)
            cls.squeeze(group)
            storm.start()
            cls.status = recorder.wait()
            cls.killed_ns = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
            part = pathlib.Path(str(recorder.path) + ".part")
            cls.info = run("info", part)
            cls.capture = Capture(part)
            cls.spinner, cls.oneshot = spinner.tid, oneshot.tid
            spinner.process.kill()
            storm.process.kill()

    @staticmethod
    def squeeze(group):
        """To what it needs now: it is killed when it needs more, for the tasks of the storm."""
        limit = group.used_bytes()
        while limit > 4096 and group.limit(limit):
            limit = limit * 15 // 16

    def test_it_was_killed(self):
        self.assertEqual(self.status, -signal.SIGKILL)

    def test_info_says_that_it_is_not_whole(self):
        self.assertEqual(self.info.returncode, 3, self.info.stderr)


class MemoryPressure(WholeChecks, unittest.TestCase):
    """What shares the recorder's memory limit wants all of it: pages are taken back all the time,
    the recorder's code among them, and it goes on."""

    ROOM = 12 << 20

    @classmethod
    def setUpClass(cls):
        if not MemoryGroup.offered():
            raise unittest.SkipTest("no memory controller of control groups here")
        with MemoryGroup() as group, folder() as here, \
                Recorder(here / "run.cdict", "--bucket", 100, before=group.words()) as recorder:
            time.sleep(2)
            group.limit(group.used_bytes() + cls.ROOM)
            for _ in range(3):  # 120 MB of page cache each
                subprocess.run([*group.words(), "dd", "if=/dev/zero", f"of={here}/cache",
                                "bs=1M", "count=120"], check=True, capture_output=True)
                subprocess.run([*group.words(), "cat", here / "cache"], check=True,
                               stdout=subprocess.DEVNULL)
            cls.used = group.used_bytes()
            cls.limit = group.limit_bytes()
            cls.capture, cls.code = recorder.stop()

    def test_there_was_no_room(self):
        self.assertGreater(self.used, self.limit - (8 << 20))

    def test_it_went_on_to_its_end(self):
        self.assertIn(self.code, (0, 3))
        self.assertEqual(self.capture.end["cause"], "signal")
        self.assertGreater(self.capture.end["duration_ns"], 2_000_000_000)


class NameFlood(WholeChecks, unittest.TestCase):
    """Forks come while the recorder is stopped: more than the ring of names holds."""

    CHILDREN = 20000

    @classmethod
    def setUpClass(cls):
        with folder() as here, \
                Load("forkstorm", "--children", cls.CHILDREN, "--out", here / "names") as storm, \
                Recorder(here / "run.cdict", "--bucket", 100) as recorder:
            recorder.process.send_signal(signal.SIGSTOP)
            storm.start()
            storm.finish()
            recorder.process.send_signal(signal.SIGCONT)
            time.sleep(1.5)
            cls.capture, cls.code = recorder.stop()
            cls.words = recorder.words
            cls.names = [(int(tid), name) for tid, name in
                         (line.split(None, 1) for line in
                          (here / "names").read_text().splitlines())]

    def test_missing_names_are_counted_and_said(self):
        self.assertGreater(self.capture.lost("identity_ring_full"), 0)
        self.assertIn("identity_ring_full", self.words)
        self.assertEqual(self.code, 3)

    def test_what_has_a_name_has_its_own(self):
        theirs = {}
        for tid, name in self.names:
            theirs.setdefault(tid, set()).add(name)
        wrong, named = [], 0
        for task in self.capture.tasks().values():
            if task["tid"] in theirs and (task["comm"] or "").startswith("storm-"):
                named += 1
                if task["comm"] not in theirs[task["tid"]]:
                    wrong.append((task["tid"], task["comm"]))
        self.assertEqual(wrong, [])
        self.assertGreater(named, 100)


class NameFloodBeforeZero(unittest.TestCase):
    """The hooks are there, and nobody takes what they tell until a mapping was read."""

    def test_names_that_found_no_room_before_zero_are_no_loss(self):
        with folder() as here, Load("forkstorm", "--children", 8000, "--out", here / "names") as storm:
            os.mkfifo(here / "map.csv")
            with subprocess.Popen([PFTRACE, "--duration", "0.5", "--out", here / "run.cdict",
                                   "--map", here / "map.csv"], stdin=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE, text=True) as recorder:
                with open(here / "map.csv", "w", encoding="ascii") as mapping:
                    storm.start()
                    storm.finish()
                    mapping.write("1,first\n")
                words = recorder.communicate(timeout=60)[1]
            capture = Capture(here / "run.cdict")
        self.assertEqual(capture.lost("identity_ring_full"), 0, words)
        self.assertEqual(recorder.returncode, 0, words)
        self.assertFalse([task for task in capture.tasks().values() if task["comm"] is None
                          and task["kind"] == "task"])


class ForkFlood(WholeChecks, unittest.TestCase):
    """As many forks as two CPUs can do, with nobody stopped: 100,000 with PFTRACE_LONG."""

    CHILDREN = 100_000 if os.environ.get("PFTRACE_LONG") else 20_000

    @classmethod
    def setUpClass(cls):
        with folder() as here, \
                Load("forkstorm", "--children", cls.CHILDREN, "--parallel", 16, "--prefix", "flood-",
                     "--out", here / "names") as storm, \
                Recorder(here / "run.cdict", "--bucket", 1000) as recorder:
            storm.start()
            storm.finish()
            cls.results = storm.results
            cls.capture, cls.code = recorder.stop()
            cls.names = [(int(tid), name) for tid, name in
                         (line.split(None, 1) for line in
                          (here / "names").read_text().splitlines())]

    def test_names_are_there_or_counted_as_missing(self):
        got = {(task["tid"], task["comm"]) for task in self.capture.tasks().values()}
        missing = [one for one in self.names if one not in got]
        self.assertLessEqual(len(missing), self.capture.lost("identity_ring_full"))
        theirs = set(self.names)
        wrong = [one for one in got if (one[1] or "").startswith("flood-") and one not in theirs]
        self.assertEqual(wrong, [])


if __name__ == "__main__":
    unittest.main()
