# SPDX-License-Identifier: Apache-2.0
"""What must be true of a capture, apart from how and where it was made.

A test class mixes one of these into unittest.TestCase and sets the attributes that it names; all
of them need `capture` and `code`, the recorder's exit status."""

import collections

from counts import TICK_NS


class WholeChecks:
    """Of any capture with an end, with losses or without. `end_clock_ns`: how far the scheduler's
    clock may be from CLOCK_MONOTONIC at the capture's end."""

    end_clock_ns = 0

    def test_totals_and_the_open_run_are_the_wall_time_of_each_core(self):
        for cpu in self.capture.proof():
            whole = cpu["totals_run_ns"] + cpu["open_ns"]
            self.assertLess(abs(whole - cpu["live_ns"]),
                            0.001 * cpu["live_ns"] + self.end_clock_ns, cpu)

    def test_samples_and_losses_are_the_totals(self):
        self.assertEqual(self.capture.end["verdict"], "equal")
        for cpu in self.capture.proof():
            self.assertEqual(cpu["samples_switches"] + cpu["lost_switches"],
                             cpu["totals_switches"])
            self.assertEqual(cpu["samples_run_ns"] + cpu["lost_run_ns"], cpu["totals_run_ns"])

    def offline_ns(self, cpu, begin, end):
        """How long this CPU was away between two moments of the capture."""
        away, since = 0, None
        for row in [*self.capture.rows("cpus", cpu=cpu),
                    {"at_ns": self.capture.end["duration_ns"], "online": 1}]:
            if row["online"] and since is not None:
                away += max(0, min(row["at_ns"], end) - max(since, begin))
                since = None
            elif not row["online"]:
                since = row["at_ns"]
        return away

    def test_tasks_idle_unknown_and_offline_fill_every_bucket_of_each_core(self):
        width = self.capture.bucket_ns()
        for cpu in self.capture.header["cpus"]["cpu"]:
            sums = self.capture.by_bucket("run_ns", cpu=cpu)
            for start in self.capture.full_buckets():
                self.assertEqual(sums[start] + self.offline_ns(cpu, start, start + width), width,
                                 f"cpu {cpu} at {start} ns")

    def test_every_closed_run_is_in_a_cell_or_counted_as_of_unknown_length(self):
        end = self.capture.end
        unknown = sum(end["runs_of_unknown_length"].values())
        cells = self.capture.sum_of("cells", "count", kind="run")
        self.assertEqual(cells + unknown,
                         end["switches"] + self.capture.lost("missed_switch"))


class NothingMissingChecks:
    def test_nothing_is_missing(self):
        self.assertEqual(self.code, 0)
        self.assertEqual(self.capture.lost("ring_full"), 0)

    def test_all_switches_are_in_samples(self):
        self.assertEqual(self.capture.sum_of("samples", "switches"), self.capture.end["switches"])


class SpinnerChecks:
    """A pinned spinner that may never switch: its row `spinner` of tasks, `spinner_ns` as
    schedstat counted it, its `cpu`, `stolen_ns` there, and what it printed: `results`. `idle_ns`:
    how long CPU 0 was idle meanwhile, as the kernel counts it in ticks; None: for some time."""

    idle_ns = None

    def test_the_spinner_is_in_every_bucket_of_its_time(self):
        sums, others = self.run_and_rest(self.spinner["task"], self.cpu)
        zero = self.capture.header["monotonic_ns"]
        begin = int(self.results["begin_ns"]) - zero
        end = int(self.results["end_ns"]) - zero
        width = self.capture.bucket_ns()
        inside = [start for start in self.capture.full_buckets()
                  if start >= begin and start + width <= end]
        self.assertGreater(len(inside), 15)
        for start in inside:
            # a recorder that falls behind has real-time priority, and may hold the core that long
            self.assertTrue(sums[start] > 0 or others[start] == width, f"at {start} ns")

    def run_and_rest(self, task, cpu):
        """Run time by bucket of one task on a core, and of all others there."""
        whole = self.capture.by_bucket("run_ns", cpu=cpu)
        ours = self.capture.by_bucket("run_ns", cpu=cpu, task=task)
        whole.subtract(ours)
        return ours, whole

    def test_the_spinner_ran_as_long_as_the_kernel_says(self):
        recorded = self.capture.sum_of("samples", "run_ns", task=self.spinner["task"])
        allowed = 0.001 * self.spinner_ns + TICK_NS + self.stolen_ns
        self.assertLess(abs(recorded - self.spinner_ns), allowed)

    def test_an_idle_core_is_in_every_bucket(self):
        idle = [task for task in self.capture.tasks().values() if task["kind"] == "idle"]
        self.assertEqual(len(idle), len(self.capture.header["cpus"]["cpu"]))
        first = next(task for task in idle if task["comm"] == "swapper/0")
        idle, busy = self.run_and_rest(first["task"], 0)
        width = self.capture.bucket_ns()
        for start in self.capture.full_buckets():
            self.assertTrue(idle[start] > 0 or busy[start] == width, f"at {start} ns")
        if self.idle_ns is None:
            self.assertGreater(sum(idle.values()), 0)
        else:  # others may have it all the time
            self.assertGreaterEqual(sum(idle.values()), 0.5 * self.idle_ns - 5 * TICK_NS)


