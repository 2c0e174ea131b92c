# SPDX-License-Identifier: Apache-2.0
"""Boots a kernel with a file system in memory, and gives back what the guest sent."""

import pathlib
import re
import shutil
import stat
import struct
import subprocess
import tarfile

GUEST = pathlib.Path(__file__).parent / "guest"
QEMU = "qemu-system-x86_64"
BUSYBOX = pathlib.Path("/bin/busybox")  # package busybox-static
LOADS = ("spin", "oneshot", "stamp", "pipepair", "forkstorm", "vcpu", "fewcaps")
LONGEST_S = 200


def perf_with_libraries():
    """{path in the guest: file} of this machine's perf and what it needs to start; {} when there is
    no perf, or it is a script that looks for one."""
    perf = pathlib.Path(shutil.which("perf") or "/")
    if not perf.is_file() or perf.read_bytes()[:4] != b"\x7fELF":
        return {}
    needs = subprocess.run(["ldd", perf], stdout=subprocess.PIPE, text=True, check=True).stdout
    libraries = re.findall(r"/\S+(?= \(0x)", needs)
    return {"bin/perf": perf, **{path.lstrip("/"): pathlib.Path(path) for path in libraries}}


def _wants_interpreter(program):
    """True for a 64-bit ELF program with shared libraries: elf(5), PT_INTERP is 3."""
    offset, = struct.unpack_from("<Q", program, 32)
    size, count = struct.unpack_from("<HH", program, 54)
    return any(struct.unpack_from("<I", program, offset + size * number)[0] == 3
               for number in range(count))


def what_is_missing():
    """A word on what this machine lacks to boot anything, or None."""
    if not shutil.which(QEMU):
        return f"there is no {QEMU} (package qemu-system-x86)"
    if not BUSYBOX.exists():
        return f"there is no {BUSYBOX} (package busybox-static)"
    if _wants_interpreter(BUSYBOX.read_bytes()):
        return f"{BUSYBOX} needs shared libraries (package busybox-static does not)"
    return None


def _entry(number, name, data, mode):
    """Of a cpio archive (Documentation/driver-api/early-userspace/buffer-format.rst, newc)."""
    fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
    head = b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"
    head += b"\0" * (-len(head) % 4)
    return head + data + b"\0" * (-len(data) % 4)


def write_initramfs(path, build, modules):
    """Not compressed: QEMU copies it faster than a guest could inflate it. `modules`: files that
    the guest may load, in order."""
    programs = {"bin/busybox": BUSYBOX, "bin/pftrace": build / "pftrace-static",
                "init": GUEST / "init", "scenarios.sh": GUEST / "scenarios.sh"}
    programs.update({f"bin/{name}": build / "tests/vm" / name for name in LOADS})
    # numbered: a shell's * gives them in order
    programs.update({f"modules/{number}-{module.name}": module
                     for number, module in enumerate(modules)})
    programs.update(perf_with_libraries())
    folders = {str(folder) for name in programs for folder in pathlib.Path(name).parents}
    entries = [(folder, b"", stat.S_IFDIR | 0o755) for folder in sorted(folders - {"."})]
    entries += [(name, source.read_bytes(), stat.S_IFREG | 0o755)
                for name, source in programs.items()]
    entries.append(("TRAILER!!!", b"", 0))
    path.write_bytes(b"".join(_entry(number, *entry)
                              for number, entry in enumerate(entries, 1)))


class Machine:
    """One boot of one kernel: `console` is all it said, `folder` holds what it sent."""

    def __init__(self, image, initramfs, scenarios, folder, clock=""):
        self.folder = folder
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self._run(image, initramfs, scenarios, clock)
        self.console = (folder / "console").read_text(errors="replace")
        self.whole = self._unpack()

    def _run(self, image, initramfs, scenarios, clock):
        # Warnings are shown: they tell when the kernel complains. noirqdebug: with interrupts in
        # threads, as on PREEMPT_RT, the kernel takes a busy serial port's for nobody's.
        # no_timer_check: on a busy host a guest's timer may come too late for the kernel's check
        # of it, and 6.1 panics ("IO-APIC + timer doesn't work!"). `clock` is for the time stamp
        # counter, which does not differ between the CPUs of one thread.
        words = ("console=ttyS0 loglevel=5 panic=-1 noirqdebug no_timer_check "
                 f"{clock} scenarios={','.join(scenarios)}")
        # One thread for both CPUs: with one each, QEMU 7.2 now and then ran an old breakpoint for
        # ever where the other CPU had patched the kernel's code meanwhile, as kernels do when a
        # tracer comes or goes (QEMU's deba78709a seems to be the cure). And it is no slower here.
        command = [QEMU, "-accel", "tcg,thread=single", "-cpu", "max,+svm", "-smp", "2", "-m", "768",
                   "-nodefaults", "-display", "none", "-no-reboot", "-kernel", str(image),
                   "-initrd", str(initramfs), "-append", words,
                   "-serial", f"file:{self.folder}/console",
                   "-serial", f"file:{self.folder}/sent"]
        # A guest that is kept from its cores for long reads clocks that stood still meanwhile.
        process = subprocess.Popen(["nice", "-n", "-10", *command], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        try:
            self.words = process.communicate(timeout=LONGEST_S)[1]
        except subprocess.TimeoutExpired:
            self.words = f"the guest was not done in {LONGEST_S} s"
        finally:
            if process.poll() is None:
                process.kill()
                process.communicate()

    def _unpack(self):
        """True when the guest came to its end."""
        try:
            with tarfile.open(self.folder / "sent") as archive:
                for member in archive:
                    if member.isfile() or member.isdir():
                        archive.extract(member, self.folder, set_attrs=False)
        except (tarfile.TarError, OSError, EOFError):
            return False
        return "guest: done" in self.console

    def why_not_whole(self):
        return "\n".join(["the guest did not come to its end:", self.words,
                          *self.console.splitlines()[-15:]])
