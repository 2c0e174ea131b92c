# SPDX-License-Identifier: Apache-2.0
"""pftrace record -- COMMAND: from before its exec to its end, its status, its own rights."""

import json
import os
import pathlib
import pty
import signal
import subprocess
import sys
import time
import unittest

from capture import Capture
from recorder import PATIENCE_S, PFTRACE, folder, run

USER = 65534  # nobody

# Tells what a process has inherited, as JSON.
TELL = """
import json, os, signal
status = dict(line.split(":", 1) for line in open("/proc/self/status").read().splitlines())
print(json.dumps({
    "nice": os.getpriority(os.PRIO_PROCESS, 0), "policy": os.sched_getscheduler(0),
    "blocked": int(status["SigBlk"], 16), "ignored": int(status["SigIgn"], 16),
    "fds": sorted(os.path.realpath(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")
                  if os.path.exists(f"/proc/self/fd/{fd}") and int(fd) > 2),
    "uids": os.getresuid(), "gids": os.getresgid(), "groups": sorted(os.getgroups()),
    "capabilities": int(status["CapEff"], 16) | int(status["CapPrm"], 16) | int(status["CapInh"], 16),
    "no_new_privileges": int(status["NoNewPrivs"]),
    "home": os.environ.get("HOME"), "user": os.environ.get("USER"), "folder": os.getcwd()}))
"""


def record(here, *words, options=(), **more):
    return run("record", "--quiet", "--out", here / "run.cdict", *options, "--", *words, **more)


def told_by(here, *options, **more):
    result = record(here, sys.executable, "-c", TELL, options=options, **more)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


class Status(unittest.TestCase):
    def test_a_command_of_an_instant_has_an_estimate_of_its_cost(self):
        with folder() as here:
            record(here, "true")
            cost = Capture(here / "run.cdict").end["cost"]
            self.assertIsNotNone(cost["bpf_ns_per_switch"])

    def test_the_status_of_the_command_is_passed_on(self):
        with folder() as here:
            for code in (0, 1, 7, 255):
                result = record(here, "sh", "-c", f"exit {code}")
                self.assertEqual((result.returncode, result.stderr), (code, ""))
            self.assertEqual(Capture(here / "run.cdict").end["cause"], "command ended")

    def test_a_signal_that_killed_it_is_128_and_its_number(self):
        with folder() as here:
            for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT):
                result = record(here, "sh", "-c", f"kill -{number.value} $$; sleep 5")
                self.assertEqual(result.returncode, 128 + number)

    def refused(self, code, here, *words, named, **more):
        result = record(here, *words, **more)
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        self.assertIn(named, result.stderr)

    def test_what_is_not_there_or_cannot_be_run_is_told_before_anything_is_recorded(self):
        with folder() as here:
            plain = here / "plain"
            plain.write_text("echo not a program")
            for code, word in ((127, "no-such-command"), (127, "/no/such/command"), (127, ""),
                               (126, str(plain)), (126, "/etc")):
                self.refused(code, here, word, named=word)
            self.assertEqual(set(os.listdir(here)), {"plain"})

    def test_no_shell_runs_a_file_that_is_no_program(self):
        with folder() as here:
            script, witness = here / "script", here / "witness"
            script.write_text(f"echo ran > {witness}\n")
            script.chmod(0o755)
            self.refused(126, here, str(script), named="#!")
            self.assertFalse(witness.exists())

    def test_when_pftrace_itself_fails_it_is_125_and_the_command_is_not_run(self):
        with folder() as here:
            witness = here / "witness"
            for options in (("--out", "/nonexistent/run.cdict"), ("--nonsense",),
                            ("--bucket", "never")):
                self.refused(125, here, "touch", str(witness), options=options, named=options[-1])
            self.refused(125, here, "touch", str(witness), options=("--user",), named="SUDO_UID")
            result = run("record", "--")
            self.assertEqual(result.returncode, 125)
            self.assertFalse(witness.exists())

    def test_without_rights_it_is_125_and_the_command_is_not_run(self):
        with folder() as here:
            here.chmod(0o777)
            result = subprocess.run(
                ["setpriv", f"--reuid={USER}", "--clear-groups", "--bounding-set=-all",
                 "--inh-caps=-all", PFTRACE, "record", "--out", here / "run.cdict", "--", "touch",
                 here / "witness"], capture_output=True, text=True, timeout=30)
            self.assertEqual(result.returncode, 125)
            self.assertEqual(os.listdir(here), [])


