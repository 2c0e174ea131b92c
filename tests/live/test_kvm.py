# SPDX-License-Identifier: Apache-2.0
"""KVM's side on this kernel: what its hooks do is done by a program of our own (tests/bench/kvm_pairs),
so that it takes no guest. The guests are in tests/vm."""

import re
import subprocess
import time
import unittest

from capture import Capture
from parts import PartsRecorder
from recorder import BUILD, Recorder, folder, run

PAIRS = BUILD / "tests/bench/kvm_pairs"
PER_S = 200_000


def drive(per_s, seconds, threads):
    """Pairs of an exit and an entry that each thread made, by tid."""
    done = subprocess.run([PAIRS, f"{PAIRS}.bpf.o", str(per_s), str(seconds), str(threads)],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    if done.returncode:
        raise AssertionError(done.stderr[-2000:])
    return {int(tid): int(pairs) for tid, pairs in re.findall(r"tid=(\d+) pairs=(\d+)", done.stdout)}


def why_not():
    with folder() as here:
        result = run("record", "--duration", "0.1", "--out", here / "run.cdict")
        if "kvm" in Capture(here / "run.cdict").header["recorded"] and \
                "recorded from" in result.stderr:
            return None
        return "KVM cannot be recorded here: " + result.stderr.strip().splitlines()[-1]


class Driven:
    options = ()

    @classmethod
    def setUpClass(cls):
        word = why_not()
        if word:
            raise unittest.SkipTest(word)
        with folder() as here, Recorder(here / "run.cdict", *cls.options) as recorder:
            cls.made = cls.drive()
            cls.capture, cls.code = recorder.stop()
            cls.words = recorder.words

    @staticmethod
    def drive():
        return drive(PER_S, 2, 4)

    def sums(self, table, tid):
        """By reason: how many pairs, how long."""
        found = {}
        task = self.capture.task_of_tid(tid)["task"]
        for row in self.capture.rows(table, task=task):
            was = found.get(row["reason"], (0, 0))
            found[row["reason"]] = was[0] + row["count"], was[1] + row["host_ns"]
        return {reason: sums for reason, sums in found.items() if sums[0]}

    def test_it_is_said_that_events_and_losses_are_the_totals(self):
        self.assertIn("exits + losses = totals: equal", self.words)


class Flood(Driven, unittest.TestCase):
    def test_nothing_is_lost(self):
        self.assertEqual(self.capture.lost("kvm_events_lost"), 0)
        self.assertEqual(self.code, 0)

    def test_every_pair_is_recorded(self):
        self.assertEqual(len(self.made), 4)
        self.assertGreater(sum(self.made.values()), 0.9 * 2 * PER_S)
        for tid, pairs in self.made.items():
            self.assertEqual(sum(count for count, _ in self.sums("exits", tid).values()), pairs)

    def test_totals_are_the_samples(self):
        for tid in self.made:
            self.assertEqual(self.sums("exits", tid), self.sums("exit_totals", tid))


class Alone(Flood):
    """Without switches."""

    options = ("--no-sched",)

    def test_threads_that_are_gone_are_so_in_the_file(self):
        for tid in self.made:
            task = self.capture.task_of_tid(tid)
            self.assertIsNotNone(task["end_ns"])
            rows = self.capture.rows("vcpu_samples", task=task["task"])
            last_ns = max(row["bucket"] * row["bucket_ns"] for row in rows)
            self.assertLessEqual(last_ns, task["end_ns"])


class Comers(Driven, unittest.TestCase):
    """More threads than the kernel side has room for, one after the other."""

    options = ("--bucket", "100")

    @staticmethod
    def drive():
        made = {}
        for _ in range(22):
            made.update(drive(20_000, 0.1, 64))
            time.sleep(0.5)
        return made

    def test_totals_of_threads_that_are_gone_make_room(self):
        self.assertGreater(len(self.made), 1024)
        self.assertEqual(self.capture.lost("totals_eviction"), 0)
        self.assertEqual(self.code, 0, self.words)

    def test_totals_are_all_in_the_file(self):
        self.assertEqual(self.capture.sum_of("exit_totals", "count"), sum(self.made.values()))


class Rotated(unittest.TestCase):
    """File after file, in one recording."""

    def test_each_pair_is_in_one_of_the_files(self):
        word = why_not()
        if word:
            self.skipTest(word)
        with folder() as here:
            with PartsRecorder(here, "--rotate", "1s") as recorder:
                recorder.wait_for_files(1)
                made = drive(PER_S, 2.5, 2)
                code = recorder.stop()
                captures = recorder.captures()
        self.assertEqual(code, 0, recorder.words)
        self.assertGreaterEqual(len(captures), 3)
        # an exit at a file's end, and its entry in the next one, count where the entry is
        self.assertEqual(sum(capture.sum_of("exits", "count") for capture in captures),
                         sum(made.values()))
        self.assertIn("exits + losses = totals: equal", recorder.words)


class TinyRing(Driven, unittest.TestCase):
    options = ("--ring", "8")

    def test_losses_are_counted_and_said(self):
        self.assertGreater(self.capture.lost("kvm_events_lost"), 0)
        self.assertEqual(self.code, 3)

    def test_totals_have_what_was_made_and_samples_no_more_than_was_lost_less(self):
        missing = 0
        for tid, pairs in self.made.items():
            totals = self.sums("exit_totals", tid)
            self.assertEqual(sum(count for count, _ in totals.values()), pairs)
            samples = self.sums("exits", tid)
            for reason, (count, _) in samples.items():
                self.assertLessEqual(count, totals[reason][0])
            missing += pairs - sum(count for count, _ in samples.values())
        self.assertGreater(missing, 0)
        # a pair is missing when either of its events is
        self.assertLessEqual(missing, self.capture.lost("kvm_events_lost"))


class Asked(unittest.TestCase):
    def refused(self, *options):
        with folder() as here:
            result = run("record", "--duration", "0.1", "--out", here / "run.cdict", *options)
            self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
            self.assertFalse(list(here.iterdir()))
            return result.returncode, result.stderr

    def test_nothing_to_record_is_wrong_usage(self):
        code, words = self.refused("--no-kvm", "--no-sched")
        self.assertEqual(code, 2)
        self.assertIn("nothing to record", words)

    def test_hooks_of_what_is_left_out_are_wrong_usage(self):
        self.assertEqual(self.refused("--no-kvm", "--kvm-hook", "btf")[0], 2)

    def test_an_unknown_kind_of_hooks_is_named(self):
        code, words = self.refused("--kvm-hook", "kprobe")
        self.assertEqual(code, 2)
        self.assertIn("'kprobe'", words)

    def test_without_kvm_nothing_is_said_of_it(self):
        with folder() as here:
            result = run("record", "--duration", "0.3", "--out", here / "run.cdict", "--no-kvm")
            header = Capture(here / "run.cdict").header
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertNotIn("kvm:", result.stderr)
        self.assertEqual(header["recorded"], ["sched"])
        self.assertNotIn("kvm", header["not_offered"])
