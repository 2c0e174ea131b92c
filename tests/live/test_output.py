# SPDX-License-Identifier: Apache-2.0
"""Where a capture is written: what cannot be is refused before recording, in one line; what is
taken away while recording is said at the end."""

import os
import shutil
import signal
import stat
import subprocess
import unittest

from capture import Capture
from recorder import PATIENCE_S, PFTRACE, Recorder, folder, run, wait_until


class RefusedOutput(unittest.TestCase):
    def refused(self, path, *words, **options):
        result = run("--duration", 0.2, "--out", path, **options)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        for word in (str(path)[:40], *words):
            self.assertIn(word, result.stderr)

    def test_a_folder(self):
        with folder() as here:
            self.refused(here, "folder")
            self.assertEqual(list(here.iterdir()), [])
            self.assertFalse(here.with_name(here.name + ".part").exists())

    def test_a_name_that_ends_like_a_folder(self):
        with folder() as here:
            self.refused(f"{here}/there/")
            self.refused(f"{here}/", "folder")
            self.assertEqual(list(here.iterdir()), [])

    def test_a_pipe(self):
        with folder() as here:
            os.mkfifo(here / "pipe")
            self.refused(here / "pipe", "pipe", "file")
            self.assertEqual([one.name for one in here.iterdir()], ["pipe"])

    def test_a_link_to_standard_output(self):
        """As /dev/stdout is one; that itself would be lost if this failed."""
        with folder() as here:
            (here / "stdout").symlink_to("/proc/self/fd/1")
            self.refused(here / "stdout", "file")
            with open(here / "run.cdict", "wb") as stdout:
                process = subprocess.run(
                    [PFTRACE, "--duration", "0.2", "--out", str(here / "stdout")], stdout=stdout,
                    stderr=subprocess.PIPE, timeout=30)
            self.assertEqual(process.returncode, 1, process.stderr)
            self.assertTrue((here / "stdout").is_symlink())
            self.assertEqual(len(list(here.iterdir())), 2)

    def test_a_device(self):
        with folder() as here:
            os.mknod(here / "null", 0o600 | stat.S_IFCHR, os.makedev(1, 3))
            self.refused(here / "null", "device", "file")
            self.assertEqual([one.name for one in here.iterdir()], ["null"])

    def test_a_name_that_is_too_long(self):
        with folder() as here:
            self.refused(here / ("x" * 300), "too long")
            self.refused(here / ("x" * 254), "too long")
            self.assertEqual(list(here.iterdir()), [])

    def test_a_folder_that_may_not_be_written(self):
        with folder() as here:
            subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", here], check=True)
            try:
                self.refused(here / "run.cdict", "Read-only")
            finally:
                subprocess.run(["umount", here], check=True)


class TakenAway(unittest.TestCase):
    """Each ends with 1 and one line that tells where the capture is, or that it is gone."""

    def one_line(self, recorder, *words):
        recorder.process.send_signal(signal.SIGINT)
        self.assertEqual(recorder.wait(), 1, recorder.words)
        lines = recorder.words.splitlines()
        self.assertEqual(len(lines), 1, recorder.words)
        for word in (str(recorder.path), *words):
            self.assertIn(word, lines[0])

    def test_the_part_was_removed(self):
        with folder() as here, Recorder(here / "run.cdict") as recorder:
            (here / "run.cdict.part").unlink()
            self.one_line(recorder, "removed")
            self.assertEqual(list(here.iterdir()), [])

    def test_the_folder_was_removed(self):
        with folder() as here:
            (here / "sub").mkdir()
            with Recorder(here / "sub" / "run.cdict") as recorder:
                shutil.rmtree(here / "sub")
                self.one_line(recorder, "removed")

    def test_another_file_took_the_place_of_the_part(self):
        with folder() as here, Recorder(here / "run.cdict") as recorder:
            part = here / "run.cdict.part"
            part.unlink()
            part.write_bytes(b"somebody else's")
            self.one_line(recorder, "removed")
            self.assertEqual(part.read_bytes(), b"somebody else's")
            self.assertFalse((here / "run.cdict").exists())

    def test_a_folder_took_the_place_of_the_file(self):
        with folder() as here, Recorder(here / "run.cdict") as recorder:
            (here / "run.cdict").mkdir()
            self.one_line(recorder, "run.cdict.part")
            self.assertEqual(Capture(here / "run.cdict.part").end["verdict"], "equal")


class Streams(unittest.TestCase):
    """What becomes of our words does not touch the capture."""

    def recorded(self, path):
        capture = Capture(path)
        self.assertFalse(capture.cut)
        self.assertEqual(capture.end["verdict"], "equal")
        return capture

    def record(self, path, redirections):
        return subprocess.run(
            ["sh", "-c", f'exec "$@" {redirections}', "sh", PFTRACE, "--duration", "1.2", "--out",
             str(path)], timeout=30).returncode

    def test_standard_streams_that_are_closed(self):
        with folder() as here:
            for redirections in ("2>&-", "<&- >&- 2>&-"):
                path = here / f"{len(redirections)}.cdict"
                self.assertEqual(self.record(path, redirections), 0)
                self.recorded(path)

    def test_stderr_on_a_full_device(self):
        with folder() as here:
            self.assertEqual(self.record(here / "run.cdict", "2>/dev/full"), 0)
            self.recorded(here / "run.cdict")

    def test_stderr_into_a_pipe_that_nobody_reads_any_more(self):
        with folder() as here:
            read, write = os.pipe()
            os.close(read)
            process = subprocess.Popen([PFTRACE, "--duration", "1.2", "--out",
                                        str(here / "run.cdict")], stderr=write)
            os.close(write)
            self.assertEqual(process.wait(PATIENCE_S), 0)
            self.recorded(here / "run.cdict")

    def test_stderr_into_a_full_pipe(self):
        """Our last words wait for a reader, the file does not."""
        with folder() as here:
            read, write = os.pipe()
            os.set_blocking(write, False)
            try:
                while True:
                    os.write(write, b"x" * 4096)
            except BlockingIOError:
                os.set_blocking(write, True)
            process = subprocess.Popen([PFTRACE, "--duration", "1.2", "--out",
                                        str(here / "run.cdict")], stderr=write)
            os.close(write)
            with os.fdopen(read, "rb") as reader:
                wait_until(lambda: (here / "run.cdict").exists() or process.poll() is not None,
                           "the file is whole")
                self.recorded(here / "run.cdict")
                self.assertIn(b"losses: none", reader.read())
            self.assertEqual(process.wait(PATIENCE_S), 0)


if __name__ == "__main__":
    unittest.main()
