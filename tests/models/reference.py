"""Published models run by `pestle run` and by LiteRT's reference kernels on random full-range inputs.

Integer outputs must be identical, float outputs equal to 1e-4 * max(1, largest output). Integer models give the same
codes after `pestle convert`: no pass changes an integer result. Exits with 1 on a difference, with 77 where the judge
or the models are absent.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy
    from ai_edge_litert import interpreter as litert
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

SOURCE = pathlib.Path(os.environ.get("PESTLE_SOURCE", pathlib.Path(__file__).parents[2]))
SHARED = pathlib.Path(os.environ.get("PESTLE_SHARED", SOURCE / ".." / "shared"))
PROGRAM = os.environ.get("PESTLE_PROGRAM", SOURCE / "build" / "release" / "pestle")

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
    "mlperf_tiny_resnet8_float",
    "mlperf_tiny_vww_96_float",
    "ultraface_slim_320_nopost",
    "mlperf_tiny_kws_float",  # dynamic range, in spite of its name
]


def random_input(random, details):
    shape, dtype = tuple(details["shape"]), details["dtype"]
    if dtype == numpy.float32:
        return random.uniform(-1, 1, shape).astype(numpy.float32)
    info = numpy.iinfo(dtype)
    return random.integers(info.min, info.max, shape, dtype=dtype, endpoint=True)


def ours(path, inputs, folder):
    command = [PROGRAM, "run", path, "--output", folder / "out.npz", "--quiet"]
    for i, values in enumerate(inputs):
        numpy.save(folder / f"{i}.npy", values)
        command += ["--input", f"#{i}={folder / f'{i}.npy'}"]
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)
    with numpy.load(folder / "out.npz") as outputs:
        return [outputs[name] for name in outputs.files]


def convert(path, folder):
    written = folder / "converted.tflite"
    subprocess.run([str(PROGRAM), "convert", str(path), "-o", str(written), "--quiet"], check=True, stdout=subprocess.DEVNULL)
    return written


def differences(name, random, folder):
    """Of all outputs of SAMPLES runs: values, values that differ, largest relative difference of floats."""
    path = SHARED / "models" / "tflite" / f"{name}.tflite"
    copies = [path, convert(path, folder)] if name in INTEGER_MODELS else [path]
    model = litert.Interpreter(
        model_path=str(path), experimental_op_resolver_type=litert.OpResolverType.BUILTIN_REF
    )
    model.allocate_tensors()
    values = wrong = 0
    largest = 0.0
    for _ in range(SAMPLES):
        inputs = [random_input(random, details) for details in model.get_input_details()]
        for details, tensor in zip(model.get_input_details(), inputs):
            model.set_tensor(details["index"], tensor)
        model.invoke()
        expected = [model.get_tensor(details["index"]) for details in model.get_output_details()]
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
    if not (SHARED / "models" / "tflite").is_dir():
        print("skipped: no shared models (PESTLE_SHARED)")
        return 77
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
