#!/usr/bin/env python3
"""The verb bench: what is timed, what is counted, what is written."""
import json

import tiny
from program import CommandTest, main


class Bench(CommandTest):
    def nets(self):
        return tiny.classifier(self.folder / "a.onnx"), tiny.classifier(self.folder / "b.onnx", classes=6)

    def test_every_model_has_a_row_of_plausible_numbers(self):
        answer = self.answer("bench", *self.nets(), "--runs", 5, "--warm-up", 0, "--threads", 1)
        self.assertEqual([model["file"].rsplit("/", 1)[-1] for model in answer["models"]], ["a.onnx", "b.onnx"])
        for model, classes in zip(answer["models"], (tiny.CLASSES, 6)):
            self.assertEqual((model["runs"], model["threads"]), (5, 1))
            self.assertTrue(0 < model["min_ms"] <= model["median_ms"] <= model["p90_ms"], model)
            self.assertGreater(model["arena_bytes"], 0)
            self.assertGreater(model["load_ms"], 0)
            self.assertEqual(model["macs"], tiny.SIZE**2 * 8 * 3 * 9 + 8 * classes)

    def test_per_op_and_trace_show_every_node(self):
        a, b = self.nets()
        answer = self.answer("bench", a, b, "--runs", 2, "--per-op", "--trace", "trace.json")
        nodes = [model["nodes"] for model in answer["models"]]
        self.assertIn("CONV_2D", [node["operator"] for node in nodes[0]])
        self.assertEqual(sum(node["macs"] for node in nodes[0]), answer["models"][0]["macs"])
        self.assertTrue(all(node["kernel"] for node in nodes[0]))
        trace = json.loads((self.folder / "trace.json").read_text(encoding="utf-8"))
        spans = [event for event in trace["traceEvents"] if event["ph"] == "X"]
        self.assertEqual(len(spans), sum(map(len, nodes)))
        self.assertEqual({event["pid"] for event in trace["traceEvents"]}, {1, 2})

    def test_the_reference_kernels_can_be_asked_for(self):
        a, _ = self.nets()
        (fast,), (plain,) = (self.answer("bench", a, "--runs", 1, "--per-op", *more)["models"] for more in ([], ["--reference"]))
        self.assertNotEqual([node["kernel"] for node in fast["nodes"]], [node["kernel"] for node in plain["nodes"]])

    def test_a_model_that_is_not_there_is_named(self):
        a, _ = self.nets()
        self.refused("bench", a, "absent.tflite", says=["absent.tflite", "No such file"])


if __name__ == "__main__":
    main()