class Recorded(unittest.TestCase):
    def test_it_is_there_from_before_its_exec_until_its_end(self):
        with folder() as here:
            took_ns = -time.monotonic_ns()
            result = record(here, "sh", "-c", "echo $$; exec sleep 0.3")
            took_ns += time.monotonic_ns()
            capture = Capture(here / "run.cdict")
        task = capture.task_of_tid(int(result.stdout))
        self.assertEqual(task["comm"], "sleep")
        self.assertGreater(capture.end["duration_ns"], 300_000_000)
        self.assertLess(capture.end["duration_ns"], took_ns)
        self.assertGreater(capture.sum_of("samples", "run_ns", task=task["task"]), 0)
        self.assertLess(task["start_ns"], capture.header["monotonic_ns"] + 1_000_000_000)
        # it slept 0.3 s inside: both borders of its sleep are in the capture
        self.assertGreater(capture.sum_of("cells", "count", task=task["task"], kind="sleep"), 0)

    def test_a_duration_ends_the_capture_and_not_the_command(self):
        with folder() as here:
            begin = time.monotonic()
            result = record(here, "sh", "-c", "sleep 3; exit 3", options=("--duration", "0.3"))
            took = time.monotonic() - begin
            capture = Capture(here / "run.cdict")
        self.assertEqual(result.returncode, 3)
        self.assertGreater(took, 3)
        self.assertEqual(capture.end["cause"], "duration")
        self.assertLess(capture.end["duration_ns"], 2_500_000_000)

    def test_it_may_end_first(self):
        with folder() as here:
            record(here, "true", options=("--duration", "20"))
            self.assertEqual(Capture(here / "run.cdict").end["cause"], "command ended")


