# SPDX-License-Identifier: Apache-2.0
"""The loads that tools are measured under. Each says how long a fixed piece of work took."""
import contextlib
import os
import re
import subprocess

import proc


class Failed(Exception):
    """A program could not do what the benchmark needs; the text says which and why."""


class Load:
    """A load: prepare() before the tool starts, run() under it, finish() after it has stopped."""
    name = ""
    unit = "s"      # of what run() returns
    cpus_used = 1   # to turn added wall time into added CPU time
    only_switches = False  # it does nothing else: added time is a price of switches

    def __init__(self, build):
        self.build = build
        self.amount = self.first_amount

    first_amount = 1000

    def describe(self):
        raise NotImplementedError

    def available(self):
        """None, or why this load cannot run here."""
        return None

    @contextlib.contextmanager
    def surroundings(self):
        """Sysctls that the load needs, for the time of all its runs."""
        yield

    def calibrate(self, seconds):
        """Chooses the amount of work so that it takes about this long without tracing."""
        for _ in range(2):
            self.prepare()
            took = self.run()
            self.finish()
            self.amount = max(1, int(self.amount * seconds / max(took, 0.01)))

    def prepare(self):
        pass

    def run(self):
        raise NotImplementedError

    def finish(self):
        pass


def perf_missing():
    found = any(os.access(os.path.join(d, "perf"), os.X_OK)
                for d in os.environ["PATH"].split(os.pathsep))
    return None if found else "perf is not installed (sudo sh ci/setup.sh)"


def perf_bench(words):
    """Runs `perf bench --format simple ...`; seconds."""
    done = subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    try:
        return float(done.stdout.split()[-1])
    except (IndexError, ValueError):
        raise Failed(f"{' '.join(words)}: {done.stderr.strip() or done.stdout.strip()}") from None


class Pipe(Load):
    """Two hot tasks on one CPU: the cost of a switch hook with everything in the cache."""
    name = "pipe"
    only_switches = True
    first_amount = 50000

    def describe(self):
        return f"perf bench sched pipe -l {self.amount}, pinned to CPU {self.cpu()}"

    @staticmethod
    def cpu():
        return max(os.sched_getaffinity(0))

    available = staticmethod(perf_missing)

    def run(self):
        return perf_bench(["taskset", "-c", str(self.cpu()), "perf", "bench", "--format", "simple",
                           "sched", "pipe", "-l", str(self.amount)])


class Messaging(Load):
    """320 tasks on all CPUs: cold caches, migrations, wakeups."""
    name = "messaging"
    first_amount = 50

    def __init__(self, build):
        super().__init__(build)
        self.cpus_used = len(os.sched_getaffinity(0))

    def describe(self):
        return f"perf bench sched messaging -g 8 -l {self.amount}"

    available = staticmethod(perf_missing)

    def run(self):
        return perf_bench(["perf", "bench", "--format", "simple", "sched", "messaging", "-g", "8",
                           "-l", str(self.amount)])


class OwnLoad(Load):
    """A program of tests/load: it waits to be started and rests when it is done."""
    program = ""

    def __init__(self, build):
        super().__init__(build)
        self.running = []

    def available(self):
        path = self.path()
        return None if os.access(path, os.X_OK) else f"{path} is not built (make loads)"

    def path(self):
        return os.path.join(self.build, "tests", "load", self.program)

    def words(self):
        """The arguments of each process that the load starts."""
        raise NotImplementedError

    def prepare(self):
        for words in self.words():
            self.running.append(subprocess.Popen(
                [self.path(), "--wait", *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                text=True, bufsize=1))
        for process in self.running:
            if not process.stdout.readline().startswith("ready"):
                self.finish()
                raise Failed(f"{self.program} did not start")

    def run(self):
        for process in self.running:
            process.stdin.write("g")
            process.stdin.flush()
        results = []
        for process in self.running:
            result = {}
            for line in process.stdout:
                if line.startswith("done"):
                    break
                result.update(re.findall(r"(\w+)=([\d.]+)", line))
            results.append(result)
        return self.took(results)

    def took(self, results):
        return max(int(r["end_ns"]) - int(r["begin_ns"]) for r in results) / 1e9

    def finish(self):
        for process in self.running:
            process.stdin.close()
            process.stdout.close()
            process.wait()
        self.running = []


class Flood(OwnLoad):
    """A pipe pair on every CPU: the most switches that this machine makes."""
    name = "flood"
    only_switches = True
    program = "pipepair"
    first_amount = 50000

    def __init__(self, build):
        super().__init__(build)
        self.cpus_used = len(os.sched_getaffinity(0))

    def describe(self):
        return f"pipepair --trips {self.amount} on each of {self.cpus_used} CPUs at once"

    def words(self):
        return [["--cpu", str(cpu), "--trips", str(self.amount)]
                for cpu in sorted(os.sched_getaffinity(0))]

    def took(self, results):
        """The mean of all CPUs: a tool's own process runs on one of them."""
        return sum(int(r["end_ns"]) - int(r["begin_ns"]) for r in results) / len(results) / 1e9


class ForkStorm(OwnLoad):
    """Short-lived tasks, each with a name of its own: identity, tables that grow."""
    name = "forks"
    program = "forkstorm"
    first_amount = 2000

    def __init__(self, build):
        super().__init__(build)
        self.cpus_used = len(os.sched_getaffinity(0))

    def describe(self):
        return f"forkstorm --children {self.amount} --parallel 4"

    def words(self):
        return [["--children", str(self.amount), "--parallel", "4"]]


class Sleepers(OwnLoad):
    """Very many tasks that wake rarely. Its time is the CPU time of a wakeup, in microseconds."""
    name = "sleepers"
    program = "sleepers"
    unit = "us of CPU a wakeup"
    first_amount = 100000
    period_ms = 5000
    seconds = 5

    def describe(self):
        return (f"sleepers --tasks {self.amount} --period-ms {self.period_ms} "
                f"--seconds {self.seconds:g}")

    def calibrate(self, seconds):
        self.seconds = max(seconds, 2)

    @contextlib.contextmanager
    def surroundings(self):
        room = 2 * self.amount + 32768
        pid_max = max(room, int(proc.read("/proc/sys/kernel/pid_max")))
        threads = max(room, int(proc.read("/proc/sys/kernel/threads-max")))
        with proc.sysctls(kernel__pid_max=pid_max, **{"kernel__threads-max": threads}):
            yield

    def words(self):
        return [["--tasks", str(self.amount), "--period-ms", str(self.period_ms),
                 "--seconds", str(self.seconds)]]

    def run(self):
        pid = self.running[0].pid
        before = proc.process_cpu_seconds(pid)
        self.wakes = 1
        super().run()
        return (proc.process_cpu_seconds(pid) - before) * 1e6 / self.wakes

    def took(self, results):
        self.wakes = max(1, int(results[0]["wakes"]))
        return super().took(results)


ALL = [Pipe, Messaging, Flood, ForkStorm, Sleepers]
