# SPDX-License-Identifier: Apache-2.0
"""As little as it can work with: which rights a capture needs, what it gives up, and with whose
rights it writes."""

import os
import pathlib
import re
import shutil
import signal
import stat
import subprocess
import time
import unittest

from capture import Capture
from recorder import PATIENCE_S, PFTRACE, folder, run, wait_until

USER = 65534  # nobody
BITS = {"dac_override": 1, "dac_read_search": 2, "fowner": 3, "kill": 5, "sys_admin": 21,
        "sys_nice": 23, "perfmon": 38, "bpf": 39}
NEEDED = ("bpf", "perfmon")
BY_SUDO = {**os.environ, "SUDO_UID": str(USER), "SUDO_GID": str(USER), "SUDO_USER": "nobody"}


def files_of(pid):
    """What it has open; one that is closed meanwhile is none of them."""
    files = []
    for link in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        try:
            files.append(os.readlink(link))
        except FileNotFoundError:
            pass
    return files


def bits(*names):
    return sum(1 << BITS[name] for name in names)


def as_user(*words, capabilities=(), **more):
    """As nobody, with these capabilities and no others."""
    wanted = ",".join(["-all", *(f"+{name}" for name in capabilities)])
    return subprocess.run(
        ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups",
         f"--inh-caps={wanted}", f"--ambient-caps={wanted}", f"--bounding-set={wanted}",
         *map(str, words)],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, **more)


def status_of(pid):
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return {key: value.strip() for key, value in (line.split(":", 1) for line in lines)}


def ids(status, key):
    return [int(word) for word in status[key].split()]


