# SPDX-License-Identifier: Apache-2.0
"""Every core's time is accounted for, whole."""

import collections
import unittest

from recorder import LAST_CPU, TICK_NS, Load, Recorder, folder, schedstat, stolen_ns


class Cores(unittest.TestCase):
    """One capture with a pinned spinner that may never switch, looked at from several sides."""

    @classmethod
    def setUpClass(cls):
        with folder() as here, Load("spin", "--cpu", LAST_CPU, "--seconds", 2, "--name",
                                    "spinner") as spinner:
            with Recorder(here / "run.cdict", "--bucket", 100) as recorder:
                cls.stolen_ns = -stolen_ns(LAST_CPU)
                cls.spinner_ns = -schedstat(spinner.tid)[0]
                spinner.start()
                spinner.finish()
                cls.spinner_ns += schedstat(spinner.tid)[0]
                cls.stolen_ns += stolen_ns(LAST_CPU)
                cls.capture, cls.code = recorder.stop()
            cls.spinner = cls.capture.task_of_tid(spinner.tid)
            cls.results = spinner.results

    def test_totals_and_the_open_run_are_the_wall_time_of_each_core(self):
        for cpu in self.capture.proof():
            whole = cpu["totals_run_ns"] + cpu["open_ns"]
            self.assertLess(abs(whole - cpu["live_ns"]), 0.001 * cpu["live_ns"], cpu)

    def test_samples_and_losses_are_the_totals(self):
        self.assertEqual(self.capture.end["verdict"], "equal")
        for cpu in self.capture.proof():
            self.assertEqual(cpu["samples_switches"] + cpu["lost_switches"],
                             cpu["totals_switches"])
            self.assertEqual(cpu["samples_run_ns"] + cpu["lost_run_ns"], cpu["totals_run_ns"])

    def test_tasks_idle_and_unknown_fill_every_bucket_of_each_core(self):
        width = self.capture.bucket_ns()
        for cpu in self.capture.header["cpus"]["cpu"]:
            sums = self.capture.by_bucket("run_ns", cpu=cpu)
            for start in self.capture.full_buckets():
                self.assertEqual(sums[start], width, f"cpu {cpu} at {start} ns")

    def test_every_closed_run_is_in_a_cell_or_counted_as_of_unknown_length(self):
        end = self.capture.end
        unknown = sum(end["runs_of_unknown_length"].values())
        cells = self.capture.sum_of("cells", "count", kind="run")
        self.assertEqual(cells + unknown,
                         end["switches"] + self.capture.lost("missed_switch"))
        self.assertEqual(self.capture.sum_of("samples", "switches"), end["switches"])

    def test_the_spinner_is_in_every_bucket_of_its_time(self):
        sums = self.capture.by_bucket("run_ns", task=self.spinner["task"])
        zero = self.capture.header["monotonic_ns"]
        begin = int(self.results["begin_ns"]) - zero
        end = int(self.results["end_ns"]) - zero
        width = self.capture.bucket_ns()
        inside = [start for start in self.capture.full_buckets()
                  if start >= begin and start + width <= end]
        self.assertGreater(len(inside), 15)
        for start in inside:
            self.assertGreater(sums[start], 0, f"at {start} ns")

    def test_the_spinner_ran_as_long_as_the_kernel_says(self):
        recorded = self.capture.sum_of("samples", "run_ns", task=self.spinner["task"])
        allowed = 0.001 * self.spinner_ns + TICK_NS + self.stolen_ns
        self.assertLess(abs(recorded - self.spinner_ns), allowed)

    def test_an_idle_core_is_in_every_bucket(self):
        idle = [task for task in self.capture.tasks().values() if task["kind"] == "idle"]
        self.assertEqual(len(idle), len(self.capture.header["cpus"]["cpu"]))
        first = next(task for task in idle if task["comm"] == "swapper/0")
        idle = self.capture.by_bucket("run_ns", task=first["task"], cpu=0)
        busy = collections.Counter()
        for row in self.capture.rows("samples", cpu=0):
            if row["task"] != first["task"]:
                busy[row["bucket"] * row["bucket_ns"]] += row["run_ns"]
        width = self.capture.bucket_ns()
        for start in self.capture.full_buckets():
            self.assertTrue(idle[start] > 0 or busy[start] == width, f"at {start} ns")
        self.assertGreater(sum(idle.values()), 0)

    def test_nothing_is_missing(self):
        self.assertEqual(self.code, 0)


if __name__ == "__main__":
    unittest.main()
