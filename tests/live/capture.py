# SPDX-License-Identifier: Apache-2.0
"""Reads a cdict as cdict(5) shows, with Python's own gzip and msgpack: nothing of ours."""

import collections
import gzip

import msgpack


class Capture:
    def __init__(self, path):
        self.header = None
        self.end = None
        self.cut = False
        self.tables = collections.defaultdict(list)
        with gzip.open(path) as stream:
            unpacker = msgpack.Unpacker(stream, raw=False, read_size=4096)
            try:
                for message in unpacker:
                    self._take(message)
            except (EOFError, OSError, ValueError) as error:  # the file was cut here
                self.cut = str(error) or type(error).__name__

    def _take(self, message):
        if "header" in message:
            self.header = message["header"]
        elif "end" in message:
            self.end = message["end"]
        elif "columns" in message:
            columns = message["columns"]
            names = list(columns)
            for values in zip(*columns.values()):
                row = dict(zip(names, values))
                if message.get("bucket_ns"):
                    row["bucket_ns"] = message["bucket_ns"]
                self.tables[message["table"]].append(row)

    def rows(self, table, **wanted):
        return [row for row in self.tables[table]
                if all(row.get(key) == value for key, value in wanted.items())]

    def tasks(self):
        """The last row of each task, by number."""
        return {row["task"]: row for row in self.tables["tasks"]}

    def task_of_tid(self, tid):
        found = [row for row in self.tasks().values() if row["tid"] == tid]
        assert len(found) == 1, f"tid {tid} is {len(found)} tasks"
        return found[0]

    def sum_of(self, table, column, **wanted):
        return sum(row[column] or 0 for row in self.rows(table, **wanted))

    def by_bucket(self, column, **wanted):
        """Sums of a column of samples by start of bucket, all of one grid."""
        sums = collections.Counter()
        for row in self.rows("samples", **wanted):
            sums[row["bucket"] * row["bucket_ns"]] += row[column] or 0
        return sums

    def bucket_ns(self):
        widths = {row["bucket_ns"] for row in self.tables["samples"]}
        assert len(widths) == 1, f"buckets of several widths: {widths}"
        return widths.pop()

    def full_buckets(self, margin=0):
        """Starts of the buckets that lie wholly in the capture, `margin` of them left out at
        either end."""
        width = self.bucket_ns()
        count = self.end["duration_ns"] // width
        return [bucket * width for bucket in range(margin, count - margin)]

    def losses(self):
        """The last, cumulated row of each cause."""
        return {row["cause"]: row for row in self.tables["losses"]}

    def lost(self, cause):
        return self.losses().get(cause, {}).get("count", 0)

    def proof(self):
        """The end's proof as a list of one dict a CPU."""
        columns = self.end["proof"]
        return [dict(zip(columns, values)) for values in zip(*columns.values())]
