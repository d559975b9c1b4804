#!/usr/bin/env python3
"""The verb convert: what is kept, what is checked, what is refused, and what is left behind when it fails."""
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

try:
    import numpy as np
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

from program import PROGRAM, CommandTest, main

FLOAT = "mobilenet_v1_025_224/mobilenet_v1_025_224.tflite"
ONNX = "mobilenet_v1_025_224/mobilenet_v1_025_224_nchw.onnx"
GOLDEN = "mobilenet_v1_025_224/golden.npz"
INTEGER = "tflite/mlperf_tiny_resnet8_int8.tflite"


class Convert(CommandTest):
    def test_the_keys_of_the_answer_are_those_of_the_documentation(self):
        answer = self.answer("convert", self.model(FLOAT), "-o", "y.tflite")
        self.assertEqual(answer["output"], "y.tflite")
        self.assertEqual(answer["bytes"], (self.folder / "y.tflite").stat().st_size)
        self.assertEqual(set(answer["operators"]), {"total", "integer", "hybrid", "float", "transpose"})
        self.assertEqual(answer["operators"]["transpose"], 0)
        self.assertNotIn("check", answer)

    def test_integers_stay_integers_to_the_bit(self):
        answer = self.answer("convert", self.model(INTEGER), "-o", "y.tflite", "--check")
        self.assertEqual(answer["operators"]["integer"], 16)
        self.assertEqual(answer["check"]["max_difference"], 0)
        self.assertEqual(answer["check"]["samples"], 4)

    def test_the_same_command_writes_the_same_bytes(self):
        for name in ("a.tflite", "b.tflite"):
            self.pestle("convert", self.model(FLOAT), "-o", name)
        self.assertEqual((self.folder / "a.tflite").read_bytes(), (self.folder / "b.tflite").read_bytes())

    def test_an_onnx_network_is_checked_against_its_golden_file(self):
        answer = self.answer("convert", self.model(ONNX), "-o", "y.tflite", "--check", self.model(GOLDEN))
        self.assertTrue(answer["check"]["passed"])
        self.assertEqual(answer["check"]["samples"], 2)
        self.assertLess(answer["check"]["max_difference"], 1e-5)

    def test_an_onnx_network_is_checked_against_itself(self):
        answer = self.answer("convert", self.model(ONNX), "--check", "-o", "y.tflite", "--samples", 1)
        self.assertTrue(answer["check"]["passed"])
        self.assertEqual(answer["check"]["against"], "the graph as imported")

    def test_a_difference_above_the_tolerance_is_exit_code_1(self):
        with np.load(self.model(GOLDEN)) as arrays:
            wrong = dict(arrays)
        wrong["output"] = wrong["output"] + np.float32(0.01)
        np.savez(self.folder / "wrong.npz", **wrong)
        answer = self.answer("convert", self.model(FLOAT), "-o", "y.tflite", "--check", "wrong.npz", exit_code=1)
        self.assertFalse(answer["ok"])
        self.assertFalse(answer["check"]["passed"])
        self.assertAlmostEqual(answer["check"]["max_difference"], 0.01, places=4)
        self.assertIsNone(answer["output"])
        self.assertEqual(self.files(), ["wrong.npz"])
        (self.folder / "y.tflite").write_bytes(b"old")
        self.pestle("convert", self.model(FLOAT), "-o", "y.tflite", "--check", "wrong.npz", exit_code=1)
        self.assertEqual((self.folder / "y.tflite").read_bytes(), b"old")
        self.assertTrue(self.answer("convert", self.model(FLOAT), "-o", "y.tflite", "--check", "wrong.npz", "--tolerance", 0.02)["ok"])

    def test_expected_outputs_that_do_not_fit_the_model_are_refused(self):
        np.savez(self.folder / "other.npz", a=np.zeros(3, np.float32))
        self.refused("convert", self.model(FLOAT), "-o", "y.tflite", "--check", "other.npz", exit_code=2, says=["other.npz", "in_0"], hints=["it holds a"])

    def test_the_output_may_not_be_the_input(self):
        copy = self.folder / "x.tflite"
        copy.write_bytes(Path(self.model(INTEGER)).read_bytes())
        self.refused("convert", copy, "-o", "./x.tflite", exit_code=2, says=["x.tflite"], hints=["-o"])
        self.assertEqual(copy.read_bytes(), Path(self.model(INTEGER)).read_bytes())

    def test_what_cannot_be_written_leaves_nothing_behind(self):
        self.refused("convert", self.model(FLOAT), "-o", "absent/y.tflite", says=["absent/y.tflite"])
        self.refused("convert", self.model(FLOAT), "-o", "/proc/y.tflite", says=["/proc/y.tflite"])
        self.assertEqual(self.files(), [])

    def test_a_full_disk_leaves_the_old_file_as_it_was(self):
        limit = f"ulimit -f 100; exec {PROGRAM} convert {self.model(FLOAT)} -o y.tflite"
        (self.folder / "y.tflite").write_bytes(b"old")
        done = subprocess.run(["bash", "-c", "trap '' XFSZ; " + limit], cwd=self.folder, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("y.tflite", done.stderr)
        self.assertEqual(self.files(), ["y.tflite"])
        self.assertEqual((self.folder / "y.tflite").read_bytes(), b"old")

    def test_a_device_is_written_to_and_stays_a_device(self):
        if not Path("/dev/full").is_char_device():
            self.skipTest("no /dev/full")
        self.refused("convert", self.model(FLOAT), "-o", "/dev/full", says=["/dev/full", "No space left"])
        self.pestle("convert", self.model(FLOAT), "-o", "/dev/null")
        self.assertTrue(Path("/dev/full").is_char_device() and Path("/dev/null").is_char_device())

    def test_only_tflite_can_be_written(self):
        for name in ("q.onnx", "folder/q.h5", "q.tflite.pb"):
            self.refused("convert", self.model(FLOAT), "-o", name, exit_code=2, says=[name, "only .tflite"], hints=["-o ", ".tflite"])
        self.assertEqual(self.files(), [])

    def test_an_interrupted_check_is_exit_code_130_and_leaves_no_file(self):
        work = subprocess.Popen([PROGRAM, "convert", self.model(FLOAT), "-o", "y.tflite", "--check", "--samples", "1000000"],
                                cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(2)
        work.send_signal(signal.SIGINT)
        _, complaints = work.communicate(timeout=60)
        self.assertEqual(work.returncode, 130, complaints)
        self.assertEqual(self.files(), [])

    def test_all_nodes_that_cannot_be_taken_are_named_at_once(self):
        done = self.pestle("convert", self.model("onnx/ort_logreg_iris.onnx"), "-o", "y.tflite", exit_code=1)
        for node in ("LinearClassifier", "Normalizer"):
            self.assertIn(node, done.stderr)
        self.assertEqual(self.files(), [])

    def test_a_free_extent_is_an_error_that_shows_how_to_fix_it(self):
        self.refused("convert", self.model("onnx/ppocr_mobile_v2_cls.onnx"), "-o", "y.tflite", exit_code=2, says=['"x"', "axes 2 and 3"], hints=["--input x:"])

    def test_a_damaged_file_is_refused_and_nothing_written(self):
        whole = Path(self.model(FLOAT)).read_bytes()
        (self.folder / "cut.tflite").write_bytes(whole[: len(whole) // 2])
        self.refused("convert", "cut.tflite", "-o", "y.tflite", says=["cut.tflite"])
        self.assertEqual(self.files(), ["cut.tflite"])


if __name__ == "__main__":
    main()
