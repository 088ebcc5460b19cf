#!/usr/bin/env python3
"""tools/install-packages against a small model of dpkg and apt: two programs in PATH over a file of installed names."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
TOOL = os.path.join(ROOT, "tools", "install-packages")
NOBODY = 65534

LIST = """# comment
[build]
cmake   # why
g++     # why

[run]
switch  # why
"""

DPKG_QUERY = """#!/bin/bash
shift 3
for name in "$@"; do grep -x "$name" "$WORLD/installed" | sed 's/$/ installed/'; done
grep -qx removed-only "$WORLD/installed" && echo "cmake config-files"
exit 1
"""

# Notes each call, with the environment and the services policy that it found.
APT_GET = """#!/bin/bash
echo "$DEBIAN_FRONTEND $*" >>"$WORLD/calls"
[[ -x $TARN_POLICY_RC_D ]] && "$TARN_POLICY_RC_D" switch start; echo "policy $?" >>"$WORLD/calls"
if [[ -e $WORLD/broken ]]; then echo "Reading lists..."; echo "E: no such mirror" >&2; exit 100; fi
"""


class InstallPackages(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.world = folder.name
        self.policy = os.path.join(self.world, "policy-rc.d")
        self.write("list", LIST)
        self.installed()
        for name, text in (("dpkg-query", DPKG_QUERY), ("apt-get", APT_GET)):
            self.write("bin/" + name, text)
            os.chmod(os.path.join(self.world, "bin", name), 0o755)

    def write(self, name, text):
        whole = os.path.join(self.world, name)
        os.makedirs(os.path.dirname(whole), exist_ok=True)
        with open(whole, "w", encoding="utf-8") as stream:
            stream.write(text)

    def read(self, name):
        whole = os.path.join(self.world, name)
        if not os.path.exists(whole):
            return ""
        with open(whole, encoding="utf-8") as stream:
            return stream.read()

    def installed(self, *names):
        self.write("installed", "".join(name + "\n" for name in names))

    def run_tool(self, *sections, tool=TOOL, user=None):
        environment = {"PATH": os.path.join(self.world, "bin") + ":/usr/bin:/bin", "WORLD": self.world,
                       "TARN_PACKAGES": os.path.join(self.world, "list"), "TARN_POLICY_RC_D": self.policy}
        return subprocess.run([tool, *sections], env=environment, user=user, cwd=self.world,
                              capture_output=True, text=True, check=False)

    def needs_root(self):
        if os.geteuid() != 0:
            self.skipTest("installs only as root")

    def test_does_nothing_when_all_is_there(self):
        self.installed("cmake", "g++", "switch")
        run = self.run_tool("build", "run")
        self.assertEqual((run.returncode, run.stdout, run.stderr), (0, "", ""))
        self.assertEqual(self.read("calls"), "")

    def test_installs_only_what_is_missing_of_the_sections_named(self):
        self.needs_root()
        self.installed("cmake")
        self.assertEqual(self.run_tool("build").returncode, 0)
        calls = [line for line in self.read("calls").splitlines() if not line.startswith("policy")]
        self.assertEqual(len(calls), 2, calls)
        self.assertRegex(calls[0], r"^noninteractive .* update$")
        self.assertRegex(calls[1], r"^noninteractive .* install --no-install-recommends g\+\+$")

    def test_a_package_removed_but_for_its_configuration_is_missing(self):
        self.needs_root()
        self.installed("g++", "removed-only")
        self.assertEqual(self.run_tool("build").returncode, 0)
        self.assertRegex(self.read("calls"), r"--no-install-recommends cmake\n")

    def test_no_service_starts_and_the_policy_goes_afterwards(self):
        self.needs_root()
        self.run_tool("run")
        self.assertEqual(set(re.findall(r"policy \d+", self.read("calls"))), {"policy 101"})
        self.assertFalse(os.path.exists(self.policy))

    def test_the_machines_own_policy_is_kept(self):
        self.needs_root()
        self.write("policy-rc.d", "#!/bin/sh\nexit 7\n")
        self.run_tool("run")
        self.assertEqual(self.read("policy-rc.d"), "#!/bin/sh\nexit 7\n")

    def test_says_what_apt_said_and_leaves_no_policy_when_apt_fails(self):
        self.needs_root()
        self.write("broken", "")
        run = self.run_tool("run")
        self.assertEqual(run.returncode, 1)
        self.assertIn("E: no such mirror", run.stderr)
        self.assertIn("install-packages: apt-get update failed", run.stderr)
        self.assertFalse(os.path.exists(self.policy))

    def test_an_ordinary_user_is_told_what_root_must_install(self):
        self.needs_root()  # to become somebody else
        os.chmod(self.world, 0o755)
        tool = shutil.copy(TOOL, self.world)  # the checkout itself may be closed to others
        run = self.run_tool("build", tool=tool, user=NOBODY)
        self.assertEqual(run.returncode, 1)
        self.assertEqual(run.stderr, "install-packages: run as root once to install: cmake g++\n")
        self.assertEqual(self.read("calls"), "")

    def test_a_section_that_does_not_exist_is_named(self):
        run = self.run_tool("biuld")
        self.assertEqual(run.returncode, 1)
        self.assertIn("no section [biuld]", run.stderr)

    def test_the_real_list_names_every_package_once_and_says_why(self):
        with open(os.path.join(ROOT, "packaging", "packages.txt"), encoding="utf-8") as stream:
            lines = [line for line in stream.read().splitlines() if line and line[0] not in "#["]
        for line in lines:
            self.assertRegex(line, r"^[a-z0-9][a-z0-9+.-]+ +# \S")
        names = [line.split()[0] for line in lines]
        self.assertEqual(sorted(names), sorted(set(names)))


if __name__ == "__main__":
    unittest.main(verbosity=1)
