# SPDX-License-Identifier: Apache-2.0
"""At a terminal: the line of progress, its width, and a terminal that goes away."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
import unittest

from capture import Capture
from recorder import PATIENCE_S, PFTRACE, folder, wait_until


class Terminal:
    """pftrace as the leader of a session on a terminal of its own."""

    def __init__(self, path, *arguments, columns=80, before=()):
        self.path = path
        self.ours, theirs = pty.openpty()
        self.resize(columns)
        self.process = subprocess.Popen(
            [*before, PFTRACE, "--out", str(path), *map(str, arguments)], stdin=theirs,
            stdout=theirs, stderr=theirs, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(theirs)
        self.text = ""

    def resize(self, columns):
        fcntl.ioctl(self.ours, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

    def read(self, seconds):
        """What is shown for so long, or until the end, which may come late."""
        text, until = b"", time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if not select.select([self.ours], [], [], left)[0]:
                break
            try:
                got = os.read(self.ours, 65536)
            except OSError:  # nobody has the other side open any more
                break
            if not got:
                break
            text += got
        self.text += text.decode()
        return text.decode()

    def read_progress(self, count):
        """Reads until progress has been told so many times: it has begun to record then."""
        text = ""
        until = time.monotonic() + PATIENCE_S
        while len(progress(text)) < count:
            if time.monotonic() > until or self.process.poll() is not None:
                raise RuntimeError(f"no progress: {self.text}")
            text += self.read(0.2)
        return progress(text)

    def hang_up(self):
        os.close(self.ours)
        self.ours = -1

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self.ours >= 0:
            self.hang_up()


def progress(text):
    """The lines that were shown over one another, without the summary that follows."""
    lines = re.split(r"\r\x1b\[K", text.split("\n")[0])
    return [line for line in lines if line and "CPUs," not in line]


class Progress(unittest.TestCase):
    def check_width(self, lines, columns):
        self.assertGreater(len(lines), 1)
        for line in lines:
            self.assertLess(len(line), columns, line)
            self.assertRegex(line, r"\d+ s")

    def whole(self, path):
        capture = Capture(path)
        self.assertFalse(capture.cut)
        self.assertEqual(capture.end["verdict"], "equal")
        return capture

    def test_it_is_one_line_that_fits_a_narrow_terminal(self):
        with folder() as here, Terminal(here / "run.cdict", "--duration", 4.2,
                                        columns=40) as terminal:
            terminal.read(PATIENCE_S)
            self.assertEqual(terminal.process.wait(PATIENCE_S), 0)
            self.check_width(progress(terminal.text), 40)
            self.assertIn("losses: none", terminal.text.split("\n", 1)[1])

    def test_it_follows_the_terminal(self):
        with folder() as here, Terminal(here / "run.cdict", columns=120) as terminal:
            self.assertGreater(max(map(len, terminal.read_progress(2))), 40)
            terminal.resize(30)  # sends SIGWINCH, too
            terminal.read_progress(1)  # which may have been on its way
            self.check_width(terminal.read_progress(3), 30)
            os.write(terminal.ours, b"\x03")  # Ctrl-C
            terminal.read(PATIENCE_S)
            self.assertEqual(terminal.process.wait(PATIENCE_S), 0)
            self.assertEqual(self.whole(here / "run.cdict").end["cause"], "signal")

    def test_a_terminal_that_goes_away_ends_the_capture_properly(self):
        with folder() as here, Terminal(here / "run.cdict") as terminal:
            terminal.read_progress(2)
            terminal.hang_up()
            self.assertIn(terminal.process.wait(PATIENCE_S), (0, 3))
            self.assertEqual(self.whole(here / "run.cdict").end["cause"], "signal")

    def test_under_nohup_it_goes_on_without_the_terminal(self):
        with folder() as here, Terminal(here / "run.cdict", "--duration", 6,
                                        before=["sh", "-c", 'trap "" HUP; exec "$@"',
                                                "sh"]) as terminal:
            terminal.read_progress(2)
            terminal.hang_up()
            self.assertEqual(terminal.process.wait(PATIENCE_S), 0)
            self.assertEqual(self.whole(here / "run.cdict").end["cause"], "duration")

    def test_a_terminal_that_takes_nothing_does_not_hold_the_capture_up(self):
        """As after Ctrl-S: the last words wait for Ctrl-Q, the file does not."""
        with folder() as here, Terminal(here / "run.cdict", "--duration", 5) as terminal:
            terminal.read_progress(2)
            os.write(terminal.ours, b"\x13")
            wait_until((here / "run.cdict").exists, "the file is whole")
            rows = self.whole(here / "run.cdict").rows("losses", cause="ring_full")
            self.assertGreaterEqual(len(rows), 5)
            os.write(terminal.ours, b"\x11")
            terminal.read(PATIENCE_S)
            self.assertEqual(terminal.process.wait(PATIENCE_S), 0)
            self.assertIn("losses: none", terminal.text)


if __name__ == "__main__":
    unittest.main()
