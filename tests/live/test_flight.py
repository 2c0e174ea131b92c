# SPDX-License-Identifier: Apache-2.0
"""record --flight-recorder: only the last seconds, in memory, and a file of them on demand."""

import os
import re
import signal
import time
import unittest

from checks import NothingMissingChecks, WholeChecks
from parts import PartsRecorder, bins_of_tid, sum_of_tid
from recorder import LAST_CPU, Load, Recorder, folder, messaging, status_switches

SECONDS = 3
PART_S = 1.28  # 10 ms doubled until it is a second


class Last(WholeChecks, NothingMissingChecks, unittest.TestCase):
    """What the end writes, of a recording that lasted longer, with work in its last seconds."""

    @classmethod
    def setUpClass(cls):
        with folder() as here, folder() as there, PartsRecorder(
                here, "--flight-recorder", SECONDS) as recorder, \
                Load("pipepair", "--cpu", LAST_CPU, "--seconds", 1) as load:
            recorder.wait_for_begin()
            time.sleep(4)
            cls.before = list(recorder.files(".part")) + list(recorder.files())
            with Recorder(there / "witness.cdict", "--bucket", 10) as witness:
                at_rest = status_switches(load.tid)
                load.start()
                load.finish()
                cls.tid = load.tid
                after = status_switches(load.tid)
                time.sleep(0.2)
                cls.rest_ns = time.monotonic_ns()
                # the witness takes its time, and all of the work has to be in the last seconds
                cls.code = recorder.stop()
                cls.witness, _ = witness.stop()
            cls.words = recorder.words
            cls.captures = recorder.captures()
        cls.capture = cls.captures[0]
        cls.switches = tuple(b - a for a, b in zip(at_rest, after))

    def test_nothing_is_written_before_it_is_asked_for(self):
        self.assertEqual(self.before, [])
        self.assertEqual(len(self.captures), 1)

    def test_it_has_the_last_seconds_and_little_more(self):
        lasts_ns = self.capture.end["duration_ns"]
        self.assertGreaterEqual(lasts_ns, SECONDS * 1e9)
        self.assertLess(lasts_ns, (SECONDS + 2 * PART_S) * 1e9)

    def test_its_zero_is_said_right(self):
        end_ns = self.capture.header["monotonic_ns"] + self.capture.end["duration_ns"]
        self.assertLess(abs(end_ns - self.rest_ns), 1_000_000_000)
        now = time.clock_gettime_ns(time.CLOCK_REALTIME)
        self.assertLess(now - self.capture.header["realtime_ns"], 60_000_000_000)

    def test_switches_are_those_of_proc_status(self):
        ours = tuple(sum_of_tid([self.capture], self.tid, column)
                     for column in ("voluntary", "involuntary"))
        for recorded, kernel in zip(ours, self.switches):
            self.assertLessEqual(abs(recorded - kernel), 1)

    def test_run_lengths_are_those_of_another_recorder_one_by_one(self):
        ours = bins_of_tid([self.capture], self.tid, "run")
        theirs = bins_of_tid([self.witness], self.tid, "run")
        self.assertGreater(sum(ours.values()), 1000)
        self.assertLessEqual(sum((ours - theirs).values()), 1)
        self.assertLessEqual(sum((theirs - ours).values()), 1)

    def test_the_work_is_where_it_was_in_time(self):
        """The same buckets as the other recorder's, when both are laid on one clock."""
        def middle(capture):
            weighted = total = 0
            for task in capture.tasks().values():
                if task["tid"] != self.tid:
                    continue
                for row in capture.rows("samples", task=task["task"]):
                    at_ns = row["bucket"] * row["bucket_ns"] + capture.header["monotonic_ns"]
                    weighted += at_ns * row["switches"]
                    total += row["switches"]
            return weighted / total
        self.assertLess(abs(middle(self.capture) - middle(self.witness)), 10_000_000)

    def test_it_is_said(self):
        self.assertRegex(self.words, r"run\.0001\.cdict: the last \d\.\d+ s, .* \(signal\)")
        self.assertRegex(self.words, r"in all: .* [KM]B in memory, buckets of")


