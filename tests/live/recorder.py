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
PATIENCE_S = 60  # with what comes in an instant where nothing else wants the machine


def wait_until(is_so, what):
    """Of what has to come; nothing is learned from how long it takes."""
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        if time.monotonic() > end:
            raise RuntimeError(f"not so within {PATIENCE_S} s: {what}")
        time.sleep(0.01)


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

        def has_begun():
            if self.process.poll() is not None:
                raise RuntimeError("pftrace ended: " + self.process.stderr.read())
            return part.exists() and part.stat().st_size > 0
        wait_until(has_begun, "pftrace has begun to record")
        time.sleep(0.3)  # some drains: the start lies behind us

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
        self._rest()

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
        self._rest()
        return self.results

    def _rest(self):
        """It goes to sleep after its last word: until then it may wait for its CPU, and switch."""
        tids = [self.tid, *([int(self.ready["partner"])] if "partner" in self.ready else [])]
        wait_until(lambda: {state_of(tid) for tid in tids} <= {"S", None}, f"{tids} rest")

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


def state_of(tid):
    """As proc_pid_stat(5) has it; None of what is gone."""
    try:
        return pathlib.Path(f"/proc/{tid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return None


def schedstat(tid):
    return counts.schedstat(pathlib.Path(f"/proc/{tid}/schedstat").read_text())


def status_switches(tid):
    return counts.status_switches(pathlib.Path(f"/proc/{tid}/status").read_text())


def context_switches():
    return counts.context_switches(pathlib.Path("/proc/stat").read_text())


def moment():
    """CLOCK_MONOTONIC, ctxt: of one instant, as far as that can be had in a few tries."""
    tries = []
    for _ in range(100):
        before_ns = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        switches = context_switches()
        after_ns = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        tries.append((after_ns - before_ns, before_ns, switches))
        if after_ns - before_ns < 500_000:
            break
    _, at_ns, switches = min(tries)
    return at_ns, switches


def idle_ns(cpu):
    return counts.idle_ns(pathlib.Path("/proc/stat").read_text(), cpu)


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
