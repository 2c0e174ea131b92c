# SPDX-License-Identifier: Apache-2.0
"""record --rotate: files without a gap between them, that add up to what another recorder saw."""

import os
import resource
import random
import signal
import subprocess
import time
import unittest

from capture import Capture
from checks import WholeChecks
from parts import PartsRecorder, bins_of_tid, sum_of_tid, tmpfs
from recorder import (LAST_CPU, PATIENCE_S, PFTRACE, Load, Recorder, folder, messaging, run,
                      schedstat, status_switches, stolen_ns, wait_until)

EVERY_S = 1


class Chain(unittest.TestCase):
    """Some seconds of a pair of tasks at work, recorded twice at the same time."""

    @classmethod
    def setUpClass(cls):
        with folder() as here, folder() as there, PartsRecorder(
                here, "--rotate", f"{EVERY_S}s", "--bucket", 10) as recorder, \
                Load("pipepair", "--cpu", LAST_CPU, "--seconds", 4) as load:
            recorder.wait_for(lambda: recorder.files(".part"))
            with Recorder(there / "witness.cdict", "--bucket", 10) as witness:
                cls.tids = (load.tid, int(load.ready["partner"]))
                at_rest = {tid: (status_switches(tid), schedstat(tid)) for tid in cls.tids}
                cls.stolen_ns = -stolen_ns(LAST_CPU)
                load.start()
                load.finish()
                cls.stolen_ns += stolen_ns(LAST_CPU)
                after = {tid: (status_switches(tid), schedstat(tid)) for tid in cls.tids}
                cls.witness, _ = witness.stop()
            cls.code = recorder.stop()
            cls.words = recorder.words
            cls.parts = recorder.captures()
        cls.switches = {tid: tuple(b - a for a, b in zip(at_rest[tid][0], after[tid][0]))
                        for tid in cls.tids}
        cls.schedstat = {tid: tuple(b - a for a, b in zip(at_rest[tid][1], after[tid][1]))
                         for tid in cls.tids}

    def test_there_are_several_and_nothing_was_wrong(self):
        self.assertEqual(self.code, 0, self.words)
        self.assertGreaterEqual(len(self.parts), 4)
        for part in self.parts:
            self.assertFalse(part.cut)
            self.assertEqual(part.end["verdict"], "equal")
        for part in self.parts[:-1]:
            self.assertEqual(part.end["cause"], "next file")

    def test_the_last_moment_of_one_is_the_first_border_of_the_next(self):
        for one, other in zip(self.parts, self.parts[1:]):
            end_ns = one.header["monotonic_ns"] + one.end["duration_ns"]
            self.assertEqual(other.header["monotonic_ns"], end_ns)
            self.assertEqual(one.end["duration_ns"] % one.bucket_ns(), 0)
            self.assertLess(abs(other.header["realtime_ns"] - one.header["realtime_ns"]
                                - one.end["duration_ns"]), 50_000_000)

    def test_each_lasts_as_long_as_asked_for(self):
        for part in self.parts[:-1]:
            over = part.end["duration_ns"] - EVERY_S * 1_000_000_000
            self.assertGreaterEqual(over, 0)
            self.assertLess(over, 100_000_000)  # a border without totals is passed over

    def test_switches_add_up_to_proc_status(self):
        for tid in self.tids:
            ours = tuple(sum_of_tid(self.parts, tid, column)
                         for column in ("voluntary", "involuntary"))
            self.assertGreater(ours[0], 1000)
            for recorded, kernel in zip(ours, self.switches[tid]):
                self.assertLessEqual(abs(recorded - kernel), 1)

    def test_sums_are_those_of_the_other_recorder(self):
        for tid in self.tids:
            for column in ("switches", "voluntary", "involuntary", "migrations"):
                self.assertEqual(sum_of_tid(self.parts, tid, column),
                                 sum_of_tid([self.witness], tid, column), column)

    def test_run_and_wait_lengths_are_those_of_the_other_recorder_one_by_one(self):
        for tid in self.tids:
            ours = bins_of_tid(self.parts, tid, "run")
            theirs = bins_of_tid([self.witness], tid, "run")
            self.assertLessEqual(sum((ours - theirs).values()), 1)  # the one found running
            self.assertLessEqual(sum((theirs - ours).values()), 1)
            ours = bins_of_tid(self.parts, tid, "wait")
            theirs = bins_of_tid([self.witness], tid, "wait")
            self.assertLessEqual(sum((theirs - ours).values()), 1)

    def test_waits_add_up_to_schedstat(self):
        for tid in self.tids:
            waited = self.schedstat[tid][1]
            ours = sum_of_tid(self.parts, tid, "wait_ns")
            self.assertLess(abs(ours - waited), 0.01 * waited + 1_000_000)

    def test_run_time_adds_up_to_schedstat(self):
        for tid in self.tids:
            ran = self.schedstat[tid][0]
            ours = sum_of_tid(self.parts, tid, "run_ns")
            # which leaves out what the hypervisor stole from a run
            self.assertLess(abs(ours - ran), 0.02 * ran + 5_000_000 + self.stolen_ns)

    def test_counters_of_a_task_at_the_end_of_one_are_those_at_the_begin_of_the_next(self):
        found = 0
        for one, other in zip(self.parts, self.parts[1:]):
            before = {(task["tid"], task["start_ns"]): task for task in one.tasks().values()}
            for task in other.tasks().values():
                known = before.get((task["tid"], task["start_ns"]))
                if known and task["tid"] and known["last_voluntary"] is not None:
                    self.assertEqual(task["first_voluntary"], known["last_voluntary"])
                    found += 1
        self.assertGreater(found, 20)