def children_of(pid):
    return [int(word) for word in
            pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class Needed(unittest.TestCase):
    def record(self, capabilities):
        with folder() as here:
            os.chown(here, USER, USER)
            result = as_user(PFTRACE, "--duration", 0.8, "--out", here / "run.cdict",
                             capabilities=capabilities)
            path = here / "run.cdict"
            return result, Capture(path) if path.exists() else None

    def test_cap_bpf_and_cap_perfmon_are_enough(self):
        result, capture = self.record(NEEDED)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(capture.end["verdict"], "equal")
        self.assertIn("cgroup", capture.header["not_offered"])
        self.assertNotIn("wait", capture.header["not_offered"])
        self.assertTrue(all(task["comm"] for task in capture.tasks().values()
                            if task["kind"] == "task"))

    def test_either_alone_is_not(self):
        for name in NEEDED:
            result, capture = self.record((name,))
            self.assertEqual(result.returncode, 1, name)
            self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
            self.assertIsNone(capture)

    def test_what_each_other_capability_adds(self):
        _, capture = self.record((*NEEDED, "dac_read_search"))
        self.assertEqual("cgroup" in capture.header["not_offered"],
                         not os.path.exists("/sys/fs/cgroup/unified/cgroup.procs") and
                         not os.path.exists("/sys/fs/cgroup/cgroup.procs"))
        for capabilities, measured in ((NEEDED, False), ((*NEEDED, "sys_admin"), True)):
            result, capture = self.record(capabilities)
            self.assertEqual("BPF about" in result.stderr, measured, result.stderr)

    def test_the_capabilities_that_kvm_is_said_to_need_are_enough(self):
        for capabilities in (NEEDED, (*NEEDED, "sys_admin")):
            result, _ = self.record(capabilities)
            told = re.search(r"KVM is not recorded: .*or with (CAP_.*) as well", result.stderr)
            if told:
                more = [word.lower() for word in re.findall(r"CAP_(\w+)", told[1])]
                result, _ = self.record((*capabilities, *more))
                self.assertNotIn("KVM is not recorded", result.stderr)

    def test_cap_sys_admin_alone_does_as_before_cap_bpf(self):
        result, capture = self.record(("sys_admin",))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(capture.end["verdict"], "equal")


class GivenUp(unittest.TestCase):
    def recorder(self, environment, *options):
        """A capture under way; what it had then: its own status, that of its children."""
        here = self.enterContext(folder())
        os.chown(here, USER, USER)
        process = subprocess.Popen([PFTRACE, "record", "--quiet", "--out", here / "run.cdict",
                                    *options], env=environment, stdin=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        part = here / "run.cdict.part"
        while not part.exists() or not part.stat().st_size:
            self.assertIsNone(process.poll())
            time.sleep(0.05)
        return process, here / "run.cdict"

    def held(self):
        return int(status_of("self")["CapPrm"], 16)

    def assert_capabilities(self, status, expected):
        for key in ("CapEff", "CapPrm"):
            self.assertEqual(int(status[key], 16), expected & self.held(), key)
        for key in ("CapInh", "CapAmb"):
            self.assertEqual(int(status[key], 16), 0, key)
        self.assertEqual(status["NoNewPrivs"], "1")

    def finish(self, process, path):
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(PATIENCE_S), 0)
        capture = Capture(path)
        self.assertEqual(capture.end["verdict"], "equal")
        return capture

    def test_under_sudo_it_goes_on_as_the_user(self):
        process, path = self.recorder(BY_SUDO)
        status = status_of(process.pid)
        self.assertEqual(ids(status, "Uid"), [USER] * 4)
        self.assertEqual(ids(status, "Gid"), [USER] * 4)
        self.assertEqual(ids(status, "Groups"), [USER])
        self.assert_capabilities(status, bits("bpf", "sys_nice", "dac_read_search"))
        self.finish(process, path)

    def test_root_itself_keeps_the_right_to_any_folder(self):
        process, path = self.recorder(os.environ)
        self.assert_capabilities(status_of(process.pid),
                                 bits("bpf", "sys_nice", "dac_read_search", "dac_override",
                                      "fowner"))
        self.finish(process, path)

    def test_the_switch_of_statistics_has_nothing_else(self):
        process, path = self.recorder(BY_SUDO)
        switch, = children_of(process.pid)
        status = status_of(switch)
        self.assertEqual(status["Name"], "pftrace-stats")
        self.assert_capabilities(status, bits("sys_admin"))
        # its socket, and while programs are timed what keeps that on
        kinds = sorted(file.split("[")[0] for file in files_of(switch))
        self.assertIn(kinds, (["socket:"], ["anon_inode:bpf-stats", "socket:"]))
        self.finish(process, path)
        self.assertFalse(os.path.exists(f"/proc/{switch}"))

    def test_where_nothing_is_to_be_timed_timing_stays_off(self):
        if subprocess.run([PFTRACE, "--no-sched", "--quiet", "--duration", "0.1", "--out",
                           self.enterContext(folder()) / "x.cdict"], check=False,
                          stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
            self.skipTest("KVM, for a capture without switches")
        process, _ = self.recorder(os.environ, "--no-sched")
        switch, = children_of(process.pid)
        for _ in range(20):
            self.assertEqual([file.split("[")[0] for file in files_of(switch)], ["socket:"])
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(PATIENCE_S), 0)

    def test_the_switch_goes_when_the_recorder_is_killed(self):
        process, _ = self.recorder(BY_SUDO)
        switch, = children_of(process.pid)
        process.kill()
        process.wait()
        for _ in range(100):
            if not os.path.exists(f"/proc/{switch}"):
                break
            time.sleep(0.05)
        self.assertFalse(os.path.exists(f"/proc/{switch}"))

    def test_cost_and_names_are_known_without_rights(self):
        process, path = self.recorder(BY_SUDO)
        time.sleep(1)
        marker = subprocess.Popen(["sleep", "5"])
        time.sleep(0.3)
        marker.kill()
        marker.wait()
        capture = self.finish(process, path)
        self.assertEqual(capture.task_of_tid(marker.pid)["comm"], "sleep")
        self.assertIsNotNone(capture.end["cost"]["bpf_ns_per_switch"])
        self.assertGreater(capture.end["cost"]["kernel_memory_bytes"], 1_000_000)

    def test_signals_reach_a_command_that_has_more_rights(self):
        process, path = self.recorder(BY_SUDO, "--", "sleep", "30")
        self.assertEqual(ids(status_of(process.pid), "Uid"), [USER] * 4)
        process.terminate()
        self.assertEqual(process.wait(PATIENCE_S), 128 + signal.SIGTERM)

    def test_after_the_capture_only_signals_are_left(self):
        process, path = self.recorder(BY_SUDO, "--duration", "0.3", "--", "sleep", "30")
        wait_until(path.exists, "the capture is whole")
        wait_until(lambda: int(status_of(process.pid)["CapEff"], 16) == bits("kill") & self.held(),
                   "rights are given up")
        self.assert_capabilities(status_of(process.pid), bits("kill"))
        process.terminate()
        self.assertEqual(process.wait(PATIENCE_S), 128 + signal.SIGTERM)


class Output(unittest.TestCase):
    def setUp(self):
        self.here = self.enterContext(folder())
        self.here.chmod(0o755)

    def record(self, path, **more):
        return run("--quiet", "--duration", 0.1, "--out", path, **more)

    def refused(self, result, *words):
        self.assertEqual(result.returncode, 1)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        for word in words:
            self.assertIn(word, result.stderr)

    def make(self, name, mode, owner=0):
        path = self.here / name
        path.mkdir()
        path.chmod(mode)
        os.chown(path, owner, owner)
        return path

    def test_under_sudo_the_file_is_the_users(self):
        path = self.make("theirs", 0o755, USER) / "run.cdict"
        self.assertEqual(self.record(path, env=BY_SUDO).returncode, 0)
        status = path.stat()
        self.assertEqual((status.st_uid, status.st_gid), (USER, USER))
        self.assertEqual(stat.S_IMODE(status.st_mode), 0o644)

    def test_under_sudo_what_is_made_of_a_capture_is_the_users_too(self):
        self.record(self.here / "run.cdict")
        (self.here / "run.cdict").chmod(0o600)  # root's own: read it is all the same
        roots, theirs = self.make("roots", 0o755), self.make("theirs", 0o755, USER)
        for words in (("render",), ("export", "--table", "samples")):
            refused = run(words[0], *words[1:], self.here / "run.cdict", "--out", roots / "made",
                          env=BY_SUDO)
            self.refused(refused, "Permission denied", "made")
            self.assertEqual(os.listdir(roots), [])
            done = run(words[0], *words[1:], self.here / "run.cdict", "--out", theirs / words[0],
                       env=BY_SUDO)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            status = (theirs / words[0]).stat()
            self.assertEqual((status.st_uid, status.st_gid), (USER, USER))
        self.assertEqual(sorted(os.listdir(theirs)), ["export", "render"])

    def test_under_sudo_what_is_made_of_other_files_is_the_users_too(self):
        self.record(self.here / "run.cdict")
        text, names = self.here / "text", self.here / "names.csv"
        text.write_text("".join(f"a 7 [000] {at}.000000: sched:sched_switch: prev_comm={prev} "
                                f"prev_pid={pid} prev_prio=120 prev_state=S ==> "
                                f"next_comm={following} next_pid={7 - pid} next_prio=120\n"
                                for at, prev, pid, following in
                                ((1, "a", 7, "swapper/0"), (2, "swapper/0", 0, "a"))))
        names.write_text("1,first\n")
        for path in (self.here / "run.cdict", text, names):
            path.chmod(0o600)
        roots, theirs = self.make("roots", 0o755), self.make("theirs", 0o755, USER)
        for words in (("import", "--quiet", text),
                      ("remap", "--map", names, self.here / "run.cdict")):
            self.refused(run(*words, "--out", roots / "made", env=BY_SUDO), "Permission denied",
                         "made")
            self.assertEqual(os.listdir(roots), [])
            done = run(*words, "--out", theirs / words[0], env=BY_SUDO)
            self.assertEqual(done.returncode, 0, done.stderr)
            status = (theirs / words[0]).stat()
            self.assertEqual((status.st_uid, status.st_gid), (USER, USER))
        self.assertEqual(sorted(os.listdir(theirs)), ["import", "remap"])

    def test_under_sudo_only_where_the_user_may_write(self):
        here = self.make("roots", 0o755)
        self.refused(self.record(here / "run.cdict", env=BY_SUDO), "nobody", "SUDO_UID")
        self.assertEqual(os.listdir(here), [])
        self.assertEqual(self.record(here / "run.cdict").returncode, 0)  # root itself may

    def test_under_sudo_not_through_folders_that_the_user_may_not_enter(self):
        closed = self.make("closed", 0o700)
        (closed / "open").mkdir()
        (closed / "open").chmod(0o777)
        self.refused(self.record(closed / "open/run.cdict", env=BY_SUDO), "Permission denied")
        self.assertEqual(os.listdir(closed / "open"), [])

    def test_root_itself_may_write_into_a_folder_of_a_user(self):
        path = self.make("theirs", 0o755, USER) / "run.cdict"
        self.assertEqual(self.record(path).returncode, 0)
        self.assertEqual(path.stat().st_uid, 0)

    def test_the_mode_is_as_umask_says(self):
        for mask, mode in ((0o022, 0o644), (0o077, 0o600), (0o000, 0o644)):
            path = self.here / f"{mask}.cdict"
            self.assertEqual(self.record(path, umask=mask).returncode, 0)
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), mode)

    def test_links_of_others_in_a_shared_folder_are_not_followed(self):
        shared, target = self.make("shared", 0o1777), self.make("target", 0o777)
        (shared / "link").symlink_to(target)
        os.chown(shared / "link", USER, USER, follow_symlinks=False)
        self.refused(self.record(shared / "link/run.cdict"), "symbolic link")
        self.assertEqual(os.listdir(target), [])

    def test_a_link_in_the_place_of_the_file_is_replaced_and_not_followed(self):
        target = self.here / "target"
        target.write_text("precious")
        (self.here / "run.cdict").symlink_to(target)
        self.assertEqual(self.record(self.here / "run.cdict").returncode, 0)
        self.assertEqual(target.read_text(), "precious")
        self.assertFalse((self.here / "run.cdict").is_symlink())
        (self.here / "other.cdict.part").symlink_to(target)
        self.refused(self.record(self.here / "other.cdict"), "other.cdict.part")
        self.assertEqual(target.read_text(), "precious")

    def test_closed_standard_files_do_not_become_others(self):
        path, part = self.here / "run.cdict", self.here / "run.cdict.part"
        process = subprocess.Popen(["sh", "-c", f"exec '{PFTRACE}' --duration 3 --out '{path}' "
                                    "<&- >&- 2>&-"])
        while not part.exists():
            self.assertIsNone(process.poll())
            time.sleep(0.05)
        self.assertEqual([os.readlink(f"/proc/{process.pid}/fd/{fd}") for fd in range(3)],
                         ["/dev/null"] * 3)
        self.assertEqual(process.wait(PATIENCE_S), 0)
        self.assertEqual(run("info", path).returncode, 0)

    def test_a_binary_with_file_capabilities_writes_with_the_users_rights(self):
        binary = self.here / "pftrace"
        shutil.copy(PFTRACE, binary)
        binary.chmod(0o755)
        given = "cap_bpf,cap_perfmon,cap_sys_nice,cap_dac_read_search,cap_dac_override=ep"
        setcap = shutil.which("setcap", path="/usr/sbin:/sbin:/usr/bin")
        if not setcap or subprocess.run([setcap, given, binary], capture_output=True).returncode:
            self.skipTest("no setcap (libcap2-bin), or a file system without it")
        roots, theirs = self.make("roots", 0o755), self.make("theirs", 0o755, USER)
        words = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", binary,
                 "--quiet", "--duration", "0.3", "--out"]
        refused = subprocess.run([*words, roots / "run.cdict"], capture_output=True, text=True,
                                 timeout=30)
        self.refused(refused, "Permission denied")
        self.assertEqual(os.listdir(roots), [])
        done = subprocess.run([*words, theirs / "run.cdict"], capture_output=True, text=True,
                              timeout=30)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual((theirs / "run.cdict").stat().st_uid, USER)
        capture = Capture(theirs / "run.cdict")
        self.assertEqual(capture.end["verdict"], "equal")
        self.assertGreater(capture.end["cost"]["kernel_memory_bytes"], 1_000_000)


if __name__ == "__main__":
    unittest.main()
