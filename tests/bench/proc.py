# SPDX-License-Identifier: Apache-2.0
"""What /proc and the kernel say: CPU and memory of processes, switches, sysctls, BPF programs."""
import contextlib
import json
import os
import re
import subprocess
import time

KERNEL_OBJECTS = re.compile(r"anon_inode:.*(perf_event|bpf)")


def read(path, otherwise=""):
    try:
        with open(path, encoding="utf-8", errors="replace") as text:
            return text.read()
    except OSError:
        return otherwise


def children(pid):
    """This process and all below it."""
    pids = [pid]
    for task in listdir(f"/proc/{pid}/task"):
        for child in read(f"/proc/{pid}/task/{task}/children").split():
            pids += children(int(child))
    return pids


def listdir(path):
    try:
        return os.listdir(path)
    except OSError:
        return []


def process_cpu_seconds(pid):
    """User and system time of all of a process's threads, ended ones too; 0 when it is gone."""
    clock = (~pid << 3) | 2  # its CPUCLOCK_SCHED, as clock_getcpuclockid(3) makes it
    try:
        return time.clock_gettime(clock)
    except OSError:
        return 0.0


def cpu_seconds(pid):
    """The same of a process and its children."""
    return sum(process_cpu_seconds(process) for process in children(pid))


def peak_kib(pid):
    """The most memory that a process and its children have had in RAM (VmHWM), summed."""
    total = 0
    for process in children(pid):
        match = re.search(r"VmHWM:\s+(\d+) kB", read(f"/proc/{process}/status"))
        total += int(match.group(1)) if match else 0
    return total


def kernel_mapped_kib(pid):
    """What of that memory is the kernel's, which they map: rings and maps of BPF, perf's rings."""
    total = 0
    for process in children(pid):
        is_kernels = False
        for line in read(f"/proc/{process}/smaps").splitlines():
            words = line.split()
            if re.match(r"[0-9a-f]+-[0-9a-f]+$", words[0]):
                is_kernels = bool(KERNEL_OBJECTS.search(line))
            elif is_kernels and words[0] == "Rss:":
                total += int(words[1])
    return total


def holds_kernel_objects(pid):
    """Does the process, or one below it, hold perf events or BPF programs?"""
    for process in children(pid):
        for number in listdir(f"/proc/{process}/fd"):
            try:
                if KERNEL_OBJECTS.search(os.readlink(f"/proc/{process}/fd/{number}")):
                    return True
            except OSError:
                continue
    return False


def switches():
    """Context switches of all CPUs since boot."""
    return int(re.search(r"^ctxt (\d+)", read("/proc/stat"), re.M).group(1))


def busy_share(seconds):
    """The share of all CPUs that was not idle for so long."""
    def idle_and_all():
        numbers = [int(n) for n in read("/proc/stat").split("\n", 1)[0].split()[1:9]]
        return numbers[3] + numbers[4], sum(numbers)
    idle, everything = idle_and_all()
    time.sleep(seconds)
    idle_after, everything_after = idle_and_all()
    return 1 - (idle_after - idle) / max(1, everything_after - everything)


class Quiet:
    """Waits for moments in which nothing else runs, as long as its patience lasts."""

    def __init__(self, patience_seconds):
        self.patience = patience_seconds

    def wait(self):
        begin = time.monotonic()
        while self.patience > 0 and busy_share(0.2) > 0.10:
            self.patience -= time.monotonic() - begin
            begin = time.monotonic()


def sysctl_path(name):
    return "/proc/sys/" + name.replace(".", "/")


@contextlib.contextmanager
def sysctls(**values):
    """Sets sysctls (kernel__pid_max=N) and restores them, whatever happens."""
    before = {}
    try:
        for key, value in values.items():
            path = sysctl_path(key.replace("__", "."))
            before[path] = read(path).strip()
            with open(path, "w", encoding="ascii") as out:
                out.write(str(value))
        yield
    finally:
        for path, value in before.items():
            with open(path, "w", encoding="ascii") as out:
                out.write(value)


def program_ids(pid):
    """Ids of the BPF programs that a process, or one below it, holds: by itself or by a link."""
    ids = set()
    for process in children(pid):
        for number in listdir(f"/proc/{process}/fdinfo"):
            match = re.search(r"^prog_id:\s*(\d+)", read(f"/proc/{process}/fdinfo/{number}"), re.M)
            if match:
                ids.add(int(match.group(1)))
    return ids


def programs():
    """All BPF programs by id: name, type, run_time_ns and run_cnt (0 when not counted)."""
    text = subprocess.run(["bpftool", "prog", "show", "--json"], capture_output=True, check=True,
                          text=True).stdout
    return {p["id"]: {"name": p.get("name", "?"), "type": p.get("type", "?"),
                      "ns": p.get("run_time_ns", 0), "count": p.get("run_cnt", 0)}
            for p in json.loads(text) if "id" in p}
