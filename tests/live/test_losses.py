# SPDX-License-Identifier: Apache-2.0
"""What could not be recorded is counted, by cause, over time."""

import time
import unittest

from checks import LossChecks, WholeChecks
from recorder import Recorder, folder, messaging


class TinyRing(WholeChecks, LossChecks, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with folder() as here, Recorder(here / "run.cdict", "--ring", 8) as recorder:
            end = time.monotonic() + 2.5
            with messaging(400) as load:
                load.wait()
            time.sleep(max(0, end - time.monotonic()))  # losses are written every second
            cls.capture, cls.code = recorder.stop()


class EnoughRing(unittest.TestCase):
    def test_nothing_is_lost_under_messaging_and_the_file_says_so(self):
        with folder() as here, Recorder(here / "run.cdict") as recorder:
            with messaging(400) as load:
                load.wait()
            capture, code = recorder.stop()
        self.assertEqual(code, 0, recorder.words)
        self.assertEqual(capture.lost("ring_full"), 0)
        self.assertIn("ring_full", capture.losses())
        self.assertIn("losses: none", recorder.words)
        self.assertEqual(capture.end["verdict"], "equal")


if __name__ == "__main__":
    unittest.main()
