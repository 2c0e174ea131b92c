# SPDX-License-Identifier: Apache-2.0
"""Runs pftrace and the loads beside it; everything started here is ended here, by its pid."""

import contextlib
import os
import pathlib
import signal
import subprocess
import tempfile
import time

import counts
from capture import Capture

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("BUILD", ROOT / "build"))
if not BUILD.is_absolute():
    BUILD = ROOT / BUILD
PFTRACE = os.environ.get("PFTRACE") or str(BUILD / "pftrace")
if not os.path.isabs(PFTRACE):
    PFTRACE = str(ROOT / PFTRACE)
for name in ("SUDO_UID", "SUDO_GID", "SUDO_USER"):  # `sudo sh ci/check.sh`: our folders are root's
    os.environ.pop(name, None)
LAST_CPU = os.cpu_count() - 1


@contextlib.contextmanager
def folder():
    with tempfile.TemporaryDirectory(prefix="pftrace-live-") as name:
        yield pathlib.Path(name)


def run(*arguments, **options):
    return subprocess.run([PFTRACE, *map(str, arguments)], stdin=subprocess.DEVNULL, text=True,
                          capture_output=True, timeout=120, **options)


class Recorder:
    """A capture in the background, from `with` to stop()."""

    def __init__(self, path, *arguments, before=()):
        """`before`: words of a command that runs pftrace."""
        self.path = pathlib.Path(path)
        self.process = subprocess.Popen(
            [*before, PFTRACE, "--out", str(path), *map(str, arguments)], stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True)
        self.words = ""
        self._wait_for_header()

    def _wait_for_header(self):
        part = pathlib.Path(str(self.path) + ".part")
        for _ in range(200):
            if part.exists() and part.stat().st_size > 0:
                time.sleep(0.3)  # some drains: the start lies behind us
                return
            if self.process.poll() is not None:
                raise RuntimeError("pftrace ended: " + self.process.stderr.read())
            time.sleep(0.05)
        raise RuntimeError("pftrace has not begun to record in 10 s")

    def wait(self, timeout=120):
        self.words = self.process.communicate(timeout=timeout)[1]
        return self.process.returncode

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        code = self.wait()
        return Capture(self.path), code

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        if not self.process.stderr.closed:
            self.process.communicate()


class Load:
    """One of tests/load, at rest until start() and after its work until the end of `with`."""

    def __init__(self, name, *arguments):
        self.process = subprocess.Popen(
            [str(BUILD / "tests/load" / name), "--wait", *map(str, arguments)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ready = self._values(self.process.stdout.readline())
        self.tid = int(self.ready["tid"])
        self.results = {}

    @staticmethod
    def _values(line):
        return dict(word.split("=", 1) for word in line.split() if "=" in word)

    def start(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def finish(self):
        """Waits until the work is done; the load then rests."""
        for line in self.process.stdout:
            if line.strip() == "done":
                break
            self.results.update(self._values(line))
        return self.results

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def schedstat(tid):
    return counts.schedstat(pathlib.Path(f"/proc/{tid}/schedstat").read_text())


def status_switches(tid):
    return counts.status_switches(pathlib.Path(f"/proc/{tid}/status").read_text())


def context_switches():
    return counts.context_switches(pathlib.Path("/proc/stat").read_text())


def stolen_ns(*cpus):
    """Of these CPUs, of all without any."""
    stat = pathlib.Path("/proc/stat").read_text()
    return sum(counts.stolen_ns(stat, cpu) for cpu in cpus or range(os.cpu_count()))


@contextlib.contextmanager
def messaging(loops=200, groups=8):
    """perf bench sched messaging in the background."""
    process = subprocess.Popen(["perf", "bench", "sched", "messaging", "-g", str(groups), "-l",
                                str(loops)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               start_new_session=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