class SwitchChecks:
    """Tasks at rest at both ends: `kernel` is their (voluntary, involuntary) by tid; `begin` and
    `end` are (CLOCK_MONOTONIC, ctxt) around the work. `at_least`: so many voluntary switches
    have to be there; `between`: how many may happen between reading the clock and ctxt."""

    at_least = 1000
    between = 0

    def recorded(self, tid):
        task = self.capture.task_of_tid(tid)["task"]
        return (self.capture.sum_of("samples", "voluntary", task=task),
                self.capture.sum_of("samples", "involuntary", task=task))

    def test_voluntary_and_involuntary_switches_are_those_of_proc_status(self):
        for tid, kernel in self.kernel.items():
            recorded = self.recorded(tid)
            self.assertGreater(recorded[0], self.at_least)
            for ours, theirs in zip(recorded, kernel):
                self.assertLessEqual(abs(ours - theirs), 1, f"{recorded} and {kernel}")

    def test_samples_are_the_totals_of_each_task_and_core(self):
        for tid in self.kernel:
            task = self.capture.task_of_tid(tid)["task"]
            for column in ("switches", "voluntary", "involuntary"):
                self.assertEqual(self.capture.sum_of("samples", column, task=task),
                                 self.capture.sum_of("totals", column, task=task))

    def test_all_switches_are_those_that_the_kernel_counted(self):
        zero = self.capture.header["monotonic_ns"]
        begin, end = self.begin[0] - zero, self.end[0] - zero
        width = self.capture.bucket_ns()
        counted = self.capture.lost("missed_switch")
        for row in self.capture.rows("samples"):
            start = row["bucket"] * width
            inside = min(end, start + width) - max(begin, start)
            counted += row["switches"] * max(0, inside) / width
        kernel = self.end[1] - self.begin[1]
        self.assertLess(abs(counted - kernel), 0.005 * kernel + self.between,
                        f"{counted} and {kernel}")


class WaitChecks:
    """A `task` (its number) that competes for its core: `waited_ns` is what schedstat said of its
    wait at rest, after its work, and (by itself) when its work had begun, without rivals."""

    def test_wait_is_field_2_of_schedstat(self):
        at_rest, after, at_begin = self.waited_ns
        recorded = self.capture.sum_of("samples", "wait_ns", task=self.task)
        # of the wait before the first switch to a task that was there before us, only the end is
        # known: it lies between the two
        least, most = after - at_begin, after - at_rest
        self.assertGreater(least, 1_000_000)
        allowed = 0.01 * least + 1_000_000
        self.assertGreater(recorded, least - allowed)
        self.assertLess(recorded, most + allowed)


