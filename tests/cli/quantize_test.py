#!/usr/bin/env python3
"""The verb quantize as a new user meets it: what it measures, what it warns of, what it refuses."""
import csv
import json
import shutil
import sys
import zipfile
from pathlib import Path

try:
    import numpy as np
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

import tiny
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


class BiasCorrection(QuantizeTest):
    def test_data_corrects_the_biases_of_modes_with_float_activations(self):
        for mode in ("dynamic", "weight-only"):
            without = self.answer("quantize", self.model(NETWORK), "-o", "none.tflite", "--mode", mode)
            answer = self.quantized(mode=mode)
            self.assertTrue(answer["bias_correction"]["kept"])
            self.assertGreater(answer["bias_correction"]["after_sqnr_db"], answer["bias_correction"]["before_sqnr_db"] + 6)
            self.assertGreater(answer["agreement"], 0.9)
            self.assertNotIn("bias_correction", without)
            # What is recorded of the preprocessing is all that is added.
            self.assertLess(answer["bytes"], without["bytes"] + 256)
            self.assertNotIn("bias_correction", self.quantized("--refine", "none", mode=mode))

    def test_without_data_the_bytes_do_not_depend_on_refinement(self):
        for refine in ("auto", "none"):
            self.pestle("quantize", self.model(NETWORK), "-o", f"{refine}.tflite", "--mode", "dynamic", "--refine", refine)
        self.assertEqual((self.folder / "auto.tflite").read_bytes(), (self.folder / "none.tflite").read_bytes())


class Strict(QuantizeTest):
    def test_each_operator_is_named_with_its_reason(self):
        done = self.refused("quantize", self.model(NETWORK), "-o", "q.tflite", "--mode", "dynamic", "--strict", says=["stay float"], hints=["--min-elements 0", "--allow-float"])
        reasons = done.stderr.splitlines()[1:-1]
        self.assertGreater(len(reasons), 5)
        for reason in reasons:
            self.assertRegex(reason, r"^  \w+ '\S+': its weights have \d+ values, fewer than --min-elements \(1024\)$")
        self.pestle("quantize", self.model(NETWORK), "-o", "q.tflite", "--mode", "dynamic", "--strict", "--min-elements", 0)

    def test_a_mode_that_is_float_throughout_cannot_be_strict(self):
        for mode in ("float16", "float32"):
            self.refused("quantize", self.model(NETWORK), "-o", "q.tflite", "--mode", mode, "--strict", exit_code=2, says=["--strict", mode], hints=["--strict"])
        self.assertEqual(self.files(), [])

    def test_weights_that_stay_float_are_reported(self):
        answer = self.answer("quantize", self.model(NETWORK), "-o", "q.tflite", "--mode", "dynamic")
        self.assertTrue(answer["float_nodes"])
        self.assertTrue(all("--min-elements" in node["reason"] for node in answer["float_nodes"]))


class Output(QuantizeTest):
    def test_only_tflite_can_be_written(self):
        self.refused("quantize", self.model(NETWORK), "-o", "q.onnx", "--mode", "dynamic", exit_code=2, says=["q.onnx", "only .tflite"], hints=["-o q.tflite"])
        self.assertEqual(self.files(), [])

    def test_the_output_may_not_be_the_input(self):
        shutil.copy(self.model(TFLITE), self.folder / "x.tflite")
        self.refused("quantize", "x.tflite", "-o", "./x.tflite", "--mode", "dynamic", exit_code=2, says=["x.tflite"], hints=["-o"])

    def test_the_re_layout_is_a_note_wherever_it_is_printed(self):
        for command in (["quantize", "--mode", "dynamic"], ["convert"]):
            text = self.pestle(command[0], self.model(NETWORK), "-o", "q.tflite", *command[1:]).stdout
            self.assertEqual(text.count("re-laid"), 1, text)
            self.assertIn('note: input "input" was re-laid', text)
        text = self.pestle("eval", self.model(NETWORK), "--data", self.photographs(), "--samples", 2, "--preprocess", CHAIN).stdout
        self.assertEqual(text.count("re-laid"), 1, text)
        self.assertIn('note: input "input" was re-laid', text)


