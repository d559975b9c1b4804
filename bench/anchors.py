"""What quantizing and running EfficientNet-Lite0 costs, beside the peers, in one run (needs ../shared and the judges).

Processes run in alternation on two threads; medians over the rounds. Quantizing: `full-int8` from the ONNX file with
100 photographs, against ONNX Runtime's static quantization (min-max). Converting: ONNX to float32 .tflite. Latency: one
thread, our executor against LiteRT (XNNPACK), float32 and int8. Exits with 1 where a bar is missed.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

SOURCE = pathlib.Path(os.environ.get("PESTLE_SOURCE", pathlib.Path(__file__).parents[1]))
SHARED = pathlib.Path(os.environ.get("PESTLE_SHARED", SOURCE / ".." / "shared"))
PROGRAM = os.environ.get("PESTLE_PROGRAM", SOURCE / "build" / "release" / "pestle")
MODEL = SHARED / "models/onnx/efficientnet_lite0.onnx"
PHOTOGRAPHS = SHARED / "data/imagenet/calibration"
SAMPLES = 100
# Of a process: most of the peer's time, most seconds, most MiB (None: no bar).
COST_BARS = {
    "pestle full-int8 --refine none": (1, None, 250),
    "pestle full-int8": (2, None, 250),
    "pestle float32": (None, 0.5, 120),
}
MOST_LATENCY = 3  # of LiteRT's


def measured(command):
    """Seconds and peak MiB of a process."""
    started = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise RuntimeError(f"failed: {command}")
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def pestle(mode, refine, out):
    command = [PROGRAM, "quantize", MODEL, "-o", out, "--mode", mode, "--threads", "2", "--quiet"]
    if mode == "full-int8":
        command += ["--data", PHOTOGRAPHS, "--samples", SAMPLES, "--refine", refine]
        command += ["--preprocess", "center=0.875,resize=224x224:bicubic,range=-0.9921875:1"]
    return command


def quantize_with_onnxruntime(out):
    """The peer's process: reads the same photographs in the same way, quantizes, writes."""
    import csv

    import numpy
    from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process
    from PIL import Image

    with open(PHOTOGRAPHS / "labels.csv", newline="") as file:
        names = [row["file"] for row in csv.DictReader(file)]
    names = [names[i * len(names) // SAMPLES] for i in range(SAMPLES)]

    class Photographs(CalibrationDataReader):
        def __init__(self):
            self.left = iter(names)

        def get_next(self):
            name = next(self.left, None)
            if name is None:
                return None
            image = Image.open(PHOTOGRAPHS / name).convert("RGB").crop((18, 18, 270, 270)).resize((224, 224), Image.BICUBIC)
            values = numpy.asarray(image, numpy.float32) * numpy.float32(1.9921875 / 255) - numpy.float32(0.9921875)
            return {"input": values.transpose(2, 0, 1)[None]}

    with tempfile.TemporaryDirectory() as folder:
        prepared = str(pathlib.Path(folder) / "prepared.onnx")
        quant_pre_process(str(MODEL), prepared, skip_symbolic_shape=True)
        quantize_static(prepared, str(out), Photographs(), quant_format=QuantFormat.QDQ, per_channel=True,
                        activation_type=QuantType.QInt8, weight_type=QuantType.QInt8,
                        calibrate_method=CalibrationMethod.MinMax, extra_options={"WeightSymmetric": True})


def litert_latency(path, runs):
    import numpy
    from ai_edge_litert import interpreter as litert

    model = litert.Interpreter(model_path=str(path), num_threads=1)
    model.allocate_tensors()
    details = model.get_input_details()[0]
    model.set_tensor(details["index"], numpy.zeros(details["shape"], details["dtype"]))
    times = []
    for _ in range(runs + 3):
        started = time.perf_counter()
        model.invoke()
        times.append(1000 * (time.perf_counter() - started))
    return statistics.median(times[3:])


def pestle_latency(path, runs):
    command = [PROGRAM, "bench", path, "--threads", "1", "--runs", runs, "--json", "--quiet"]
    printed = subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE).stdout
    return json.loads(printed)["models"][0]["median_ms"]


def cost(rounds, folder):
    contenders = {
        "pestle full-int8 --refine none": pestle("full-int8", "none", folder / "none.tflite"),
        "pestle full-int8": pestle("full-int8", "auto", folder / "auto.tflite"),
        "pestle float32": pestle("float32", "none", folder / "float.tflite"),
        "ONNX Runtime static int8": [sys.executable, __file__, "--peer", folder / "peer.onnx"],
    }
    seen = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, command in contenders.items():
            seen[name].append(measured(command))
    print(f"{'process':<34}{'seconds':>9}{'peak MiB':>10}{'of the peer':>13}")
    peer = statistics.median(seconds for seconds, _ in seen["ONNX Runtime static int8"])
    missed = 0
    for name, values in seen.items():
        seconds, peak = statistics.median(value[0] for value in values), max(value[1] for value in values)
        figures = (seconds / peer, seconds, peak)
        is_missed = any(bar is not None and figure > bar for figure, bar in zip(figures, COST_BARS.get(name, ())))
        missed += is_missed
        print(f"{name:<34}{seconds:>9.2f}{peak:>10.0f}{seconds / peer:>13.2f}{'  MISSED' if is_missed else ''}")
    return missed


def latency(rounds, folder):
    print(f"\n{'one thread':<12}{'pestle ms':>10}{'LiteRT ms':>10}{'ratio':>7}")
    missed = 0
    for name, path in [("int8", folder / "auto.tflite"), ("float32", folder / "float.tflite")]:
        pairs = [(pestle_latency(path, 20), litert_latency(path, 20)) for _ in range(rounds)]
        own, peer = (statistics.median(pair[i] for pair in pairs) for i in (0, 1))
        missed += own > MOST_LATENCY * peer
        print(f"{name:<12}{own:>10.2f}{peer:>10.2f}{own / peer:>7.2f}{'  MISSED' if own > MOST_LATENCY * peer else ''}")
    return missed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peer", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peer:
        return quantize_with_onnxruntime(pathlib.Path(arguments.peer))
    with tempfile.TemporaryDirectory() as folder:
        missed = cost(arguments.rounds, pathlib.Path(folder))
        missed += latency(arguments.rounds, pathlib.Path(folder))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