class LifeChecks:
    """Tasks that were born and died in the capture: `lives`, rows of tasks; `stolen_ns` of all
    CPUs. The kernel's last word on each is in the file itself."""

    def sums(self):
        sums = collections.defaultdict(collections.Counter)
        for row in self.capture.rows("samples"):
            for column in ("wait_ns", "voluntary", "involuntary", "run_ns"):
                sums[row["task"]][column] += row[column] or 0
        return sums

    @staticmethod
    def lives_of(capture, prefix):
        """Those whose name begins so."""
        zero = capture.header["monotonic_ns"]
        return [task for task in capture.tasks().values()
                if (task["comm"] or "").startswith(prefix) and task["end_ns"] is not None
                and task["start_ns"] >= zero]

    def test_there_are_hundreds_of_them(self):
        self.assertGreater(len(self.lives), 300)

    def test_waits_are_the_kernels(self):
        sums = self.sums()
        for task in self.lives:
            self.assertLess(abs(sums[task["task"]]["wait_ns"] - task["last_run_delay_ns"]),
                            0.01 * task["last_run_delay_ns"] + 1_000_000, task)

    def test_run_times_are_the_kernels(self):
        # which leaves out what the hypervisor and interrupts stole from a run
        allowed = TICK_NS + self.stolen_ns
        sums = self.sums()
        for task in self.lives:
            self.assertLess(abs(sums[task["task"]]["run_ns"] - task["last_run_ns"]),
                            0.01 * task["last_run_ns"] + allowed, task)

    def test_switches_are_the_kernels(self):
        sums = self.sums()
        for task in self.lives:
            for column in ("voluntary", "involuntary"):
                self.assertLessEqual(
                    abs(sums[task["task"]][column] - task["last_" + column]), 1, task)


class NameChecks:
    """A storm of short tasks: `wanted` is the list of (tid, name) of all its children."""

    @staticmethod
    def names_of(text):
        """Of the file that forkstorm writes."""
        return [(int(tid), name) for tid, name in
                (line.split(None, 1) for line in text.splitlines())]

    def test_all_are_there_with_the_names_they_had(self):
        got = collections.Counter((task["tid"], task["comm"])
                                  for task in self.capture.tasks().values())
        self.assertEqual([one for one in self.wanted if got[one] != 1], [])

    def test_their_processes_are_known(self):
        names = {name for _, name in self.wanted}
        self.assertTrue(all(task["tgid"] for task in self.capture.tasks().values()
                            if task["comm"] in names))


class TidReuseChecks(NameChecks):
    def test_a_tid_came_round(self):
        tids = collections.Counter(tid for tid, _ in self.wanted)
        self.assertGreater(max(tids.values()), 1, "no tid came round")


class LossChecks:
    """A ring that is too small for what happened."""

    def test_losses_are_shown_with_cause_count_and_time(self):
        lost = self.capture.losses()["ring_full"]
        self.assertGreater(lost["switches"], 0)
        self.assertGreater(lost["run_ns"], 0)
        self.assertGreater(sum(cpu["lost_switches"] for cpu in self.capture.proof()), 0)
        self.assertEqual(self.code, 3)

    def test_losses_grow_and_are_written_every_second(self):
        rows = self.capture.rows("losses", cause="ring_full")
        counts = [row["switches"] for row in rows]
        self.assertEqual(counts, sorted(counts))
        self.assertGreater(len(rows), 1)


class KilledChecks:
    """A recorder that was killed at `killed_ns` (CLOCK_MONOTONIC), with a pinned spinner at work
    (`spinner`, its tid) and a task that has run once on a core since silent (`oneshot`).
    `least_ns`: so long the two have run at least, two seconds before."""

    least_ns = (500_000_000, 1_000_000)

    def test_the_end_is_missing(self):
        self.assertIsNone(self.capture.end)

    def test_every_bucket_that_was_complete_two_seconds_before_is_readable(self):
        width = self.capture.bucket_ns()
        complete = (self.killed_ns - 2_000_000_000 - self.capture.header["monotonic_ns"]) // width
        self.assertGreater(complete, 20)
        for cpu in self.capture.header["cpus"]["cpu"]:
            sums = self.capture.by_bucket("run_ns", cpu=cpu)
            for bucket in range(complete):
                self.assertEqual(sums[bucket * width], width, f"cpu {cpu}, bucket {bucket}")

    def test_the_spinner_and_the_task_that_ran_once_are_there(self):
        for tid, least_ns in zip((self.spinner, self.oneshot), self.least_ns):
            task = self.capture.task_of_tid(tid)["task"]
            self.assertGreater(self.capture.sum_of("samples", "run_ns", task=task), least_ns)
