#!/usr/bin/env python3
"""The verb inspect: what it says of good files, of files that make no sense, and of files that are none."""
import subprocess
from pathlib import Path

from program import MODELS, PROGRAM, CommandTest, main

FLOAT = "mobilenet_v1_025_224/mobilenet_v1_025_224.tflite"
INTEGER = "tflite/mlperf_tiny_resnet8_int8.tflite"


class Inspect(CommandTest):
    def test_the_keys_of_the_answer_are_those_of_the_documentation(self):
        answer = self.answer("inspect", self.model(INTEGER))
        self.assertTrue(answer["ok"])
        self.assertEqual(answer["format"], "tflite")
        self.assertEqual(answer["macs"], 12501632)
        self.assertEqual(answer["operator_count"], 16)
        self.assertEqual(answer["integer_operators"], 16)
        given = answer["inputs"][0]
        self.assertEqual(given["name"], "input_1_int8")
        self.assertEqual((given["dtype"], given["shape"], given["free_axes"]), ("int8", [-1, 32, 32, 3], [0]))
        self.assertEqual((given["quantization"]["scale"], given["quantization"]["zero_point"]), (1, -128))
        convolution = answer["operators"][0]
        self.assertEqual((convolution["name"], convolution["count"]), ("CONV_2D", 9))
        self.assertEqual(answer["warnings"], [])

    def test_macs_and_weights_of_a_float_network(self):
        answer = self.answer("inspect", self.model(FLOAT))
        self.assertAlmostEqual(answer["macs"] / 1e6, 41.0, delta=1.0)
        self.assertEqual(answer["storage"], "float32")
        self.assertEqual(sum(entry["bytes"] for entry in answer["weights"]), sum(entry["weight_bytes"] for entry in answer["operators"]))

    def test_nodes_are_listed_with_their_source_nodes_and_tensors_with_their_kind(self):
        answer = self.answer("inspect", self.model(FLOAT), "--nodes", "--tensors")
        self.assertEqual(len(answer["nodes"]), answer["operator_count"])
        self.assertTrue(all(node["sources"] for node in answer["nodes"]))
        kinds = {tensor["kind"] for tensor in answer["tensors"]}
        self.assertEqual(kinds, {"input", "output", "constant", "intermediate"})

    def test_an_onnx_file_is_recognised_by_its_content(self):
        copy = self.folder / "net.tflite"
        copy.write_bytes(Path(self.model("mobilenet_v1_025_224/mobilenet_v1_025_224_nchw.onnx")).read_bytes())
        self.assertEqual(self.answer("inspect", copy)["format"], "onnx")

    def test_the_text_form_stands_alone_on_standard_output(self):
        text = self.pestle("inspect", self.model(INTEGER), "--text").stdout
        self.assertTrue(text.startswith("pestle-module 1\n"))
        self.assertIn("= CONV_2D(", text)
        self.assertEqual(text, self.answer("inspect", self.model(INTEGER), "--text")["text"])

    def test_every_model_at_hand_is_described_or_refused_with_its_name(self):
        self.model(FLOAT)
        for path in sorted((MODELS / "tflite").glob("**/*.tflite")):
            with self.subTest(path=path.name):
                done = subprocess.run([PROGRAM, "inspect", str(path)], capture_output=True, text=True, timeout=60, check=False)
                self.assertIn(done.returncode, (0, 1), done.stderr)
                if done.returncode == 1:
                    self.assertTrue(done.stderr.startswith(f"error: {path}: "), done.stderr)

    def test_what_makes_no_sense_is_a_warning(self):
        answer = self.answer("inspect", self.model("tflite/broken/segment_sum_invalid_buffer.tflite"))
        self.assertTrue(answer["warnings"])

    def test_a_damaged_file_is_refused(self):
        whole = Path(self.model(INTEGER)).read_bytes()
        for length in (0, 3, 100, len(whole) // 2, len(whole) - 1000):
            with self.subTest(length=length):
                (self.folder / "cut.tflite").write_bytes(whole[:length])
                self.refused("inspect", "cut.tflite", says=["cut.tflite: "])

    def test_what_cannot_be_converted_is_described_and_what_stands_in_the_way_listed(self):
        path = self.model("onnx/ort_logreg_iris.onnx")
        answer = self.answer("inspect", path)
        self.assertTrue(answer["ok"])
        self.assertFalse(answer["convertible"])
        self.assertEqual([use["name"] for use in answer["operators"]], ["ai.onnx.ml.LinearClassifier", "ai.onnx.ml.Normalizer", "ai.onnx.ml.ZipMap"])
        self.assertFalse(any(use["known"] for use in answer["operators"]))
        self.assertEqual((answer["inputs"][0]["name"], answer["inputs"][0]["shape"]), ("float_input", [3, 2]))
        self.assertIn("ai.onnx.ml 1", answer["description"])
        self.assertIn("3 of 3 nodes", answer["refusal"]["message"])
        self.assertIn("would not convert", " ".join(self.pestle("inspect", path).stdout.split()))
        self.refused("inspect", path, "--text", says=["3 of 3 nodes"])
        self.assertTrue(self.answer("inspect", self.model(FLOAT))["convertible"])

    def test_a_model_with_free_sizes_is_described_with_the_flag_that_fixes_them(self):
        answer = self.answer("inspect", self.model("onnx/ppocr_mobile_v2_cls.onnx"))
        self.assertEqual(answer["inputs"][0]["shape"], [-1, 3, -1, -1])
        self.assertIn("--input x:", answer["refusal"]["hint"])

    def test_an_onnx_file_that_is_cut_off_is_told_where(self):
        whole = Path(self.model("mobilenet_v1_025_224/mobilenet_v1_025_224_nchw.onnx")).read_bytes()
        (self.folder / "cut.onnx").write_bytes(whole[: len(whole) // 2])
        self.refused("inspect", "cut.onnx", says=["cut.onnx: is cut off", "its graph that begins at byte", "follow"], hints=["incomplete"])

    def test_a_file_that_is_no_model_is_named_for_what_it_is(self):
        (self.folder / "a.tflite").write_bytes(b"\x89PNG\r\n\x1a\n0000")
        self.refused("inspect", "a.tflite", says=["a.tflite", "PNG"], hints=["--data"])
        self.refused("inspect", "absent.tflite", says=["absent.tflite", "No such file"])

    def test_names_from_files_cannot_steer_the_terminal(self):
        (self.folder / "a\x1b[2Jb.tflite").write_bytes(b"nothing")
        done = self.refused("inspect", "a\x1b[2Jb.tflite", says=["[2Jb.tflite"])
        self.assertNotIn("\x1b", done.stderr)

    def test_errors_are_json_too(self):
        answer = self.answer("inspect", "absent.tflite", exit_code=1)
        self.assertFalse(answer["ok"])
        self.assertEqual(set(answer["error"]), {"code", "message", "hint", "where"})
        self.assertEqual(answer["error"]["code"], "not_found")

    def test_wrong_usage_is_exit_code_2(self):
        self.pestle("inspect", exit_code=2)
        self.pestle("inspect", "a.tflite", "--coverage", exit_code=2)
        self.refused("inspect", "a.tflite", "--input", "x", exit_code=2, says=["--input x"], hints=["x:1x3x224x224"])


if __name__ == "__main__":
    main()
