#!/usr/bin/env python3
"""The verb compare: where two models part, and what each is fed."""
import tiny
from program import CommandTest, main
from tiny import np


class Compare(CommandTest):
    def quantized(self, *more, mode="full-int8"):
        net = tiny.classifier(self.folder / "net.onnx")
        np.save(self.folder / "x.npy", tiny.noise(20))
        self.pestle("quantize", net, "-o", "q.tflite", "--mode", mode, *(more or ["--data", "x.npy"]))
        return net

    def test_a_model_is_like_itself_everywhere(self):
        net = self.quantized()
        answer = self.answer("compare", net, net, "--data", "x.npy")
        self.assertEqual(answer["samples"], 20)
        self.assertEqual({layer["sqnr_db"] for layer in answer["layers"]}, {200})
        self.assertIsNone(answer["first_part"])
        self.assertEqual(answer["unmatched"], 0)

    def test_layers_are_matched_in_their_order_and_a_page_is_written(self):
        net = self.quantized()
        answer = self.answer("compare", net, "q.tflite", "--data", "x.npy", "--samples", 5, "--report", "parts.html")
        self.assertEqual([layer["name"] for layer in answer["layers"]], ["r", "f", "z", "y"])
        self.assertTrue(all(20 < layer["sqnr_db"] < 80 for layer in answer["layers"]), answer["layers"])
        self.assertEqual(answer["samples"], 5)
        page = (self.folder / "parts.html").read_text(encoding="utf-8")
        self.assertEqual(page.count("q.tflite against"), 2)  # in <title> and in <h1>

    def test_the_preprocessing_that_the_second_model_records_is_used(self):
        folder = tiny.pictures(self.folder / "photos", 20)
        net = self.quantized("--data", folder, "--preprocess", "resize=8x8,range=-1:1", mode="int8")
        for pair in ((net, "q.tflite"), ("q.tflite", net)):
            answer = self.answer("compare", *pair, "--data", folder)
            self.assertGreater(answer["outputs"][0]["sqnr_db"], 20)
        self.refused("compare", net, net, "--data", folder, exit_code=2, says=["preprocessing"], hints=["--preprocess"])

    def test_models_of_other_interfaces_are_refused(self):
        net = self.quantized()
        other = tiny.classifier(self.folder / "other.onnx", classes=5)
        self.refused("compare", net, other, "--data", "x.npy", exit_code=2, says=["same inputs and outputs"], hints=["made from it"])


if __name__ == "__main__":
    main()
