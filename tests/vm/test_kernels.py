# SPDX-License-Identifier: Apache-2.0
"""One static binary on several kernels: what holds on the machine at hand must hold there.

Each kernel is booted once and goes through all its scenarios (guest/scenarios.sh); the checks are
those of tests/live, on what the guest sent."""

import functools
import json
import os
import pathlib
import re
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "live"))

import counts  # noqa: E402
from beside_perf import PerfChecks  # noqa: E402
from capture import Capture  # noqa: E402
from exits import CPUID, HLT, STATES, ExitChecks, ExitTotalChecks, StateChecks  # noqa: E402
from checks import (KilledChecks, LifeChecks, LossChecks, NothingMissingChecks,  # noqa: E402
                    SpinnerChecks, SwitchChecks, TidReuseChecks, WaitChecks, WholeChecks)
from machine import Machine, perf_with_libraries, what_is_missing, write_initramfs  # noqa: E402
from packages import Missing, Packages  # noqa: E402
from parts import sum_of_tid, tasks_of_tid  # noqa: E402

BUILD = pathlib.Path(os.environ.get("BUILD", HERE.parents[1] / "build"))
WORK = BUILD / "vm"
ALL = ("cores", "pair", "waits", "perf", "clock", "storm", "ring", "killed", "offline", "late",
       "classic", "parts", "crowd", "dies", "rights")
KERNELS = {("6.1", "cloud"): ALL, ("6.12", "cloud"): ALL,
           ("6.1", "rt"): ("short",), ("6.12", "rt"): ("short",)}
# 6.1 takes the time stamp counters of these guests for unsynchronized, other than a host's, and then
# the scheduler's clock is put right at each tick only (kernel/sched/clock.c), which on a busy host
# comes late, by tens of milliseconds at times. One flavour is left so.
CLOCKS = {"cloud": "tsc=reliable", "rt": ""}
COMPLAINTS = re.compile(r"BUG:|WARNING:|scheduling while atomic|Oops|Call Trace|detected stall")


@functools.lru_cache(None)
def initramfs(name):
    path = WORK / f"initramfs-{name}"
    write_initramfs(path, BUILD, packages().modules(name))
    return path


@functools.lru_cache(None)
def packages():
    return Packages(WORK)


@functools.lru_cache(None)
def boot(series, flavour):
    name, image = packages().kernel(series, flavour)
    machine = Machine(image, initramfs(name), KERNELS[series, flavour],
                      WORK / "sent" / f"{series}-{flavour}", CLOCKS[flavour])
    release = machine.folder / "release"
    print(f"booted: {release.read_text().strip() if release.exists() else name}", flush=True)
    return machine


class Guest:
    """What all classes below share: a machine, and one scenario's folder."""

    scenario = None
    # a guest is slow, and slower yet on a busy host: less happens, and more in between
    at_least = 100
    between = 20

    @classmethod
    def setUpClass(cls):
        cls.machine = boot(*cls.kernel_wanted)
        if not cls.machine.whole:
            raise AssertionError(cls.machine.why_not_whole())
        cls.look()

    @classmethod
    def look(cls):
        cls.dmesg = (cls.machine.folder / "dmesg").read_text(errors="replace")
        # Emulated, on a busy host: the run queue's clock may lag by a tick where the open run is
        # brought to CLOCK_MONOTONIC (3.3 ms were seen on 6.12). A tick is 4 ms at Debian's 250 Hz.
        cls.clock_ns = 4_000_000
        # 8.9 and 9.8 ms were seen on 6.1 while the host was busy: ticks themselves came late
        cls.end_clock_ns = 3 * cls.clock_ns
        if cls.scenario:
            cls.read()

    @classmethod
    def text(cls, name):
        return (cls.machine.folder / cls.scenario / name).read_text()

    @classmethod
    def read(cls, name="run.cdict"):
        cls.code = int(cls.text("code"))
        cls.path = cls.machine.folder / cls.scenario / name
        if not cls.path.exists():
            raise AssertionError("no capture: " + cls.text("words"))
        cls.capture = Capture(cls.path)

    @classmethod
    def load(cls, name):
        """All that a load printed, as a dict; its tid is that of its first line."""
        words = [word.split("=", 1) for word in cls.text(f"{name}.out").split() if "=" in word]
        return dict(reversed(words))

    @classmethod
    def tids(cls, name):
        load = cls.load(name)
        return [int(load[key]) for key in ("tid", "partner") if key in load]

    @classmethod
    def schedstat(cls, tid):
        """Its change from the note before to the note after."""
        before, after = (counts.schedstat(cls.text(f"{when}.{tid}.schedstat"))
                         for when in ("before", "after"))
        return [now - then for now, then in zip(after, before)]

    @classmethod
    def status_switches(cls, tid):
        before, after = (counts.status_switches(cls.text(f"{when}.{tid}.status"))
                         for when in ("before", "after"))
        return tuple(now - then for now, then in zip(after, before))

    @classmethod
    def stolen(cls, *cpus):
        return sum(counts.stolen_ns(cls.text("after.stat"), cpu) -
                   counts.stolen_ns(cls.text("before.stat"), cpu) for cpu in cpus)


