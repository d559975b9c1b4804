#!/usr/bin/env python3
"""The verb explore: who calibrates and who scores, what the table, the page and the answer say."""
import json
import re

import tiny
from program import CommandTest, main
from tiny import np


class Explore(CommandTest):
    def explored(self, *more, runs=2):
        net = self.folder / "net.onnx"
        if not net.exists():
            tiny.classifier(net)
        return self.answer("explore", net, "-o", "out", "--runs", runs, *more)

    def rows(self, split_of, count=40):
        data = tiny.noise(count)
        np.save(self.folder / "x.npy", data)
        text = "".join(f"{i},{i % tiny.CLASSES},{split_of(i)}\n" for i in range(count))
        (self.folder / "labels.csv").write_text("index,label,split\n" + text, encoding="utf-8")
        return ["--data", "x.npy", "--labels", "labels.csv"]

    def test_every_mode_has_a_row_and_those_that_work_a_file(self):
        answer = self.explored(*self.rows(lambda i: ""))
        modes = {row["mode"] for row in answer["modes"]}
        self.assertTrue({"float32", "float16", "dynamic", "int8", "full-int8", "int16x8"} <= modes, modes)
        for row in answer["modes"]:
            if row["ok"]:
                self.assertEqual(row["bytes"], (self.folder / row["output"]).stat().st_size)
            else:
                self.assertTrue(row["reason"])
        self.assertEqual(sum(row.get("recommended", False) for row in answer["modes"]), 1)
        written = json.loads((self.folder / "out/explore.json").read_text(encoding="utf-8"))
        self.assertEqual(set(written), set(answer))

    def test_the_split_of_the_label_file_decides_who_scores(self):
        for names, scoring in ((("train", "test"), 10), (("calibration", "validation"), 10), (("calibration", "holdout"), 10), (("", ""), 20)):
            with self.subTest(names=names):
                answer = self.explored(*self.rows(lambda i: names[0] if i < 30 else names[1]))
                self.assertEqual(answer["samples"], scoring)
                self.assertIn(names[1] or "odd rows", answer["scored_on"])

    def test_a_mode_that_nobody_needs_is_told_why_in_agreement_with_the_table(self):
        net = tiny.classifier(self.folder / "net.onnx")
        text = " ".join(self.pestle("explore", net, "-o", "out", "--runs", 2, *self.rows(lambda i: "")).stdout.split())
        modes = {row["mode"] + (" per tensor" if row["per_tensor"] else ""): row for row in json.loads((self.folder / "out/explore.json").read_text())["modes"]}
        self.assertNotIn("nowhere better", text)
        for name, row in modes.items():
            if not row.get("dominated_by"):
                continue
            found = re.search(re.escape(f"{name} is not needed: {row['dominated_by']} is ") + r"(.*?)(?:note:|warning:|$)", text)
            self.assertTrue(found, text)
            lower = row["logits_centred_sqnr_db"] - modes[row["dominated_by"]]["logits_centred_sqnr_db"]
            self.assertEqual("its SQNR is" in found[1], lower >= 0.05, (name, found[1], lower))

    def test_the_page_has_its_title_once(self):
        self.explored(*self.rows(lambda i: ""))
        page = (self.folder / "out/explore.html").read_text(encoding="utf-8")
        self.assertEqual(len(re.findall(r"<h\d>Modes</h\d>", page)), 1)

    def test_a_quantized_model_is_refused(self):
        data = self.rows(lambda i: "")
        net = tiny.classifier(self.folder / "net.onnx")
        self.pestle("quantize", net, "-o", "q.tflite", "--mode", "int8", "--data", "x.npy")
        self.refused("explore", "q.tflite", "-o", "out", *data, says=["quantized already"], hints=["float model"])


if __name__ == "__main__":
    main()