class OnDemand(unittest.TestCase):
    def test_sigusr2_writes_a_file_each_time_and_recording_goes_on(self):
        with folder() as here, PartsRecorder(here, "--flight-recorder", 2) as recorder:
            recorder.wait_for_begin()
            for number in (1, 2):
                recorder.process.send_signal(signal.SIGUSR2)
                recorder.wait_for_files(number)
            self.assertEqual(recorder.stop(), 0, recorder.words)
            captures = recorder.captures()
        self.assertEqual([one.end["cause"] for one in captures],
                         ["SIGUSR2", "SIGUSR2", "signal"])
        for one in captures:
            self.assertEqual(one.end["verdict"], "equal")

    def test_keep_removes_old_ones(self):
        with folder() as here, PartsRecorder(here, "--flight-recorder", 1, "--keep",
                                             1) as recorder:
            recorder.wait_for_begin()
            recorder.process.send_signal(signal.SIGUSR2)
            recorder.wait_for_files(1)
            self.assertEqual(recorder.stop(), 0, recorder.words)
            self.assertEqual([path.name for path in recorder.files()], ["run.0002.cdict"])

    def test_a_task_that_takes_a_core(self):
        with folder() as here, PartsRecorder(here, "--flight-recorder", 2, "--when", "cpu>1%",
                                             "--task", "^spinner$") as recorder, \
                Load("spin", "--cpu", LAST_CPU, "--seconds", 4, "--name", "spinner") as load:
            recorder.wait_for_begin()
            self.assertEqual(recorder.files(), [])
            load.start()
            recorder.wait_for_files(1)
            self.assertEqual(recorder.stop(), 0, recorder.words)
            cause = recorder.captures()[0].end["cause"]
        self.assertRegex(cause, rf"^cpu>1%: spinner \({load.tid}\) had \d+\.\d % of a core$")

    def test_a_task_that_waits(self):
        with folder() as here, PartsRecorder(here, "--flight-recorder", 2, "--when",
                                             "wait>1ms") as recorder, messaging(2000):
            recorder.wait_for_files(1)
            self.assertEqual(recorder.stop(), 0, recorder.words)
            capture = recorder.captures()[0]
        found = re.fullmatch(r"wait>1ms: .* \((\d+)\) waited ([\d.]+) ms", capture.end["cause"])
        self.assertTrue(found, capture.end["cause"])
        self.assertGreater(float(found[2]), 1)
        longest = max(row["wait_max_ns"] or 0 for row in capture.rows("samples"))
        self.assertGreaterEqual(longest / 1e6 + 0.001, float(found[2]))

    def test_others_than_those_asked_for_do_not_count(self):
        with folder() as here, PartsRecorder(here, "--flight-recorder", 2, "--when", "cpu>20%",
                                             "--task", "^nobody$") as recorder, \
                Load("spin", "--cpu", LAST_CPU, "--seconds", 3) as load:
            recorder.wait_for_begin()
            load.start()
            load.finish()
            self.assertEqual(recorder.files(), [])
            recorder.stop()

    def test_memory_stays_flat(self):
        with folder() as here, PartsRecorder(here, "--flight-recorder", 2) as recorder:
            def descriptors():
                return len(os.listdir(f"/proc/{recorder.process.pid}/fd"))
            recorder.wait_for_begin()
            time.sleep(4)
            before = descriptors()
            time.sleep(4)
            self.assertLessEqual(abs(descriptors() - before), 1)
            recorder.stop()


class Together(unittest.TestCase):
    def test_parts_read_alone_and_the_file_that_joins_them_say_the_same(self):
        """A flight recorder and a rotating one at the same time."""
        with folder() as here, folder() as there, \
                Load("pipepair", "--cpu", LAST_CPU, "--seconds", 2) as load, \
                PartsRecorder(there, "--rotate", "1s", "--bucket", 10) as rotating, \
                PartsRecorder(here, "--flight-recorder", 20, "--bucket", 10) as flying:
            flying.wait_for_begin()
            rotating.wait_for(lambda: rotating.files(".part") or rotating.files())
            time.sleep(0.5)
            load.start()
            load.finish()
            time.sleep(0.5)
            self.assertEqual(flying.stop(), 0, flying.words)
            self.assertEqual(rotating.stop(), 0, rotating.words)
            for column in ("switches", "voluntary", "involuntary"):
                self.assertEqual(sum_of_tid(flying.captures(), load.tid, column),
                                 sum_of_tid(rotating.captures(), load.tid, column))


if __name__ == "__main__":
    unittest.main()
