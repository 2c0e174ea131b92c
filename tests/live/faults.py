# SPDX-License-Identifier: Apache-2.0
"""Limits and terminals for a recorder, taken away again whatever happens."""

import contextlib
import errno
import os
import pathlib
import time

MEMORY_V1 = pathlib.Path("/sys/fs/cgroup/memory")
V2 = pathlib.Path("/sys/fs/cgroup")


class MemoryGroup:
    """A control group whose memory can be limited, v1 or v2."""

    PARENTS = ((MEMORY_V1, "memory.limit_in_bytes", "memory.usage_in_bytes"),
               (V2, "memory.max", "memory.current"))

    @classmethod
    def offered(cls):
        return (MEMORY_V1 / "memory.limit_in_bytes").exists() or (
            "memory" in cls._read(V2 / "cgroup.subtree_control"))

    @staticmethod
    def _read(path):
        return path.read_text() if path.exists() else ""

    def __enter__(self):
        for parent, limit, used in self.PARENTS:
            self.path = parent / f"pftrace-test-{os.getpid()}"
            if (parent / "cgroup.procs").exists():
                self.path.mkdir()
                self.knob, self.used = self.path / limit, self.path / used
                break
        return self

    def __exit__(self, *_):
        for _ in range(50):
            with contextlib.suppress(OSError):
                self.path.rmdir()
                return
            time.sleep(0.1)

    def words(self):
        """Before a command: it runs in this group."""
        return ["sh", "-c", f'echo $$ >{self.path}/cgroup.procs && exec "$@"', "sh"]

    def used_bytes(self):
        return int(self.used.read_text())

    def limit_bytes(self):
        return int(self.knob.read_text())

    def limit(self, limit_bytes):
        """False when so little cannot be enough for what is there."""
        try:
            self.knob.write_text(str(limit_bytes))
        except OSError as error:
            if error.errno != errno.EBUSY:
                raise
            return False
        return True


@contextlib.contextmanager
def sysctls(wanted):
    """Sets these at least, by their paths in /proc/sys, and restores them."""
    before = {}
    try:
        for name, value in wanted.items():
            knob = pathlib.Path("/proc/sys") / name
            text = knob.read_text()
            if int(text) < value:
                knob.write_text(str(value))
                before[knob] = text
        yield
    finally:
        for knob, text in before.items():
            knob.write_text(text)


def rss_kib(pid, kind="VmRSS"):
    """VmRSS, or a part of it: RssAnon, RssFile, RssShmem; VmHWM is its peak."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(kind + ":"):
            return int(line.split()[1])
    return 0


def bpf_maps_rss_kib(pid):
    """What a process has in RAM of the BPF maps that it maps."""
    rss = 0
    is_map = False
    for line in pathlib.Path(f"/proc/{pid}/smaps").read_text().splitlines():
        if "-" in line.split()[0]:
            is_map = "bpf-map" in line
        elif is_map and line.startswith("Rss:"):
            rss += int(line.split()[1])
    return rss
