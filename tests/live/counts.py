# SPDX-License-Identifier: Apache-2.0
"""The kernel's own numbers, from the text of its files in /proc."""

USER_HZ = 100  # of /proc/stat, on every machine that we know
TICK_NS = 10_000_000  # at 100 Hz, the longest there is


def schedstat(text):
    """run_ns, wait_ns, slices (Documentation/scheduler/sched-stats.rst, /proc/<pid>/schedstat)."""
    return [int(word) for word in text.split()]


def status_switches(text):
    """voluntary, involuntary (proc_pid_status(5))."""
    values = dict(line.split(":", 1) for line in text.splitlines())
    return (int(values["voluntary_ctxt_switches"]), int(values["nonvoluntary_ctxt_switches"]))


def _line_of(stat, name):
    for line in stat.splitlines():
        if line.startswith(name + " "):
            return line.split()
    raise RuntimeError(f"/proc/stat has no {name}")


def context_switches(stat):
    """Of all CPUs since boot (proc_stat(5), ctxt)."""
    return int(_line_of(stat, "ctxt")[1])


def idle_ns(stat, cpu):
    """idle + iowait of a CPU (proc_stat(5)), in ns."""
    words = _line_of(stat, f"cpu{cpu}")
    return sum(int(words[place]) for place in (4, 5)) * 1_000_000_000 // USER_HZ


def stolen_ns(stat, cpu):
    """irq + softirq + steal of a CPU (proc_stat(5)), in ns."""
    words = _line_of(stat, f"cpu{cpu}")
    return sum(int(words[place]) for place in (6, 7, 8)) * 1_000_000_000 // USER_HZ
