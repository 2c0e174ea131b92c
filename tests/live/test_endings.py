# SPDX-License-Identifier: Apache-2.0
"""However a capture ends, what was recorded is there, and what was refused is said."""

import pathlib
import resource
import signal
import subprocess
import time
import unittest

from capture import Capture
from checks import KilledChecks
from recorder import LAST_CPU, PFTRACE, Load, Recorder, folder, messaging, run, schedstat


class Killed(KilledChecks, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with folder() as here, \
                Load("spin", "--cpu", LAST_CPU, "--seconds", 30) as spinner, \
                Load("oneshot", "--cpu", 0, "--ms", 20) as oneshot, \
                Recorder(here / "run.cdict", "--bucket", 100) as recorder:
            loads = (spinner, oneshot)
            at_rest_ns = [schedstat(load.tid)[0] for load in loads]
            spinner.start()
            oneshot.start()
            oneshot.finish()
            time.sleep(2.5)
            cls.least_ns = [0.99 * (schedstat(load.tid)[0] - ns)
                            for load, ns in zip(loads, at_rest_ns)]
            time.sleep(2.5)
            recorder.process.kill()
            cls.killed_ns = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
            recorder.wait()
            part = pathlib.Path(str(recorder.path) + ".part")
            cls.info = run("info", part)
            cls.capture = Capture(part)
            cls.spinner, cls.oneshot = spinner.tid, oneshot.tid
            spinner.process.kill()

    def test_info_says_that_it_is_not_whole(self):
        self.assertEqual(self.info.returncode, 3, self.info.stderr)


class LeftOver(unittest.TestCase):
    def test_a_part_that_is_left_over_is_not_overwritten(self):
        with folder() as here:
            part = here / "run.cdict.part"
            part.write_bytes(b"precious")
            result = run("--duration", 0.2, "--out", here / "run.cdict")
            self.assertEqual(result.returncode, 1)
            self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
            self.assertIn("run.cdict.part", result.stderr)
            self.assertEqual(part.read_bytes(), b"precious")


class FullDisk(unittest.TestCase):
    def test_a_full_disk_ends_the_capture_and_keeps_what_is_whole(self):
        with folder() as here:
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", here], check=True)
            try:
                with messaging(20000):
                    result = run("--duration", 30, "--bucket", 10, "--out", here / "run.cdict")
                capture = Capture(here / "run.cdict")
                info = run("info", here / "run.cdict")
            finally:
                subprocess.run(["umount", here], check=True)
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertFalse(capture.cut)
        self.assertEqual(capture.end["cause"], "disk full")
        self.assertIsNone(capture.end["switches"])
        self.assertEqual(set(capture.end["runs_of_unknown_length"].values()), {None})
        self.assertEqual(set(capture.end["kvm"].values()), {None})
        self.assertIsNone(capture.end["cost"]["bpf_ns"])
        self.assertGreater(capture.end["cost"]["user_cpu_ns"], 0)
        self.assertGreater(capture.end["cost"]["kernel_memory_bytes"], 1_000_000)
        self.assertIn("tasks, switches not known, ", result.stderr)
        self.assertNotIn(" 0 B in the kernel", result.stderr)
        self.assertLess(capture.end["duration_ns"], 25_000_000_000)
        self.assertIn("disk full", info.stdout)
        self.assertGreater(len(capture.rows("samples")), 0)


class FileSizeLimit(unittest.TestCase):
    def test_the_limit_of_a_files_size_is_as_a_full_disk(self):
        with folder() as here, messaging(20000):
            result = run("--duration", 20, "--bucket", 10, "--out", here / "run.cdict",
                         preexec_fn=lambda: resource.setrlimit(
                             resource.RLIMIT_FSIZE, (200_000, 200_000)))
            self.assertEqual(result.returncode, 3, result.stderr)
            capture = Capture(here / "run.cdict")
        self.assertFalse(capture.cut)
        self.assertTrue(capture.end["cut"])
        self.assertGreater(len(capture.rows("samples")), 0)


class Ends(unittest.TestCase):
    def test_a_duration_with_a_fraction(self):
        lasted_s = []
        while len(lasted_s) < 5 and (not lasted_s or min(lasted_s) > 0.85):  # who is late may hurry
            with folder() as here:
                result = run("record", "--duration", 0.7, "--out", here / "run.cdict")
                capture = Capture(here / "run.cdict")
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(result.stdout, "")
            self.assertEqual(capture.end["cause"], "duration")
            lasted_s.append(capture.end["duration_ns"] / 1e9)
        self.assertGreaterEqual(min(lasted_s), 0.7)
        self.assertLess(min(lasted_s), 0.85, lasted_s)

    def test_quiet_says_nothing(self):
        with folder() as here:
            result = run("--quiet", "--duration", 0.3, "--out", here / "run.cdict")
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))

    def test_signals_end_a_capture_properly(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1,
                       signal.SIGUSR2):
            with folder() as here, Recorder(here / "run.cdict") as recorder:
                recorder.process.send_signal(number)
                self.assertEqual(recorder.wait(), 0, recorder.words)
                capture = Capture(here / "run.cdict")
                self.assertFalse((here / "run.cdict.part").exists())
            self.assertEqual(capture.end["cause"], "signal")
            self.assertEqual(capture.end["verdict"], "equal")

    def test_two_captures_at_once_agree(self):
        with folder() as here, \
                Load("pipepair", "--cpu", LAST_CPU, "--seconds", 2) as pair, \
                Recorder(here / "one.cdict", "--bucket", 10) as one, \
                Recorder(here / "two.cdict", "--bucket", 10) as two:
            pair.start()
            pair.finish()
            second, second_code = two.stop()
            first, first_code = one.stop()
        self.assertEqual((first_code, second_code), (0, 0), one.words + two.words)
        shift = second.header["monotonic_ns"] - first.header["monotonic_ns"]
        for tid in (pair.tid,):
            ours = [capture.task_of_tid(tid)["task"] for capture in (first, second)]
            run_ns = [capture.sum_of("samples", "run_ns", task=task)
                      for capture, task in zip((first, second), ours)]
            switches = [capture.sum_of("samples", "switches", task=task)
                        for capture, task in zip((first, second), ours)]
            self.assertLess(abs(run_ns[0] - run_ns[1]), 0.001 * run_ns[0] + 1_000_000)
            self.assertLessEqual(abs(switches[0] - switches[1]), 2)
        self.assertGreater(shift, 0)


