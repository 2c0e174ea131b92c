# SPDX-License-Identifier: Apache-2.0
"""Recorders that write several files, and what they add up to."""

import collections
import contextlib
import os
import pathlib
import signal
import subprocess
import time

from capture import Capture
from recorder import PATIENCE_S, PFTRACE


class PartsRecorder:
    """Like Recorder, of a recording in several files: run.0001.cdict and so on, in a folder."""

    def __init__(self, here, *arguments, before=()):
        self.here = pathlib.Path(here)
        self.process = subprocess.Popen(
            [*before, PFTRACE, "--out", str(self.here / "run.cdict"), *map(str, arguments)],
            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.words = ""

    def files(self, ending=".cdict"):
        return sorted(path for path in self.here.iterdir() if path.name.endswith(ending))

    def wait_for(self, condition, seconds=PATIENCE_S):
        for _ in range(seconds * 50):
            if condition():
                return
            if self.process.poll() is not None:
                raise RuntimeError("pftrace ended: " + self.process.stderr.read())
            time.sleep(0.02)
        raise RuntimeError(f"not so within {seconds} s: {list(self.here.iterdir())}")

    def wait_for_begin(self):
        """Of a flight recorder, which has its first part in memory by then."""
        fds = pathlib.Path(f"/proc/{self.process.pid}/fd")

        def is_begun(fd):
            try:
                return os.readlink(fd).startswith("/memfd:pftrace") and fd.stat().st_size
            except FileNotFoundError:
                return False  # closed meanwhile
        self.wait_for(lambda: any(is_begun(fd) for fd in list(fds.iterdir())))
        time.sleep(0.3)
        return self

    def wait_for_files(self, count):
        self.wait_for(lambda: len(self.files()) >= count)

    def wait(self, timeout=120):
        self.words = self.process.communicate(timeout=timeout)[1]
        return self.process.returncode

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        return self.wait()

    def captures(self):
        return [Capture(path) for path in self.files()]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        if not self.process.stderr.closed:
            self.process.communicate()


@contextlib.contextmanager
def tmpfs(here, options):
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", here], check=True)
    try:
        yield here
    finally:
        subprocess.run(["umount", here], check=True)


def tasks_of_tid(capture, tid):
    """Keys of this tid, of which a short part may have none."""
    return {task["task"] for task in capture.tasks().values() if task["tid"] == tid}


def sum_of_tid(captures, tid, column):
    return sum(capture.sum_of("samples", column, task=task)
               for capture in captures for task in tasks_of_tid(capture, tid))


def bins_of_tid(captures, tid, kind):
    """How many intervals of this kind by bin: lengths are the run queue's own, to the ns."""
    bins = collections.Counter()
    for capture in captures:
        for task in tasks_of_tid(capture, tid):
            for row in capture.rows("cells", task=task, kind=kind):
                bins[row["bin"]] += row["count"]
    return bins
