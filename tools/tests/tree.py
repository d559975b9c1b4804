"""A small project tree in a temporary folder, for the tests of the checks."""
import tempfile
import unittest
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


class TreeTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)

    def write(self, path, text):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def borrow(self, path):
        """Puts the project's own file into the tree, so that the rules that are tested are those in force."""
        self.write(path, (PROJECT / path).read_text(encoding="utf-8"))

    def assert_one(self, problems, *words):
        self.assertEqual(len(problems), 1, problems)
        for word in words:
            self.assertIn(word, str(problems[0]))
