#!/usr/bin/env python3
"""Every model at hand that has a golden file and can be run: convert --check against what its own framework computed.

Files that hold operators which cannot be run yet are counted and passed over, but for those that are promised.
"""
import json
import subprocess
from pathlib import Path

from program import MODELS, PROGRAM, CommandTest, main

PROMISED = [
    "mobilenet_v1_025_224/mobilenet_v1_025_224.tflite", "mobilenet_v1_025_224/mobilenet_v1_025_224_nchw.onnx",
    "kws_dscnn/kws_dscnn.tflite", "kws_dscnn/kws_dscnn.onnx",
    *(f"tflite/mlperf_tiny_{name}.tflite" for name in ("resnet8_float", "resnet8_int8", "vww_96_float", "vww_96_int8", "kws_float", "kws_int8")),
    "tflite/hello_world_float.tflite", "tflite/hello_world_int8.tflite", "tflite/face_detection_short_range.tflite",
    "tflite/mobilenet_v1_0.25_224_quant.tflite",
    "tflite/ultraface_slim_320_nopost.tflite", "tflite/mobilenet_v1_0.5_160_quant.tflite", "tflite/tf2_mobilenet_v2_1.0_224_ptq.tflite",
]


def golden_of(name):
    folder = name.split("/", maxsplit=1)[0]
    if folder in ("mobilenet_v1_025_224", "kws_dscnn"):
        return MODELS / folder / "golden.npz"
    return MODELS / "golden" / (name.rsplit(".", maxsplit=1)[0] + ".npz")


# One scale for filters whose channels differ by up to 100 times: a code that rounds to its neighbour is a tenth of what
# such a channel holds, and its golden input is noise. tests/models/quantized_onnx.py judges it on photographs.
JUDGED_ELSEWHERE = ["onnx/mobilenet_v1_025_224_qoperator_u8.onnx"]


class Golden(CommandTest):
    def test_every_promised_model_computes_its_golden_outputs(self):
        for name in PROMISED:
            path = self.model(name)
            with self.subTest(name=name):
                answer = self.answer("convert", path, "-o", "y.tflite", "--check", golden_of(name))
                self.assertTrue(answer["check"]["passed"])

    def test_whatever_can_be_run_computes_its_golden_outputs(self):
        entries = json.loads(Path(self.model("MANIFEST.json")).read_text(encoding="utf-8"))["files"]
        passed, refused = 0, 0
        for entry in entries:
            if entry["path"] in JUDGED_ELSEWHERE or not entry.get("golden") or not entry["path"].endswith((".tflite", ".onnx")):
                continue
            with self.subTest(name=entry["path"]):
                command = [PROGRAM, "convert", MODELS / entry["path"], "-o", "y.tflite", "--json", "--check", MODELS / entry["golden"]]
                done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=300, check=False)
                self.assertGreaterEqual(done.returncode, 0, "the program crashed")
                answer = json.loads(done.stdout)
                if "check" in answer:
                    self.assertTrue(answer["check"]["passed"], done.stdout)
                    passed += 1
                else:
                    self.assertEqual(done.returncode, 1 if answer["error"]["code"] != "invalid_argument" else 2)
                    refused += 1
        print(f"{passed} files compute their golden outputs, {refused} cannot be run yet")


if __name__ == "__main__":
    main()
