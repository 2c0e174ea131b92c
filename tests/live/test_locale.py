# SPDX-License-Identifier: Apache-2.0
"""Numbers keep their point and times their zone, whatever the user's language is."""

import os
import pathlib
import subprocess
import unittest

from recorder import folder, run


class Locale(unittest.TestCase):
    def german(self, here):
        """A locale with a decimal comma, made here when the machine has none."""
        if not pathlib.Path("/usr/share/i18n/locales/de_DE").exists():
            self.skipTest("no sources of locales to make de_DE from (package locales)")
        subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", here / "de_DE.UTF-8"],
                       check=False, capture_output=True)  # warnings make it fail
        return {**os.environ, "LOCPATH": str(here), "LC_ALL": "de_DE.UTF-8",
                "TZ": "Asia/Kathmandu"}

    def test_numbers_have_a_point(self):
        with folder() as here:
            words = {"env": self.german(here)}
            recorded = run("--duration", "0.5", "--out", here / "run.cdict", **words)
            self.assertEqual(recorded.returncode, 0, recorded.stderr)
            self.assertRegex(recorded.stderr, r": \d+\.\d+ s of \d+ CPUs")
            self.assertNotRegex(recorded.stderr, r"\d,\d")
            for command in ("info", "list", "stats"):
                shown = run(command, here / "run.cdict", **words)
                self.assertEqual(shown.returncode, 0, shown.stderr)
                self.assertEqual(shown.stdout, run(command, here / "run.cdict", env={
                    **os.environ, "LC_ALL": "C", "TZ": "Asia/Kathmandu"}).stdout)


if __name__ == "__main__":
    unittest.main()
