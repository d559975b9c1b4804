#!/usr/bin/env python3
"""The verb ops, and docs/ops.md, which is made from it."""
import subprocess
import sys

from program import PROGRAM, SOURCE, CommandTest, main


class Ops(CommandTest):
    def test_the_table_has_every_operator(self):
        operators = self.answer("ops")["operators"]
        names = [operator["name"] for operator in operators]
        self.assertEqual(names, sorted(names))
        table = self.pestle("ops").stdout
        for name in names:
            self.assertIn(name, table)

    def test_the_page_of_an_operator_has_all_that_is_known_of_it(self):
        page = self.pestle("ops", "CONV_2D").stdout
        for word in ("filter", "dilation_w_factor", "int16x8", "axis 0", "Conv2DOptions", "dynamic"):
            self.assertIn(word, page)
        (operator,) = self.answer("ops", "conv_2d")["operators"]
        self.assertEqual(operator["code"], 3)
        self.assertEqual([row["version"] for row in operator["types"] if row["name"] == "int8"], [3])
        self.assertEqual(operator["modes"], ["float32", "int8", "int16x8", "dynamic"])

    def test_an_unknown_operator_is_answered_with_the_nearest(self):
        self.refused("ops", "CONV2D", exit_code=2, says=["CONV2D"], hints=["CONV_2D"])
        hint = self.refused("ops", "conv", exit_code=2).stderr.splitlines()[1]
        self.assertRegex(hint, r"^hint: did you mean CONV_2D")
        self.assertNotIn("COS", hint)

    def test_the_documentation_is_up_to_date(self):
        script = SOURCE / "tools" / "ops_page.py"
        made = subprocess.run([sys.executable, str(script), PROGRAM], capture_output=True, text=True, check=True).stdout
        written = (SOURCE / "docs" / "ops.md").read_text(encoding="utf-8")
        self.assertEqual(made, written, "docs/ops.md is out of date: ./dev docs writes it anew")


if __name__ == "__main__":
    main()
