"""Twenty PyTorch networks exported to ONNX: do they convert, match ONNX Runtime, and keep no superfluous TRANSPOSE?

    zoo.py FOLDER [NAME...]     FOLDER holds the files that ../shared/peers/export_more.py writes

Operators of all subgraphs and TRANSPOSEs stand beside those of onnx2tf (the smaller of 1.28.8 and 2.6.9, where either
converts; ../shared/research/baselines.md). Values: LiteRT against ONNX Runtime on two random inputs, the largest
difference over max(1e-2, largest value). The last column is how much the two outputs differ from one another: a network
deaf to its input proves nothing. Exits with 1 where a bar is missed.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests"))
import onnxruntime
from judges import interpreter, numpy

SOURCE = pathlib.Path(os.environ.get("PESTLE_SOURCE", pathlib.Path(__file__).parents[1]))
PROGRAM = os.environ.get("PESTLE_PROGRAM", SOURCE / "build" / "release" / "pestle")
TOLERANCE = 1e-4
# Least difference between the outputs for two inputs, of their size; boxes move less than scores.
LEAST_CHANGE = 0.05
LEAST_CHANGE_OF = {"ssd300": 0.02, "ssdlite": 0.02}
# onnx2tf's operators, and the TRANSPOSEs that a network's own attention needs (0 for all others).
PEER_OPERATORS = {
    "bigru": 4822, "bilstm": 16, "convnext_tiny": 325, "deeplab_v3": 162, "densenet121": 310, "efficientnet_b0": 245,
    "encoder": 91, "googlenet": 95, "gru": 37, "inception_v3": 144, "mobilenet_v2": 70, "mobilenet_v3_small": 113,
    "regnet_y_400mf": 157, "resnet18": 36, "shufflenet_v2_x1_0": 159, "ssd300": 111, "ssdlite": 250, "swin_tiny": 697,
    "unet_shuffle": 45, "vit_tiny": 188,
}
MOST_OPERATORS = {"bigru": 120}
MOST_TRANSPOSES = {"vit_tiny": 16, "encoder": 8, "swin_tiny": 48}


def feeds_of(session, random):
    feeds = {}
    for entry in session.get_inputs():
        shape = [extent if isinstance(extent, int) else 1 for extent in entry.shape]
        is_index = entry.type == "tensor(int64)"
        feeds[entry.name] = random.integers(0, 50, shape) if is_index else random.standard_normal(shape).astype("float32")
    return feeds


def litert(model, feeds):
    for details, values in zip(model.get_input_details(), feeds.values(), strict=True):
        if values.shape != tuple(details["shape"]):  # a picture that was re-laid
            values = numpy.ascontiguousarray(values.transpose(0, 2, 3, 1))
        model.set_tensor(details["index"], values)
    model.reset_all_variables()
    model.invoke()
    return [model.get_tensor(details["index"]) for details in model.get_output_details()]


def judge(path, written):
    """Largest relative difference to ONNX Runtime, and how much its outputs for two inputs differ at least."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    model, random = interpreter(written, num_threads=2), numpy.random.default_rng(1)
    worst, all_outputs = 0.0, []
    for _ in range(2):
        feeds = feeds_of(session, random)
        expected = session.run(None, feeds)
        for ours, theirs in zip(litert(model, feeds), expected, strict=True):
            worst = max(worst, float(numpy.abs(ours - theirs).max() / max(1e-2, numpy.abs(theirs).max())))
        all_outputs.append(expected)
    change = min(float(numpy.abs(a - b).max() / numpy.abs(a).max()) for a, b in zip(*all_outputs))
    return worst, change


def check(path, folder):
    """Prints the row of a network; what it misses."""
    written = folder / "written.tflite"
    done = subprocess.run([PROGRAM, "convert", path, "-o", written, "--json", "--quiet"], stdout=subprocess.PIPE, text=True,
                          check=False)
    answer = json.loads(done.stdout)
    if done.returncode != 0:
        print(f"{path.stem:<20}{answer['error']['message']}")
        return True
    operators, transposes = answer["operators"]["total"], answer["operators"]["transpose"]
    worst, change = judge(path, written)
    missed = [name for name, is_missed in [
        ("operators", operators > MOST_OPERATORS.get(path.stem, PEER_OPERATORS.get(path.stem, operators))),
        ("transposes", transposes > MOST_TRANSPOSES.get(path.stem, 0)),
        ("values", worst > TOLERANCE),
        ("deaf", change < LEAST_CHANGE_OF.get(path.stem, LEAST_CHANGE)),
    ] if is_missed]
    print(f"{path.stem:<20}{operators:>10}{PEER_OPERATORS.get(path.stem, 0):>9}{transposes:>11}{worst:>10.1e}{change:>8.2f}"
          f"  {' '.join(missed)}", flush=True)
    return bool(missed)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    paths = sorted(pathlib.Path(sys.argv[1]).glob("*.onnx"))
    paths = [path for path in paths if len(sys.argv) == 2 or path.stem in sys.argv[2:]]
    print(f"{'network':<20}{'operators':>10}{'onnx2tf':>9}{'TRANSPOSE':>11}{'values':>10}{'change':>8}  missed")
    with tempfile.TemporaryDirectory() as folder:
        missed = [path.stem for path in paths if check(path, pathlib.Path(folder))]
    print(f"{len(paths)} networks, {len(missed)} miss a bar")
    return 1 if missed or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
