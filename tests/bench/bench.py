#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures pftrace and its peers under the same loads, in one go. Needs root.

Slowdown: rounds of "no tracing, tool A, tool B, ..." over a fixed amount of work; the median of
each tool's time against the median without tracing, the spread of the rounds' own ratios, and
the best time against the best, which other work on the machine disturbs least.
Beside it: bytes on disk, CPU, losses, and the peak memory of the tool's processes (own: without the
kernel's rings and maps that they map).

Net ns: in runs of their own, because it costs itself, kernel.bpf_stats_enabled is on and an empty
program is attached beside the tool's: net = reading - empty's reading under the same load.
"""
import argparse
import contextlib
import json
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import loads
import proc
import reading
import table
import tools

ROUNDS = {"pipe": 7, "messaging": 7}
ROUNDS_OTHERWISE = 3
STATS_ROUNDS = 3
SECONDS = 2.0       # of each load without tracing
SECONDS_QUICK = 0.6
QUICK_LOADS = ["pipe", "messaging"]
PATIENCE_SECONDS = 240  # in all, waiting for other work on the machine to end
PATIENCE_SECONDS_QUICK = 10


def measure(load, tool, folder, quiet):
    """One run of a load, under a tool or none: all that can be seen from outside."""
    result = {}
    quiet.wait()
    load.prepare()
    try:
        if tool:
            tool.start(folder)
            cpu = proc.cpu_seconds(tool.process.pid)
        switches = proc.switches()
        begin = time.monotonic()
        result["took"] = load.run()
        result["seconds"] = time.monotonic() - begin
        result["switches"] = proc.switches() - switches
        if tool:
            result["cpu_s"] = proc.cpu_seconds(tool.process.pid) - cpu
            result.update(tool.stop())
    finally:
        if tool:
            tool.abandon()
        load.finish()
    return result


@contextlib.contextmanager
def empty_program(build):
    """The empty program, attached; gives its id."""
    process = subprocess.Popen(tools.empty_command(build), stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        if not line:
            raise loads.Failed("the empty program could not be attached")
        yield int(line)
    finally:
        process.terminate()
        process.stdout.close()
        process.wait()


def measure_programs(load, tool, folder, build):
    """Net ns of each BPF program of a tool during one run of a load."""
    load.prepare()
    try:
        tool.start(folder)
        with empty_program(build) as empty:
            before = proc.programs()
            load.run()
            after = proc.programs()
        own = proc.program_ids(tool.process.pid)
        tool.stop()
    finally:
        tool.abandon()
        load.finish()

    def delta(number):
        was = before.get(number, {"ns": 0, "count": 0})
        return after[number]["ns"] - was["ns"], after[number]["count"] - was["count"]

    empty_ns, empty_count = delta(empty)
    empty_reading = empty_ns / max(1, empty_count)
    programs = []
    for number in own & set(after):
        ns, count = delta(number)
        if count:
            programs.append({"name": after[number]["name"], "type": after[number]["type"],
                             "count": count, "net_ns": ns / count - empty_reading})
    # the hook of sched_switch is the one that ran most nearly as often as the empty program
    programs.sort(key=lambda p: abs(p["count"] - empty_count))
    total = sum(p["net_ns"] * p["count"] for p in programs)
    return {"empty_ns": empty_reading, "programs": programs,
            "net_ns": programs[0]["net_ns"] if programs else None,
            "all_net_ns": total / max(1, empty_count) if programs else None}


def middle(runs, key):
    values = [run[key] for run in runs if isinstance(run.get(key), (int, float))]
    return statistics.median(values) if values else None


def worst_losses(runs):
    """The most that any round lost; a word stays a word; None: not counted by the tool."""
    words = [run["losses"] for run in runs if isinstance(run.get("losses"), str)]
    numbers = [run["losses"] for run in runs if isinstance(run.get("losses"), int)]
    return words[0] if words else max(numbers) if numbers else None


def summarise(load, plain, runs):
    """One tool under one load: medians over the rounds, and how far the rounds lie apart."""
    base, took = middle(plain, "took"), middle(runs, "took")
    ratios = [run["took"] / other["took"] for run, other in zip(runs, plain)]
    switches = middle(runs, "switches")
    cpu = middle(runs, "cpu_s")
    seconds = middle(runs, "seconds")
    return {
        "rounds": len(runs),
        "took": took,
        "slowdown": took / base - 1,
        "slowdown_of_best": min(run["took"] for run in runs) / min(run["took"] for run in plain) - 1,
        "slowdown_spread": [min(ratios) - 1, max(ratios) - 1],
        "added_ns_per_switch": None if not load.only_switches else
        (took - base) * 1e9 * load.cpus_used / middle(plain, "switches"),
        "switches_per_s": switches / seconds,
        "bytes": middle(runs, "bytes"),
        "bytes_per_s": middle(runs, "bytes") / seconds,
        "cpu_share": cpu / seconds,
        "cpu_share_per_100k_switches_per_s": cpu * 1e5 / switches,
        "cpu_with_start_and_end_s": middle(runs, "cpu_all_s"),
        "peak_mib": middle(runs, "peak_kib") / 1024,
        "own_mib": middle(runs, "own_kib") / 1024,
        "losses": worst_losses(runs),
    }


def bench_slowdown(load, chosen, rounds, folder, quiet):
    plain, runs = [], {tool.name: [] for tool in chosen}
    for number in range(rounds):
        table.progress(f"{load.name}: round {number + 1} of {rounds}")
        plain.append(measure(load, None, folder, quiet))
        # to and fro: what drifts over a round weighs on no tool alone
        for tool in list(chosen if number % 2 == 0 else reversed(chosen)):
            try:
                runs[tool.name].append(measure(load, tool, folder, quiet))
            except loads.Failed as reason:
                table.progress(None)
                print(f"SKIP: {load.name} under {tool.name}: {reason}", flush=True)
                chosen.remove(tool)
                runs[tool.name] = []
    took = [run["took"] for run in plain]
    return {
        "what": load.describe(),
        "unit": load.unit,
        "plain": statistics.median(took),
        "plain_spread": [min(took), max(took)],
        "plain_switches_per_s": middle(plain, "switches") / middle(plain, "seconds"),
        "tools": {name: summarise(load, plain, results) for name, results in runs.items()
                  if results},
    }


def bench_programs(load, chosen, rounds, folder, build, result):
    """Adds net ns to what bench_slowdown found."""
    with proc.sysctls(kernel__bpf_stats_enabled=1):
        for tool in chosen:
            if not tool.bpf or tool.name not in result["tools"]:
                continue
            table.progress(f"{load.name}: net ns of {tool.name}")
            runs = [measure_programs(load, tool, folder, build) for _ in range(rounds)]
            result["tools"][tool.name].update({
                "net_ns": middle(runs, "net_ns"),
                "net_ns_spread": [min(r["net_ns"] or 0 for r in runs),
                                  max(r["net_ns"] or 0 for r in runs)],
                "all_net_ns": middle(runs, "all_net_ns"),
                "empty_ns": middle(runs, "empty_ns"),
                "programs": runs[-1]["programs"],
            })


def machine(chosen):
    cpu = next((line.split(":", 1)[1].strip() for line in proc.read("/proc/cpuinfo").splitlines()
                if line.startswith("model name")), platform.machine())
    return {"date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "kernel": platform.release(), "cpu": cpu, "cpus": os.cpu_count(),
            "clocksource": proc.read("/sys/devices/system/clocksource/clocksource0/"
                                     "current_clocksource").strip(),
            "memory_mib": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20,
            "busy_before": round(proc.busy_share(1), 3),
            "versions": {tool.name: tool.version() for tool in chosen}}


def choose(classes, names, build, what):
    """The loads or tools to use; says which are left out and why."""
    known = [c.name for c in classes]
    for name in names or []:
        if name not in known:
            sys.exit(f"bench: no {what} '{name}'; there are: {', '.join(known)}")
    chosen = []
    for item in (c(build) for c in classes if not names or c.name in names):
        reason = item.available()
        if reason:
            print(f"SKIP: {what} {item.name}: {reason}", flush=True)
        else:
            chosen.append(item)
    return chosen


def options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--build", default="build", help="where pftrace and the loads are")
    parser.add_argument("--out", default="build/bench.json", help="the figures, as JSON")
    parser.add_argument("--quick", action="store_true", help="about a minute, less exact")
    parser.add_argument("--loads", nargs="+", metavar="LOAD", help="pipe messaging flood ...")
    parser.add_argument("--tools", nargs="+", metavar="TOOL", help="pftrace 'perf record' ...")
    parser.add_argument("--rounds", type=int, help="rounds of each load")
    return parser.parse_args()


def run(choice, folder):
    chosen = choose(tools.ALL, choice.tools, choice.build, "tool")
    wanted = choice.loads or (QUICK_LOADS if choice.quick else None)
    seconds = SECONDS_QUICK if choice.quick else SECONDS
    report = {"machine": machine(chosen), "loads": {}}
    table.print_machine(report["machine"])
    quiet = proc.Quiet(PATIENCE_SECONDS_QUICK if choice.quick else PATIENCE_SECONDS)
    for load in choose(loads.ALL, wanted, choice.build, "load"):
        with load.surroundings():
            table.progress(f"{load.name}: how much work is {seconds} s")
            quiet.wait()
            load.calibrate(seconds)
            rounds = choice.rounds or (2 if choice.quick else
                                       ROUNDS.get(load.name, ROUNDS_OTHERWISE))
            usable = list(chosen)
            result = bench_slowdown(load, usable, rounds, folder, quiet)
            bench_programs(load, usable, 1 if choice.quick else min(rounds, STATS_ROUNDS), folder,
                           choice.build, result)
        report["loads"][load.name] = result
        table.progress(None)
        table.print_load(load.name, result)
    if any(tool.name == "pftrace" for tool in chosen) and not choice.loads:
        table.progress("reading")
        report["reading"] = reading.bench(choice.build, folder)
        table.progress(None)
        table.print_reading(report["reading"])
    with open(choice.out, "w", encoding="utf-8") as out:
        json.dump(report, out, indent=1)
        out.write("\n")
    print(f"\nall figures: {choice.out}")


def main():
    choice = options()
    if os.geteuid() != 0:
        sys.exit("bench: tracing needs root: sudo make bench")
    if not shutil.which("bpftool"):
        sys.exit("bench: bpftool is missing (sudo sh ci/setup.sh --bench)")
    # a polite end, too, must restore sysctls and end what was started
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="bench-", dir=choice.build) as folder:
        run(choice, folder)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except loads.Failed as failure:
        sys.exit(f"bench: {failure}")
