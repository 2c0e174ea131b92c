#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads the #include lines of the tree and says where one points against the arrows.

usage: ci/check-includes.py [TREE]      checks the tree, prints file:line and what is wrong
       ci/check-includes.py --selftest  checks that made-up bad trees are found out

Rooms (folders) know each other in one direction only, so that every stage can be built, tested
and thrown away alone. What a room may know, it may know through: live knows account, and with it
capture and base.
"""
import os
import re
import sys
import tempfile

# room -> rooms that it may know directly
MAY_KNOW = {
    "base": [],
    "capture": ["base"],
    "account": ["capture"],
    "cdict": ["capture"],
    "names": ["capture"],
    "view": ["capture", "cdict", "names"],  # a view reads files, in passes of its own
    "import": ["account", "capture"],
    "live": ["account", "names", "bpf/pftrace.h"],
    "chart": ["view"],
    "page": ["chart"],
    "report": ["chart"],
}
TOP = "user"  # pftrace.c and cmd_*.c: may know all, known by nobody
CONTRACT = "bpf/pftrace.h"  # between kernel and user side
INCLUDE_PATHS = ["user", "bpf", "vmlinux"]
GENERATED = re.compile(r"(^|/)\w+\.skel\.h$")
LIBBPF = re.compile(r"^(bpf/(bpf|libbpf|btf|skel_internal|usdt)\w*\.h|linux/bpf\.h)$")
# parts of the live room that arrays of blocks test without a kernel
PURE = re.compile(r"^user/live/(merge|timeline)")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]')


def known_by(room):
    """All rooms that this room may know, directly or through others."""
    known, todo = {room}, [room]
    while todo:
        for other in MAY_KNOW.get(todo.pop(), []):
            if other not in known:
                known.add(other)
                todo.append(other)
    return known


def room_of(path):
    """The room of a file: base, live, ..., "user" for the top, "bpf", "vmlinux" or "tests"."""
    parts = path.split("/")
    if path == CONTRACT:
        return CONTRACT
    if parts[0] == "user":
        return parts[1] if len(parts) > 2 else TOP
    return parts[0]


def sources(tree):
    for top in ("user", "bpf", "vmlinux", "tests"):
        for folder, folders, names in os.walk(os.path.join(tree, top)):
            folders[:] = sorted(f for f in folders if f not in ("node_modules", "build"))
            for name in sorted(names):
                if name.endswith((".c", ".h")):
                    yield os.path.relpath(os.path.join(folder, name), tree)


def read_includes(tree, path):
    """(line, name, quoted) of every #include of a file."""
    with open(os.path.join(tree, path), encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            match = INCLUDE.match(line)
            if match:
                yield number, match.group(2), match.group(1) == '"'


def resolve(path, name, files):
    """The file of this tree that an #include means, or None."""
    for folder in [os.path.dirname(path)] + INCLUDE_PATHS + ["."]:
        candidate = os.path.normpath(os.path.join(folder, name))
        if candidate in files:
            return candidate
    return None


def system_complaint(path, room, name):
    """What is wrong with a system or generated header here, or None."""
    if GENERATED.search(name) and room != "live":
        return "only user/live may include the skeleton"
    if LIBBPF.match(name) and room not in ("live", "bpf", "tests"):
        return "only user/live may include libbpf"
    if (GENERATED.search(name) or LIBBPF.match(name)) and PURE.match(path):
        return "merge and timeline include neither libbpf nor the skeleton"
    if name == "stdio.h" and room == "chart":
        return "a chart gives a result struct: no text, no input or output"
    return None


def own_complaint(room, target):
    """What is wrong with a file of this room including that file of the tree, or None."""
    other = room_of(target)
    if room in (TOP, "tests") or other == room:
        return None
    if room in ("bpf", "vmlinux", CONTRACT):
        good = other in ("bpf", "vmlinux", CONTRACT) and room != "vmlinux"
        return None if good else f"{room} may not know {target}"
    if room not in MAY_KNOW:
        return f"user/{room} is no room of the table in ci/check-includes.py"
    if other in known_by(room):
        return None
    allowed = ", ".join(sorted(known_by(room) - {room})) or "libc"
    return f"{room} may not know {target} (it may know {allowed})"


def find_cycle(graph):
    """A list of files that include each other in a circle, or None."""
    done, path = set(), []

    def walk(node):
        if node in path:
            return path[path.index(node):] + [node]
        if node in done:
            return None
        path.append(node)
        for target in graph.get(node, []):
            cycle = walk(target)
            if cycle:
                return cycle
        path.pop()
        done.add(node)
        return None

    for start in sorted(graph):
        cycle = walk(start)
        if cycle:
            return cycle
    return None


def reaches_libbpf(start, graph, libbpf_users):
    """The path of files through which `start` includes libbpf, or None."""
    todo, seen = [[start]], {start}
    while todo:
        path = todo.pop()
        if path[-1] in libbpf_users:
            return path
        for target in graph.get(path[-1], []):
            if target not in seen:
                seen.add(target)
                todo.append(path + [target])
    return None


def check(tree):
    """All complaints about a tree, as lines of text."""
    complaints, graph, libbpf_users = [], {}, set()
    files = set(sources(tree))
    for path in sorted(files):
        room = room_of(path)
        for line, name, quoted in read_includes(tree, path):
            target = resolve(path, name, files) if quoted else None
            if target:
                graph.setdefault(path, []).append(target)
                wrong = own_complaint(room, target)
            else:
                wrong = system_complaint(path, room, name)
                if LIBBPF.match(name) or GENERATED.search(name):
                    libbpf_users.add(path)
            if wrong:
                complaints.append(f"{path}:{line}: {wrong}")
    for path in sorted(files):
        way = reaches_libbpf(path, graph, libbpf_users) if PURE.match(path) else None
        if way and len(way) > 1:
            complaints.append(f"{path}:1: reaches libbpf through {' -> '.join(way[1:])}")
    cycle = find_cycle(graph)
    if cycle:
        complaints.append(f"{cycle[0]}:1: a circle: {' -> '.join(cycle)}")
    return complaints


# (what is wrong, {path: text}, what the complaint must hold; None for a good tree)
SELFTEST = [
    ("a good tree", {
        "user/base/log.h": "",
        "user/capture/capture.h": '#include "base/log.h"\n',
        "user/account/account.h": '#include "capture/capture.h"\n#include "base/log.h"\n',
        "user/live/session.c": '#include <bpf/libbpf.h>\n#include "pftrace.skel.h"\n'
                               '#include "pftrace.h"\n#include "account/account.h"\n',
        "user/live/merge.c": '#include "pftrace.h"\n#include "account/account.h"\n',
        "user/chart/stack.c": "#include <stdint.h>\n",
        "user/pftrace.c": '#include "live/session.h"\n',
        "bpf/pftrace.h": "#include <stdint.h>\n",
        "bpf/pftrace.bpf.c": '#include <bpf/bpf_helpers.h>\n#include "pftrace.h"\n',
    }, None),
    ("against the arrow", {
        "user/base/log.c": '\n#include "capture/capture.h"\n', "user/capture/capture.h": "",
    }, "user/base/log.c:2: base may not know"),
    ("sideways", {
        "user/account/run.c": '#include "cdict/cdict.h"\n', "user/cdict/cdict.h": "",
    }, "account may not know user/cdict/cdict.h"),
    ("into the top", {
        "user/page/page.c": '#include "command.h"\n', "user/command.h": "",
    }, "page may not know user/command.h"),
    ("the skeleton outside live", {
        "user/cmd_record.c": '#include "pftrace.skel.h"\n',
    }, "only user/live may include the skeleton"),
    ("libbpf outside live", {
        "user/base/log.c": "#include <bpf/libbpf.h>\n",
    }, "only user/live may include libbpf"),
    ("the contract outside live", {
        "user/account/a.c": '#include "pftrace.h"\n', "bpf/pftrace.h": "",
    }, "account may not know bpf/pftrace.h"),
    ("libbpf in merge", {
        "user/live/merge_sort.c": "#include <bpf/libbpf.h>\n",
    }, "neither libbpf"),
    ("libbpf in merge, by a detour", {
        "user/live/merge.c": '#include "session.h"\n',
        "user/live/session.h": "#include <bpf/libbpf.h>\n",
    }, "reaches libbpf through user/live/session.h"),
    ("a chart that prints", {
        "user/chart/stack.c": "#  include <stdio.h>\n",
    }, "a chart gives a result struct"),
    ("a circle within a room", {
        "user/view/a.h": '#include "b.h"\n', "user/view/b.h": '#include "view/a.h"\n',
    }, "a circle: user/view/a.h -> user/view/b.h -> user/view/a.h"),
    ("a new room", {
        "user/extra/a.c": '#include "base/log.h"\n', "user/base/log.h": "",
    }, "user/extra is no room"),
]


def selftest():
    failed = 0
    for what, files, expected in SELFTEST:
        with tempfile.TemporaryDirectory() as tree:
            for path, text in files.items():
                os.makedirs(os.path.dirname(os.path.join(tree, path)), exist_ok=True)
                with open(os.path.join(tree, path), "w", encoding="utf-8") as out:
                    out.write(text)
            found = check(tree)
        good = not found if expected is None else any(expected in line for line in found)
        failed += not good
        print(f"{'ok' if good else 'FAILED'}: {what}{'' if good else f': found {found}'}")
    print(f"{len(SELFTEST) - failed} passed, {failed} failed")
    return 1 if failed else 0


def main():
    if sys.argv[1:] == ["--selftest"]:
        return selftest()
    tree = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "..")
    complaints = check(tree)
    for line in complaints:
        print(line)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
