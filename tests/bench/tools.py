# SPDX-License-Identifier: Apache-2.0
"""pftrace and its peers, each run the way its users run it: start, record, Ctrl-C."""
import json
import os
import re
import shutil
import signal
import subprocess
import time

import proc
from loads import Failed

READY_SECONDS = 180  # perf looks at every task first
STOP_SECONDS = 300   # perf reads all that it wrote once more

# causes by which data is missing from a capture (user/capture/capture.c)
SERIOUS_LOSSES = ["ring_full", "identity_ring_full", "totals_eviction", "recursion"]

BPFTRACE = """
tracepoint:sched:sched_switch {
    if (@since[cpu]) {
        @run_ns[args->prev_pid, cpu] = sum(nsecs - @since[cpu]);
        @count[args->prev_pid, cpu] = count();
    }
    @since[cpu] = nsecs;
}
END { clear(@since); }
"""


class Tool:
    """A recorder: its command line, and how to read what it says about losses."""
    name = ""
    bpf = True           # its programs show up in bpftool
    to_stdout = False    # its result is what it prints

    def __init__(self, build):
        self.build = build
        self.process = None

    def command(self, path):
        """The words to run, writing to this path."""
        raise NotImplementedError

    def available(self):
        """None, or why this tool cannot run here."""
        program = self.command("x")[0]
        return None if shutil.which(program) else f"{program} is not installed"

    def version(self):
        done = subprocess.run([self.command("x")[0], "--version"], capture_output=True, text=True)
        return (done.stdout or done.stderr).strip().split("\n")[0]

    def losses(self, path, words):
        """Switches lost, or None when the tool does not count them."""
        return None

    def start(self, folder):
        self.path = os.path.join(folder, self.name.replace(" ", "-") + ".out")
        self.words_path = os.path.join(folder, "words.txt")
        for leftover in (self.path, self.path + ".part"):
            if os.path.exists(leftover):
                os.unlink(leftover)
        with open(self.words_path, "w", encoding="utf-8") as words:
            out = open(self.path, "w", encoding="utf-8") if self.to_stdout else words
            self.process = subprocess.Popen(self.command(self.path), stdin=subprocess.DEVNULL,
                                            stdout=out, stderr=words)
        self.wait_until_ready()

    def wait_until_ready(self):
        """It holds its kernel objects and has come to rest: it waits for events now."""
        end = time.monotonic() + READY_SECONDS
        used = -1.0
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise Failed(f"{self.name} ended at once: {proc.read(self.words_path).strip()}")
            now = proc.cpu_seconds(self.process.pid)
            if now - used < 0.02 and proc.holds_kernel_objects(self.process.pid):
                return
            used = now
            time.sleep(0.4)
        raise Failed(f"{self.name} was not ready after {READY_SECONDS} s")

    def stop(self):
        """Ctrl-C, and what it leaves: bytes, losses, peak memory, all its CPU."""
        peak = proc.peak_kib(self.process.pid)
        mapped = proc.kernel_mapped_kib(self.process.pid)
        self.process.send_signal(signal.SIGINT)
        end = time.monotonic() + STOP_SECONDS
        used = 0.0
        while self.process.poll() is None:
            used = max(used, proc.cpu_seconds(self.process.pid))
            peak = max(peak, proc.peak_kib(self.process.pid))
            if time.monotonic() > end:
                self.abandon()
                raise Failed(f"{self.name} did not end within {STOP_SECONDS} s of Ctrl-C")
            time.sleep(0.05)
        words = proc.read(self.words_path)
        self.process = None
        if not os.path.exists(self.path):
            raise Failed(f"{self.name} wrote no file: {words.strip()}")
        return {"bytes": os.path.getsize(self.path), "peak_kib": peak, "own_kib": peak - mapped,
                "cpu_all_s": used, "losses": self.losses(self.path, words)}

    def abandon(self):
        """Ends it for good, if it still runs."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process = None


class Pftrace(Tool):
    name = "pftrace"

    def binary(self):
        return os.path.join(self.build, "pftrace")

    def command(self, path):
        # a user who means to record about a minute, and stops earlier: default options
        return [self.binary(), "--duration", "60", "--out", path]

    def available(self):
        """It must be able to record at all."""
        path = os.path.join(self.build, "bench-probe.cdict")
        done = subprocess.run([self.binary(), "--duration", "0.2", "--out", path],
                              capture_output=True, text=True, stdin=subprocess.DEVNULL)
        for leftover in (path, path + ".part"):
            if os.path.exists(leftover):
                os.unlink(leftover)
        return None if done.returncode in (0, 3) else done.stderr.strip() or "it failed"

    def losses(self, path, words):
        """The last count of every cause that means missing data; counts are cumulated."""
        done = subprocess.run([self.binary(), "export", path, "--table", "losses", "--format",
                               "json"], capture_output=True, text=True)
        try:
            last = dict.fromkeys(SERIOUS_LOSSES, 0)
            for row in json.loads(done.stdout):
                count = row["switches"] or row["count"] or 0
                if row["cause"] in last:
                    last[row["cause"]] = max(last[row["cause"]], count)
            return sum(last.values())
        except (ValueError, KeyError, TypeError):
            return None


def empty_command(build):
    """Attaches the empty program until Ctrl-C."""
    folder = os.path.join(build, "tests", "bench")
    return [os.path.join(folder, "empty"), os.path.join(folder, "empty.bpf.o")]


class EmptyHook(Tool):
    """An empty program at sched_switch and nobody who reads: what no BPF tool can go below."""
    name = "empty hook"
    bpf = False  # its reading is what is taken off the others'
    to_stdout = True

    def command(self, path):
        return empty_command(self.build)

    def version(self):
        return "an empty program at sched_switch: the floor of any BPF tool"


class PerfRecord(Tool):
    name = "perf record"
    bpf = False

    def command(self, path):
        return ["perf", "record", "-a", "-e", "sched:sched_switch", "-o", path]

    def losses(self, path, words):
        """perf says so when it reads its file at the end: chunks, each of unknown size."""
        match = re.search(r"lost (\d+) chunks", words)
        return f"{match.group(1)} chunks" if match else 0


class PerfSched(PerfRecord):
    name = "perf sched"

    def command(self, path):
        return ["perf", "sched", "record", "-o", path]


class Bpftrace(Tool):
    name = "bpftrace"
    to_stdout = True

    def command(self, path):
        return ["bpftrace", "-e", BPFTRACE]


class Cpudist(Tool):
    name = "cpudist"
    to_stdout = True
    # libbpf-tools' own in Debian 12 and 13, then bcc's Python twin as a stand-in
    programs = ["cpudist", "cpudist-libbpf", "cpudist-bpfcc"]

    def program(self):
        return next((p for p in self.programs if shutil.which(p)), self.programs[0])

    def command(self, path):
        return [self.program(), "-L"]

    def version(self):
        if self.program() == "cpudist-bpfcc":
            return "bcc's cpudist-bpfcc (Python), standing in for libbpf-tools"
        return f"libbpf-tools {self.program()}"


ALL = [Pftrace, EmptyHook, PerfRecord, PerfSched, Bpftrace, Cpudist]
