# SPDX-License-Identifier: Apache-2.0
"""Single switches and successors of a capture."""

import collections
import gzip
import unittest
import zlib

import msgpack

from recorder import LAST_CPU, Load, Recorder, folder, messaging
from switch_rows import rows_by_core


class Detail(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with folder() as here, Load("pipepair", "--cpu", LAST_CPU, "--seconds", 1) as pair, \
                Recorder(here / "run.cdict", "--detail") as recorder:
            pair.start()
            with messaging(300):
                pair.finish()
            cls.capture, cls.code = recorder.stop()
        cls.cores = rows_by_core(cls.capture)
        cls.real = [row for rows in cls.cores.values() for row in rows if row["state"]]

    def test_every_switch_has_its_row(self):
        # and "kvm", where that is
        self.assertLessEqual({"sched", "detail"}, set(self.capture.header["recorded"]))
        self.assertEqual(len(self.real), self.capture.end["switches"])
        self.assertEqual(self.capture.sum_of("successors", "count"), self.capture.end["switches"])

    def test_no_switch_is_missed_but_those_that_the_kernel_hides(self):
        """
        Some sandboxes' kernels call no tracepoint in the threads of process 1: ftrace and bpftrace
        see them switched in and never out. Whoever comes after them is found when it leaves. Such
        a thread that was born and died meanwhile has no identity.
        """
        tasks = self.capture.tasks()
        missed = [tasks[row["task"]] for rows in self.cores.values() for row in rows[1:]
                  if not row["state"] and tasks[row["next"]]["kind"] == "unknown"]
        self.assertEqual([task for task in missed if task["tgid"] not in (1, None)], [])

    def test_successors_are_the_pairs_of_the_switches(self):
        pairs = collections.Counter((row["task"], row["next"]) for row in self.real)
        found = collections.Counter()
        for row in self.capture.tables["successors"]:
            found[row["task"], row["next"]] += row["count"]
        self.assertEqual(found, pairs)

    def test_runs_between_rows_are_the_run_time_of_the_samples(self):
        run_ns = collections.Counter()
        duration_ns = self.capture.end["duration_ns"]
        for cpu, rows in self.cores.items():
            for row, after in zip(rows, [*rows[1:], None]):
                end_ns = after["at_ns"] if after else duration_ns
                self.assertGreaterEqual(end_ns, row["at_ns"])
                run_ns[row["next"], cpu] += end_ns - row["at_ns"]
                if after:
                    self.assertEqual(after["task"], row["next"])
        samples = collections.Counter()
        for row in self.capture.tables["samples"]:
            samples[row["task"], row["cpu"]] += row["run_ns"]
        for cpu, rows in self.cores.items():  # nobody's before each core's first row
            unknown = next(row["task"] for row in self.capture.tasks().values()
                           if row["kind"] == "unknown")
            run_ns[unknown, cpu] += rows[0]["at_ns"]
        self.assertEqual({key: ns for key, ns in run_ns.items() if ns},
                         {key: ns for key, ns in samples.items() if ns})

    def test_at_most_six_bytes_a_switch(self):
        """
        Of perf bench sched messaging. When others work on the machine, too, switches are rarer and
        times and waits longer: one of five captures must be so small.
        """
        sizes = []
        while len(sizes) < 5 and (not sizes or min(sizes) > 6):
            with folder() as here:
                with Recorder(here / "run.cdict", "--detail") as recorder:
                    with messaging(1000, 10) as load:
                        load.wait()
                    capture, _ = recorder.stop()
                count = len(capture.tables["switches"])
                self.assertGreater(count, 20000)
                sizes.append(bytes_of_table(here / "run.cdict", "switches") / count)
        self.assertLessEqual(min(sizes), 6, sizes)


def bytes_of_table(path, table):
    """What the messages of one table take, compressed as they are in the file."""
    packer = zlib.compressobj(1)
    size = 0
    with gzip.open(path) as stream:
        for message in msgpack.Unpacker(stream, raw=False, read_size=4096):
            if message.get("table") == table:
                size += len(packer.compress(msgpack.packb(message)))
    return size + len(packer.flush())


if __name__ == "__main__":
    unittest.main()