def make_part_test(number):
    """What is true of any capture is true of a part."""

    class PartTest(WholeChecks, unittest.TestCase):
        @classmethod
        def setUpClass(cls):
            with folder() as here, PartsRecorder(here, "--rotate", "1s", "--bucket",
                                                 10) as recorder:
                with messaging(100):
                    recorder.wait_for_files(3)
                recorder.stop()
                cls.capture = recorder.captures()[number]
    return PartTest


SecondPart = make_part_test(1)
LastPart = make_part_test(-1)


class Turns(unittest.TestCase):
    def test_by_size(self):
        with folder() as here, PartsRecorder(here, "--rotate", "100KB", "--bucket", 1) as recorder:
            with messaging(2000):
                recorder.wait_for_files(2)
            recorder.stop()
            for path in recorder.files()[:-1]:
                self.assertGreaterEqual(path.stat().st_size, 100_000)
            self.assert_chain(recorder.captures())

    def test_by_sigusr2(self):
        with folder() as here, PartsRecorder(here, "--rotate", "1h") as recorder:
            recorder.wait_for(lambda: recorder.files(".part"))
            time.sleep(0.3)
            recorder.process.send_signal(signal.SIGUSR2)
            recorder.wait_for_files(1)
            self.assertEqual(recorder.stop(), 0, recorder.words)
            self.assertEqual(len(recorder.captures()), 2)
            self.assert_chain(recorder.captures())

    def test_old_ones_go_and_those_of_others_stay(self):
        with folder() as here:
            run("--duration", 0.2, "--out", here / "run.0001.cdict")
            with PartsRecorder(here, "--rotate", "1s", "--keep", 2) as recorder:
                recorder.wait_for(lambda: (here / "run.0005.cdict").exists())
                recorder.wait_for(lambda: not (here / "run.0003.cdict").exists())
                self.assertEqual(recorder.stop(), 0, recorder.words)
                names = [path.name for path in recorder.files()]
            self.assertEqual(names[0], "run.0001.cdict")
            self.assertEqual(len(names), 3)
            self.assertEqual(names[2], f"run.{int(names[1].split('.')[1]) + 1:04d}.cdict")

    def test_the_command_that_is_recorded_is_in_the_parts(self):
        with folder() as here:
            result = run("--rotate", "1s", "--out", here / "run.cdict", "--", "sleep", "2.5")
            self.assertEqual(result.returncode, 0, result.stderr)
            parts = [Capture(path) for path in sorted(here.iterdir())]
            self.assertGreaterEqual(len(parts), 3)
            self.assert_chain(parts)
            self.assertEqual([part.end["cause"] for part in parts],
                             ["next file"] * (len(parts) - 1) + ["command ended"])

    def assert_chain(self, captures):
        for one, other in zip(captures, captures[1:]):
            self.assertEqual(other.header["monotonic_ns"],
                             one.header["monotonic_ns"] + one.end["duration_ns"])
            self.assertEqual(one.end["verdict"], "equal")


