"""Quantizes the anchor networks in every mode that the table below names and lets LiteRT judge the files.

The float model runs in ONNX Runtime. Photographs: the centre 0.875, bicubic to 224 x 224 (Pillow), the network's range.
Agreement: share of photographs with the same first class. SQNR: of centred logits, in dB, summed over all photographs.
Exits with 1 if a figure misses its bar, with 77 where the judges or the photographs are absent.
"""

import argparse
import csv
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from judges import interpreter, numpy
from places import SHARED, need_shared, run_pestle, skip

try:
    import onnxruntime
    from PIL import Image
except ImportError as error:
    skip(error)

CALIBRATION_SAMPLES = 100


class Anchor:
    def __init__(self, model, low, high, label_offset, ends_in_softmax):
        self.model = SHARED / "models" / model
        self.low, self.high = low, high
        self.label_offset = label_offset
        self.ends_in_softmax = ends_in_softmax

    def preprocess(self):
        return f"center=0.875,resize=224x224:bicubic,range={self.low}:{self.high}"


EFFICIENTNET = Anchor("onnx/efficientnet_lite0.onnx", -0.9921875, 1, 0, False)
MOBILENET = Anchor("mobilenet_v1_025_224/mobilenet_v1_025_224_nchw.onnx", -1, 1, 1, True)

# anchor, mode, refinement, bars: least top-1 (%), agreement (%), SQNR (dB; None: not asked), most bytes.
# The bytes are those of TFLiteConverter's files (weight-only: ai-edge-quantizer's), and 1 % more.
ROWS = [
    ("EfficientNet-Lite0", EFFICIENTNET, "full-int8", "none", None, 96.0, 18.4, 5257048),
    ("EfficientNet-Lite0", EFFICIENTNET, "full-int8", "auto", None, 96.8, 20.5, 5257048),
    ("EfficientNet-Lite0", EFFICIENTNET, "dynamic", "none", None, 97.4, 22.6, 4995248),
    ("EfficientNet-Lite0", EFFICIENTNET, "dynamic", "auto", None, 98.0, 26.0, 4995248),
    ("EfficientNet-Lite0", EFFICIENTNET, "weight-only", "none", None, 96.6, None, 4996400),
    ("EfficientNet-Lite0", EFFICIENTNET, "weight-only", "auto", None, 98.0, 25.0, 4996400),
    ("EfficientNet-Lite0", EFFICIENTNET, "float16", "none", None, 99.0, None, 9306212),
    ("EfficientNet-Lite0", EFFICIENTNET, "float32", "none", None, 100.0, None, 18551468),
    ("MobileNetV1-0.25", MOBILENET, "full-int8", "none", 58.5, 77.5, None, 587264),
    ("MobileNetV1-0.25", MOBILENET, "full-int8", "auto", 62.0, 90.0, 20.0, 587264),
    ("MobileNetV1-0.25", MOBILENET, "int8", "auto", 62.0, 90.0, None, 587568),
    ("MobileNetV1-0.25", MOBILENET, "int16x8", "none", None, 78.5, None, 633576),
    ("MobileNetV1-0.25", MOBILENET, "int16x8", "auto", None, 91.0, None, 633576),
    ("MobileNetV1-0.25", MOBILENET, "dynamic", "none", None, 89.5, None, 545656),
    ("MobileNetV1-0.25", MOBILENET, "dynamic", "auto", None, 96.5, 27.0, 545656),
    ("MobileNetV1-0.25", MOBILENET, "weight-only", "none", None, 78.5, None, 544336),
    ("MobileNetV1-0.25", MOBILENET, "weight-only", "auto", None, 95.5, 25.0, 544336),
    ("MobileNetV1-0.25", MOBILENET, "float16", "none", None, 98.0, None, 961300),
    ("MobileNetV1-0.25", MOBILENET, "float32", "none", None, 100.0, None, 1886696),
]
# Slow in LiteRT, which has only reference kernels for it: run by ./dev bench anchors.
SLOW_ROWS = [
    ("EfficientNet-Lite0", EFFICIENTNET, "int16x8", "none", None, 96.5, 19.6, 5523824),
    ("EfficientNet-Lite0", EFFICIENTNET, "int16x8", "auto", None, 97.5, 22.0, 5523824),
]


def photographs(folder):
    """uint8 [n, 224, 224, 3] and labels of a folder with labels.csv."""
    images, labels = [], []
    with open(folder / "labels.csv", newline="") as file:
        for row in csv.DictReader(file):
            image = Image.open(folder / row["file"]).convert("RGB")
            width, height = round(image.width * 0.875), round(image.height * 0.875)
            left, top = (image.width - width) // 2, (image.height - height) // 2
            image = image.crop((left, top, left + width, top + height)).resize((224, 224), Image.BICUBIC)
            images.append(numpy.asarray(image))
            labels.append(int(row["label"]))
    return numpy.stack(images), numpy.array(labels)