class Signals(unittest.TestCase):
    def start(self, here, *words, **more):
        process = subprocess.Popen([PFTRACE, "record", "--quiet", "--out", here / "run.cdict", "--",
                                    *words], stdout=subprocess.PIPE, text=True, **more)
        self.addCleanup(process.stdout.close)
        return process

    def test_a_signal_to_pftrace_is_passed_on(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1,
                       signal.SIGUSR2):
            with folder() as here:
                process = self.start(here, "sh", "-c", f"trap 'exit 9' {number.value}; echo ready; "
                                     "while :; do sleep 0.1; done")
                process.stdout.readline()
                process.send_signal(number)
                self.assertEqual(process.wait(PATIENCE_S), 9, number)
                self.assertEqual(Capture(here / "run.cdict").end["cause"], "command ended")

    def test_a_command_that_goes_on_after_a_signal_is_recorded_on(self):
        with folder() as here:
            process = self.start(here, "sh", "-c", "trap 'echo got; got=1' INT; echo ready; "
                                 "until [ $got ]; do sleep 0.1; done; sleep 0.3; exit 4")
            process.stdout.readline()
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(PATIENCE_S), 4)
            self.assertEqual(process.stdout.read(), "got\n")
            capture = Capture(here / "run.cdict")
        self.assertEqual(capture.end["cause"], "command ended")

    def test_ctrl_c_reaches_the_command_once(self):
        """From the terminal, to the whole foreground group."""
        script = ("trap 'echo got; got=1' INT; echo ready; until [ $got ]; do sleep 0.1; done; "
                  "sleep 0.6; echo end; exit 5")
        with folder() as here:
            pid, terminal = pty.fork()
            if pid == 0:
                os.execv(PFTRACE, [PFTRACE, "record", "--quiet", "--out", str(here / "run.cdict"),
                                   "--", "sh", "-c", script])
            text = b""
            while b"ready" not in text:
                text += os.read(terminal, 1000)
            os.write(terminal, b"\x03")
            try:
                while chunk := os.read(terminal, 1000):
                    text += chunk
            except OSError:  # the other end was closed
                pass
            status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            os.close(terminal)
            capture = Capture(here / "run.cdict")
        self.assertEqual(status, 5, text)
        self.assertEqual(text.count(b"got"), 1, text)
        self.assertEqual(capture.end["cause"], "command ended")

    def test_ignored_children_still_have_a_status(self):
        with folder() as here:
            process = self.start(here, "sh", "-c", "exit 6",
                                 preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
            self.assertEqual(process.wait(PATIENCE_S), 6)


class Inherited(unittest.TestCase):
    def test_the_command_inherits_nothing_of_pftraces(self):
        plain = json.loads(subprocess.run([sys.executable, "-c", TELL], capture_output=True,
                                          text=True, stdin=subprocess.DEVNULL, check=True).stdout)
        with folder() as here:
            self.assertEqual(told_by(here), plain)

    def test_what_pftrace_was_given_is_passed_on(self):
        def change():
            os.nice(3)
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

        with folder() as here:
            told = told_by(here, preexec_fn=change)
        self.assertEqual(told["nice"], 3)
        self.assertEqual(told["blocked"], 1 << (signal.SIGUSR1 - 1))
        self.assertTrue(told["ignored"] & 1 << (signal.SIGHUP - 1))


class AsUser(unittest.TestCase):
    """As sudo starts us: root, with SUDO_UID and SUDO_GID."""

    def environment(self, **more):
        return {**os.environ, "SUDO_UID": str(USER), "SUDO_GID": str(USER), "SUDO_USER": "nobody",
                "HOME": "/root", **more}

    def home(self):
        here = folder()
        path = here.__enter__()
        self.addCleanup(here.__exit__, None, None, None)
        os.chown(path, USER, USER)
        return path

    def test_the_command_runs_as_whoever_called_sudo_when_asked(self):
        told = told_by(self.home(), "--user", env=self.environment())
        self.assertEqual((told["uids"], told["gids"], told["groups"]),
                         ([USER] * 3, [USER] * 3, [USER]))
        self.assertEqual((told["capabilities"], told["home"]), (0, "/nonexistent"))

    def test_and_as_root_when_not_asked(self):
        told = told_by(self.home(), env=self.environment())
        self.assertEqual((told["uids"], told["home"]), ([0] * 3, "/root"))
        self.assertNotEqual(told["capabilities"], 0)
        self.assertEqual(told["no_new_privileges"], 0)

    def test_their_groups_are_those_of_the_process_that_called_sudo(self):
        """A user with groups starts a process as root: what sudo does."""
        script = pathlib.Path(__file__).with_name("as_sudo.py")
        here = self.home()
        done = subprocess.run(
            [sys.executable, script, str(USER), "1234,2345", PFTRACE, "record", "--quiet", "--out",
             here / "run.cdict", "--user", "--", sys.executable, "-c", TELL],
            env=self.environment(), capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["groups"], [1234, 2345])

    def test_what_only_root_may_run_is_not_run(self):
        here = self.home()
        program = here / "program"
        program.write_text("#!/bin/sh\n")
        program.chmod(0o700)  # root's
        result = record(here, str(program), options=("--user",), env=self.environment())
        self.assertEqual(result.returncode, 126)

    def test_a_sudo_uid_that_is_no_number_is_refused(self):
        result = record(self.home(), "true", env=self.environment(SUDO_UID="0x0"))
        self.assertEqual(result.returncode, 125)
        self.assertIn("SUDO_UID", result.stderr)


if __name__ == "__main__":
    unittest.main()