class Console(Guest):
    def test_the_kernel_does_not_complain(self):
        said = self.machine.console + self.dmesg
        self.assertEqual([line for line in said.splitlines() if COMPLAINTS.search(line)], [])

    def test_pftrace_check_finds_all_that_recording_needs(self):
        folder = self.machine.folder
        self.assertEqual((folder / "check.code").read_text().strip(), "0",
                         (folder / "check").read_text())


class Cores(Guest, WholeChecks, NothingMissingChecks, SpinnerChecks):
    scenario = "cores"

    @classmethod
    def read(cls):
        super().read()
        tid, = cls.tids("spin")
        cls.results = cls.load("spin")
        cls.spinner = cls.capture.task_of_tid(tid)
        cls.spinner_ns = cls.schedstat(tid)[0]
        cls.cpu = 1
        cls.stolen_ns = cls.stolen(1)


class Pair(Guest, WholeChecks, NothingMissingChecks, SwitchChecks):
    scenario = "pair"

    @classmethod
    def read(cls):
        super().read()
        cls.kernel = {tid: cls.status_switches(tid) for tid in cls.tids("pair")}
        cls.begin, cls.end = ((int(cls.text(f"{when}.ns")),
                               counts.context_switches(cls.text(f"{when}.stat")))
                              for when in ("before", "after"))

    def test_both_were_looked_at(self):
        self.assertEqual(len(self.kernel), 2)


class Waits(Guest, WholeChecks, NothingMissingChecks, WaitChecks):
    scenario = "waits"

    @classmethod
    def read(cls):
        super().read()
        tid, = cls.tids("stamp")
        cls.task = cls.capture.task_of_tid(tid)["task"]
        cls.waited_ns = [*(counts.schedstat(cls.text(f"{when}.{tid}.schedstat"))[1]
                           for when in ("before", "after")),
                         int(cls.load("stamp")["wait_ns_at_begin"])]


class Perf(Guest, WholeChecks, NothingMissingChecks, PerfChecks):
    scenario = "perf"

    @classmethod
    def setUpClass(cls):
        if not perf_with_libraries():
            raise unittest.SkipTest("there is no perf to record beside (package linux-perf)")
        super().setUpClass()


class Files(Guest):
    """Several files that follow each other: its `parts`."""

    @classmethod
    def read(cls, name="run.0001.cdict"):
        super().read(name)
        files = sorted((cls.machine.folder / cls.scenario).glob("run.*.cdict"))
        cls.parts = [Capture(path) for path in files]

    def test_all_files_are_whole_and_proven(self):
        self.assertEqual(self.code, 0, self.text("words"))
        self.assertGreaterEqual(len(self.parts), 3)
        for part in self.parts:
            self.assertFalse(part.cut)
            self.assertEqual(part.end["verdict"], "equal")


class Clock(Files):
    scenario = "clock"

    def test_the_clock_of_captures_knows_nothing_of_it(self):
        for one, other in zip(self.parts, self.parts[1:]):
            self.assertEqual(other.header["monotonic_ns"],
                             one.header["monotonic_ns"] + one.end["duration_ns"])

    def test_each_file_has_the_wall_clock_as_it_was_then(self):
        ahead = [part.header["realtime_ns"] - part.header["monotonic_ns"] for part in self.parts]
        self.assertLess(abs(max(ahead) - min(ahead) - 3600e9), 2e9)
        self.assertLess(ahead[0], max(ahead))
        self.assertLess(abs(ahead[-1] - ahead[0]), 2e9)

    def test_switches_are_those_of_proc_status(self):
        for tid in self.tids("pair"):
            for column, kernel in zip(("voluntary", "involuntary"), self.status_switches(tid)):
                ours = sum_of_tid(self.parts, tid, column)
                self.assertLessEqual(abs(ours - kernel), 1, column)
            self.assertGreater(sum_of_tid(self.parts, tid, "voluntary"), self.at_least)

    def test_every_bucket_of_every_core_is_full(self):
        for part in self.parts:
            width = part.bucket_ns()
            for cpu in part.header["cpus"]["cpu"]:
                sums = part.by_bucket("run_ns", cpu=cpu)
                for start in part.full_buckets():
                    self.assertEqual(sums[start], width)


