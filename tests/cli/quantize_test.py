#!/usr/bin/env python3
"""The verb quantize as a new user meets it: what it measures, what it warns of, what it refuses."""
import csv
import shutil
import sys
from pathlib import Path

try:
    import numpy as np
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

from program import MODELS, CommandTest, main

NETWORK = "mobilenet_v1_025_224/mobilenet_v1_025_224_nchw.onnx"
TFLITE = "mobilenet_v1_025_224/mobilenet_v1_025_224.tflite"
CHAIN = "center=0.875,resize=224x224:bicubic,range=-1:1"
PHOTOGRAPHS = MODELS.parent / "data/imagenet"


class QuantizeTest(CommandTest):
    def photographs(self, name="calibration"):
        path = PHOTOGRAPHS / name
        if not path.is_dir():
            print("skipped: no shared photographs (set PESTLE_SHARED)")
            self.skipTest("no photographs")
        return path

    def quantized(self, *flags, mode="full-int8", data="calibration", samples=32, preprocess=CHAIN):
        return self.answer("quantize", self.model(NETWORK), "-o", "q.tflite", "--mode", mode, "--data", self.photographs(data), "--samples", samples,
                           "--preprocess", preprocess, "--label-offset", 1, *flags)

    def some_photographs(self, count, **columns):
        """A folder of the first photographs with a label file; further columns are functions of the row number."""
        source = self.photographs()
        folder = self.folder / "photographs"
        folder.mkdir()
        with open(source / "labels.csv", newline="") as file:
            rows = list(csv.DictReader(file))[:count]
        for i, row in enumerate(rows):
            shutil.copy(source / row["file"], folder)
            row.update({name: value(i) for name, value in columns.items()})
        with open(folder / "labels.csv", "w", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
        return folder


class Scores(QuantizeTest):
    def test_labels_give_the_scores_of_both_models_on_samples_held_back(self):
        answer = self.quantized()
        self.assertEqual(answer["judged_on"], "samples held back from calibration")
        self.assertEqual(answer["judging_samples"], 64)
        self.assertEqual(answer["labelled_samples"], 64)
        self.assertGreater(answer["float_top1"], 0.5)
        self.assertGreater(answer["top1"], 0.4)
        for share in ("agreement", "top1", "float_top1"):
            self.assertGreater(answer[f"{share}_margin"], 0.05)
            self.assertLess(answer[f"{share}_margin"], 0.13)
        text = self.pestle("quantize", self.model(NETWORK), "-o", "q.tflite", "--mode", "dynamic", "--data", self.photographs(),
                           "--preprocess", CHAIN, "--label-offset", 1).stdout
        self.assertRegex(text, r"top-1 of the float model +\d+\.\d % ± \d+\.\d")
        self.assertRegex(text, r"top-1 as written +\d+\.\d % ± \d+\.\d")
        self.assertRegex(text, r"judged on +40 samples")

    def test_validation_names_the_samples_that_judge(self):
        folder = self.some_photographs(20)
        answer = self.quantized("--validation", folder)
        self.assertEqual(answer["judging_samples"], 20)
        self.assertEqual(answer["labelled_samples"], 20)
        self.assertEqual(Path(answer["judged_on"]), folder)
        self.assertEqual(answer["calibration_samples"], 32)

    def test_validation_alone_judges_a_mode_that_needs_no_data(self):
        folder = self.some_photographs(20)
        answer = self.answer("quantize", self.model(NETWORK), "-o", "q.tflite", "--mode", "dynamic", "--validation", folder, "--preprocess", CHAIN)
        self.assertEqual(answer["judging_samples"], 20)
        self.assertEqual(answer["calibration_samples"], 0)

    def test_the_split_of_the_label_file_says_who_calibrates_and_who_judges(self):
        folder = self.some_photographs(30, split=lambda i: "validation" if i % 3 == 0 else "calibration")
        answer = self.answer("quantize", self.model(NETWORK), "-o", "q.tflite", "--mode", "int8", "--refine", "none", "--data", folder,
                             "--preprocess", CHAIN, "--label-offset", 1)
        self.assertEqual(answer["judging_samples"], 10)
        self.assertIn("split", answer["judged_on"])

    def test_without_labels_no_score_is_claimed(self):
        np.save(self.folder / "x.npy", np.random.default_rng(0).standard_normal((40, 3, 224, 224)).astype(np.float32))
        answer = self.answer("quantize", self.model(NETWORK), "-o", "q.tflite", "--mode", "int8", "--data", "x.npy")
        self.assertNotIn("top1", answer)
        self.assertIn("agreement", answer)


if __name__ == "__main__":
    main()