def to_range(anchor, images):
    return images.astype(numpy.float32) * numpy.float32((anchor.high - anchor.low) / 255) + numpy.float32(anchor.low)


def float_outputs(anchor, images):
    """Outputs of the float model, and the logits before a final softmax (up to a constant a photograph)."""
    session = onnxruntime.InferenceSession(str(anchor.model), providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    outputs = [
        session.run(None, {name: to_range(anchor, images[i : i + 1]).transpose(0, 3, 1, 2)})[0].ravel()
        for i in range(len(images))
    ]
    outputs = numpy.stack(outputs).astype(numpy.float64)
    return outputs, numpy.log(numpy.maximum(outputs, 1e-30)) if anchor.ends_in_softmax else outputs


def softmax_input(model):
    """The tensor that the last SOFTMAX reads."""
    details = model._get_ops_details()
    softmax = [op for op in details if op["op_name"] == "SOFTMAX"][-1]
    return softmax["inputs"][0]


def litert_outputs(anchor, path, images):
    keep = anchor.ends_in_softmax
    model = interpreter(path, num_threads=2, experimental_preserve_all_tensors=keep)
    given, taken = model.get_input_details()[0], model.get_output_details()[0]
    logits_index = softmax_input(model) if keep else taken["index"]
    logits_quantization = next(t for t in model.get_tensor_details() if t["index"] == logits_index)["quantization"]
    outputs, logits = [], []
    for i in range(len(images)):
        values = to_range(anchor, images[i : i + 1])
        if given["dtype"] != numpy.float32:
            scale, zero = given["quantization"]
            info = numpy.iinfo(given["dtype"])
            values = numpy.clip(numpy.round(values / scale) + zero, info.min, info.max).astype(given["dtype"])
        model.set_tensor(given["index"], values)
        model.invoke()
        outputs.append(real(model.get_tensor(taken["index"]), taken["quantization"]))
        logits.append(real(model.get_tensor(logits_index), logits_quantization))
    return numpy.stack(outputs), numpy.stack(logits)


def real(values, quantization):
    scale, zero = quantization
    values = values.ravel().astype(numpy.float64)
    return (values - zero) * scale if scale else values


def centred_sqnr(reference, other):
    reference = reference - reference.mean(axis=1, keepdims=True)
    other = other - other.mean(axis=1, keepdims=True)
    return 10 * numpy.log10((reference**2).sum() / max(((reference - other) ** 2).sum(), 1e-30))


def quantize(anchor, mode, refine, path):
    flags = []
    if "int8" in mode or "int16" in mode or refine != "none":
        flags += ["--data", SHARED / "data/imagenet/calibration", "--samples", str(CALIBRATION_SAMPLES)]
        flags += ["--preprocess", anchor.preprocess(), "--refine", refine]
    run_pestle("quantize", anchor.model, "-o", path, "--mode", mode, *flags)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--all", action="store_true", help="also the rows that LiteRT computes slowly")
    arguments = parser.parse_args()
    need_shared("models")
    need_shared("data/imagenet/validation")
    images, labels = photographs(SHARED / "data/imagenet/validation")
    references, failures = {}, 0
    print(f"{'model':<19}{'mode':<13}{'refine':<8}{'bytes':>11}{'top-1':>8}{'agree':>8}{'SQNR':>8}")
    for name, anchor, mode, refine, top1_bar, agreement_bar, sqnr_bar, most_bytes in ROWS + (SLOW_ROWS if arguments.all else []):
        if name not in references:
            references[name] = float_outputs(anchor, images)
        float_output, float_logits = references[name]
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "model.tflite"
            quantize(anchor, mode, refine, path)
            size = path.stat().st_size
            output, logits = litert_outputs(anchor, path, images)
        top1 = 100 * (output.argmax(axis=1) == labels + anchor.label_offset).mean()
        agreement = 100 * (output.argmax(axis=1) == float_output.argmax(axis=1)).mean()
        sqnr = centred_sqnr(float_logits, logits)
        missed = [
            text
            for text, bad in [
                (f"top-1 below {top1_bar}", top1_bar is not None and top1 < top1_bar),
                (f"agreement below {agreement_bar}", agreement < agreement_bar),
                (f"SQNR below {sqnr_bar}", sqnr_bar is not None and sqnr < sqnr_bar),
                (f"more than {1.01 * most_bytes:.0f} bytes", size > 1.01 * most_bytes),
            ]
            if bad
        ]
        failures += len(missed)
        print(f"{name:<19}{mode:<13}{refine:<8}{size:>11,}{top1:>8.2f}{agreement:>8.2f}{sqnr:>8.2f}  {'; '.join(missed)}", flush=True)
    print(f"{failures} bars missed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
