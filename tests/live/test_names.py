# SPDX-License-Identifier: Apache-2.0
"""Real QEMU processes get names that are the same in every run; so do mapped tids."""

import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import unittest

from capture import Capture
from recorder import PATIENCE_S, PFTRACE, Recorder, folder, run, wait_until

QEMU = shutil.which("qemu-system-x86_64")
HERE = pathlib.Path(__file__).resolve().parent
UUIDS = ("8f81e3a1-3ebd-4015-bbee-e291f0672d01", "8f81e3a1-3ebd-4015-bbee-e291f0672d02")
SOMEBODY = 65534


class Guest:
    """A QEMU that runs its firmware and boots nothing."""

    def __init__(self, name, *more, accel="tcg"):
        self.is_telling = "debug-threads=on" in name
        self.process = subprocess.Popen(
            [QEMU, "-accel", accel, "-m", "64", "-smp", "2", "-display", "none", "-nodefaults",
             "-name", name, "-object", "iothread,id=iothread1", *more],
            stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.pid = self.process.pid

    def __enter__(self):
        wait_until(self.has_threads, "QEMU has made its threads")
        return self

    def has_threads(self):
        """All of them, and each has taken its name."""
        comms = list(self.threads().values())
        named = [comm for comm in comms if comm.startswith(("CPU ", "IO "))]
        return len(comms) >= 5 and (len(named) == 3 or not self.is_telling)

    def __exit__(self, *unused):
        self.process.terminate()
        self.process.wait(PATIENCE_S)

    def threads(self):
        """tid -> comm, in the order of their creation."""
        found = {}
        for tid in os.listdir(f"/proc/{self.pid}/task"):
            with contextlib.suppress(OSError), \
                    open(f"/proc/{self.pid}/task/{tid}/comm", encoding="utf-8") as comm:
                found[int(tid)] = comm.read().strip()
        return found


def expected(vm, threads, pid):
    """What our names should be of QEMU's own."""
    names = {}
    for tid, comm in threads.items():
        part = comm
        if comm.startswith("CPU "):
            part = "vcpu" + comm[4:comm.index("/")]
        elif comm.startswith("IO "):
            part = comm[3:]
        elif tid == pid:
            part = "emulator"
        elif comm == threads[pid]:
            part = "thread"
        names[tid] = f"{vm}.{part}"
    return names


def named(capture):
    """(tid, name) of all tasks that were given a name."""
    return {task["tid"]: task["name"] for task in capture.tasks().values() if task["name"]}


@unittest.skipUnless(QEMU, "qemu-system-x86_64 is missing (package qemu-system-x86)")
class Guests(unittest.TestCase):
    def assert_named(self, capture, guest_names):
        """Every one of their tasks in the capture has the name that it should have."""
        got = named(capture)
        seen = {tid: name for tid, name in guest_names.items()
                if any(task["tid"] == tid for task in capture.tasks().values())}
        self.assertEqual({tid: got.get(tid) for tid in seen}, seen)
        return set(seen.values())

    def test_guests_that_are_there_and_guests_that_come_are_named(self):
        with folder() as here, Guest("guest=fw1,debug-threads=on") as first, \
                Guest("fw,,2,debug-threads=on", "-uuid", UUIDS[1]) as second:
            with Recorder(here / "run.cdict") as recorder:
                names = expected("fw1", first.threads(), first.pid)
                names.update(expected("fw,2", second.threads(), second.pid))
                with Guest("late,debug-threads=on") as late:
                    time.sleep(0.5)
                    names.update(expected("late", late.threads(), late.pid))
                time.sleep(0.2)
                capture, code = recorder.stop()
        self.assertEqual(code, 0, recorder.words)
        seen = self.assert_named(capture, names)
        self.assertLessEqual({"fw1.vcpu0", "fw,2.vcpu0", "late.vcpu0", "late.iothread1",
                              "late.emulator"}, seen)
        told = re.search(r"VMs named: (\d+)", recorder.words)
        self.assertGreaterEqual(int(told[1]), 3, recorder.words)  # the machine may have more
        for task in capture.tasks().values():
            if (task["name"] or "").endswith(".vcpu0"):
                self.assertEqual(f'{task["vm"]}.vcpu{task["vcpu"]}', task["name"])

    def test_nothing_is_named_when_nobody_wants_names(self):
        with folder() as here, Guest("fw,debug-threads=on"), \
                Recorder(here / "run.cdict", "--names", "none") as recorder:
            capture, code = recorder.stop()
        self.assertEqual(code, 0, recorder.words)
        self.assertEqual(named(capture), {})

    @unittest.skipUnless(os.access("/dev/kvm", os.R_OK | os.W_OK), "there is no /dev/kvm here")
    def test_vcpus_under_kvm_are_found_without_their_names(self):
        with folder() as here, Guest("plain", accel="kvm") as guest:
            with Recorder(here / "run.cdict") as recorder:
                time.sleep(0.5)
                threads = guest.threads()
                capture, code = recorder.stop()
        self.assertEqual(code, 0, recorder.words)
        vcpus = {tid: name for tid, name in named(capture).items() if ".vcpu" in name}
        # the threads after call_rcu and the I/O thread, in the order that they were made
        tids = [tid for tid, comm in threads.items()
                if tid != guest.pid and comm == threads[guest.pid]][2:4]
        self.assertIn("plain.vcpu0", vcpus.values())
        for tid, name in vcpus.items():
            self.assertEqual(name, f"plain.vcpu{tids.index(tid)}")

    def test_a_filter_finds_tasks_by_their_names(self):
        with folder() as here, Guest("fw,debug-threads=on") as guest:
            with Recorder(here / "run.cdict", "--task", r"^fw\.vcpu") as recorder:
                time.sleep(0.3)
                tids = {tid for tid, comm in guest.threads().items() if comm.startswith("CPU")}
                capture, code = recorder.stop()
        self.assertEqual(code, 0, recorder.words)
        tasks = {task["tid"] for task in capture.tasks().values() if task["kind"] == "task"}
        self.assertTrue(tasks)
        self.assertLessEqual(tasks, tids)

    def test_a_mapping_goes_before_what_is_found(self):
        with folder() as here, Guest("fw,debug-threads=on") as guest:
            (here / "vms.csv").write_text(
                f"tid,instance,type,uuid,group-type,group-id,task-name\n"
                f"{guest.pid},,emulator,,FULL,5,Firewall\nx,y\n4194304,nobody\n")
            with Recorder(here / "run.cdict", "--map", here / "vms.csv") as recorder:
                time.sleep(0.3)
                capture, code = recorder.stop()
        self.assertEqual(code, 0, recorder.words)
        self.assertEqual(named(capture)[guest.pid], "Firewall.05.emulator")
        self.assertEqual(capture.task_of_tid(guest.pid)["vm"], "Firewall.05")
        self.assertIn("fw.vcpu0", named(capture).values())
        self.assertIn(f"{here}/vms.csv: line 3: 'x' is no tid", recorder.words)
        self.assertIn("1 of 2 tids did not come", recorder.words)

    def record_with(self, here, script, *more, seconds="0.5", code=0):
        """A short capture beside a guest with a program that names it."""
        program = here / "names.sh"
        program.write_text("#!/bin/sh\n" + script)
        program.chmod(0o755)
        with open(here / "words", "w", encoding="utf-8") as words:
            done = subprocess.run([PFTRACE, "--duration", seconds, "--out", here / "run.cdict",
                                   "--names-from", program, *more], stdin=subprocess.DEVNULL,
                                  stderr=words, timeout=120, check=False)
        said = (here / "words").read_text()
        self.assertEqual(done.returncode, code, said)
        return Capture(here / "run.cdict"), said

    def test_a_program_names_vms_by_uuid_also_after_the_capture(self):
        with folder() as here, Guest("i-1,debug-threads=on", "-uuid", UUIDS[0]):
            capture, words = self.record_with(
                here, f'until grep -q waiting {here}/words; do sleep 0.1; done\nsleep 1\n'
                f'echo "uuid,name"\necho "{UUIDS[0]},web"\n')
        names = set(named(capture).values())
        self.assertIn("web.vcpu0", names)
        self.assertFalse([name for name in names if name.startswith("i-1")])
        self.assertIn("waiting for --names-from", words)
        self.assertLess(capture.end["duration_ns"], 1_000_000_000)
        self.assertEqual(capture.end["verdict"], "equal")

    def test_quiet_does_not_say_that_it_waits(self):
        with folder() as here:
            _, words = self.record_with(here, f"sleep 1.5\necho {UUIDS[0]},web\n", "--quiet")
        self.assertEqual(words, "")

    def asked_with(self, last_line):
        """How often a program is asked before and after a VM came; and what is said of it."""
        with folder() as here:
            program, asked = here / "names.sh", here / "asked"
            program.write_text(f'#!/bin/sh\necho asked >>{asked}\n{last_line}\n')
            program.chmod(0o755)
            asked.touch()

            def times():
                return asked.read_text().count("asked")
            with Guest("old,debug-threads=on", "-uuid", UUIDS[1]), \
                    Recorder(here / "run.cdict", "--names-from", program) as recorder:
                wait_until(lambda: times() > 0, "it is asked for names")
                with Guest("new,debug-threads=on"):
                    time.sleep(0.2)
                once = times()
                with Guest("new,debug-threads=on", "-uuid", UUIDS[0][:-1] + "9"):
                    time.sleep(0.2)
                capture, code = recorder.stop()
            self.assertEqual(code, 0, recorder.words)
            self.assertIn("old.vcpu0", named(capture).values())
            return once, times(), recorder.words

    def test_a_program_is_asked_again_for_a_vm_that_came_later(self):
        row = f'echo "{UUIDS[0]},web"'
        self.assertEqual(self.asked_with(row)[:2], (1, 2))
        once, again, words = self.asked_with(row + "; exit 3")  # names of an earlier answer, say
        self.assertEqual((once, again), (1, 2))
        self.assertIn("exit status 3", words)

    def test_a_program_that_failed_without_a_name_is_not_asked_again(self):
        self.assertEqual(self.asked_with("exit 3")[:2], (1, 1))

    def test_rows_for_a_mapping_name_the_threads_of_a_guest(self):
        tool = HERE.parents[1] / "tools" / "pftrace-vm-map"
        with Guest("guest=i-1,debug-threads=on", "-uuid", UUIDS[0]) as guest:
            done = subprocess.run(["sh", tool, str(guest.pid), "Firewall", "5"], text=True,
                                  capture_output=True, timeout=30, check=True)
            threads = guest.threads()
        rows = [line.split(",") for line in done.stdout.splitlines()]
        self.assertEqual({int(row[0]) for row in rows}, set(threads))
        for tid, instance, part, uuid, _, group, name in rows:
            self.assertEqual((instance, uuid, group, name), ("i-1", UUIDS[0], "5", "Firewall"))
            comm = threads[int(tid)]
            if comm.startswith("CPU "):
                self.assertEqual(part, f"vcpu{comm[4]}")
            else:
                self.assertRegex(part, "iothread1$" if comm.startswith("IO") else "^emulator[0-9]$")

    def test_a_program_that_fails_costs_its_names_only(self):
        scripts = {"exit 3": "exit status 3", "yes": "4 MiB", "echo a; echo b": "line 1: ",
                   "echo no cloud >&2; exit 1": "no cloud"}
        for script, said in scripts.items():
            with folder() as here, Guest("fw,debug-threads=on", "-uuid", UUIDS[0]), \
                    self.subTest(script):
                capture, words = self.record_with(here, script)
                self.assertIn("fw.vcpu0", named(capture).values())
                self.assertEqual(capture.end["verdict"], "equal")
                self.assertIn(said, words)

    def test_a_program_that_prints_no_names_is_said_once(self):
        for program in ("cat /dev/null", "echo uuid,name"):
            with folder() as here, self.subTest(program):
                done = run("--duration", 0.3, "--quiet", "--out", here / "run.cdict",
                           "--names-from", program)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(done.stderr.count(f"'{program}' printed no row"), 1, done.stderr)
                self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertEqual(self.asked_with("true")[2].count("printed no row"), 1)

    def test_a_program_that_is_not_there_is_said(self):
        with folder() as here:
            done = run("--duration", 0.2, "--out", here / "run.cdict", "--names-from", "/none/such")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("'/none/such' cannot be run: No such file", done.stderr)


class Rights(unittest.TestCase):
    SCRIPT = ('#!/bin/sh\n'
              '{ id -u; id -g; grep -E "^(Cap(Prm|Eff|Inh|Amb)|NoNewPrivs)" /proc/self/status; } >"$1"\n'
              'cat "$2" >/dev/null && echo read >>"$1"\ntrue\n')

    def rights_of(self, here, *before):
        """What a program says of itself, by word."""
        program, told, secret = here / "names.sh", here / "told", here / "secret"
        program.write_text(self.SCRIPT)
        program.chmod(0o755)
        secret.write_text("password")
        secret.chmod(0o600)
        told.touch()
        told.chmod(0o666)
        here.chmod(0o777)
        environment = dict(os.environ)
        if before:
            environment.update(SUDO_UID=str(SOMEBODY), SUDO_GID=str(SOMEBODY), SUDO_USER="nobody")
        done = subprocess.run(
            [*before, os.environ.get("PFTRACE") or str(HERE.parents[1] / "build" / "pftrace"),
             "--duration", "0.3", "--out", str(here / "run.cdict"),
             "--names-from", f"'{program}' {told} {secret}"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment, timeout=60,
            check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = told.read_text().splitlines()
        status = dict(line.split(":\t") for line in lines if ":\t" in line)
        return lines[0], status, "read" in lines

    def assert_powerless(self, status):
        for word in ("CapPrm", "CapEff", "CapInh", "CapAmb"):
            self.assertEqual(int(status[word], 16), 0, word)
        self.assertEqual(status["NoNewPrivs"], "1")

    def test_a_program_has_no_capability(self):
        with folder() as here:
            uid, status, may_read = self.rights_of(here)
        self.assertEqual(uid, "0")
        self.assert_powerless(status)
        self.assertTrue(may_read)  # its own file

    def test_under_sudo_it_is_the_caller_s(self):
        with folder() as here:
            uid, status, may_read = self.rights_of(
                here, sys.executable, str(HERE / "as_sudo.py"), str(SOMEBODY), str(SOMEBODY))
        self.assertEqual(uid, str(SOMEBODY))
        self.assert_powerless(status)
        self.assertFalse(may_read)

    def test_a_mapping_is_read_with_the_caller_s_rights(self):
        with folder() as here:
            here.chmod(0o777)
            secret = here / "secret.csv"
            secret.write_text("1,a\n")
            secret.chmod(0o600)
            done = run("--duration", "0.2", "--out", here / "run.cdict", "--map", secret,
                       env=dict(os.environ, SUDO_UID=str(SOMEBODY), SUDO_GID=str(SOMEBODY)))
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("secret.csv", done.stderr)
            self.assertFalse((here / "run.cdict.part").exists())

if __name__ == "__main__":
    unittest.main()
