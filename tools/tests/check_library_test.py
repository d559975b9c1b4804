import unittest

import check_library
from tree import TreeTest

# (file, text, rule that must speak; None where nothing may be found)
CASES = [
    ("src/ir/a.cpp", 'printf("x");', "printing"),
    ("src/ir/a.cpp", "std::cout << 1;", "printing"),
    ("src/ir/a.cpp", "#include <iostream>", "printing"),
    ("src/ir/a.cpp", "std::snprintf(buffer, 8, format);", None),
    ("src/ir/a_test.cpp", 'printf("skipped: no models\\n");', None),
    ("src/cli/main.cpp", 'std::printf("x");', None),
    ("src/ir/a.cpp", "std::abort();", "ending the process"),
    ("src/ir/a.cpp", "exit(1);", "ending the process"),
    ("src/ir/a.cpp", "// never calls exit(1)\nvoid on_exit();", None),
    ("src/ir/a.cpp", "throw 1;", "throwing"),
    ("src/ir/a.cpp", "// libraries throw, we do not", None),
    ("src/ir/a.cpp", "dynamic_cast<A*>(b)", "run-time types"),
    ("src/ops/a.cpp", "std::exp(x)", "libm in results"),
    ("src/ops/a.cpp", "elementary::exp(x) + std::sqrt(x)", None),
    ("src/eval/a.cpp", "std::log10(x)", None),
    ("src/ir/a.cpp", "// TODO", "open end"),
    ("tools/a.py", "# FIXME: later", "open end"),
    ("src/ir/a.cpp", "// TODO: whether old converters write a scale here is not known", None),
    ("docs/a.md", "see /home/someone/notes", "absolute path"),
    ("src/ir/a.cpp", '"/work/x"', "absolute path"),
    ("docs/a.md", "https://example.org/home/page and ../work/x", None),
    ("src/ir/a.cpp", '#include "base/util.h"', "shelf names"),
]


class CheckLibrary(TreeTest):
    def test_each_rule_speaks_where_it_should_and_only_there(self):
        self.borrow("tools/library_rules.toml")
        for path, text, rule in CASES:
            with self.subTest(path=path, text=text):
                self.write(path, text + "\n")
                problems = check_library.check(self.root)
                (self.root / path).unlink()
                if rule is None:
                    self.assertEqual(problems, [])
                else:
                    self.assert_one(problems, f"{path}:1", rule)

    def test_every_rule_has_a_bad_example(self):
        self.borrow("tools/library_rules.toml")
        text = (self.root / "tools/library_rules.toml").read_text()
        for rule in {rule for _, _, rule in CASES if rule}:
            self.assertIn(f'name = "{rule}"', text)
        self.assertEqual(text.count("[[rule]]"), len({rule for _, _, rule in CASES if rule}))

    def test_builds_and_environments_are_not_read(self):
        self.borrow("tools/library_rules.toml")
        self.write("build/release/a.txt", "/home/someone/x\n")
        self.write(".venv-peers/a.py", "/home/someone/x\n")
        self.assertEqual(check_library.check(self.root), [])


if __name__ == "__main__":
    unittest.main()
