# SPDX-License-Identifier: Apache-2.0
"""pftrace check says of this machine what a recording then finds."""

import json
import os
import subprocess
import unittest

from capture import Capture
from recorder import PFTRACE, folder, run


def as_nobody(*words, capabilities=()):
    """With these capabilities and no others."""
    wanted = ",".join(["-all", *(f"+{name}" for name in capabilities)])
    return subprocess.run(
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", f"--inh-caps={wanted}",
         f"--ambient-caps={wanted}", f"--bounding-set={wanted}", PFTRACE, *words],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)


class Check(unittest.TestCase):
    def features(self, result):
        told = json.loads(result.stdout)
        return told, {feature["name"]: feature for feature in told["features"]}

    def test_what_it_says_will_be_recorded_is_recorded(self):
        result = run("check", "--format", "json")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        told, features = self.features(result)
        self.assertTrue(told["can_record"])
        self.assertEqual({feature["state"] for feature in features.values()
                          if feature["needed"]}, {"works"})
        with folder() as here:
            run("--duration", 0.5, "--out", here / "run.cdict")
            capture = Capture(here / "run.cdict")
        for word in ("wait", "cgroup"):
            self.assertNotEqual(word in told["recorded"], word in capture.header["not_offered"])
        self.assertEqual(told["kernel_memory"]["bytes"],
                         capture.end["cost"]["kernel_memory_bytes"])

    def test_without_tracefs_in_its_place_it_is_the_same(self):
        """Nothing is mounted for it either: the namespace goes with the test."""
        script = ("umount -l /sys/kernel/tracing /sys/kernel/debug 2>/dev/null; "
                  "test -e /sys/kernel/tracing/events && exit 9; "
                  "there=$(grep tracefs /proc/self/mountinfo); "  # elsewhere, as in a chroot
                  f"{PFTRACE} check --format json; now=$(grep tracefs /proc/self/mountinfo); "
                  '[ "$now" = "$there" ] || echo "$now" >&2')
        done = subprocess.run(["unshare", "--mount", "sh", "-c", script], capture_output=True,
                              stdin=subprocess.DEVNULL, text=True, check=False)
        if not done.stdout:
            self.skipTest(f"no mount namespace without tracefs can be made: {done.stderr}")
        told, features = self.features(done)
        there, _ = self.features(run("check", "--format", "json"))
        self.assertEqual(features["kvm"], {one["name"]: one for one in there["features"]}["kvm"])
        self.assertEqual(told["kernel_memory"]["bytes"], there["kernel_memory"]["bytes"])
        self.assertEqual(done.stderr, "")

    def test_without_types_one_line_says_so(self):
        """libbpf has words of its own for it, which are for PFTRACE_DEBUG."""
        for words, lines in ((("check", "--format", "json"), 0), (("--out", "/nowhere/x"), 1)):
            done = subprocess.run(["unshare", "--mount", "sh", "-c",
                                   'mount -t tmpfs none /sys && exec "$@"', "sh", PFTRACE, *words],
                                  capture_output=True, stdin=subprocess.DEVNULL, text=True,
                                  check=False)
            if os.path.exists(f"/boot/vmlinux-{os.uname().release}"):
                self.skipTest("libbpf finds the types in /boot")
            self.assertEqual(done.returncode, 1)
            self.assertEqual(len(done.stderr.splitlines()), lines, done.stderr)
            if done.stdout:
                _, features = self.features(done)
                self.assertEqual(features.pop("btf")["state"], "missing")
                del features["rights"]
                for name in [name for name in features if features[name]["needed"]] + [
                        "prev_state", "sched_info"]:
                    self.assertEqual(features[name]["state"], "untried", name)
                    self.assertIn("see btf", features[name]["remedy"])

    def test_what_cannot_be_recorded_takes_no_memory(self):
        few = ("bpf", "perfmon")
        told, features = self.features(as_nobody("check", "--format", "json", capabilities=few))
        if features["kvm"]["state"] != "refused":
            self.skipTest("no KVM that could be refused")
        self.assertEqual([table for table in told["kernel_memory"]["maps"]
                          if table["name"].startswith("kvm")], [])

    def test_kernel_memory_is_measured_and_close_to_the_arithmetic(self):
        measured = json.loads(run("check", "--format", "json").stdout)["kernel_memory"]
        estimated = json.loads(as_nobody("check", "--format", "json").stdout)["kernel_memory"]
        self.assertTrue(measured["measured"])
        self.assertFalse(estimated["measured"])
        self.assertLess(abs(measured["bytes"] - estimated["bytes"]), 0.05 * measured["bytes"])
        self.assertLessEqual(sum(table["bytes"] for table in measured["maps"]), measured["bytes"])

    def test_without_rights_it_says_so_and_what_to_do(self):
        result = as_nobody("check")
        self.assertEqual((result.returncode, result.stderr), (1, ""))
        self.assertIn("CAP_BPF", result.stdout)
        self.assertIn("cannot record here", result.stdout)
        told, features = self.features(as_nobody("check", "--format", "json"))
        self.assertFalse(told["can_record"])
        self.assertEqual(features["rights"]["state"], "refused")
        self.assertEqual(features["sched_switch"]["state"], "untried")
        self.assertEqual(told["recorded"], [])

    def test_each_capability_has_its_feature(self):
        for name, feature in (("sys_admin", "bpf stats"), ("sys_nice", "priority"),
                              ("dac_read_search", "cgroup paths")):
            for given in ((), (name,)):
                told, features = self.features(as_nobody(
                    "check", "--format", "json", capabilities=("bpf", "perfmon", *given)))
                self.assertTrue(told["can_record"])
                self.assertEqual(features[feature]["state"], "works" if given else "refused")

    def test_the_text_has_a_line_for_every_feature(self):
        text = run("check").stdout
        for feature in json.loads(run("check", "--format", "json").stdout)["features"]:
            self.assertIn(f" {feature['name']} ", text)
        self.assertIn(os.uname().release, text)

    def test_wrong_usage(self):
        for words in (("check", "stray"), ("check", "--format", "xml"), ("check", "--nonsense")):
            result = run(*words)
            self.assertEqual((result.returncode, result.stdout), (2, ""))
            self.assertEqual(len(result.stderr.splitlines()), 1)


if __name__ == "__main__":
    unittest.main()