class ClassNames(QuantizeTest):
    NAMES = [f"class {i}" for i in range(1001)]

    def test_names_are_kept_behind_the_model_and_shown(self):
        (self.folder / "names.txt").write_text("\n".join(self.NAMES) + "\n")
        plain = self.quantized(samples=32)
        answer = self.quantized("--class-names", "names.txt")
        self.assertGreater(answer["bytes"], plain["bytes"] + len("\n".join(self.NAMES)))
        with zipfile.ZipFile(self.folder / "q.tflite") as archive:
            self.assertEqual(archive.namelist(), ["labels.txt"])
            self.assertIsNone(archive.testzip())
            self.assertEqual(archive.read("labels.txt").decode().splitlines(), self.NAMES)
        seen = self.answer("inspect", "q.tflite")
        self.assertEqual(seen["class_names"], self.NAMES)
        self.assertIn("TFLITE_METADATA", [entry["name"] for entry in seen["metadata"]])
        self.assertIn("1001: class 0, class 1", self.pestle("inspect", "q.tflite").stdout)
        photograph = sorted(self.photographs().glob("*.jpg"))[0]
        top = self.answer("run", "q.tflite", "--input", f"input={photograph}")["outputs"][0]["top"]
        self.assertEqual(top[0]["class"], f"class {top[0]['index']}")

    def test_the_metadata_is_what_the_support_libraries_read(self):
        (self.folder / "names.txt").write_text("\n".join(self.NAMES))
        self.quantized("--class-names", "names.txt")
        data = (self.folder / "q.tflite").read_bytes()
        start = data.index(b"M001") - 4
        self.assertIn(b"labels.txt", data[start : start + 1000])
        self.assertGreaterEqual(data[start : start + 1000].count(np.float32(127.5).tobytes()), 2)
        try:
            from ai_edge_litert.interpreter import Interpreter
        except ImportError:
            return
        Interpreter(model_content=data).allocate_tensors()

    def test_convert_and_quantize_keep_names_that_the_model_has(self):
        source = self.model("tflite/automl_labeler_model.tflite")
        names = self.answer("inspect", source)["class_names"]
        self.pestle("convert", source, "-o", "c.tflite")
        self.assertEqual(self.answer("inspect", "c.tflite")["class_names"], names)
        (self.folder / "names.txt").write_text("\n".join(self.NAMES))
        self.pestle("quantize", self.model(NETWORK), "-o", "f.tflite", "--mode", "float32", "--class-names", "names.txt")
        self.pestle("quantize", "f.tflite", "-o", "d.tflite", "--mode", "dynamic")
        self.assertEqual(self.answer("inspect", "d.tflite")["class_names"], self.NAMES)
        with zipfile.ZipFile(self.folder / "d.tflite") as archive:
            self.assertEqual(archive.namelist(), ["labels.txt"])

    def test_a_list_of_another_length_is_refused(self):
        (self.folder / "names.txt").write_text("a\nb\n")
        self.refused("quantize", self.model(NETWORK), "-o", "q.tflite", "--mode", "dynamic", "--class-names", "names.txt", exit_code=2,
                     says=["names.txt", "2 classes"], hints=["background"])

    def test_names_that_others_packed_are_read(self):
        seen = self.answer("inspect", self.model("tflite/automl_labeler_model.tflite"))
        self.assertEqual(len(seen["class_names"]), 5)
        self.assertIn("tulips", seen["class_names"])


