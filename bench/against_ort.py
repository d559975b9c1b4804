"""`int8` of networks that are no classifiers, beside ONNX Runtime's static int8 in the same protocol.

Even-numbered inputs calibrate, odd ones measure; both quantizers get the same arrays, with default settings (ONNX
Runtime: QDQ, per channel, min-max). SQNR of each output against the float network in ONNX Runtime: 10 log10 of the sum of
squares of its values over that of the differences, over all measured inputs. Exits with 1 where an output of ours is
more than 1 dB below the peer's.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests"))
import onnx
import onnx.version_converter
import onnxruntime
from judges import interpreter, numpy
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from PIL import Image
from places import MODELS, SHARED

SOURCE = pathlib.Path(os.environ.get("PESTLE_SOURCE", pathlib.Path(__file__).parents[1]))
PROGRAM = os.environ.get("PESTLE_PROGRAM", SOURCE / "build" / "release" / "pestle")
onnxruntime.set_default_logger_severity(3)
MOST_BELOW = 1.0  # dB
TOKENS, WORDS = 40, 500  # seeded sequences
OLDEST_OPSET = 13  # in which the peer can say scales a channel


def pictures(folder, size, mean, scale, channels="RGB"):
    """NCHW arrays of the pictures of a folder, in the order of their names."""
    arrays = []
    for path in sorted((SHARED / "data" / folder).glob("*.jpg")):
        pixels = numpy.asarray(Image.open(path).convert("RGB").resize(size, Image.BILINEAR), numpy.float32)
        pixels = pixels[..., ::-1] if channels == "BGR" else pixels
        arrays.append(((pixels - mean) * scale).transpose(2, 0, 1)[None].astype(numpy.float32))
    return arrays


def tokens(session):
    random = numpy.random.default_rng(1)
    entry = session.get_inputs()[0]
    shape = [extent if isinstance(extent, int) else 1 for extent in entry.shape]
    if entry.type == "tensor(float)":
        return [random.standard_normal(shape).astype(numpy.float32) for _ in range(TOKENS)]
    dtype = numpy.int64 if entry.type == "tensor(int64)" else numpy.int32
    return [random.integers(0, WORDS, shape).astype(dtype) for _ in range(TOKENS)]


CASES = {
    "fastestdet": lambda session: pictures("coco_val", (352, 352), 0, numpy.float32(1 / 255), "BGR"),
    "ultraface_slim_320": lambda session: pictures("faces", (320, 240), 127, numpy.float32(1 / 128)),
    "ultraface_rfb_320_simplified": lambda session: pictures("faces", (320, 240), 127, numpy.float32(1 / 128)),
    "tiny_transformer_synthetic": tokens,
}


class Reader(CalibrationDataReader):
    def __init__(self, name, arrays):
        self.left = iter([{name: array} for array in arrays])

    def get_next(self):
        return next(self.left, None)


def peer(source, written, name, arrays):
    prepared = written.with_suffix(".prepared.onnx")
    model = onnx.load(source)
    if model.opset_import[0].version < OLDEST_OPSET:
        onnx.save(onnx.version_converter.convert_version(model, OLDEST_OPSET), prepared)
        source = prepared
    quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
    quantize_static(str(prepared), str(written), Reader(name, arrays), quant_format=QuantFormat.QDQ, per_channel=True,
                    activation_type=QuantType.QInt8, weight_type=QuantType.QInt8)


def litert(model, array):
    entry = model.get_input_details()[0]
    if array.shape != tuple(entry["shape"]):  # a picture that was re-laid
        array = numpy.ascontiguousarray(array.transpose(0, 2, 3, 1))
    model.set_tensor(entry["index"], array.astype(entry["dtype"]))
    model.invoke()
    return [model.get_tensor(details["index"]) for details in model.get_output_details()]


def sqnr(references, results):
    signal = sum(float((a.astype(numpy.float64) ** 2).sum()) for a in references)
    noise = sum(float(((a.astype(numpy.float64) - b) ** 2).sum()) for a, b in zip(references, results))
    return 10 * numpy.log10(signal / max(noise, 1e-30))


def check(name, load, folder):
    source, written, theirs = MODELS / f"onnx/{name}.onnx", folder / "ours.tflite", folder / "theirs.onnx"
    session = onnxruntime.InferenceSession(str(source), providers=["CPUExecutionProvider"])
    entry, arrays = session.get_inputs()[0].name, load(session)
    numpy.save(folder / "calibration.npy", numpy.concatenate(arrays[::2]))
    command = [PROGRAM, "quantize", source, "-o", written, "--mode", "int8", "--data", folder / "calibration.npy", "--quiet"]
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)
    peer(source, theirs, entry, arrays[::2])
    model = interpreter(written, num_threads=2)
    rival = onnxruntime.InferenceSession(str(theirs), providers=["CPUExecutionProvider"])
    expected = [session.run(None, {entry: array}) for array in arrays[1::2]]
    ours = [litert(model, array) for array in arrays[1::2]]
    others = [rival.run(None, {entry: array}) for array in arrays[1::2]]
    missed = 0
    for i, output in enumerate(session.get_outputs()):
        figures = [sqnr([run[i] for run in expected], [run[i] for run in results]) for results in (ours, others)]
        is_missed = figures[0] < figures[1] - MOST_BELOW
        missed += is_missed
        print(f"{name:<30}{output.name:<24}{figures[0]:>8.1f}{figures[1]:>8.1f}{'  MISSED' if is_missed else ''}", flush=True)
    return missed


def main():
    print(f"{'network':<30}{'output':<24}{'ours':>8}{'peer':>8}  [dB]")
    missed = 0
    for name, load in CASES.items():
        if len(sys.argv) > 1 and name not in sys.argv[1:]:
            continue
        with tempfile.TemporaryDirectory() as folder:
            missed += check(name, load, pathlib.Path(folder))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
