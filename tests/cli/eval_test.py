#!/usr/bin/env python3
"""The verb eval: what each model is fed, what is measured, what is said about labels."""
import tiny
from program import CommandTest, main
from tiny import np


class Eval(CommandTest):
    def labelled(self, count=40, offset=0):
        """Rows of noise and which of their channels is the largest on average."""
        data = tiny.noise(count)
        labels = data.mean(axis=(2, 3)).argmax(axis=1) + offset
        np.save(self.folder / "x.npy", data)
        rows = "".join(f"{i},{label}\n" for i, label in enumerate(labels))
        (self.folder / "labels.csv").write_text("index,label\n" + rows, encoding="utf-8")
        return ["--data", "x.npy", "--labels", "labels.csv"]

    def test_the_original_is_fed_the_samples_and_not_the_codes_of_the_quantized_model(self):
        data = self.labelled()
        net = tiny.dominant(self.folder / "net.onnx")
        np.save(self.folder / "small.npy", 0.02 * tiny.noise(40))
        self.pestle("quantize", net, "-o", "q.tflite", "--mode", "full-int8", "--data", "small.npy")
        answer = self.answer("eval", "q.tflite", *data, "--against", net)
        self.assertLess(answer["top1"], 1.0)
        self.assertEqual(answer["original"]["top1"], 1.0)
        logits = self.answer("eval", "q.tflite", *data, "--against", net, "--logits")
        self.assertEqual((logits["agreement"], logits["outputs"]), (answer["agreement"], answer["outputs"]))

    def test_codes_that_only_the_quantized_model_knows_reach_the_original_as_what_they_stand_for(self):
        self.labelled()
        net = tiny.dominant(self.folder / "net.onnx")
        self.pestle("quantize", net, "-o", "q.tflite", "--mode", "full-int8", "--data", "x.npy")
        np.save(self.folder / "codes.npy", np.random.default_rng(1).integers(-128, 128, (8, 3, 8, 8), np.int8))
        answer = self.answer("eval", "q.tflite", "--data", "codes.npy", "--against", net)
        self.assertEqual(answer["agreement"], 1.0)

    def test_each_model_has_the_preprocessing_that_its_file_records(self):
        folder, net = tiny.pictures(self.folder / "photos", 20), tiny.dominant(self.folder / "net.onnx")
        for name, chain in (("a", "resize=8x8,range=-1:1"), ("b", "resize=8x8,range=1:-1"), ("c", "resize=8x8,range=-1:1")):
            self.pestle("quantize", net, "-o", f"{name}.tflite", "--mode", "int8", "--data", folder, "--preprocess", chain)
        self.assertEqual(self.answer("eval", "a.tflite", "--data", folder, "--against", net)["original"]["top1"], 1.0)
        self.assertEqual(self.answer("eval", "a.tflite", "--data", folder, "--against", "c.tflite")["agreement"], 1.0)
        answer = self.answer("eval", "a.tflite", "--data", folder, "--against", "b.tflite")
        self.assertEqual((answer["top1"], answer["original"]["top1"], answer["agreement"]), (1.0, 0.0, 0.0))
        said = self.pestle("eval", "a.tflite", "--data", folder, "--against", "b.tflite").stdout
        self.assertIn("b.tflite with resize=8x8:bilinear,range=1:-1", " ".join(said.split()))

    def test_the_metric_that_is_asked_for_is_known_possible_and_printed(self):
        data, net = self.labelled(), tiny.dominant(self.folder / "net.onnx")
        self.pestle("quantize", net, "-o", "q.tflite", "--mode", "full-int8", "--data", "x.npy")
        everything = self.answer("eval", "q.tflite", *data, "--against", net)
        self.assertNotIn("metric", everything)
        keys = {"top1": "top1", "top5": "top5", "agreement": "agreement", "sqnr": "sqnr_db", "centred-sqnr": "centred_sqnr_db", "psnr": "psnr_db"}
        for name, key in keys.items():
            answer = self.answer("eval", "q.tflite", *data, "--against", net, "--metric", name)
            self.assertEqual((answer["metric"], answer["value"]), (name, everything[key]))
        (output,) = everything["outputs"]
        for key in ("agreement", "sqnr_db", "centred_sqnr_db", "psnr_db"):
            self.assertEqual(everything[key], output[key], "one name, one definition")
        self.assertIn("psnr", self.pestle("eval", "q.tflite", *data, "--against", net, "--metric", "psnr").stdout)
        self.refused("eval", net, *data, "--metric", "top-1", exit_code=2, says=["--metric top-1"], hints=["did you mean top1?", "psnr"])
        self.refused("eval", net, *data, "--metric", "psnr", exit_code=2, says=["--metric psnr"], hints=["--against"])
        self.refused("eval", net, "--data", "x.npy", "--metric", "top1", exit_code=2, says=["needs labels"], hints=["--labels"])

    def test_ratios_are_what_the_documentation_says(self):
        self.labelled()
        net = tiny.dominant(self.folder / "net.onnx")
        self.pestle("quantize", net, "-o", "q.tflite", "--mode", "int8", "--data", "x.npy")
        data = tiny.noise(40)
        a = data.mean(axis=(2, 3), dtype=np.float64) * 4
        b = []
        for sample in data[:8]:
            np.save(self.folder / "one.npy", sample)
            self.pestle("run", "q.tflite", "--input", "#0=one.npy", "--output", "one.npz")
            with np.load(self.folder / "one.npz") as arrays:
                b.append(arrays[arrays.files[0]][0].astype(np.float64))
        a, b = a[:8], np.array(b)
        np.save(self.folder / "eight.npy", data[:8])
        answer = self.answer("eval", "q.tflite", "--data", "eight.npy", "--against", net)
        decibels = lambda signal, noise: 10 * np.log10(signal / noise)
        centred = lambda x: x - x.mean(axis=1, keepdims=True)
        self.assertAlmostEqual(answer["sqnr_db"], decibels((a**2).sum(), ((a - b)**2).sum()), delta=0.01)
        self.assertAlmostEqual(answer["centred_sqnr_db"], decibels((centred(a)**2).sum(), (centred(a - b)**2).sum()), delta=0.01)
        self.assertAlmostEqual(answer["psnr_db"], decibels((a.max() - a.min())**2, ((a - b)**2).mean()), delta=0.01)

    def test_sub_folders_are_classes_and_their_numbers_are_said_once(self):
        folder, net = self.folder / "photos", tiny.dominant(self.folder / "net.onnx")
        for i in range(60):
            tiny.png(folder / ("ant", "bee", "cow")[i % 3] / f"{i}.png", tiny.bright(i % 3, i))
        answer = self.answer("eval", net, "--data", folder, "--preprocess", "unit")
        self.assertEqual(answer["top1"], 1.0)
        (note,) = [note for note in answer["notes"] if "numbered by name" in note]
        self.assertIn("0 ant, 1 bee, 2 cow (3 in all)", note)
        self.assertEqual(len(answer["notes"]), 1, answer["notes"])
        wide = tiny.classifier(self.folder / "wide.onnx", classes=10)
        notes = self.answer("eval", wide, "--data", folder, "--preprocess", "unit")["notes"]
        self.assertTrue(any("10 outputs and the data 3 classes" in note for note in notes), notes)
        (self.folder / "names.txt").write_text("cow\nbee\nant\n", encoding="utf-8")
        named = self.answer("eval", net, "--data", folder, "--preprocess", "unit", "--labels", "names.txt")
        self.assertFalse(any("numbered by name" in note for note in named["notes"]))

    def test_shifted_labels_are_told_with_what_the_right_offset_gives(self):
        data = self.labelled(60)
        net = tiny.dominant(self.folder / "net.onnx", background=True)
        answer = self.answer("eval", net, *data)
        (note,) = answer["notes"]
        self.assertIn("--label-offset 1 gives top-1 100.0 % instead of 0.0 %", note)
        better = self.answer("eval", net, *data, "--label-offset", 1)
        self.assertEqual((better["top1"], better["notes"]), (1.0, []))
        two = self.answer("eval", net, *data, "--label-offset", 2)
        self.assertIn("--label-offset 1 gives", two["notes"][0])

    def test_label_files_of_other_forms_are_read_or_refused_and_never_passed_over(self):
        net = tiny.dominant(self.folder / "net.onnx")
        folder = tiny.pictures(self.folder / "photos", 60)
        (folder / "labels.csv").write_text("file,label\n" + "".join(f"{i:03}.png,{(i + 1) % 3}\n" for i in range(60)), encoding="utf-8")
        photos = ["eval", net, "--data", folder, "--preprocess", "unit", "--labels"]
        rows = "".join(f"{i:03}.png,{i % 3}\n" for i in range(60))
        for name, text in (("bare.csv", rows), ("semi.csv", "file;label\n" + rows.replace(",", ";"))):
            (self.folder / name).write_text(text, encoding="utf-8")
            self.assertEqual(self.answer(*photos, name)["top1"], 1.0, name)
        (self.folder / "bad.csv").write_text("image,class\n" + rows, encoding="utf-8")
        self.refused(*photos, "bad.csv", says=["bad.csv", "'image,class'"], hints=["file,label"])
        (self.folder / "numbers.txt").write_text("0\n1\n2\n" * 20, encoding="utf-8")
        self.refused(*photos, "numbers.txt", says=["numbers.txt", "one label a row"], hints=["file,label"])
        self.labelled(60)
        truth = tiny.noise(60).mean(axis=(2, 3)).argmax(axis=1)
        np.save(self.folder / "y.npy", truth)
        np.savetxt(self.folder / "y.txt", truth)
        (self.folder / "y.csv").write_text("label\n" + "".join(f"{y}\n" for y in truth), encoding="utf-8")
        for name in ("y.npy", "y.txt", "y.csv"):
            self.assertEqual(self.answer("eval", net, "--data", "x.npy", "--labels", name)["top1"], 1.0, name)
        (self.folder / "names.txt").write_text("cat\ndog\n", encoding="utf-8")
        self.refused("eval", net, "--data", "x.npy", "--labels", "names.txt", says=["names.txt", "2 names of classes"], hints=["index,label"])

    def test_preprocessing_is_printed_and_one_that_contradicts_the_record_is_told(self):
        folder, net = tiny.pictures(self.folder / "photos", 60), tiny.dominant(self.folder / "net.onnx")
        self.pestle("quantize", net, "-o", "q.tflite", "--mode", "int8", "--data", folder, "--preprocess", "resize=8x8,range=-1:1")
        answer = self.answer("eval", "q.tflite", "--data", folder)
        self.assertEqual((answer["preprocess"], answer["notes"]), ("resize=8x8:bilinear,range=-1:1", []))
        same = self.answer("eval", "q.tflite", "--data", folder, "--preprocess", "resize=8x8,range=-1:1")
        self.assertEqual(same["notes"], [])
        other = self.answer("eval", "q.tflite", "--data", folder, "--preprocess", "resize=8x8,range=0:1")
        self.assertEqual(other["preprocess"], "resize=8x8:bilinear,range=0:1")
        (note,) = [note for note in other["notes"] if "contradicts" in note]
        self.assertIn("resize=8x8:bilinear,range=0:1", note)
        self.assertIn("q.tflite records: resize=8x8:bilinear,range=-1:1", note)
        self.assertIn("range=-1:1", self.pestle("eval", "q.tflite", "--data", folder).stdout)
        self.assertEqual(self.answer("eval", net, *self.labelled())["preprocess"], "")

    def test_a_score_near_chance_is_told_with_what_other_offsets_give(self):
        random = np.random.default_rng(3)
        np.save(self.folder / "x.npy", tiny.noise(200))
        np.save(self.folder / "y.npy", random.integers(0, 50, 200))
        net = tiny.classifier(self.folder / "net.onnx", classes=50)
        notes = self.answer("eval", net, "--data", "x.npy", "--labels", "y.npy")["notes"]
        (note,) = [note for note in notes if "near chance" in note]
        for words in ("2.0 % of 50 classes", "--preprocess, --labels and --label-offset (-2 gives", ", 2 gives"):
            self.assertIn(words, note)

    def test_an_original_that_the_model_was_not_made_from_is_told(self):
        data, net = self.labelled(60), tiny.dominant(self.folder / "net.onnx")
        self.pestle("quantize", net, "-o", "q.tflite", "--mode", "int8", "--data", "x.npy")
        self.assertEqual(self.answer("eval", "q.tflite", *data, "--against", net)["notes"], [])
        wrong = tiny.classifier(self.folder / "wrong.onnx", classes=3)
        notes = self.answer("eval", "q.tflite", *data, "--against", wrong)["notes"]
        self.assertTrue(any("little in common with that of" in note and "wrong.onnx" in note for note in notes), notes)

    def test_few_samples_are_said_with_the_uncertainty_of_the_score(self):
        net = tiny.dominant(self.folder / "net.onnx")
        (note,) = self.answer("eval", net, *self.labelled(20))["notes"]
        self.assertEqual(note, "only 20 samples: top-1 is 100.0 % +- 8.1")
        data = self.labelled(50)
        self.assertEqual(self.answer("eval", net, *data)["notes"], [])
        lines = (self.folder / "labels.csv").read_text(encoding="utf-8").splitlines()
        partly = lines[:11] + [line.split(",")[0] + "," for line in lines[11:]]
        (self.folder / "labels.csv").write_text("\n".join(partly) + "\n", encoding="utf-8")
        answer = self.answer("eval", net, *data)
        self.assertEqual(answer["samples"], 50)
        self.assertTrue(answer["notes"][0].startswith("only 10 samples: top-1"), answer["notes"])

    def test_samples_that_do_not_decode_are_told_once(self):
        folder, net = tiny.pictures(self.folder / "photos", 6), tiny.classifier(self.folder / "net.onnx")
        (folder / "003.png").write_bytes((folder / "003.png").read_bytes()[:40])
        done = self.pestle("explore", net, "-o", "out", "--data", folder, "--preprocess", "unit", "--runs", 1)
        self.assertEqual((done.stdout + done.stderr).count("left out"), 1, done.stdout + done.stderr)


if __name__ == "__main__":
    main()
