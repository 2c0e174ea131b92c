# SPDX-License-Identifier: Apache-2.0
"""What must be true of a capture of guests whose exits are known beforehand (tests/load/vcpu.c).

A test class mixes these into one of test_kernels.py and sets `machines`, the ids of its loads, and
`hooks`, the kind of hooks that must have been used."""

import collections
import math
import re

# AMD APM vol. 2, appendix C
INTR, CPUID, HLT, IO, NPF = 0x60, 0x72, 0x78, 0x7b, 0x400
OF_WORK = {"cpuid": CPUID, "pio": IO, "mmio": NPF, "hlt": HLT}
STATES = ("guest_ns", "host_ns", "halted_ns", "blocked_ns", "waiting_ns")

Vcpu = collections.namedtuple("Vcpu", "tid vcpu begin_ns end_ns run_ns wait_ns since_ns until_ns")


class ExitChecks:
    @classmethod
    def vcpus(cls, *names):
        """Those of these machines, or of all."""
        lines = [line for name in names or cls.machines
                 for line in cls.text(f"{name}.out").splitlines() if line.startswith("tid=")]
        return [Vcpu(*(int(word.split("=")[1]) for word in line.split())) for line in lines]

    @classmethod
    def ftrace(cls):
        """By tid and reason: what the kernel's own histogram counted."""
        found = collections.defaultdict(collections.Counter)
        for match in re.finditer(r"common_pid: +(\d+), exit_reason: +(\d+) \} hitcount: +(\d+)",
                                 cls.text("exits.hist")):
            tid, reason, count = map(int, match.groups())
            found[tid][reason] = count
        return found

    def rows(self, table, tid):
        return self.capture.rows(table, task=self.capture.task_of_tid(tid)["task"])

    def counted(self, tid):
        """By reason: exits that an entry ended, and those that none did."""
        counts = collections.Counter()
        for row in self.rows("exits", tid):
            self.assertEqual(row["isa"], "svm")
            counts[row["reason"]] += row["count"] + row["unpaired"]
        return counts

    def test_the_hooks_are_of_the_wanted_kind(self):
        self.assertIn(f"recorded from kvm_amd, by {self.hooks} hooks", self.text("words"))
        self.assertIn("kvm", self.capture.header["recorded"])

    def test_exits_are_those_that_the_guests_executed(self):
        for name in self.machines:
            done = self.load(name)
            vcpus = self.vcpus(name)
            counts = sum((self.counted(vcpu.tid) for vcpu in vcpus), collections.Counter())
            for work, reason in OF_WORK.items():
                executed = int(done[work])
                if work == "pio":
                    executed += len(vcpus)  # the last one of each
                if work == "mmio":
                    # memory that is touched for the first time is one, too: code and data
                    self.assertLessEqual(executed, counts[reason])
                    self.assertLessEqual(counts[reason], executed + 4 * len(vcpus))
                else:
                    self.assertEqual(counts[reason], executed, f"{name}: {work}")
                print(f"{self.id()}: {name}: {work}: executed {executed}, "
                      f"recorded {counts[reason]}")

    def test_exits_are_those_that_ftrace_counted(self):
        ftrace = self.ftrace()
        self.assertTrue(ftrace)
        for tid, counts in ftrace.items():
            self.assertEqual(self.counted(tid), counts)

    def test_no_event_is_lost(self):
        self.assertEqual(self.capture.lost("kvm_events_lost"), 0)

    def test_vcpus_have_their_numbers(self):
        for vcpu in self.vcpus():
            task = self.capture.task_of_tid(vcpu.tid)
            self.assertEqual((task["kind"], task["vcpu"]), ("vcpu", vcpu.vcpu))

    def test_vcpus_are_named_after_their_machines(self):
        for vcpu in self.vcpus():
            task = self.capture.task_of_tid(vcpu.tid)
            machine = f"qemu-{task['tgid']}"  # nothing gave it a name of its own
            self.assertEqual((task["vm"], task["name"]), (machine, f"{machine}.vcpu{vcpu.vcpu}"))


