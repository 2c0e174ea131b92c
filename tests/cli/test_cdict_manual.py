# SPDX-License-Identifier: Apache-2.0
"""The Python reader that cdict(5) shows reads what our writer wrote, value by value."""
import json
import os
import re
import subprocess
import tempfile
import textwrap
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get("BUILD", "build"))
WRITER = os.path.join(BUILD, "tests", "cdict", "write_sample")
MANUAL = os.path.join(ROOT, "user", "man", "cdict.5.rst")


def manual_reader():
    """read_cdict of the manual page."""
    with open(MANUAL, encoding="utf-8") as manual:
        block = re.search(r"code-block:: python\n\n((?: {4}.*\n|\n)+)", manual.read())
    names = {}
    exec(textwrap.dedent(block.group(1)), names)  # pylint: disable=exec-used
    return names["read_cdict"]


class TestManual(unittest.TestCase):
    def setUp(self):
        try:
            import msgpack  # pylint: disable=import-outside-toplevel,unused-import
        except ImportError:
            self.skipTest("no msgpack for this Python (python3-msgpack)")
        if not os.path.exists(WRITER):
            self.skipTest("not built: make tests")
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = os.path.join(self.folder.name, "sample.cdict")
        told = subprocess.run([WRITER, self.path], check=True, stdout=subprocess.PIPE)
        self.batches = json.loads(told.stdout)

    def wanted(self, batches):
        """The batches' rows strung together."""
        tables = {}
        for batch in batches:
            table = tables.setdefault(batch["table"], {})
            for column, values in batch["columns"].items():
                table.setdefault(column, []).extend(values)
            rows = len(batch["columns"][column])
            if batch["bucket_ns"]:
                table.setdefault("bucket_ns", []).extend([batch["bucket_ns"]] * rows)
            if batch["table"] == "switches":
                table.setdefault("base_ns", []).extend([batch["base_ns"]] * rows)
        return tables

    def test_every_value_comes_back(self):
        header, tables, end = manual_reader()(self.path)
        self.assertEqual(len(tables), 12)
        self.assertEqual(tables, self.wanted(self.batches))
        self.assertEqual((header["format"], header["version"]), ("cdict", 2))
        self.assertEqual(header["cpus"]["cpu"], [0, 1, 300])
        self.assertEqual(header["filters"], ["--task 'caf\u00e9'"])
        self.assertEqual(end["verdict"], "equal")
        for name, rows in end["rows"].items():
            self.assertEqual(rows, len(next(iter(tables[name].values()))), name)
        self.assertEqual(end["proof"]["totals_run_ns"], [1100, None])

    def test_a_cut_file_gives_what_comes_before(self):
        whole = manual_reader()(self.path)[1]
        size = os.path.getsize(self.path)
        os.truncate(self.path, size - 200)  # into the end's member
        header, tables, end = manual_reader()(self.path)
        self.assertIsNotNone(header)
        self.assertIsNone(end)
        self.assertEqual(tables, whole)
        os.truncate(self.path, size // 2)
        tables = manual_reader()(self.path)[1]
        rows = len(tables["tasks"]["task"])
        self.assertTrue(7 <= rows < 21, rows)

    def test_every_table_and_column_is_documented(self):
        with open(MANUAL, encoding="utf-8") as manual:
            text = manual.read()
        for batch in self.batches:
            heading = batch["table"] + "\n" + "-" * len(batch["table"]) + "\n"
            self.assertIn("\n" + heading, text)
            section = re.split(r"\n\w+\n[-=]+\n", text.split("\n" + heading)[1])[0]
            for column in batch["columns"]:
                self.assertRegex(section, r"\b" + column + r"\b", batch["table"])


if __name__ == "__main__":
    unittest.main()