class Hybrid(QuantizeTest):
    def test_operators_with_stored_weights_and_float_activations_are_hybrid(self):
        answer = self.answer("quantize", self.model(NETWORK), "-o", "q.tflite", "--mode", "dynamic")
        self.assertEqual(answer["operators"]["integer"], 0)
        self.assertGreater(answer["operators"]["hybrid"], 10)
        self.assertEqual(self.answer("inspect", "q.tflite")["hybrid_operators"], answer["operators"]["hybrid"])
        self.assertEqual(answer["operators"]["hybrid"] + answer["operators"]["float"], answer["operators"]["total"])


class Options(QuantizeTest):
    def test_what_the_library_refuses_is_said_in_flags(self):
        model = self.model(NETWORK)
        cases = [
            ([], ["--mode is missing"], ["--mode full-int8 --data"]),
            (["--mode", "int8"], ["--mode int8 needs sample inputs"], ["--data FOLDER"]),
            (["--mode", "full-int8", "--data", "x", "--keep-float", "y"], ["--keep-float contradicts --mode full-int8"], ["--allow-float"]),
            (["--mode", "dynamic", "--keep-float", "nowhere/*"], ["--keep-float 'nowhere/*' matched no operator"], []),
            (["--mode", "dynamic", "--io", "int8"], ["--io int8 does not go with --mode dynamic"], ["float32"]),
            (["--mode", "dynamic", "--observer", "magic"], ["--observer magic"], ["minmax"]),
            (["--mode", "dynamic", "--plan", "p.json", "--strict"], ["a plan says already"], ["--strict"]),
        ]
        for flags, says, hints in cases:
            with self.subTest(flags=flags):
                done = self.refused("quantize", model, "-o", "q.tflite", *flags, exit_code=2, says=says, hints=hints)
                self.assertNotIn("`", done.stderr)

    def test_a_plan_for_another_network_is_refused_with_a_way_out(self):
        self.pestle("quantize", self.model(NETWORK), "-o", "q.tflite", "--mode", "dynamic", "--save-plan", "p.json")
        self.pestle("quantize", self.model(NETWORK), "-o", "again.tflite", "--mode", "dynamic", "--plan", "p.json")
        self.assertEqual((self.folder / "q.tflite").read_bytes(), (self.folder / "again.tflite").read_bytes())
        self.refused("quantize", self.model("tflite/mlperf_tiny_resnet8_float.tflite"), "-o", "r.tflite", "--mode", "dynamic", "--plan", "p.json", exit_code=2,
                     says=["p.json", "another model"], hints=["--save-plan"])


class Warnings(QuantizeTest):
    def test_pixels_of_another_range_than_the_network_wants_are_noticed(self):
        answer = self.quantized(preprocess=CHAIN.replace("-1:1", "0:255"))
        self.assertTrue(any('"conv0"' in w and "--preprocess" in w for w in answer["warnings"]), answer["warnings"])
        self.assertTrue(any("near chance" in w and "--label-offset" in w for w in answer["warnings"]), answer["warnings"])

    def test_the_usual_range_raises_no_doubt(self):
        answer = self.quantized(samples=100)
        self.assertEqual(answer["warnings"], [])

    def test_another_range_than_the_file_records_is_noticed(self):
        self.pestle("quantize", self.model(NETWORK), "-o", "recorded.tflite", "--mode", "float32", "--data", self.photographs(), "--preprocess", CHAIN)
        answer = self.answer("quantize", "recorded.tflite", "-o", "q.tflite", "--mode", "full-int8", "--data", self.photographs(), "--samples", 32,
                             "--preprocess", CHAIN.replace("-1:1", "0:255"))
        self.assertTrue(any("-1..1" in w and "--preprocess" in w for w in answer["warnings"]), answer["warnings"])

    def test_a_collapse_names_the_worst_layer_and_ways_out(self):
        answer = self.quantized("--per-tensor", "--refine", "none", samples=100)
        warning = " ".join(answer["warnings"])
        for part in ("far from the float model", "most is lost at", "--per-tensor", "--refine", "--keep-float '", "int16x8", "pestle explore"):
            self.assertIn(part, warning)
        text = self.pestle("quantize", self.model(NETWORK), "-o", "q.tflite", "--mode", "full-int8", "--data", self.photographs(), "--samples", 32,
                           "--preprocess", CHAIN, "--per-tensor", "--refine", "none").stdout
        self.assertIn("warning: the result is far", text)

    def test_few_samples_are_named(self):
        answer = self.answer("quantize", self.model(NETWORK), "-o", "q.tflite", "--mode", "int8", "--data", self.some_photographs(10), "--preprocess", CHAIN)
        warnings = " ".join(answer["warnings"])
        self.assertIn("only 8 samples calibrated", warnings)
        self.assertIn("only 2 samples judged", warnings)
        self.assertIn("--validation", warnings)


