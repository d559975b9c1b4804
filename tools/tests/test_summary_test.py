import contextlib
import io
import shutil
import subprocess
import sys
import unittest
from unittest import mock

import test_summary
from tree import TreeTest

DOCTEST = "[doctest] test cases: 3 | 3 passed | 0 failed | 0 skipped"
# (name, shell command, (passed, failed, skipped))
ENTRIES = [
    ("whole", f"echo '{DOCTEST}'", (3, 0, 0)),
    ("part", f"echo 'skipped: no images'; echo '{DOCTEST}'", (2, 0, 1)),
    ("skip", "echo 'skipped: no models'; exit 77", (0, 0, 1)),
    ("plain", "true", (1, 0, 0)),
    ("bad", "exit 1", (0, 1, 0)),
    ("leak", f"echo '{DOCTEST}'; exit 23", (2, 1, 0)),
    ("unit", "echo 'Ran 4 tests in 0.1s'; echo 'FAILED (failures=1, errors=1)'; exit 1", (2, 2, 0)),
]


@unittest.skipUnless(shutil.which("ctest"), "CTest is not installed")
class Summary(TreeTest):
    def run_ctest(self, entries):
        lines = []
        for name, command, _ in entries:
            lines.append(f'add_test({name} "sh" "-c" "{command}")')
            lines.append(f"set_tests_properties({name} PROPERTIES SKIP_RETURN_CODE 77)")
        self.write("CTestTestfile.cmake", "\n".join(lines) + '\n')
        subprocess.run(["ctest", "--output-junit", "tests.xml"], cwd=self.root, capture_output=True, check=False)
        return self.root / "tests.xml"

    def summarize(self, junit, *options):
        output = io.StringIO()
        with mock.patch.object(sys, "argv", ["test_summary.py", str(junit), *options]):
            with contextlib.redirect_stdout(output):
                code = test_summary.main()
        return code, output.getvalue().splitlines()

    def test_cases_inside_the_programs_are_counted(self):
        entries = test_summary.read(self.run_ctest(ENTRIES))
        self.assertEqual([(e.name, (e.passed, e.failed, e.skipped)) for e in entries], [(e[0], e[2]) for e in ENTRIES])

    def test_a_program_that_is_missing_has_failed(self):
        self.write("CTestTestfile.cmake", 'add_test(gone "/nowhere/at/all")\n')
        subprocess.run(["ctest", "--output-junit", "tests.xml"], cwd=self.root, capture_output=True, check=False)
        self.assertEqual([e.failed for e in test_summary.read(self.root / "tests.xml")], [1])

    def test_the_last_line_has_the_counts_and_failures_decide_the_exit_code(self):
        code, lines = self.summarize(self.run_ctest(ENTRIES))
        self.assertEqual((code, lines[-1]), (1, "10 passed, 4 failed, 2 skipped"))
        code, lines = self.summarize(self.run_ctest(ENTRIES[:4]))
        self.assertEqual((code, lines[-1]), (0, "6 passed, 0 failed, 2 skipped"))

    def test_skips_fail_where_nothing_may_be_skipped(self):
        self.assertEqual(self.summarize(self.run_ctest(ENTRIES[:2]), "--no-skips")[0], 1)
        self.assertEqual(self.summarize(self.run_ctest(ENTRIES[:1]), "--no-skips")[0], 0)

    def test_a_run_without_tests_has_failed(self):
        self.write("tests.xml", "<testsuite/>")
        self.assertEqual(self.summarize(self.root / "tests.xml")[0], 1)


if __name__ == "__main__":
    unittest.main()
