"""Files that Pestle writes, in LiteRT: converted float ONNX networks against their golden outputs, and quantized
networks whose integers our executor must compute as LiteRT's reference kernels do.

Prints operators and TRANSPOSEs of each file. Exits with 1 on a difference, with 77 where the judge or the models are
absent.
"""

import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from judges import interpreter, numpy, random_input, run
from places import MODELS, need_shared, run_pestle

FLOAT_TOLERANCE = 1e-4
TWIN_TOLERANCE = 1e-5
# Model, golden file, more flags, most operators, most TRANSPOSEs (fastestdet: its output keeps the source's order).
CONVERTED = [
    ("onnx/efficientnet_lite0.onnx", "golden/onnx/efficientnet_lite0.npz", [], 60, 0),
    ("onnx/mnist_ort_examples.onnx", "golden/onnx/mnist_ort_examples.npz", [], 99, 0),
    ("onnx/fastestdet.onnx", "golden/onnx/fastestdet.npz", [], 199, 1),
    ("onnx/fastestdet_opset26.onnx", "golden/onnx/fastestdet_opset26.npz", [], 199, 1),
    ("onnx/ultraface_slim_320.onnx", "golden/onnx/ultraface_slim_320.npz", [], 99, 0),
    ("onnx/ultraface_rfb_320_simplified.onnx", "golden/onnx/ultraface_rfb_320_simplified.npz", [], 99, 0),
    ("onnx/ppocr_mobile_v2_cls.onnx", "golden/onnx/ppocr_mobile_v2_cls.npz", ["--input", "x:1x3x48x192"], 199, 0),
]
# The same network in two formats becomes the same operators, and computes the folder's golden.npz. Most operators.
TWINS = [
    ("mobilenet_v1_025_224/mobilenet_v1_025_224_nchw.onnx", "mobilenet_v1_025_224/mobilenet_v1_025_224.tflite", 31),
    ("kws_dscnn/kws_dscnn.onnx", "kws_dscnn/kws_dscnn.tflite", 99),
]
# Model, input values for calibration: random numbers do for bits.
QUANTIZED = ["mobilenet_v1_025_224/mobilenet_v1_025_224.tflite", "kws_dscnn/kws_dscnn.onnx", "onnx/efficientnet_lite0.onnx",
             "tflite/mlperf_tiny_resnet8_float.tflite"]
INTEGER_MODES = ["int8", "full-int8", "int16x8", "full-int16x8"]


def operators(path):
    return [op["op_name"] for op in interpreter(path, True)._get_ops_details() if op["op_name"] != "DELEGATE"]


def golden_inputs(golden, model):
    """The inputs of a golden file, in the order of axes that the written file takes."""
    inputs = []
    for i, details in enumerate(model.get_input_details()):
        if f"in_{i}" in golden:
            values = golden[f"in_{i}"]
        else:
            scale, offset = golden[f"in_{i}_affine"].astype(numpy.float32)
            values = golden[f"in_{i}_u8"].astype(numpy.float32) * scale + offset
        if tuple(values.shape) != tuple(details["shape"]):
            values = values.transpose(0, 2, 3, 1)
        inputs.append(numpy.ascontiguousarray(values, details["dtype"]))
    return inputs


def check_converted(folder):
    failures = 0
    print(f"{'converted':<56}{'operators':>10}{'TRANSPOSE':>10}{'relative':>10}")
    for name, golden_name, flags, most_operators, most_transposes in CONVERTED:
        path = folder / "converted.tflite"
        run_pestle("convert", MODELS / name, "-o", path, *flags)
        model = interpreter(path)
        with numpy.load(MODELS / golden_name) as golden:
            outputs = run(model, golden_inputs(golden, model))
            worst = 0.0
            for i, got in enumerate(outputs):
                want = golden[f"out_{i}"]
                stride = int(golden[f"out_{i}_stride"]) if f"out_{i}_stride" in golden else 1
                got = got.ravel()[::stride]
                worst = max(worst, float(numpy.abs(got - want.ravel()).max() / max(1.0, numpy.abs(want).max())))
        names = operators(path)
        transposes = names.count("TRANSPOSE")
        bad = worst > FLOAT_TOLERANCE or len(names) > most_operators or transposes > most_transposes
        failures += bad
        print(f"{name:<56}{len(names):>10}{transposes:>10}{worst:>10.1e}{'  FAILED' if bad else ''}", flush=True)
    return failures


def twin_difference(path, golden):
    """Largest difference of an output, over the samples of golden.npz run one at a time."""
    model = interpreter(path)
    samples = golden["input"] if "input" in golden else golden["input_u8"].astype(numpy.float32) / 127.5 - 1
    outputs = [run(model, [sample[None].astype(numpy.float32)])[0].ravel() for sample in samples]
    return float(numpy.abs(numpy.stack(outputs) - golden["output"].reshape(len(samples), -1)).max())


def check_twins(folder):
    failures = 0
    for first, second, most_operators in TWINS:
        lists, differences = [], []
        for i, name in enumerate((first, second)):
            path = folder / f"{i}.tflite"
            run_pestle("convert", MODELS / name, "-o", path)
            lists.append(operators(path))
            with numpy.load(MODELS / pathlib.Path(name).parent / "golden.npz") as golden:
                differences.append(twin_difference(path, golden))
        good = lists[0] == lists[1] and len(lists[0]) <= most_operators and max(differences) <= TWIN_TOLERANCE
        failures += not good
        what = f"the same {len(lists[0])} operators" if lists[0] == lists[1] else f"{lists[0]} and {lists[1]}"
        print(f"{first} and {pathlib.Path(second).name}: {what}, golden to {max(differences):.1e}{'' if good else '  FAILED'}")
    return failures


def check_quantized(folder):
    failures = 0
    random = numpy.random.default_rng(7)
    print(f"{'quantized':<56}{'mode':<14}{'values':>8}{'differ':>8}")
    for name in QUANTIZED:
        path = folder / "float.tflite"
        run_pestle("convert", MODELS / name, "-o", path)
        shape = interpreter(path).get_input_details()[0]["shape"]
        samples = random.uniform(-1, 1, (24, *shape[1:])).astype(numpy.float32)
        numpy.save(folder / "samples.npy", samples)
        for mode in INTEGER_MODES:
            quantized = folder / "quantized.tflite"
            run_pestle("quantize", path, "-o", quantized, "--mode", mode, "--data", folder / "samples.npy")
            model = interpreter(quantized, True)
            details = model.get_input_details()[0]
            values = wrong = 0
            for sample in samples[:3]:
                given = sample[None] if details["dtype"] == numpy.float32 else random_input(random, details)
                want = run(model, [given])[0]
                numpy.save(folder / "in.npy", given)
                run_pestle("run", quantized, "--input", f"#0={folder / 'in.npy'}", "--output", folder / "out.npz")
                with numpy.load(folder / "out.npz") as outputs:
                    got = outputs[outputs.files[0]]
                values += want.size
                wrong += int((want != got).sum())
            failures += wrong > 0
            print(f"{name:<56}{mode:<14}{values:>8}{wrong:>8}", flush=True)
    return failures


def main():
    need_shared("models")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        failures = check_converted(folder) + check_twins(folder) + check_quantized(folder)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
