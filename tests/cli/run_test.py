#!/usr/bin/env python3
"""The verb run: names of inputs and outputs, values from files, what is written."""
import sys

try:
    import numpy as np
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

import tiny
from program import MODELS, CommandTest, main

FLOAT = "mobilenet_v1_025_224/mobilenet_v1_025_224.tflite"
GOLDEN = "mobilenet_v1_025_224/golden.npz"
INTEGER = "tflite/mlperf_tiny_resnet8_int8.tflite"


class Run(CommandTest):
    def golden(self):
        with np.load(self.model(GOLDEN)) as arrays:
            return (arrays["input_u8"][:1].astype(np.float32) * np.float32(1 / 127.5) - np.float32(1)), arrays["output"][:1]

    def test_the_output_is_that_of_the_golden_file(self):
        given, expected = self.golden()
        np.save(self.folder / "x.npy", given)
        answer = self.answer("run", self.model(FLOAT), "--input", "input=x.npy", "--output", "y.npz")
        with np.load(self.folder / "y.npz") as arrays:
            (name,) = arrays.files
            self.assertLess(np.abs(arrays[name] - expected).max(), 1e-5)
        (output,) = answer["outputs"]
        self.assertEqual(output["name"], name)
        self.assertEqual(output["top"][0]["index"], int(expected.argmax()))
        self.assertAlmostEqual(output["max"], float(expected.max()), places=5)
        self.assertEqual(output["not_finite"], 0)

    def test_an_input_is_named_by_place_and_without_the_leading_extent(self):
        given, _ = self.golden()
        np.savez(self.folder / "two.npz", a=given[0], b=given)
        first = self.answer("run", self.model(FLOAT), "--input", "#0=two.npz:a")["outputs"]
        self.assertEqual(first, self.answer("run", self.model(FLOAT), "--input", "input:0=two.npz:b")["outputs"])

    def test_an_array_is_taken_from_an_archive_by_the_name_of_the_input_or_as_the_only_one(self):
        given, _ = self.golden()
        np.savez(self.folder / "named.npz", input=given, other=np.zeros(3, np.float32))
        np.savez(self.folder / "only.npz", x=given)
        first = self.answer("run", self.model(FLOAT), "--input", "input=named.npz")["outputs"]
        self.assertEqual(first, self.answer("run", self.model(FLOAT), "--input", "input=only.npz")["outputs"])
        np.savez(self.folder / "none.npz", x=given, y=given)
        self.refused("run", self.model(FLOAT), "--input", "input=none.npz", exit_code=2, says=["none.npz", "input"], hints=["x, y"])

    def test_integer_outputs_stay_integers_and_dequantize_adds_floats(self):
        codes = np.random.default_rng(0).integers(-128, 128, (1, 32, 32, 3), np.int8)
        np.save(self.folder / "x.npy", codes)
        self.pestle("run", self.model(INTEGER), "--input", "#0=x.npy", "--output", "y.npz", "--dequantize")
        with np.load(self.folder / "y.npz") as arrays:
            self.assertEqual(arrays["Identity_int8"].dtype, np.int8)
            real = (arrays["Identity_int8"].astype(np.float32) + 128) * np.float32(1 / 256)
            self.assertTrue(np.array_equal(arrays["Identity_int8_float32"], real))

    def test_the_written_file_is_the_same_every_time_and_for_any_number_of_threads(self):
        given, _ = self.golden()
        np.save(self.folder / "x.npy", given)
        written = []
        for threads in (1, 2):
            self.pestle("run", self.model(FLOAT), "--input", "input=x.npy", "--output", "y.npz", "--threads", threads)
            written.append((self.folder / "y.npz").read_bytes())
        self.assertEqual(written[0], written[1])

    def test_a_free_batch_can_be_set(self):
        codes = np.random.default_rng(0).integers(-128, 128, (2, 32, 32, 3), np.int8)
        np.save(self.folder / "both.npy", codes)
        self.pestle("run", self.model(INTEGER), "--batch", 2, "--input", "#0=both.npy", "--output", "both.npz")
        with np.load(self.folder / "both.npz") as arrays:
            both = arrays["Identity_int8"]
        for k in range(2):
            np.save(self.folder / "one.npy", codes[k])
            self.pestle("run", self.model(INTEGER), "--input", "#0=one.npy", "--output", "one.npz")
            with np.load(self.folder / "one.npz") as arrays:
                self.assertTrue(np.array_equal(arrays["Identity_int8"][0], both[k]))

    def test_a_shape_that_does_not_fit_names_the_node_where_it_fails(self):
        np.save(self.folder / "x.npy", np.zeros((1, 96, 96, 3), np.float32))
        self.refused("run", self.model(FLOAT), "--input", "input:1x96x96x3", "--input", "input=x.npy", says=["AVERAGE_POOL_2D"], hints=["shape"])
        self.refused("run", self.model(FLOAT), "--batch", 2, "--input", "input=x.npy", exit_code=2, says=["--batch 2"], hints=["NAME:SHAPE"])

    def test_a_picture_needs_to_be_told_what_its_numbers_become(self):
        picture = next((MODELS.parent / "data").glob("**/*.jpg"), None) if MODELS.exists() else None
        if picture is None:
            print("skipped: no picture at hand")
            self.skipTest("no picture")
        self.refused("run", self.model(FLOAT), "--input", f"input={picture}", exit_code=2, hints=["--preprocess"])
        answer = self.answer("run", self.model(FLOAT), "--input", f"input={picture}", "--preprocess", "tf")
        self.assertAlmostEqual(answer["outputs"][0]["mean"], 1 / 1001, places=5)

    def test_a_recorded_picture_chain_leaves_arrays_as_they_are(self):
        net, folder = tiny.classifier(self.folder / "x.onnx"), tiny.pictures(self.folder / "photos", 20)
        self.pestle("quantize", net, "-o", "q.tflite", "--mode", "int8", "--data", folder, "--preprocess", "rgb,resize=8x8,range=-1:1")
        given = tiny.noise(1)
        np.save(self.folder / "x.npy", given)
        np.savez(self.folder / "x.npz", x=given)
        answer = self.answer("run", "q.tflite", "--input", "x=x.npy")
        self.assertTrue(any("x.npy is taken as it is" in note for note in answer["notes"]), answer["notes"])
        self.assertEqual(answer["outputs"], self.answer("run", "q.tflite", "--input", "x=x.npz")["outputs"])
        picture = self.answer("run", "q.tflite", "--input", f"x={folder}/000.png")
        self.assertFalse(any("taken as it is" in note for note in picture["notes"]))
        evaluated = self.answer("eval", "q.tflite", "--data", "x.npy")
        self.assertEqual(evaluated["samples"], 1)
        self.assertTrue(any("x.npy is taken as it is" in note for note in evaluated["notes"]), evaluated["notes"])
        self.refused("run", "q.tflite", "--input", "x=x.npy", "--preprocess", "resize=8x8,range=0:1", exit_code=2, says=["resize"])

    def test_a_picture_of_a_kind_that_is_not_read_is_named_with_the_way_out(self):
        net = tiny.classifier(self.folder / "net.onnx")
        (self.folder / "a.bmp").write_bytes(b"BM" + bytes(100))
        self.refused("run", net, "--input", "x=a.bmp", "--preprocess", "unit", says=["a.bmp", "a BMP picture"], hints=["mogrify -format png"])
        self.refused("eval", net, "--data", "a.bmp", "--preprocess", "unit", says=["a.bmp", "a BMP picture"], hints=["PNG"])

    def test_a_wrong_name_is_answered_with_the_names_there_are(self):
        np.save(self.folder / "x.npy", np.zeros(1, np.float32))
        self.refused("run", self.model(FLOAT), "--input", "pixels=x.npy", exit_code=2, says=["pixels"], hints=["input (float32 1x224x224x3)"])

    def test_a_missing_input_is_named(self):
        self.refused("run", self.model(FLOAT), exit_code=2, says=["input (float32 1x224x224x3)"], hints=["--input input="])

    def test_a_value_without_a_name_is_told_the_names_there_are(self):
        net = tiny.dominant(self.folder / "net.onnx")
        self.refused("run", net, "--input", "cat.jpg", exit_code=2, says=["--input cat.jpg: expected NAME=FILE"], hints=["--input x=cat.jpg"])

    def test_a_tflite_graph_is_cut_at_tensors(self):
        net = tiny.dominant(self.folder / "net.onnx")
        self.pestle("convert", net, "-o", "net.tflite")
        np.save(self.folder / "x.npy", tiny.noise(1))
        whole = self.outputs("net.tflite", "x")["y"]
        (name, pooled), = self.outputs("net.tflite", "x", "--outputs", "f:0").items()
        self.assertEqual((name, pooled.size), ("f", 3))
        np.save(self.folder / "x.npy", pooled)
        self.assertTrue(np.array_equal(self.outputs("net.tflite", "f", "--inputs", "f")["y"], whole))
        self.pestle("convert", "net.tflite", "-o", "head.tflite", "--inputs", "f")
        self.assertTrue(np.array_equal(self.outputs("head.tflite", "f")["y"], whole))
        self.assertEqual(self.answer("inspect", "head.tflite")["operators"][0]["name"], "FULLY_CONNECTED")
        self.refused("run", "net.tflite", "--outputs", "absent,x", says=["net.tflite", 'no tensor or node "absent"'])
        self.refused("run", "net.tflite", "--inputs", "absent", says=['no tensor or node "absent"'])
        self.refused("run", "net.tflite", "--inputs", "y", "--outputs", "f", exit_code=2, says=["also need", '"x"'])

    def test_a_part_of_a_fused_tensors_name_is_a_cut_point_if_one_tensor_has_it(self):
        model, part = self.model(INTEGER), "model/activation_2/Relu"
        np.save(self.folder / "x.npy", np.random.default_rng(0).integers(-128, 128, (1, 32, 32, 3)).astype(np.int8))
        (whole,) = self.outputs(model, "#0").values()
        (inner,) = self.outputs(model, "#0", "--outputs", part).values()
        np.save(self.folder / "x.npy", inner)
        (again,) = self.outputs(model, "#0", "--inputs", part).values()
        self.assertTrue(np.array_equal(whole, again))

    def outputs(self, model, name, *cut):
        self.pestle("run", model, "--input", f"{name}=x.npy", "--output", "out.npz", *cut)
        with np.load(self.folder / "out.npz") as arrays:
            return {key: arrays[key] for key in arrays.files}

    def test_a_wrong_shape_or_type_says_what_is_wanted_and_what_was_found(self):
        np.save(self.folder / "small.npy", np.zeros((1, 100, 100, 3), np.float32))
        np.save(self.folder / "whole.npy", np.zeros((1, 224, 224, 3), np.int32))
        self.refused("run", self.model(FLOAT), "--input", "input=small.npy", exit_code=2, says=["1x224x224x3", "1x100x100x3"])
        self.refused("run", self.model(FLOAT), "--input", "input=whole.npy", exit_code=2, says=["float32", "int32"])

    def test_a_sample_that_is_not_a_number_is_taken_and_named(self):
        given, _ = self.golden()
        given[0, 1, 2, 0] = np.nan
        np.save(self.folder / "x.npy", given)
        notes = " ".join(self.answer("run", self.model(FLOAT), "--input", "input=x.npy")["notes"])
        for word in ("x.npy", "1 of 150528", "NaN"):
            self.assertIn(word, notes)

    def test_what_cannot_be_written_leaves_nothing_behind(self):
        given, _ = self.golden()
        np.save(self.folder / "x.npy", given)
        self.refused("run", self.model(FLOAT), "--input", "input=x.npy", "--output", "absent/y.npz", says=["absent/y.npz"])
        self.assertEqual(self.files(), ["x.npy"])

    def test_a_damaged_array_is_refused_with_its_name(self):
        (self.folder / "x.npy").write_bytes(b"\x93NUMPY\x01\x00\x10\x00garbage")
        self.refused("run", self.model(FLOAT), "--input", "input=x.npy", says=["x.npy"])


if __name__ == "__main__":
    main()