class Refused(unittest.TestCase):
    def one_line(self, result, code, *words):
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        self.assertEqual(result.stdout, "")
        for word in words:
            self.assertIn(word, result.stderr)

    def test_without_rights_one_line_says_what_is_missing(self):
        with folder() as here:
            here.chmod(0o777)
            result = subprocess.run(
                ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all",
                 "--bounding-set=-all", PFTRACE, "--duration", "1", "--out", here / "run.cdict"],
                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)
            self.one_line(result, 1, "CAP_BPF", "root")
            self.assertEqual(list(here.iterdir()), [])

    def test_wrong_options(self):
        for words, wanted in ((("--duration", "soon"), "soon"), (("--duration", "0"), "--duration"),
                              (("--duration", "-3"), "-3"), (("--bucket", "0.1"), "--bucket"),
                              (("--bucket", "70000"), "70000"), (("--ring", "5"), "--ring"),
                              (("--nonsense",), "--nonsense"), (("stray",), "stray"),
                              (("record", "stray"), "stray"), (("--out",), "--out"),
                              (("--out", ""), "--out")):
            self.one_line(run(*words), 2, wanted)

    def test_a_folder_that_is_not_there(self):
        self.one_line(run("--duration", 1, "--out", "/nonexistent/run.cdict"), 1,
                      "/nonexistent/run.cdict")


if __name__ == "__main__":
    unittest.main()
