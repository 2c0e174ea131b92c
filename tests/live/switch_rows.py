# SPDX-License-Identifier: Apache-2.0
"""The `switches` table of a detail capture, as cdict(5) has it coded."""

import collections


def rows_by_core(capture):
    """at_ns is made absolute, a nil task what came before."""
    cores = collections.defaultdict(list)
    at_ns = before = None
    for row in capture.tables["switches"]:
        # a message begins where the core changes, or where the time is no small difference
        if before is None or before["cpu"] != row["cpu"] or row["task"] is not None and \
                row["at_ns"] >= at_ns:
            at_ns = 0
        at_ns += row["at_ns"]
        task = before["next"] if row["task"] is None else row["task"]
        before = dict(row, at_ns=at_ns, task=task)
        cores[row["cpu"]].append(before)
    return cores
