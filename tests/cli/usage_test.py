#!/usr/bin/env python3
"""Wrong usage of any verb: one error line, one hint line, exit code 2, and the error as JSON where JSON is wanted."""
import json

from program import CommandTest, main


class Usage(CommandTest):
    def wrong(self, *arguments, says=(), hints=()):
        done = self.refused(*arguments, exit_code=2, says=says, hints=hints)
        lines = done.stderr.splitlines()
        self.assertEqual(len(lines), 2, done.stderr)
        self.assertTrue(lines[1].startswith("hint: "), done.stderr)
        return lines

    def test_a_verb_that_there_is_not_is_answered_with_the_nearest_or_with_all(self):
        self.wrong("evl", "x", says=["evl"], hints=["pestle eval"])
        self.wrong("zzz", says=["zzz"], hints=["bench, compare"])
        self.wrong(says=["no verb"], hints=["bench, compare"])
        self.wrong("--quiet", "eval", says=["--quiet", "before the verb"], hints=["pestle eval"])

    def test_an_unknown_flag_is_answered_with_the_nearest_or_with_the_verbs_that_have_it(self):
        self.wrong("eval", "x", "--thread=3", says=["eval", "--thread"], hints=["did you mean --threads?"])
        self.wrong("eval", "x", "--mode", "int8", says=["--mode"], hints=["quantize has it"])
        self.wrong("eval", "x", "--zzzzzzzzz", says=["--zzzzzzzzz"], hints=["pestle eval --help"])

    def test_a_mistyped_flag_is_named_rather_than_what_it_leaves_missing(self):
        self.wrong("explore", "x", "--ouput", "y", says=["--ouput"], hints=["--output"])

    def test_what_is_missing_is_named_with_an_example(self):
        self.wrong("eval", says=["MODEL is missing"], hints=["pestle eval "])
        self.wrong("explore", "x", says=["--output is missing"], hints=["pestle explore "])
        self.wrong("eval", "x", says=["--data is missing"], hints=["--data FOLDER"])
        self.wrong("inspect", "a", "b", says=["b: inspect takes no such argument"], hints=["pestle inspect "])

    def test_a_flag_wants_its_value_and_only_once(self):
        self.wrong("eval", "x", "--threads", says=["--threads has no value"], hints=["--threads N"])
        self.wrong("eval", "x", "--data", "--quiet", says=["--data has no value"], hints=["--data PATH"])
        self.wrong("eval", "x", "--threads", "1", "--threads", "2", says=["--threads", "more than once"])

    def test_a_value_that_is_no_number_or_out_of_bounds_is_refused(self):
        for verb in ("eval", "compare", "run", "bench", "explore", "quantize", "convert"):
            line = [verb, "x", "-o", "y"] if verb in ("explore", "quantize", "convert") else [verb, "x", *(["y"] if verb == "compare" else [])]
            self.wrong(*line, "--threads", "-1", says=["--threads -1", "at least 0"], hints=["--threads N"])
            self.wrong(*line, "--threads", "two", says=["--threads two", "whole number"], hints=["--threads N"])
        for words in (["bench", "x", "--runs", "0"], ["bench", "x", "--runs", "-5"], ["bench", "x", "--warm-up", "-1"], ["bench", "x", "--runs", "99999999999"],
                      ["eval", "x", "--samples", "0"], ["compare", "x", "y", "--samples", "-3"], ["explore", "x", "-o", "y", "--runs", "0"],
                      ["run", "x", "--batch", "0"], ["run", "x", "--batch", "1.5"], ["bench", "x", "--threads", "100000"], ["bench", "x", "--seed", "-1"]):
            with self.subTest(words=words):
                self.wrong(*words, says=[f"{words[-2]} {words[-1]}: "], hints=[words[-2]])

    def test_a_word_that_is_no_choice_is_answered_with_the_choices(self):
        self.wrong("explore", "x", "-o", "y", "--refine", "bais", says=["--refine bais"], hints=["did you mean bias?"])
        self.wrong("explore", "x", "-o", "y", "--refine", "zzz", says=["--refine zzz"], hints=["auto, bias, none"])

    def test_with_json_the_error_is_an_object_too(self):
        for words, command in ((["evl"], None), (["eval", "--json"], "eval"), (["eval", "x", "--theads", "1"], "eval"), (["eval", "x", "--threads", "-1"], "eval")):
            with self.subTest(words=words):
                done = self.pestle(*words, *([] if "--json" in words else ["--json"]), exit_code=2)
                answer = json.loads(done.stdout)
                self.assertEqual(set(answer), {"pestle", "command", "ok", "error"})
                self.assertEqual((answer["command"], answer["ok"]), (command, False))
                self.assertEqual(set(answer["error"]), {"code", "message", "hint", "where"})
                self.assertEqual(answer["error"]["code"], "invalid_argument")
                self.assertTrue(answer["error"]["hint"])
                self.assertIn("error: " + answer["error"]["message"], done.stderr)

    def test_help_and_version_are_no_errors(self):
        self.assertTrue(self.pestle("--version").stdout.startswith("pestle "))
        self.assertTrue(self.pestle("eval", "--help").stdout.startswith("Examples:"))


if __name__ == "__main__":
    main()
