"""Published models run by `pestle run` and by LiteRT's reference kernels on random full-range inputs.

Integer outputs must be identical, float outputs equal to 1e-4 * max(1, largest output). Integer models give the same
codes after `pestle convert`: no pass changes an integer result. Exits with 1 on a difference, with 77 where the judge
or the models are absent.
"""

import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from judges import interpreter, numpy, random_input, run
from places import MODELS, need_shared, run_pestle

SAMPLES = 20
FLOAT_TOLERANCE = 1e-4
INTEGER_MODELS = [
    "hello_world_int8",
    "mlperf_tiny_kws_int8",
    "mlperf_tiny_resnet8_int8",
    "mlperf_tiny_vww_96_int8",
    "mobilenet_v1_0.25_224_quant",
    "mobilenet_v1_0.5_160_quant",
    "tf2_mobilenet_v2_1.0_224_ptq",
]
FLOAT_MODELS = [
    "face_detection_short_range",
    "hello_world_float",
    "keyword_scrambled",  # SVDF in dynamic range, its softmax in int16
    "mlperf_tiny_resnet8_float",
    "mlperf_tiny_vww_96_float",
    "ultraface_slim_320_nopost",
    "mlperf_tiny_kws_float",  # dynamic range, in spite of its name
    "lite_testdata/multi_subgraphs_while",
    "lite_testdata/call_once_mul",
    "optimize_testdata/resource_vars_calibrated",
    "optimize_testdata/where",  # a shape that only the run tells
    "aeq/simple_composite",
]


def ours(path, inputs, folder):
    flags = []
    for i, values in enumerate(inputs):
        numpy.save(folder / f"{i}.npy", values)
        flags += ["--input", f"#{i}={folder / f'{i}.npy'}"]
    run_pestle("run", path, "--output", folder / "out.npz", *flags)
    with numpy.load(folder / "out.npz") as outputs:
        return [outputs[name] for name in outputs.files]


def convert(path, folder):
    written = folder / "converted.tflite"
    run_pestle("convert", path, "-o", written)
    return written


def differences(name, random, folder):
    """Of all outputs of SAMPLES runs: values, values that differ, largest relative difference of floats."""
    path = MODELS / "tflite" / f"{name}.tflite"
    copies = [path, convert(path, folder)] if name in INTEGER_MODELS else [path]
    values = wrong = 0
    largest = 0.0
    for _ in range(SAMPLES):
        model = interpreter(path, reference=True)  # a new one each time: variables keep their values
        inputs = [random_input(random, details) for details in model.get_input_details()]
        expected = run(model, inputs)
        for copy in copies:
            for want, got in zip(expected, ours(copy, inputs, folder), strict=True):
                values += want.size
                if want.shape != got.shape or want.dtype != got.dtype:
                    wrong += want.size
                elif want.dtype == numpy.float32:
                    error = numpy.abs(want - got).max() / max(1.0, numpy.abs(want).max())
                    largest = max(largest, float(error))
                    wrong += want.size if not error <= FLOAT_TOLERANCE else 0
                else:
                    wrong += int((want != got).sum())
    return values, wrong, largest


def main():
    need_shared("models/tflite")
    random = numpy.random.default_rng(10)
    failures = 0
    print(f"{'model':<34}{'values':>10}{'differ':>8}{'relative':>12}")
    with tempfile.TemporaryDirectory() as folder:
        for name in INTEGER_MODELS + FLOAT_MODELS:
            values, wrong, largest = differences(name, random, pathlib.Path(folder))
            failures += wrong
            print(f"{name:<34}{values:>10}{wrong:>8}{largest:>12.1e}", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
