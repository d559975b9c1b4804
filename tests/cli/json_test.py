#!/usr/bin/env python3
"""Every key that a verb prints with --json stands in docs/json.md, and every key there is printed."""
import re

import tiny
from program import SOURCE, CommandTest, main
from tiny import np

ALWAYS = {"pestle", "command", "ok"}


def section(verb):
    text = (SOURCE / "docs" / "json.md").read_text(encoding="utf-8")
    return re.search(rf"^## {verb}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)[1]


def words(text):
    return set(re.findall(r"`([a-z0-9_]+)`", text))


def documented(verb):
    """Keys of the answer itself: those that are always there, and all of them."""
    certain, every = set(), set()
    for names, meaning in re.findall(r"^\| (`.*?`) \| (.*)\|$", section(verb), re.MULTILINE):
        every |= words(names)
        certain |= set() if meaning.startswith("*if*") else words(names)
    return certain, every


def nested(value):
    if isinstance(value, dict):
        return set(value).union(*map(nested, value.values()))
    return set().union(*map(nested, value)) if isinstance(value, list) else set()


class Keys(CommandTest):
    def check(self, verb, *arguments):
        answer = self.answer(verb, *arguments)
        printed = set(answer) - ALWAYS
        certain, every = documented(verb)
        self.assertTrue(certain and every)
        self.assertLessEqual(printed, every, f"{verb} prints what docs/json.md lacks")
        self.assertLessEqual(certain, printed, f"{verb} does not print what docs/json.md promises")
        self.assertLessEqual(nested([answer[key] for key in printed]), words(section(verb)), f"{verb}: keys within")
        return printed, every

    def check_all(self, verb, *lines):
        """Over the lines together, keys that depend on a flag are printed too."""
        results = [self.check(verb, *line) for line in lines]
        self.assertEqual(set().union(*(printed for printed, _ in results)), results[0][1])

    def setUp(self):
        super().setUp()
        self.net = tiny.classifier(self.folder / "net.onnx")
        np.save(self.folder / "x.npy", tiny.noise(60))
        rows = "".join(f"{i},{i % tiny.CLASSES}\n" for i in range(60))
        (self.folder / "labels.csv").write_text("index,label\n" + rows, encoding="utf-8")
        self.data = ["--data", "x.npy", "--labels", "labels.csv"]

    def quantized(self):
        self.pestle("quantize", self.net, "-o", "q.tflite", "--mode", "full-int8", "--data", "x.npy")
        return "q.tflite"

    def test_bench(self):
        self.check_all("bench", [self.net, "--runs", 1], [self.net, "--runs", 1, "--per-op", "--trace", "t.json"])

    def test_compare(self):
        # Calibrated on other numbers than it is compared on: a layer is to blame.
        np.save(self.folder / "small.npy", 0.05 * tiny.noise(60))
        self.pestle("quantize", self.net, "-o", "bad.tflite", "--mode", "full-int8", "--data", "small.npy")
        self.check_all("compare", [self.net, self.quantized(), "--data", "x.npy"], [self.net, "bad.tflite", "--data", "x.npy"])

    def test_explore(self):
        self.check_all("explore", [self.net, "-o", "out", "--runs", 1, *self.data], [self.net, "-o", "out", "--runs", 1, "--data", "x.npy"])

    def test_eval(self):
        self.check_all("eval", [self.net, "--data", "x.npy"], [self.quantized(), *self.data, "--against", self.net, "--metric", "psnr"])

    def test_run(self):
        np.save(self.folder / "one.npy", tiny.noise(1))
        self.check_all("run", [self.net, "--input", "x=one.npy"], [self.net, "--input", "x=one.npy", "--output", "y.npz"])

    def test_convert(self):
        self.check_all("convert", [self.net, "-o", "y.tflite"], [self.net, "-o", "y.tflite", "--check"])

    def test_quantize(self):
        self.check_all("quantize", [self.net, "-o", "y.tflite", "--mode", "dynamic"],
                       [self.net, "-o", "y.tflite", "--mode", "full-int8", *self.data])

    def test_ops(self):
        self.check_all("ops", ["CONV_2D"], [])

    def test_inspect(self):
        odd = tiny.save(self.folder / "odd.onnx", [tiny.helper.make_node("Nonsense", ["x"], ["y"], "n")], [("x", [1, 2])], [("y", [1, 2])], {})
        self.check_all("inspect", [self.quantized(), "--tensors", "--nodes", "--text"], [odd])


if __name__ == "__main__":
    main()
