"""Scores examples/digits in ONNX Runtime: float, int8 per channel, int8 per tensor, weights alone.

  python tools/example/measure.py [FOLDER]

Ranges come from the calibration samples (min-max), scores from the validation samples.
"""
import csv
import logging
import pathlib
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper
from onnxruntime import quantization
from PIL import Image


def load(folder: pathlib.Path, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Inputs (N,1,H,W in -1..1) and labels of one split."""
    with open(folder / "labels.csv", newline="") as f:
        rows = [row for row in csv.DictReader(f) if row["split"] == split]
    images = np.stack([np.asarray(Image.open(folder / row["file"]).convert("L")) for row in rows])
    inputs = images.astype(np.float32)[:, None] / 255 * 2 - 1
    return inputs, np.array([int(row["label"]) for row in rows])


# The quantizer leaves unused constants behind and warns of them, and of folding that is done already.
onnxruntime.set_default_logger_severity(3)
logging.getLogger().setLevel(logging.ERROR)


class Samples(quantization.CalibrationDataReader):
    def __init__(self, inputs: np.ndarray) -> None:
        self.rest = iter(inputs)

    def get_next(self) -> dict | None:
        sample = next(self.rest, None)
        return None if sample is None else {"image": sample[None]}


def scores(model: pathlib.Path, inputs: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    return np.concatenate([session.run(None, {"image": x[None]})[0] for x in inputs])


def quantize(source: pathlib.Path, target: pathlib.Path, inputs: np.ndarray, per_channel: bool) -> None:
    """Static int8, QDQ, asymmetric activations and symmetric weights, as in the TFLite rules."""
    quantization.quantize_static(
        str(source), str(target), Samples(inputs), quant_format=quantization.QuantFormat.QDQ,
        per_channel=per_channel, activation_type=quantization.QuantType.QInt8,
        weight_type=quantization.QuantType.QInt8,
        extra_options={"ActivationSymmetric": False, "WeightSymmetric": True})


def round_weights(source: pathlib.Path, target: pathlib.Path, per_channel: bool) -> None:
    """Rounds each convolution's and dense layer's weights to 255 levels; activations stay float."""
    model = onnx.load(source)
    named = {w.name: w for w in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type not in ("Conv", "Gemm"):
            continue
        weights = numpy_helper.to_array(named[node.input[1]])
        axes = tuple(range(1, weights.ndim)) if per_channel else None
        step = np.maximum(np.abs(weights).max(axis=axes, keepdims=True), 1e-12) / 127
        rounded = np.float32(np.clip(np.rint(weights / step), -127, 127) * step)
        named[node.input[1]].CopyFrom(numpy_helper.from_array(rounded, node.input[1]))
    onnx.save(model, target)


def row(name: str, size: int, got: np.ndarray, reference: np.ndarray, labels: np.ndarray) -> str:
    top1 = np.mean(got.argmax(1) == labels) * 100
    agreement = np.mean(got.argmax(1) == reference.argmax(1)) * 100
    centred = reference - reference.mean(1, keepdims=True)
    error = got - got.mean(1, keepdims=True) - centred
    sqnr = 10 * np.log10(np.sum(centred**2) / np.sum(error**2)) if np.any(error) else np.inf
    quality = f"{sqnr:.1f} dB" if np.isfinite(sqnr) else ""
    return f"| {name} | {size:,} | {top1:.1f} % | {agreement:.1f} % | {quality} |"


def table(folder: pathlib.Path) -> str:
    model = folder / "model.onnx"
    calibration, _ = load(folder, "calibration")
    inputs, labels = load(folder, "validation")
    reference = scores(model, inputs)
    lines = ["| | bytes | top-1 | agreement | SQNR |", "|---|---|---|---|---|",
             row("float32", model.stat().st_size, reference, reference, labels)]
    with tempfile.TemporaryDirectory() as scratch:
        target = pathlib.Path(scratch) / "quantized.onnx"
        for per_channel in (True, False):
            grain = "per channel" if per_channel else "per tensor"
            quantize(model, target, calibration, per_channel)
            lines.append(row(f"int8, weights {grain}", target.stat().st_size,
                             scores(target, inputs), reference, labels))
            round_weights(model, target, per_channel)
            lines.append(row(f"float, weights rounded to int8 {grain}", target.stat().st_size,
                             scores(target, inputs), reference, labels))
    return "\n".join(lines)


if __name__ == "__main__":
    default = pathlib.Path(__file__).resolve().parents[2] / "examples" / "digits"
    print(table(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default))
