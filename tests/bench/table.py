# SPDX-License-Identifier: Apache-2.0
"""The benchmark's figures as aligned text."""
import sys


def progress(text):
    """One line on a terminal, overwritten by the next; None clears it."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text or ''}", end="", file=sys.stderr, flush=True)


def percent(value, digits=1):
    return "-" if value is None else f"{100 * value:+.{digits}f} %"


def share(value):
    return "-" if value is None else f"{100 * value:.1f} %"


def number(value, digits=0):
    return "-" if value is None else f"{value:,.{digits}f}"


def data(value):
    """Bytes, with three digits that count."""
    for unit in ("B", "KB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            return f"{value:.{0 if unit == 'B' else 1}f} {unit}"
        value /= 1000


def losses(value):
    return "not counted" if value is None else f"{value:,}" if isinstance(value, int) else value


def file_ratio(name, result):
    """How many times larger than pftrace's file this tool's is."""
    ours = result["tools"].get("pftrace")
    if not ours or name in ("pftrace", "empty hook") or not ours["bytes"]:
        return "-"
    return f"{result['tools'][name]['bytes'] / ours['bytes']:,.0f} x"


COLUMNS = [
    ("slowdown", lambda t: percent(t["slowdown"])),
    ("best", lambda t: percent(t["slowdown_of_best"])),
    ("rounds from .. to", lambda t: " .. ".join(percent(s) for s in t["slowdown_spread"])),
    ("ns/switch", lambda t: number(t["added_ns_per_switch"])),
    ("net ns", lambda t: number(t.get("net_ns"))),
    ("all hooks", lambda t: number(t.get("all_net_ns"))),
    ("disk /s", lambda t: data(t["bytes_per_s"])),
    ("file", lambda t: data(t["bytes"])),
    ("CPU", lambda t: share(t["cpu_share"])),
    ("CPU/100k sw/s", lambda t: share(t["cpu_share_per_100k_switches_per_s"])),
    ("peak MiB", lambda t: number(t["peak_mib"], 1)),
    ("own", lambda t: number(t["own_mib"], 1)),
    ("losses", lambda t: losses(t["losses"])),
]


def print_rows(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        print("  " + "  ".join(cells).rstrip())


def print_load(name, result):
    low, high = result["plain_spread"]
    print(f"\n{name}: {result['what']}\n  without tracing {result['plain']:.3f} {result['unit']} "
          f"({low:.3f} .. {high:.3f}), {result['plain_switches_per_s']:,.0f} switches/s")
    if high > 1.15 * low:
        print("  WARNING: rounds without tracing scatter by more than 15 %: something else ran, do "
              "not\n  trust the slowdowns (net ns, bytes and memory hardly suffer)")
    if not result["tools"]:
        return
    rows = [["tool"] + [title for title, _ in COLUMNS] + ["file vs ours"]]
    for tool, figures in result["tools"].items():
        rows.append([tool] + [show(figures) for _, show in COLUMNS] + [file_ratio(tool, result)])
    print_rows(rows)
    empties = [t["empty_ns"] for t in result["tools"].values() if t.get("empty_ns")]
    if empties:
        print(f"  an empty program reads {min(empties):.0f} .. {max(empties):.0f} ns, taken off")
    sys.stdout.flush()


def print_reading(result):
    print(f"\nreading: {result['rows']:,} rows in {data(result['bytes'])}, made up")
    rows = [["command", "seconds", "peak MiB"]]
    for name, figures in result["commands"].items():
        rows.append([name, number(figures["seconds"], 2), number(figures["peak_mib"], 1)])
    print_rows(rows)


def print_machine(machine):
    print(f"{machine['cpus']} CPUs ({machine['cpu']}), Linux {machine['kernel']}, clock "
          f"{machine['clocksource']}, {machine['date']}")
    for tool, version in machine["versions"].items():
        print(f"  {tool}: {version}")
    print("  slowdown: medians of interleaved rounds; best: of each side's best round;\n"
          "  ns/switch: added wall time x CPUs / switches; net ns: the switch hook's own, by the\n"
          "  kernel's count; all hooks: of all the tool's programs, per switch; CPU: of its "
          "processes\n  while the load runs, in shares of one core", flush=True)
    if machine["busy_before"] > 0.1:
        print(f"  WARNING: this machine is {100 * machine['busy_before']:.0f} % busy with other "
              "things: figures will scatter")
