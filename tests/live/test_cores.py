# SPDX-License-Identifier: Apache-2.0
"""Every core's time is accounted for, whole."""

import unittest

from checks import NothingMissingChecks, SpinnerChecks, WholeChecks
from recorder import LAST_CPU, Load, Recorder, folder, idle_ns, schedstat, stolen_ns


class Cores(WholeChecks, NothingMissingChecks, SpinnerChecks, unittest.TestCase):
    """One capture with a pinned spinner that may never switch, looked at from several sides."""

    @classmethod
    def setUpClass(cls):
        with folder() as here, Load("spin", "--cpu", LAST_CPU, "--seconds", 2, "--name",
                                    "spinner") as spinner:
            with Recorder(here / "run.cdict", "--bucket", 100) as recorder:
                cls.stolen_ns = -stolen_ns(LAST_CPU)
                cls.idle_ns = -idle_ns(0)
                cls.spinner_ns = -schedstat(spinner.tid)[0]
                spinner.start()
                spinner.finish()
                cls.spinner_ns += schedstat(spinner.tid)[0]
                cls.stolen_ns += stolen_ns(LAST_CPU)
                cls.idle_ns += idle_ns(0)
                cls.capture, cls.code = recorder.stop()
            cls.spinner = cls.capture.task_of_tid(spinner.tid)
            cls.results = spinner.results
            cls.cpu = LAST_CPU


if __name__ == "__main__":
    unittest.main()
