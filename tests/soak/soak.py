#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A long capture under changing loads: what the recorder takes must stay flat, and nothing be lost.

Prints a line a minute, and at the end what was found; exits with 1 when something is wrong."""

import argparse
import collections
import contextlib
import itertools
import os
import pathlib
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "live"))

from capture import Capture  # noqa: E402
from faults import rss_kib  # noqa: E402
from recorder import BUILD, LAST_CPU, Recorder, folder, run  # noqa: E402

# One after the other, some seconds each, so that the machine also rests in between.
LOADS = (
    ("pipepair", "--cpu", LAST_CPU, "--seconds", 3),
    ("forkstorm", "--children", 12000, "--parallel", 4),
    ("sleepers", "--tasks", 2000, "--period-ms", 500, "--seconds", 4),
    ("spin", "--cpu", LAST_CPU, "--seconds", 3),
    ("stamp", "--seconds", 2),
    ("messaging",),
)
REST_S = 2
WARM_UP = 0.4  # of the time: task lives are kept for their names up to a number
GROWTH_KIB = 1024  # allowed after that
LONGEST_WARM_UP_S = 1200


def load_words(load):
    if load[0] == "messaging":
        return ["perf", "bench", "sched", "messaging", "-g", "4", "-l", "100"]
    return [str(BUILD / "tests/load" / load[0]), *map(str, load[1:])]


class Loads:
    """The loads in turn, each a process of ours."""

    def __init__(self):
        self.turns = itertools.cycle(LOADS)
        self.process = None
        self.rest_until = 0
        self.count = 0

    def tick(self):
        if self.process and self.process.poll() is None:
            return
        if self.process:
            self.process = None
            self.rest_until = time.monotonic() + REST_S
        if time.monotonic() < self.rest_until:
            return
        with contextlib.suppress(FileNotFoundError):  # no perf here: the others do
            self.process = subprocess.Popen(load_words(next(self.turns)),
                                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                            stderr=subprocess.DEVNULL, start_new_session=True)
            self.count += 1

    def end(self):
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def sample(recorder, begin):
    pid = recorder.process.pid
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    part = pathlib.Path(str(recorder.path) + ".part")
    return {"at_s": time.monotonic() - begin, "rss_kib": rss_kib(pid),
            "anon_kib": rss_kib(pid, "RssAnon"), "fds": len(os.listdir(f"/proc/{pid}/fd")),
            "cpu_s": (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"),
            "file_kb": part.stat().st_size / 1000}


def show(one, loads):
    print(f"{one['at_s']:7.0f} s: RSS {one['rss_kib']} KiB ({one['anon_kib']} of its own), "
          f"{one['fds']} descriptors, {one['cpu_s']:.1f} s of CPU time, "
          f"{one['file_kb']:.0f} KB, {loads} loads", flush=True)


def follow(recorder, minutes, every_s):
    samples, loads, begin = [], Loads(), time.monotonic()
    try:
        while (elapsed := time.monotonic() - begin) < minutes * 60:
            if recorder.process.poll() is not None:
                raise SystemExit(f"soak: pftrace ended: {recorder.process.stderr.read()}")
            loads.tick()
            if elapsed >= len(samples) * every_s:
                samples.append(sample(recorder, begin))
                show(samples[-1], loads.count)
            time.sleep(0.2)
        samples.append(sample(recorder, begin))
        show(samples[-1], loads.count)
    finally:
        loads.end()
    return samples


def complaints_of(samples, minutes):
    warm_up_s = min(WARM_UP * minutes * 60, LONGEST_WARM_UP_S)
    warm = [one for one in samples if one["at_s"] >= warm_up_s]
    half = len(warm) // 2
    before = max(one["anon_kib"] for one in warm[:half])
    after = max(one["anon_kib"] for one in warm[half:])
    print(f"soak: after {warm_up_s:.0f} s: at most {before} KiB of its own, then {after} KiB")
    if after > before + GROWTH_KIB:
        yield f"memory grew by {after - before} KiB"
    fds = {one["fds"] for one in samples}
    if len(fds) > 1:
        yield f"the number of descriptors changed: {sorted(fds)}"


def told_twice(capture):
    """How many tasks are there again, with another key: by their tid and start."""
    lives = collections.Counter((task["tid"], task["start_ns"])
                                for task in capture.tasks().values() if task["start_ns"])
    return sum(count > 1 for count in lives.values())


def complaints_of_file(path, code):
    info = run("info", path)
    if info.returncode:
        yield f"pftrace info: {info.returncode}, {info.stderr}"
    capture = Capture(path)
    if capture.cut or not capture.end:
        yield f"the file is cut: {capture.cut}"
        return
    if capture.end["verdict"] != "equal":
        yield f"samples + losses = totals: {capture.end['verdict']}"
    twice = told_twice(capture)
    if twice:
        yield f"{twice} tasks have more than one key"
    for cause in ("ring_full", "identity_ring_full", "totals_eviction", "recursion"):
        if capture.lost(cause):
            yield f"lost: {cause} {capture.lost(cause)}"
    if code:
        yield f"pftrace ended with {code}"
    print(f"soak: {capture.end['switches']} switches, {len(capture.tasks())} tasks, "
          f"{len(capture.rows('samples'))} rows of samples, "
          f"verdict {capture.end['verdict']}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60)
    minutes = parser.parse_args().minutes
    if os.geteuid():
        raise SystemExit("soak: recording needs root: sudo make soak")
    with folder() as here, Recorder(here / "run.cdict") as recorder:
        samples = follow(recorder, minutes, min(60, minutes * 6))
        recorder.process.send_signal(signal.SIGINT)
        code = recorder.wait()
        print(recorder.words, end="")
        wrong = [*complaints_of(samples, minutes),
                 *complaints_of_file(here / "run.cdict", code)]
    for complaint in wrong:
        print(f"soak: {complaint}")
    print("soak: failed" if wrong else "soak: passed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
