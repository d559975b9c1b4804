"""A 500 MB ONNX file with external data: time of `pestle convert` beside copying it, and its peak memory.

Fully connected layers of 4096 x 4096 floats, seeded. Both are timed warm, in alternation; medians over the rounds. Exits
with 1 where converting takes more than 3 times the copy, or its peak exceeds 1.3 times the size and 100 MB.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy
import onnx
from onnx import helper, numpy_helper

SOURCE = pathlib.Path(os.environ.get("PESTLE_SOURCE", pathlib.Path(__file__).parents[1]))
PROGRAM = os.environ.get("PESTLE_PROGRAM", SOURCE / "build" / "release" / "pestle")
WIDTH, LAYERS = 4096, 8
MOST_TIME, MOST_MEMORY, SPARE = 3.0, 1.3, 100e6


def make(path):
    random = numpy.random.default_rng(1)
    nodes, tensors, value = [], [], "x"
    for i in range(LAYERS):
        tensors.append(numpy_helper.from_array(random.standard_normal((WIDTH, WIDTH), numpy.float32) / 64, f"w{i}"))
        nodes.append(helper.make_node("Gemm", [value, f"w{i}"], [f"y{i}"], f"layer{i}", transB=1))
        nodes.append(helper.make_node("Relu", [f"y{i}"], [f"r{i}"], f"relu{i}"))
        value = f"r{i}"
    shape = [1, WIDTH]
    graph = helper.make_graph(nodes, "large", [helper.make_tensor_value_info("x", 1, shape)],
                              [helper.make_tensor_value_info(value, 1, shape)], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    onnx.save(model, path, save_as_external_data=True, location="weights.bin", size_threshold=1024)


def measured(command):
    """Seconds and peak bytes of a process."""
    started = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"failed: {command}")
    return time.perf_counter() - started, usage.ru_maxrss * 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--make", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    rounds = arguments.rounds
    if arguments.make:
        return make(pathlib.Path(arguments.make))
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        # In a process of its own: what this one holds would count as the peak of those that it starts.
        subprocess.run([sys.executable, __file__, "--make", folder / "large.onnx"], check=True)
        weights = folder / "weights.bin"
        size = weights.stat().st_size
        copies, conversions = [], []
        for _ in range(rounds):
            copies.append(measured(["cp", weights, folder / "copy.bin"])[0])
            conversions.append(measured([PROGRAM, "convert", folder / "large.onnx", "-o", folder / "y.tflite", "--quiet"]))
            (folder / "copy.bin").unlink()
            (folder / "y.tflite").unlink()
    copy = statistics.median(copies)
    seconds, peak = statistics.median(s for s, _ in conversions), max(p for _, p in conversions)
    print(f"{size / 1e6:.0f} MB: copy {copy:.2f} s, convert {seconds:.2f} s ({seconds / copy:.2f} of it; {MOST_TIME:g}), "
          f"peak {peak / 1e6:.0f} MB ({peak / size:.2f} of the size; {MOST_MEMORY:g} and {SPARE / 1e6:.0f} MB)")
    return 1 if seconds > MOST_TIME * copy or peak > MOST_MEMORY * size + SPARE else 0


if __name__ == "__main__":
    sys.exit(main())
