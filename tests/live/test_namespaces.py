# SPDX-License-Identifier: Apache-2.0
"""A recorder in namespaces of its own, as in a container."""

import os
import pathlib
import subprocess
import unittest

from capture import Capture
from recorder import PFTRACE, folder


def comm_of(tid):
    try:
        return pathlib.Path(f"/proc/{tid}/comm").read_text().rstrip("\n")
    except OSError:
        return None


class Namespaces(unittest.TestCase):
    def run_in(self, *unshare):
        """What it said, and the capture or None."""
        words = ["unshare", *unshare]
        if subprocess.run([*words, "true"], check=False, capture_output=True).returncode:
            self.skipTest(f"a namespace ({' '.join(words)}) is not to be had here")
        with folder() as here:
            path = here / "run.cdict"
            done = subprocess.run([*words, PFTRACE, "--duration", "0.5", "--out", str(path)],
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                  timeout=60, check=False)
            return done, Capture(path) if path.exists() else None

    def test_in_a_pid_namespace_no_task_has_the_name_of_another(self):
        for proc in ([], ["--mount-proc"]):
            before = {int(entry): comm_of(entry) for entry in os.listdir("/proc")
                      if entry.isdigit()}
            done, capture = self.run_in("--pid", "--fork", *proc)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(done.stderr.count("PID namespace"), 1, done.stderr)
            self.assertIn("names", capture.header["not_offered"])
            told = [task for task in capture.tasks().values()
                    if task["kind"] in ("task", "kthread") and before.get(task["tid"])
                    and before[task["tid"]] == comm_of(task["tid"])]
            self.assertGreater(len(told), 0)
            for task in told:
                # by itself, at its own rename or its death, or not at all
                self.assertIn(task["comm"], (None, "?", before[task["tid"]]), task)

    def test_in_a_user_namespace_it_says_that_it_cannot(self):
        """Its root has all capabilities, and none of them counts."""
        done, capture = self.run_in("--user", "--map-root-user")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertIn("user namespace", done.stderr)
        self.assertIsNone(capture)
        told = subprocess.run(["unshare", "--user", "--map-root-user", PFTRACE, "check"],
                              capture_output=True, text=True, check=False).stdout
        self.assertIn("-> run it outside of this user namespace", told)
        self.assertNotIn("as root", told.split("cgroup paths")[0])

    def test_in_a_time_namespace_it_says_that_it_cannot(self):
        for seconds in (1000, -1):
            done, capture = self.run_in("--time", "--fork", "--monotonic", str(seconds))
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
            self.assertIn("time namespace", done.stderr)
            self.assertIsNone(capture)
        done, capture = self.run_in("--time", "--fork", "--boottime", "1000")
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
