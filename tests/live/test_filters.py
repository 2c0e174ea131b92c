# SPDX-License-Identifier: Apache-2.0
"""Filters choose what is written, not what is followed."""

import unittest

from recorder import LAST_CPU, Load, Recorder, folder, run


class Filters(unittest.TestCase):
    def record(self, here, *filters):
        """A storm of short tasks and a spinner under these filters."""
        with Load("forkstorm", "--children", 500, "--parallel", 2, "--out",
                  here / "names") as storm, \
                Load("spin", "--cpu", LAST_CPU, "--seconds", 0.5, "--name", "spinner") as spinner:
            with Recorder(here / "run.cdict", "--bucket", 10, *filters) as recorder:
                spinner.start()
                storm.start()
                storm.finish()
                spinner.finish()
                capture, code = recorder.stop()
        self.assertEqual(code, 0, recorder.words)
        self.assertEqual(capture.end["verdict"], "equal")
        self.names = [line.split(None, 1) for line in (here / "names").read_text().splitlines()]
        self.spinner = spinner.tid
        return capture

    def assert_full(self, capture, cpus):
        width = capture.bucket_ns()
        for cpu in cpus:
            sums = capture.by_bucket("run_ns", cpu=cpu)
            for start in capture.full_buckets():
                self.assertEqual(sums[start], width, f"cpu {cpu} at {start} ns")

    def named(self, capture, kind="task"):
        return [task for task in capture.tasks().values() if task["kind"] == kind]

    def test_tasks_that_match_are_all_there_however_short_and_the_rest_is_other(self):
        with folder() as here:
            capture = self.record(here, "--task", "^storm-")
        self.assertEqual(capture.header["filters"], ["task=^storm-"])
        got = {(task["tid"], task["comm"]) for task in self.named(capture)}
        self.assertEqual(got, {(int(tid), name) for tid, name in self.names})
        other = self.named(capture, "other")
        self.assertEqual([task["tid"] for task in other], [None])
        self.assertGreater(capture.sum_of("samples", "run_ns", task=other[0]["task"]), 400_000_000)
        self.assert_full(capture, capture.header["cpus"]["cpu"])
        self.assertEqual(capture.sum_of("samples", "switches"), capture.end["switches"])
        self.assertEqual(capture.sum_of("totals", "switches"), capture.end["switches"])

    def test_cells_are_whole_under_a_filter_of_tasks(self):
        with folder() as here:
            capture = self.record(here, "--tid", "1")
        unknown = sum(capture.end["runs_of_unknown_length"].values())
        self.assertEqual(capture.sum_of("cells", "count", kind="run") + unknown,
                         capture.end["switches"] + capture.lost("missed_switch"))

    def test_rows_of_cpus_that_are_not_listed_are_not_written(self):
        with folder() as here:
            capture = self.record(here, "--cpus", str(LAST_CPU))
        for table in ("samples", "totals"):
            self.assertEqual({row["cpu"] for row in capture.rows(table)}, {LAST_CPU})
        self.assert_full(capture, [LAST_CPU])
        self.assertEqual(len(capture.proof()), len(capture.header["cpus"]["cpu"]))
        spinner = capture.task_of_tid(self.spinner)
        self.assertGreater(capture.sum_of("samples", "run_ns", task=spinner["task"]), 0)

    def test_that_no_task_was_meant_is_said(self):
        for options, told in ((("--pid", str(2 ** 22)), "pid=4194304:"),
                              (("--task", "^no such$", "--tid", "1"), "task=^no such$ and 1 more:"),
                              (("--task", "."), None), (("--cpus", "0"), None)):
            with folder() as here:
                done = run("--quiet", "--duration", "0.3", *options, "--out", here / "run.cdict")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual("no task that ran was meant by" in done.stderr, bool(told), options)
            self.assertIn(told or "", done.stderr)

    def test_several_filters_of_one_kind_add_and_of_two_kinds_must_both_hold(self):
        with folder() as here:
            capture = self.record(here, "--task", "^storm-1$", "--task", "^spinner$")
            self.assertEqual({task["comm"] for task in self.named(capture)},
                             {"storm-1", "spinner"})
            capture = self.record(here, "--task", "^spinner$", "--pid", "1")
            self.assertEqual(self.named(capture), [])


if __name__ == "__main__":
    unittest.main()