class Killed(unittest.TestCase):
    """At any moment, most of all while one file gives way to the next."""

    def test_what_is_finished_is_whole_and_the_rest_readable(self):
        for _ in range(6):
            with folder() as here, PartsRecorder(here, "--rotate", "1s") as recorder:
                recorder.wait_for_files(1)
                time.sleep(0.85 + 0.3 * random.random())
                recorder.process.kill()
                recorder.wait()
                whole, parts = recorder.files(), recorder.files(".part")
                for path in whole:
                    info = run("info", path)
                    self.assertEqual(info.returncode, 0, info.stderr)
                self.assertGreaterEqual(len(whole) + len(parts), 2)
                self.assertLessEqual(len(parts), 2)
                for path in parts:
                    if path.stat().st_size == 0:  # made, and not begun
                        continue
                    info = run("info", path)
                    self.assertIn(info.returncode, (0, 3), info.stdout + info.stderr)


class Disk(unittest.TestCase):
    def test_a_full_disk_ends_it_and_all_files_are_whole(self):
        with folder() as here, tmpfs(here, "size=1000k"):
            with PartsRecorder(here, "--rotate", "200KB", "--bucket", 1) as recorder:
                with messaging(20000):
                    self.assertEqual(recorder.wait(), 3, recorder.words)
                self.assertEqual(recorder.files(".part"), [])
                captures = recorder.captures()
            self.assertGreaterEqual(len(captures), 2)
            for capture in captures:
                self.assertFalse(capture.cut)
            self.assertEqual(captures[-1].end["cause"], "disk full")
            self.assertIn("disk full", recorder.words)

    def test_a_part_of_which_nothing_could_be_written_has_no_length(self):
        # rows are written every second: half a second before a part begins, and behind that
        with folder() as here, PartsRecorder(here, "--rotate", "1500ms", "--bucket", 1) as recorder:
            with messaging(20000):
                recorder.wait_for_files(1)
                # room for an end, and not for a second of rows
                resource.prlimit(recorder.process.pid, resource.RLIMIT_FSIZE, (16384, 16384))
                self.assertEqual(recorder.wait(), 3, recorder.words)
            self.assertIn("File too large", recorder.words)
            last = recorder.captures()[-1]
        self.assertEqual(last.end["cause"], "write error")
        if not last.end["rows"]["samples"]:  # else its first second was there before the limit
            self.assertEqual(last.end["duration_ns"], 0)

    def test_with_keep_a_small_disk_is_enough(self):
        # with one task written a part has 80 KB, whatever else the machine does
        with folder() as here, tmpfs(here, "size=640k"):
            with PartsRecorder(here, "--rotate", "1s", "--bucket", 1, "--keep", 2, "--pid", 1) as recorder:
                with messaging(20000):
                    recorder.wait_for(lambda: (here / "run.0012.cdict").exists(), 60)
                self.assertEqual(recorder.stop(), 0, recorder.words)
                self.assertEqual(len(recorder.captures()), 2)

    def test_without_room_for_another_file_recording_goes_on_in_the_one_there_is(self):
        with folder() as here, tmpfs(here, "nr_inodes=3"):
            with PartsRecorder(here, "--rotate", "1s") as recorder:
                recorder.wait_for_files(1)
                time.sleep(2.5)
                self.assertEqual(recorder.stop(), 0, recorder.words)
                captures = recorder.captures()
            self.assertEqual(len(captures), 2)
            self.assertGreater(captures[1].end["duration_ns"], 1_900_000_000)
            self.assertEqual(recorder.words.count("recording goes on"), 1, recorder.words)
            self.assertIn("run.0003.cdict", recorder.words)


class NobodyReads(unittest.TestCase):
    """stderr is a pipe that is full: a write would wait for ever."""

    def test_it_goes_on_and_ends_all_the_same(self):
        ours, theirs = os.pipe()
        self.addCleanup(os.close, ours)
        os.set_blocking(theirs, False)
        with self.assertRaises(BlockingIOError):
            while True:
                os.write(theirs, bytes(4096))
        os.set_blocking(theirs, True)
        with folder() as here:
            process = subprocess.Popen([PFTRACE, "--rotate", "1s", "--out", here / "run.cdict"],
                                       stdin=subprocess.DEVNULL, stderr=theirs)
            os.close(theirs)
            try:
                wait_until(lambda: len(list(here.glob("*.cdict"))) >= 3, "three files are whole")
                process.send_signal(signal.SIGTERM)
                self.assertEqual(process.wait(PATIENCE_S), 0)  # our last words wait for 10 s
            finally:
                process.kill()
                process.wait()
            parts = [Capture(path) for path in sorted(here.iterdir())]
        self.assertGreaterEqual(len(parts), 4)
        for part in parts:
            self.assertFalse(part.cut)
            self.assertLess(part.end["duration_ns"], 1_500_000_000)


if __name__ == "__main__":
    unittest.main()
