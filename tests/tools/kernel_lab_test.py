#!/usr/bin/env python3
"""tools/kernel-lab with its real machine: what it passes on, and that it leaves nothing however it ends."""

import os
import signal
import subprocess
import tempfile
import time
import unittest

TOOL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools", "kernel-lab")


class KernelLab(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def start(self, *words):
        return subprocess.Popen([TOOL, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                env={**os.environ, "TMPDIR": self.folder})

    def nothing_is_left(self):
        """No file, and no process that names the folder: the machine's own arguments do."""
        self.assertEqual(os.listdir(self.folder), [])
        self.assertEqual(self.processes(), [])

    def processes(self):
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/cmdline", encoding="utf-8") as file:
                    if self.folder in file.read():
                        found.append(pid)
            except (FileNotFoundError, ProcessLookupError):
                pass  # it just ended
        return found

    def test_output_words_and_exit_code_are_passed_on_and_writes_are_not(self):
        written = os.path.join(self.folder, "written")
        lab = self.start("sh", "-c", 'echo "$1" && pwd && genl ctrl get name ovs_datapath | head -n 2 && '
                         f'mkdir -p {self.folder} && touch {written} && exit 7', "name", "two  words")
        out, complaint = lab.communicate()
        self.assertEqual(lab.returncode, 7, complaint)
        self.assertIn(f"two  words\n{os.getcwd()}\n", out)
        self.assertIn("ovs_datapath", out)
        self.nothing_is_left()

    def test_it_ends_in_time(self):
        lab = self.start("--seconds", "1", "true")
        _, complaint = lab.communicate()
        self.assertEqual(lab.returncode, 124)
        self.assertIn("not done after 1 s", complaint)
        self.nothing_is_left()

    def test_whoever_stops_it_stops_its_machine(self):
        lab = self.start("sleep", "100")
        while not self.processes():
            self.assertIsNone(lab.poll())
            time.sleep(0.05)
        lab.send_signal(signal.SIGTERM)
        lab.communicate()
        self.assertEqual(lab.returncode, 128 + signal.SIGTERM)
        self.nothing_is_left()


if __name__ == "__main__":
    unittest.main()