class FewSamples(CommandTest):
    """Small folders, some of whose files do not decode."""

    def photos(self, good, cut, empty=0):
        """Pictures that decode, then as many that end too early, then empty files; returns the folder."""
        folder = tiny.pictures(self.folder / "photos", good + cut)
        (folder / "labels.csv").unlink()
        for i in range(good, good + cut):
            path = folder / f"{i:03}.png"
            path.write_bytes(path.read_bytes()[:60])
        for i in range(good + cut, good + cut + empty):
            (folder / f"{i:03}.png").write_bytes(b"")
        return folder

    def made(self, *flags, mode="full-int8"):
        tiny.classifier(self.folder / "c.onnx")
        return self.answer("quantize", "c.onnx", "-o", "q.tflite", "--mode", mode, "--preprocess", "range=0:1", *flags)

    def test_samples_that_do_not_decode_are_left_out_everywhere(self):
        answer = self.made("--data", self.photos(3, 1, 1))
        self.assertEqual(answer["calibration_samples"], 3)
        notes = [note for note in answer["notes"] if "left out" in note]
        self.assertEqual(len(notes), 1, answer["notes"])
        self.assertTrue(notes[0].startswith("2 of 5 samples were left out; the first: "), notes)

    def test_each_that_is_left_out_is_counted_once_and_said_even_when_quiet(self):
        self.photos(22, 1, 1)
        self.made("--data", "photos")
        done = self.pestle("quantize", "c.onnx", "-o", "q.tflite", "--mode", "full-int8", "--preprocess", "range=0:1", "--data", "photos", "--samples", 12, "--quiet")
        self.assertEqual((done.stdout + done.stderr).count("2 of 24 samples were left out"), 1, done.stdout + done.stderr)

    def test_only_an_empty_rest_is_an_error(self):
        tiny.classifier(self.folder / "c.onnx")
        self.photos(0, 3, 1)
        self.refused("quantize", "c.onnx", "-o", "q.tflite", "--mode", "full-int8", "--data", "photos", "--preprocess", "range=0:1", says=["none of 4 samples decodes"])

    def test_strict_data_refuses_the_first_that_does_not_decode(self):
        tiny.classifier(self.folder / "c.onnx")
        self.photos(20, 1)
        self.refused("quantize", "c.onnx", "-o", "q.tflite", "--mode", "full-int8", "--data", "photos", "--preprocess", "range=0:1", "--strict-data", says=["020.png"])

    def test_bias_correction_is_not_kept_without_a_sample_that_judges_it(self):
        answer = self.made("--data", self.photos(1, 0))
        correction = answer["bias_correction"]
        self.assertEqual((correction["samples"], correction["judging_samples"], correction["kept"]), (1, 0, False))
        self.assertNotIn("after_sqnr_db", correction)
        self.assertNotIn("agreement", answer)
        self.assertTrue(any("no sample is left to judge" in warning for warning in answer["warnings"]), answer["warnings"])
        self.pestle("quantize", "c.onnx", "-o", "none.tflite", "--mode", "full-int8", "--preprocess", "range=0:1", "--data", "photos", "--refine", "none")
        self.assertEqual((self.folder / "none.tflite").read_bytes(), (self.folder / "q.tflite").read_bytes())
        text = self.pestle("quantize", "c.onnx", "-o", "q.tflite", "--mode", "full-int8", "--preprocess", "range=0:1", "--data", "photos").stdout
        self.assertRegex(text, r"bias correction +\d layers on 1 sample: left out, for no sample is left to judge it")
        self.assertNotIn("1 samples", text)

    def test_scoring_what_calibrated_is_warned_of(self):
        folder = self.photos(20, 0)
        same = lambda answer: any("--validation" in w and "the same as --data" in w for w in answer["warnings"])
        self.assertTrue(same(self.made("--data", folder, "--validation", f"{folder}/.")))
        shutil.copytree(folder, self.folder / "others")
        self.assertFalse(same(self.made("--data", folder, "--validation", "others")))


