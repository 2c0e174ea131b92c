#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What rose by more than a tenth between two results of the benchmark.

usage: tests/bench/compare.py OLD.json NEW.json [TOOL]     exit code 1 when something rose
"""
import json
import sys

TOLERANCE = 0.10
# name, how to read it, the least difference that is more than noise
FIGURES = [
    ("net_ns", "net ns", 2),
    ("all_net_ns", "net ns of all hooks", 2),
    ("slowdown", "slowdown", 0.01),
    ("bytes_per_s", "bytes per second", 1000),
    ("cpu_share_per_100k_switches_per_s", "CPU per 100,000 switches/s", 0.001),
    ("peak_mib", "peak MiB", 1),
]


def rises(old, new, tool):
    """Lines of text, one a figure that rose."""
    for load, result in new["loads"].items():
        now = result["tools"].get(tool, {})
        before = old["loads"].get(load, {}).get("tools", {}).get(tool, {})
        for key, title, least in FIGURES:
            was, is_now = before.get(key), now.get(key)
            if was is None or is_now is None or is_now - was < max(least, TOLERANCE * abs(was)):
                continue
            yield f"{load}: {title} rose from {was:.3g} to {is_now:.3g}"
    for name, figures in new.get("reading", {}).get("commands", {}).items():
        was = old.get("reading", {}).get("commands", {}).get(name, {}).get("seconds")
        if was and figures["seconds"] - was > max(0.05, TOLERANCE * was):
            yield f"reading: {name} rose from {was:.2f} s to {figures['seconds']:.2f} s"


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__.strip())
    results = []
    for path in sys.argv[1:3]:
        with open(path, encoding="utf-8") as text:
            results.append(json.load(text))
    tool = sys.argv[3] if len(sys.argv) == 4 else "pftrace"
    lines = list(rises(*results, tool))
    print("\n".join(lines) or f"nothing of {tool} rose by more than a tenth")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
