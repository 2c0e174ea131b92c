# SPDX-License-Identifier: Apache-2.0
"""What could not be recorded is counted, by cause, over time."""

import unittest

from recorder import Recorder, folder, messaging


class TinyRing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with folder() as here, Recorder(here / "run.cdict", "--ring", 8) as recorder:
            with messaging(400) as load:
                load.wait()
            cls.capture, cls.code = recorder.stop()

    def test_losses_are_shown_with_cause_count_and_time(self):
        lost = self.capture.losses()["ring_full"]
        self.assertGreater(lost["switches"], 0)
        self.assertGreater(lost["run_ns"], 0)
        self.assertEqual(self.code, 3)

    def test_samples_and_losses_are_the_totals_all_the_same(self):
        self.assertEqual(self.capture.end["verdict"], "equal")
        for cpu in self.capture.proof():
            self.assertEqual(cpu["samples_switches"] + cpu["lost_switches"],
                             cpu["totals_switches"])
            self.assertEqual(cpu["samples_run_ns"] + cpu["lost_run_ns"], cpu["totals_run_ns"])
        self.assertGreater(sum(cpu["lost_switches"] for cpu in self.capture.proof()), 0)

    def test_losses_grow_and_are_written_every_second(self):
        rows = self.capture.rows("losses", cause="ring_full")
        counts = [row["switches"] for row in rows]
        self.assertEqual(counts, sorted(counts))
        self.assertGreater(len(rows), 1)

    def test_every_bucket_of_each_core_is_full_all_the_same(self):
        width = self.capture.bucket_ns()
        for cpu in self.capture.header["cpus"]["cpu"]:
            sums = self.capture.by_bucket("run_ns", cpu=cpu)
            for start in self.capture.full_buckets():
                self.assertEqual(sums[start], width)

    def test_runs_add_up_all_the_same(self):
        end = self.capture.end
        unknown = sum(end["runs_of_unknown_length"].values())
        self.assertEqual(self.capture.sum_of("cells", "count", kind="run") + unknown,
                         end["switches"] + self.capture.lost("missed_switch"))


class EnoughRing(unittest.TestCase):
    def test_nothing_is_lost_under_messaging_and_the_file_says_so(self):
        with folder() as here, Recorder(here / "run.cdict") as recorder:
            with messaging(400) as load:
                load.wait()
            capture, code = recorder.stop()
        self.assertEqual(code, 0, recorder.words)
        self.assertEqual(capture.lost("ring_full"), 0)
        self.assertIn("ring_full", capture.losses())
        self.assertIn("losses: none", recorder.words)
        self.assertEqual(capture.end["verdict"], "equal")


if __name__ == "__main__":
    unittest.main()