class Storm(Guest, WholeChecks, NothingMissingChecks, LifeChecks, TidReuseChecks):
    scenario = "storm"

    @classmethod
    def read(cls):
        super().read()
        cls.wanted = cls.names_of(cls.text("names"))
        cls.lives = cls.lives_of(cls.capture, "again")
        cls.stolen_ns = cls.stolen(0, 1)


class Ring(Guest, WholeChecks, LossChecks):
    scenario = "ring"


class Killed(Guest, KilledChecks):
    scenario = "killed"

    @classmethod
    def read(cls):
        super().read("run.cdict.part")
        cls.killed_ns = int(cls.text("killed.ns"))
        cls.spinner, = cls.tids("spin")
        cls.oneshot, = cls.tids("once")

    def test_info_says_that_it_is_not_whole(self):
        info = subprocess.run([BUILD / "pftrace-static", "info", self.path],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        self.assertEqual(info.returncode, 3, info.stderr)


class Offline(Guest, WholeChecks, NothingMissingChecks):
    scenario = "offline"

    def moment(self, name):
        """Since the capture's zero."""
        return int(self.text(f"{name}.ns")) - self.capture.header["monotonic_ns"]

    def test_the_moments_of_going_and_coming_are_told(self):
        rows = self.capture.rows("cpus", cpu=1)
        self.assertEqual([bool(row["online"]) for row in rows], [False, True])
        self.assertEqual(self.capture.rows("cpus", cpu=0), [])
        gone, come = (row["at_ns"] for row in rows)
        self.assertTrue(self.moment("going") <= gone <= self.moment("gone"))
        self.assertTrue(self.moment("coming") <= come <= self.moment("come"))

    def test_nothing_ran_while_the_cpu_was_away(self):
        gone, come = (row["at_ns"] for row in self.capture.rows("cpus", cpu=1))
        width = self.capture.bucket_ns()
        inside = [row for row in self.capture.rows("samples", cpu=1)
                  if row["bucket"] * width >= gone and (row["bucket"] + 1) * width <= come]
        self.assertEqual(inside, [])
        self.assertGreater((come - gone) // width, 3)

    def test_its_idle_task_and_others_ran_there_before_and_after(self):
        gone, come = (row["at_ns"] for row in self.capture.rows("cpus", cpu=1))
        width = self.capture.bucket_ns()
        rows = self.capture.rows("samples", cpu=1)
        before = {row["task"] for row in rows if row["bucket"] <= gone // width and row["run_ns"]}
        after = {row["task"] for row in rows if row["bucket"] >= come // width and row["run_ns"]}
        idle = {task["task"] for task in self.capture.tasks().values()
                if task["comm"] == "swapper/1"}
        self.assertTrue(idle < before and idle < after, f"{idle}, {before} and {after}")


class Late(Guest, WholeChecks, NothingMissingChecks, ExitChecks, ExitTotalChecks, StateChecks):
    """KVM comes while a capture is in progress."""

    scenario = "late"
    machines = ("vm",)
    hooks = "tp_btf"

    def test_it_is_said_that_what_was_asked_for_by_name_is_not_there_yet(self):
        self.assertEqual(self.text("none.code").strip(), "0")
        line, = (line for line in self.text("none.words").splitlines() if "warning" in line)
        self.assertIn("not recorded before it comes: no module", line)

    def test_it_is_said_once_that_kvm_has_come(self):
        lines = [line for line in self.text("words").splitlines() if "KVM" in line]
        self.assertEqual(len(lines), 1)
        self.assertIn("recorded from now on: kvm_amd, by tp_btf hooks", lines[0])


class Classic(Guest, WholeChecks, NothingMissingChecks, ExitChecks, ExitTotalChecks, StateChecks):
    """Two machines whose vCPUs halt and move, by the other kind of hooks."""

    scenario = "classic"
    machines = ("vm", "other")
    hooks = "classic"

    def test_vcpus_moved_from_core_to_core(self):
        for vcpu in self.vcpus():
            task = self.capture.task_of_tid(vcpu.tid)["task"]
            self.assertGreaterEqual(self.capture.sum_of("samples", "migrations", task=task), 20)

    def test_sleep_after_hlt_is_halted(self):
        for name, halt_ns in (("vm", 2_000_000), ("other", 3_000_000)):
            for vcpu in self.vcpus(name):
                halts = self.counted(vcpu.tid)[HLT]
                halted = self.states(vcpu)["halted_ns"]
                # the sleep begins with a clock read and ends with a timer: each a little late
                self.assertGreater(halted, 0.5 * halts * halt_ns)

    def test_machines_are_told_apart_by_their_processes(self):
        groups = [{self.capture.task_of_tid(vcpu.tid)["tgid"] for vcpu in self.vcpus(name)}
                  for name in self.machines]
        self.assertEqual([len(group) for group in groups], [1, 1])
        self.assertNotEqual(*groups)


class Parts(Files, ExitChecks):
    """While vCPUs are in their guests or halted at each border."""

    scenario = "parts"
    machines = ("vm",)
    hooks = "tp_btf"

    def rows(self, table, tid):
        return [row for part in self.parts for task in tasks_of_tid(part, tid)
                for row in part.rows(table, task=task)]

    def test_no_event_is_lost(self):
        for part in self.parts:
            self.assertEqual(part.lost("kvm_events_lost"), 0)

    def test_the_five_states_fill_each_file_that_lies_within_the_work(self):
        looked_at = 0
        for vcpu in self.vcpus():
            for part in self.parts:
                begin, length = part.header["monotonic_ns"], part.end["duration_ns"]
                if begin < vcpu.begin_ns or begin + length > vcpu.end_ns:
                    continue
                task, = tasks_of_tid(part, vcpu.tid)
                states = [part.sum_of("vcpu_samples", state, task=task) for state in STATES]
                self.assertLess(abs(sum(states) - length), 0.01 * length, f"{vcpu}: {states}")
                looked_at += 1
        self.assertGreaterEqual(looked_at, 2)

    def test_sleep_after_hlt_is_halted_across_the_borders_too(self):
        for vcpu in self.vcpus():
            halted = sum(row["halted_ns"] for row in self.rows("vcpu_samples", vcpu.tid))
            self.assertGreater(halted, 0.5 * self.counted(vcpu.tid)[HLT] * 10_000_000)


class Crowd(Guest, WholeChecks, NothingMissingChecks, ExitChecks, ExitTotalChecks, StateChecks):
    """vCPUs that spin: one alone, one that is preempted by a competitor on its core."""

    scenario = "crowd"
    machines = ("vm", "shared")
    hooks = "tp_btf"

    def test_a_spinning_vcpu_is_in_its_guest_for_nearly_all_of_its_run(self):
        for vcpu in self.vcpus():
            states = self.states(vcpu)
            on_cpu = states["guest_ns"] + states["host_ns"]
            self.assertGreater(states["guest_ns"], 0.8 * on_cpu)

    def test_who_is_preempted_waits_and_does_not_sleep(self):
        vcpu, = self.vcpus("shared")
        begin, end = self.times(vcpu)
        states = self.states(vcpu, begin, end)
        self.assertGreater(states["waiting_ns"], 0.2 * (end - begin))
        self.assertEqual(states["halted_ns"], 0)

    def test_time_off_the_core_is_no_guest_time(self):
        """In all buckets, what a core ran of others is not its vCPU's."""
        vcpu, = self.vcpus("shared")
        task = self.capture.task_of_tid(vcpu.tid)["task"]
        ran = self.capture.by_bucket("run_ns", task=task)
        width = self.capture.bucket_ns()
        for row in self.capture.rows("vcpu_samples", task=task):
            self.assertLessEqual(row["guest_ns"] + row["host_ns"],
                                 ran[row["bucket"] * width] + self.end_clock_ns)


class Dies(Guest, ExitChecks, ExitTotalChecks):
    """A machine that is killed in mid-capture; switches are not recorded."""

    scenario = "dies"
    machines = ()
    hooks = "tp_btf"

    def test_nothing_is_missing(self):
        self.assertEqual(self.code, 0)

    def test_it_is_said_what_is_not_known(self):
        self.assertEqual(self.capture.header["recorded"], ["kvm"])
        for row in self.capture.rows("vcpu_samples"):
            for state in ("halted_ns", "blocked_ns", "waiting_ns"):
                self.assertIsNone(row[state])

    def test_nothing_is_told_of_the_time_after_their_death(self):
        for tid in self.ftrace():
            task = self.capture.task_of_tid(tid)
            # the capture goes on for 0.3 s
            self.assertLess(task["end_ns"], self.capture.end["duration_ns"] - 250_000_000)
            last_ns = max(row["bucket"] * row["bucket_ns"]
                          for row in self.rows("vcpu_samples", tid))
            self.assertLessEqual(last_ns, task["end_ns"])

    def test_each_vcpu_left_its_guest_often_before_it_died(self):
        self.assertEqual(len(self.ftrace()), 2)
        for counts_of_vcpu in self.ftrace().values():
            self.assertGreater(counts_of_vcpu[CPUID], 100)


class Rights(Guest, WholeChecks, NothingMissingChecks):
    """The scheduler may be recorded, and KVM may not."""

    scenario = "rights"

    def test_it_is_said_in_one_line_why_kvm_is_not_recorded(self):
        lines = [line for line in self.text("words").splitlines() if "warning" in line]
        self.assertEqual(len(lines), 1)
        self.assertRegex(lines[0], "KVM is not recorded: .*or with "
                         "CAP_SYS_ADMIN and CAP_DAC_READ_SEARCH as well")

    def test_what_is_said_to_help_does(self):
        self.assertEqual(self.text("told.code").strip(), "0")
        told = Capture(self.machine.folder / self.scenario / "told.cdict")
        self.assertEqual(told.header["recorded"], ["sched", "kvm"])

    def test_the_file_says_so_too(self):
        self.assertEqual(self.capture.header["recorded"], ["sched"])
        self.assertIn("kvm", self.capture.header["not_offered"])

    def test_what_was_asked_for_by_name_is_refused(self):
        self.assertEqual(self.text("classic.code").strip(), "1")
        line, = self.text("classic.words").splitlines()
        self.assertRegex(line, "KVM cannot be recorded: .*as root")
        self.assertFalse((self.machine.folder / self.scenario / "classic.cdict").exists())

    def test_check_tells_what_is_missing(self):
        features = json.loads(self.text("check.json"))["features"]
        kvm, = (feature for feature in features if feature["name"] == "kvm")
        self.assertEqual(kvm["state"], "refused")
        self.assertIn("kvm_amd", kvm["detail"])


class Short(Guest, WholeChecks, NothingMissingChecks, SwitchChecks, SpinnerChecks):
    """A kernel on which recording may be refused, in one line, or else must be right."""

    scenario = "short"
    why_refused = None

    def setUp(self):
        if self.why_refused:
            self.skipTest(self.why_refused)

    @classmethod
    def read(cls):
        cls.code = int(cls.text("code"))
        words = cls.text("words").splitlines()
        if cls.code == 1 and len(words) == 1 and "PREEMPT_RT" in words[0]:
            cls.why_refused = f"refused: {words[0]}"
            return
        super().read()
        cls.kernel = {tid: cls.status_switches(tid) for tid in cls.tids("pair")}
        cls.begin, cls.end = ((int(cls.text(f"{when}.ns")),
                               counts.context_switches(cls.text(f"{when}.stat")))
                              for when in ("before", "after"))
        tid, = cls.tids("spin")
        cls.results = cls.load("spin")
        cls.spinner = cls.capture.task_of_tid(tid)
        cls.spinner_ns = cls.schedstat(tid)[0]
        cls.cpu = 1
        cls.stolen_ns = cls.stolen(1)


class Absent:
    """One test instead of all that a kernel would have been put to."""

    def test_it_boots(self):
        self.skipTest(self.word)


def why_not(series, flavour):
    """A word on why this kernel cannot be booted here, or None. It is downloaded now."""
    word = what_is_missing()
    if not word:
        try:
            packages().kernel(series, flavour)
        except Missing as missing:
            word = str(missing)
    return word


def classes():
    """A class for each kernel and scenario."""
    of_scenario = {one.scenario: one for one in (Cores, Pair, Waits, Perf, Clock, Storm, Ring,
                                                 Killed, Offline, Late, Classic, Parts, Crowd, Dies,
                                                 Rights, Short)}
    for (series, flavour), scenarios in KERNELS.items():
        word = why_not(series, flavour)
        wanted = [Absent] if word else [Console, *(of_scenario[one] for one in scenarios)]
        for checks in wanted:
            name = f"Linux_{series.replace('.', '_')}_{flavour}_{checks.__name__}"
            yield name, type(name, (checks, unittest.TestCase),
                             {"kernel_wanted": (series, flavour), "word": word,
                              "__module__": __name__})


globals().update(classes())