class SameNames(CommandTest):
    """A key means the same whichever verb prints it."""

    def scene(self, outputs):
        """A network with a map of scores, a row of scores, or both, its calibrating samples and others."""
        random = np.random.default_rng(0)
        weights = {"w": random.normal(0, 0.3, (8, 3, 3, 3)).astype(np.float32), "v": random.normal(0, 1, (8, 4)).astype(np.float32)}
        nodes = [tiny.helper.make_node("Conv", ["x", "w"], ["map"], "conv", pads=[1, 1, 1, 1])]
        if "row" in outputs:
            nodes += [tiny.helper.make_node("Relu", ["map"], ["r"], "relu"), tiny.helper.make_node("GlobalAveragePool", ["r"], ["p"], "pool"),
                      tiny.helper.make_node("Flatten", ["p"], ["f"], "flatten"), tiny.helper.make_node("MatMul", ["f", "v"], ["row"], "dense")]
        shapes = {"map": [1, 8, 8, 8], "row": [1, 4]}
        tiny.save(self.folder / "net.onnx", nodes, [("x", [1, 3, 8, 8])], [(name, shapes[name]) for name in outputs], weights)
        np.save(self.folder / "calibrating.npy", tiny.noise(40))
        np.save(self.folder / "others.npy", tiny.noise(30, 1))

    def answers(self):
        made = self.answer("quantize", "net.onnx", "-o", "q.tflite", "--mode", "int8", "--refine", "none", "--data", "calibrating.npy", "--samples", 24, "--validation", "others.npy")
        explored = self.answer("explore", "net.onnx", "-o", "all", "--refine", "none", "--runs", 1, "--data", "calibrating.npy", "--samples", 24, "--validation", "others.npy")
        row = next(row for row in explored["modes"] if row["mode"] == "int8" and not row["per_tensor"])
        return made, row, self.answer("eval", "q.tflite", "--against", "net.onnx", "--data", "others.npy"), explored

    def test_every_verb_gives_the_same_value_under_the_same_name(self):
        for outputs in (["row"], ["map", "row"]):
            with self.subTest(outputs=outputs):
                self.scene(outputs)
                made, row, evaluated, _ = self.answers()
                for key in ("agreement", "sqnr_db", "centred_sqnr_db"):
                    self.assertIsInstance(made[key], float)
                    self.assertEqual(made[key], row[key], key)
                    self.assertEqual(made[key], evaluated[key], key)
                self.assertEqual(made["agreement"], evaluated["outputs"][-1]["agreement"])
                compared = self.answer("compare", "net.onnx", "q.tflite", "--data", "others.npy", "--samples", 30)
                for ours, theirs in zip(evaluated["outputs"], compared["outputs"]):
                    for key in ("agreement", "sqnr_db", "centred_sqnr_db"):
                        self.assertEqual(ours[key], theirs[key], key)

    def test_outputs_that_are_no_class_scores_have_no_agreement(self):
        self.scene(["map"])
        made, row, evaluated, explored = self.answers()
        self.assertEqual([made["agreement"], row["agreement"], evaluated["agreement"], evaluated["outputs"][0]["agreement"]], [None] * 4)
        self.assertIn("SQNR", explored["recommendation"])
        self.assertNotIn("agrees", explored["recommendation"])
        text = self.pestle("quantize", "net.onnx", "-o", "q.tflite", "--mode", "int8", "--data", "calibrating.npy").stdout
        self.assertRegex(text, r"agreement with float +-, SQNR")
        self.refused("eval", "q.tflite", "--against", "net.onnx", "--data", "others.npy", "--metric", "agreement", exit_code=2, says=["agreement", "class scores"])


