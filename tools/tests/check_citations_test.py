import unittest

import check_citations
from tree import TreeTest

# (file, text, words of the one finding; None where nothing may be found)
CASES = [
    ("src/ir/a.cpp", "// Formulas: docs/semantics.md#tables.", None),
    ("src/ir/a.cpp", "// Formulas: semantics.md, section 2.", None),
    ("src/ir/a.cpp", "// Formulas: docs/facts.md, section 2.", ("docs/facts.md does not exist",)),
    ("src/ir/a.h", "// See docs/semantics.md#sigmoid.", ("docs/semantics.md has no place 'sigmoid'",)),
    ("tests/a.py", '"""Writes docs/lost.md."""', ("docs/lost.md does not exist",)),
    ("docs/b.md", "[there](semantics.md#second-part)", None),
    ("docs/b.md", "[there](#nowhere)", ("docs/b.md has no place 'nowhere'",)),
    ("docs/b.md", "[there](lost.md)", ("lost.md does not exist",)),
    ("docs/b.md", "Write lost.md first.", None),
]


class CheckCitations(TreeTest):
    def test_documents_and_places_that_do_not_exist_are_found(self):
        self.write("docs/semantics.md", '# Semantics\n<a id="tables"></a>\n## Second part!\n')
        for path, text, words in CASES:
            with self.subTest(path=path, text=text):
                self.write(path, text + "\n")
                problems = check_citations.check(self.root)
                (self.root / path).unlink()
                if words is None:
                    self.assertEqual(problems, [])
                else:
                    self.assert_one(problems, f"{path}:1", *words)


if __name__ == "__main__":
    unittest.main()
