import unittest
from pathlib import Path

import check_sizes
from tree import TreeTest


def function_of(lines, name="f"):
    body = "  g();\n" * (lines - 2)
    return f"void {name}() {{\n{body}}}\n"


def nested(levels):
    return "void f() {\n" + "if (a) {\n" * levels + "}\n" * levels + "}\n"


class Scanner(unittest.TestCase):
    def rows(self, text):
        return [(f.name, f.line, f.lines, f.nesting) for f in check_sizes.functions(text)]

    def test_methods_free_functions_and_operators_are_found(self):
        text = ("namespace n {\nclass A : public B {\n public:\n  A(int x) : x_(x), y_{x} {}\n"
                "  int get() const { return x_; }\n  bool operator==(const A&) const {\n    return true;\n  }\n};\n"
                "template <typename T>\nT twice(T v) {\n  return v;\n}\n}  // namespace n\n")
        self.assertEqual(self.rows(text), [("A", 4, 1, 0), ("get", 5, 1, 0), ("operator==", 6, 3, 0), ("twice", 10, 4, 0)])

    def test_braces_in_literals_comments_and_macros_do_not_count(self):
        text = ('#define OPEN {\nvoid f() {\n  // {{{\n  g("{", \'{\', R"(}}})");\n  int big = 1\'000;\n}\nvoid h() {}\n')
        self.assertEqual(self.rows(text), [("f", 2, 5, 0), ("h", 7, 1, 0)])

    def test_tables_and_enumerations_are_no_functions(self):
        text = "enum class E : int { kA };\nconstexpr Row kRows[] = {\n  {1, f(2)},\n};\nvoid f() { return; }\n"
        self.assertEqual(self.rows(text), [("f", 5, 1, 0)])

    def test_nesting_counts_blocks_and_lambdas_but_not_initializers(self):
        text = ("void f() {\n  for (int i = 0; i < n; ++i) {\n    run([&](int k) {\n      if (k) {\n"
                "        S s{1, {2}};\n      }\n    });\n  }\n  T t = {{1}};\n}\n")
        self.assertEqual(self.rows(text), [("f", 1, 10, 3)])

    def test_a_nest_of_loops_over_axes_is_one_level(self):
        text = ("void f() {\n  for (int i = 0; i < n; ++i) {\n    for (int j = 0; j < n; ++j) {\n      x = 0;\n"
                "      for (int k = 0; k < n; ++k) {\n        if (k) {\n        }\n      }\n    }\n  }\n}\n")
        self.assertEqual(self.rows(text), [("f", 1, 11, 3)])


class Limits(TreeTest):
    def check(self, path, text):
        self.write(path, text)
        return check_sizes.check(self.root)

    def test_a_small_file_passes(self):
        self.assertEqual(self.check("src/base/a.cpp", function_of(50)), ([], []))

    def test_a_long_function_warns_then_fails(self):
        errors, warnings = self.check("src/base/a.cpp", function_of(51))
        self.assertEqual(errors, [])
        self.assert_one(warnings, "src/base/a.cpp:1: f 51 lines")
        errors, _ = self.check("src/base/a.cpp", function_of(81))
        self.assert_one(errors, "f 81 lines (limit 80)")

    def test_a_long_file_fails_and_a_test_may_be_longer(self):
        text = "// line\n" * 601
        errors, _ = self.check("src/base/a.cpp", text)
        self.assert_one(errors, "601 lines (limit 600)")
        (self.root / "src/base/a.cpp").unlink()
        errors, warnings = self.check("src/base/a_test.cpp", text)
        self.assertEqual(errors, [])
        self.assertEqual(len(warnings), 1)

    def test_an_instruction_set_file_may_have_longer_functions(self):
        self.assertEqual(self.check("src/kernels/gemm/x86_avx2.cpp", function_of(150))[0], [])
        self.assertEqual(len(self.check("src/kernels/gemm/x86_avx2.cpp", function_of(151))[0]), 1)

    def test_deep_nesting_warns_then_fails(self):
        self.assertEqual(self.check("src/base/a.cpp", nested(3)), ([], []))
        self.assertEqual(len(self.check("src/base/a.cpp", nested(4))[1]), 1)
        self.assert_one(self.check("src/base/a.cpp", nested(6))[0], "6 levels of nesting")

    def test_the_allow_list_excuses_with_a_reason_up_to_its_limit(self):
        row = '[[allow]]\nfile = "src/base/a.cpp"\nfunction = "f"\nlines = 90\nreason = "one table, read as a whole"\n'
        self.write("tools/size_allow.toml", row)
        self.assertEqual(self.check("src/base/a.cpp", function_of(90))[0], [])
        self.assertNotEqual(self.check("src/base/a.cpp", function_of(91))[0], [])

    def test_an_allowance_without_reason_or_use_fails(self):
        self.write("tools/size_allow.toml", '[[allow]]\nfile = "src/base/a.cpp"\nlines = 700\nreason = ""\n')
        errors, _ = self.check("src/base/a.cpp", "// line\n" * 650)
        self.assert_one(errors, "no reason")
        self.write("tools/size_allow.toml", '[[allow]]\nfile = "src/base/a.cpp"\nlines = 700\nreason = "it was long once"\n')
        errors, _ = self.check("src/base/a.cpp", "// line\n")
        self.assert_one(errors, "covers nothing")

    def test_an_allowance_has_the_file_it_names(self):
        finding = check_sizes.Finding(Path("src/base/b.cpp"), "", 1, "lines", 700, True, 600)
        left, problems = check_sizes.apply_allowed([finding], [{"file": "src/base/a.cpp", "lines": 800, "reason": "a b c"}])
        self.assertEqual(left, [finding])
        self.assertEqual(len(problems), 1)


if __name__ == "__main__":
    unittest.main()