class ExitTotalChecks:
    """With ExitChecks. Files that follow each other have no totals by vCPU."""

    def test_exits_are_the_totals_of_each_vcpu_and_reason(self):
        for tid in self.ftrace():
            sums, totals = ({reason: (sum(row["count"] for row in found),
                                      sum(row["host_ns"] for row in found),
                                      max(row["host_max_ns"] for row in found))
                             for reason, found in self.by_reason(table, tid).items()}
                            for table in ("exits", "exit_totals"))
            self.assertEqual(sums, totals)

    def by_reason(self, table, tid):
        rows = collections.defaultdict(list)
        for row in self.rows(table, tid):
            if row["count"]:
                rows[row["reason"]].append(row)
        return rows


class StateChecks:
    def times(self, vcpu):
        """Its first and last moment, on the capture's line."""
        zero = self.capture.header["monotonic_ns"]
        return vcpu.begin_ns - zero, vcpu.end_ns - zero

    def first(self, vcpu):
        """The end of the first bucket that knows of it: before its first entry it is no vCPU."""
        width = self.capture.bucket_ns()
        return min((row["bucket"] + 1) * width for row in self.rows("vcpu_samples", vcpu.tid))

    def by_bucket(self, vcpu, column):
        """What the samples have of its thread, by the begin of the bucket."""
        task = self.capture.task_of_tid(vcpu.tid)["task"]
        return self.capture.by_bucket(column, task=task)

    def assert_is_of_proc(self, vcpu, column, kernel_ns):
        """What /proc says of its work lies between the buckets within it and those that touch it or
        the time that reading /proc took, which an emulated machine may take long for. Two ticks: the
        clock of the run queue is not the one of its moments."""
        zero = self.capture.header["monotonic_ns"]
        begin, end = self.times(vcpu)
        since, until = vcpu.since_ns - zero, vcpu.until_ns - zero
        width = self.capture.bucket_ns()
        sums = self.by_bucket(vcpu, column)
        least = sum(ns for start, ns in sums.items() if start >= begin and start + width <= end)
        most = sum(ns for start, ns in sums.items() if start + width > since and start < until)
        between = 0.01 * kernel_ns + 2 * self.clock_ns
        self.assertLess(least - between, kernel_ns, column)
        self.assertLess(kernel_ns, most + between, column)

    def assert_is_of_samples(self, vcpu, states, column):
        """From its first whole bucket on."""
        first = self.first(vcpu)
        found = sum(ns for start, ns in self.by_bucket(vcpu, column).items() if start >= first)
        of_states = self.states(vcpu, first)
        ours = sum(of_states[state] for state in states)
        self.assertLess(abs(ours - found),
                        0.01 * found + 5 * self.clock_ns + self.of_moves(vcpu), column)

    def of_moves(self, vcpu):
        """
        How far waits may be apart because it moved: each one began by the clock of one core and
        ended by that of another, evenly within a tick of it; three standard deviations of a sum.
        """
        task = self.capture.task_of_tid(vcpu.tid)["task"]
        moves = self.capture.sum_of("samples", "migrations", task=task)
        return 3 * self.clock_ns * math.sqrt(moves / 3)

    def states(self, vcpu, begin=0, end=float("inf")):
        """How long it was in each, in buckets that lie between the two."""
        sums = collections.Counter(dict.fromkeys(STATES, 0))
        width = self.capture.bucket_ns()
        for row in self.rows("vcpu_samples", vcpu.tid):
            if row["bucket"] * width >= begin and (row["bucket"] + 1) * width <= end:
                sums.update({state: row[state] for state in STATES})
        return sums

    def test_the_five_states_are_the_life_of_each_vcpu(self):
        end = self.capture.end["duration_ns"]
        width = self.capture.bucket_ns()
        for vcpu in self.vcpus():
            begin = self.first(vcpu)
            life = end // width * width - begin
            total = sum(self.states(vcpu, begin, end).values())
            self.assertLess(abs(total - life), 0.01 * life, f"{vcpu}: {total} of {life}")

    def test_guest_and_host_are_what_the_scheduler_ran(self):
        for vcpu in self.vcpus():
            self.assert_is_of_samples(vcpu, ("guest_ns", "host_ns"), "run_ns")
            self.assert_is_of_proc(vcpu, "run_ns", vcpu.run_ns)

    def test_waiting_is_what_schedstat_says(self):
        for vcpu in self.vcpus():
            self.assert_is_of_samples(vcpu, ("waiting_ns",), "wait_ns")
            self.assert_is_of_proc(vcpu, "wait_ns", vcpu.wait_ns)
