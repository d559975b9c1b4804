"""What the command-line tests share: running the program, the folder of models, files made on the spot.

A test that needs models (tests/places.py says where they are) and finds none prints "skipped: " and the reason.
"""
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from places import MODELS, PROGRAM, SOURCE, skip

if not Path(PROGRAM).is_file():
    skip(f"no program at '{PROGRAM}' (build the target pestle)")


class CommandTest(unittest.TestCase):
    """Runs the program in a folder of its own that is removed afterwards."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def model(self, name):
        path = MODELS / name
        if not path.exists():
            reason = f"no model {name} (set PESTLE_SHARED)"
            print(f"skipped: {reason}")
            self.skipTest(reason)
        return str(path)

    def pestle(self, *arguments, exit_code=0, **options):
        done = subprocess.run([PROGRAM, *map(str, arguments)], cwd=self.folder, capture_output=True, text=True, timeout=300, **options)
        self.assertEqual(done.returncode, exit_code, f"{arguments}\n{done.stdout}\n{done.stderr}")
        self.assertNotIn("std::", done.stderr)
        return done

    def answer(self, *arguments, exit_code=0):
        """The JSON document that the command prints, which is all of its standard output."""
        document = json.loads(self.pestle(*arguments, "--json", exit_code=exit_code).stdout)
        self.assertEqual(document["command"], arguments[0])
        self.assertIn("pestle", document)
        return document

    def refused(self, *arguments, exit_code=1, says=(), hints=()):
        """Runs a command that must fail: one error line, and a hint that holds the given words."""
        done = self.pestle(*arguments, exit_code=exit_code)
        lines = done.stderr.splitlines()
        self.assertTrue(lines and lines[0].startswith("error: "), done.stderr)
        self.assertEqual(done.stdout, "")
        for word in says:
            self.assertIn(str(word), lines[0])
        for word in hints:
            self.assertTrue(any(line.startswith("hint: ") and word in line for line in lines), f"{word}\n{done.stderr}")
        return done

    def files(self):
        return sorted(entry.name for entry in self.folder.iterdir())


def main():
    unittest.main(module="__main__", argv=[sys.argv[0]], verbosity=0)
