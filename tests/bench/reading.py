# SPDX-License-Identifier: Apache-2.0
"""How long the reading commands take for a made-up capture of many rows, and their memory."""
import os
import statistics
import subprocess
import time

from loads import Failed

ROWS = 5000000
ROUNDS = 3
COMMANDS = [("info", []), ("list", []), ("stats", []),
            ("export", ["--table", "samples", "--format", "csv"]), ("render", [])]


def make_capture(build, folder, rows):
    path = os.path.join(folder, "rows.cdict")
    done = subprocess.run([os.path.join(build, "tests", "bench", "rows"), path, str(rows)],
                          capture_output=True, text=True)
    if done.returncode:
        raise Failed(f"no capture to read: {done.stderr.strip()}")
    return path


def time_command(words):
    """Seconds, exit code, what it said, and the peak memory of one run in KiB."""
    begin = time.monotonic()
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, text=True)
    said = process.stderr.read()
    process.stderr.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return time.monotonic() - begin, process.returncode, said.strip(), usage.ru_maxrss


def bench(build, folder, rows=ROWS, rounds=ROUNDS):
    """Median seconds and peak memory of each command; commands that fail are named and left out."""
    path = make_capture(build, folder, rows)
    result = {"rows": rows, "bytes": os.path.getsize(path), "commands": {}}
    for name, options in COMMANDS:
        words = [os.path.join(build, "pftrace"), name, path, *options]
        if name == "render":
            words += ["--out", os.path.join(folder, "rows.html")]
        runs = [time_command(words)]
        if runs[0][1] != 0:
            print(f"SKIP: reading with {name}: {runs[0][2] or f'exit code {runs[0][1]}'}",
                  flush=True)
            continue
        runs += [time_command(words) for _ in range(rounds - 1)]
        result["commands"][name] = {"seconds": statistics.median(run[0] for run in runs),
                                    "peak_mib": max(run[3] for run in runs) / 1024}
    return result