class Plans(CommandTest):
    def scene(self):
        tiny.classifier(self.folder / "c.onnx")
        tiny.pictures(self.folder / "photos", 40)
        self.pestle("quantize", "c.onnx", "-o", "q.tflite", "--mode", "int8", "--refine", "none", "--data", "photos", "--preprocess", "range=0:1", "--save-plan", "p.json")

    def test_a_plan_brings_its_mode_and_its_preprocessing(self):
        self.scene()
        made = self.answer("quantize", "c.onnx", "-o", "again.tflite", "--plan", "p.json")
        self.assertEqual(made["mode"], "int8")
        self.assertEqual((self.folder / "again.tflite").read_bytes(), (self.folder / "q.tflite").read_bytes())
        judged = self.answer("quantize", "c.onnx", "-o", "again.tflite", "--plan", "p.json", "--refine", "none", "--data", "photos")
        self.assertGreater(judged["centred_sqnr_db"], 20)
        self.assertEqual((self.folder / "again.tflite").read_bytes(), (self.folder / "q.tflite").read_bytes())
        self.refused("quantize", "c.onnx", "-o", "r.tflite", "--plan", "p.json", "--mode", "dynamic", exit_code=2, says=["p.json", "--mode int8"])

    def test_absurd_scales_are_refused_by_the_name_of_the_node(self):
        self.scene()
        plan = json.loads((self.folder / "p.json").read_text())
        layer = next(node for node in plan["graphs"][0]["nodes"] if node["operator"] == "CONV_2D")
        layer["values"][0]["scale"] = [1e12]
        (self.folder / "p.json").write_text(json.dumps(plan))
        self.refused("quantize", "c.onnx", "-o", "r.tflite", "--plan", "p.json", exit_code=2, says=["p.json", "CONV_2D", layer["name"], "256"])


class QuantizedAlready(CommandTest):
    def test_a_quantized_onnx_file_is_converted_with_its_own_scales_and_not_quantized_again(self):
        nodes, value = [], "x"
        for i in range(4):
            nodes.append(tiny.helper.make_node("QuantizeLinear", [value, "s", "z"], [f"q{i}"], f"quantize{i}"))
            nodes.append(tiny.helper.make_node("DequantizeLinear", [f"q{i}", "s", "z"], [f"d{i}"], f"dequantize{i}"))
            nodes.append(tiny.helper.make_node("LeakyRelu", [f"d{i}"], [f"r{i}"], f"relu{i}"))
            value = f"r{i}"
        tiny.save(self.folder / "qdq.onnx", nodes, [("x", [1, 4])], [(value, [1, 4])], {"s": np.float32(0.1).reshape(()), "z": np.zeros((), np.int8)})
        self.refused("quantize", "qdq.onnx", "-o", "q.tflite", "--mode", "dynamic", says=["quantized already"], hints=["pestle convert"])
        done = self.answer("convert", "qdq.onnx", "-o", "q.tflite")
        self.assertEqual(done["operators"]["integer"], 3 + 1, done)  # and QUANTIZE; the last result has no scale
        self.assertIn("its own", " ".join(done["notes"]))


if __name__ == "__main__":
    main()
