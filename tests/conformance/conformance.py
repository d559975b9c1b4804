"""The ONNX backend suite through `pestle convert`, `pestle run` and LiteRT.

Every case is a model with inputs and expected outputs; it passes if our runtime and LiteRT both give the expected
outputs at the suite's own tolerance. Inputs that are shapes, axes or other parameters where TFLite wants constants
(CONSTANT_OPERANDS) become constants with the case's contents; data inputs stay inputs. Prints one line a case that does
not pass, with its reason (--reasons FILE writes them there), and the counts. Exits with 1 where fewer pass than EXPECTED.
"""

import argparse
import collections
import concurrent.futures
import json
import multiprocessing
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from judges import interpreter, numpy
from places import PROGRAM

try:
    import onnx
    from onnx import numpy_helper
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

DATA = pathlib.Path(onnx.__file__).parent / "backend" / "test" / "data"
# Cases of kind "node" that are known to pass: fewer are an error, more belong here.
EXPECTED = 1362
# Types that TFLite tensors have kernels for.
TYPES = {"FLOAT", "FLOAT16", "INT8", "UINT8", "INT16", "INT32", "INT64", "BOOL"}
# Operand positions that may be taken from the data of a case, because TFLite's operators want them when the graph is
# made.
CONSTANT_OPERANDS = {
    "AffineGrid": {1}, "CenterCropPad": {1}, "Clip": {1, 2}, "ConstantOfShape": {0}, "Col2Im": {1, 2}, "CumProd": {1}, "CumSum": {1},
    "Dropout": {1, 2}, "Expand": {1}, "Gather": set(), "GroupNormalization": {1, 2}, "Loop": {0}, "OneHot": {1, 2},
    "Pad": {1, 2, 3}, "Range": {0, 1, 2}, "ReduceL1": {1}, "ReduceL2": {1}, "ReduceLogSum": {1},
    "ReduceLogSumExp": {1}, "ReduceMax": {1}, "ReduceMean": {1}, "ReduceMin": {1}, "ReduceProd": {1}, "ReduceSum": {1},
    "ReduceSumSquare": {1}, "Reshape": {1}, "Resize": {1, 2, 3}, "Slice": {1, 2, 3, 4}, "Split": {1},
    "SplitToSequence": {1}, "Squeeze": {1}, "Tile": {1}, "TopK": {1}, "Trilu": {1}, "Unsqueeze": {1}, "Upsample": {1},
    "DFT": {1, 2}, "STFT": {1, 3}, "BlackmanWindow": {0}, "HannWindow": {0}, "HammingWindow": {0},
    "MaxUnpool": {2}, "MelWeightMatrix": {0, 1, 2, 3, 4}, "NonMaxSuppression": {2, 3, 4},
    "QuantizeLinear": {1, 2}, "DequantizeLinear": {1, 2}, "QLinearConv": {1, 2, 3, 4, 5, 6, 7, 8},
    "QLinearMatMul": {1, 2, 4, 5, 6, 7}, "ConvInteger": {1, 2, 3}, "MatMulInteger": {2, 3},
}


def pestle(*arguments):
    return subprocess.run([str(part) for part in (PROGRAM, *arguments)], capture_output=True, text=True, timeout=60)


def type_names(model):
    names = set()
    for value in list(model.graph.input) + list(model.graph.output):
        kind = value.type.WhichOneof("value")
        if kind != "tensor_type":
            return {kind}
        names.add(onnx.TensorProto.DataType.Name(value.type.tensor_type.elem_type))
    return names


def is_in_scope(model):
    domains = {node.domain for node in model.graph.node} - {"", "ai.onnx"}
    return not domains and type_names(model) <= TYPES


def read_tensors(folder, prefix):
    tensors = []
    for i in range(len(list(folder.glob(f"{prefix}_*.pb")))):
        tensor = onnx.TensorProto()
        tensor.ParseFromString((folder / f"{prefix}_{i}.pb").read_bytes())
        tensors.append(numpy_helper.to_array(tensor))
    return tensors


def is_parameter(model, name):
    """True if every use of a graph input is at an operand that may be constant."""
    uses = [(node.op_type, i) for node in model.graph.node for i, used in enumerate(node.input) if used == name]
    return bool(uses) and all(i in CONSTANT_OPERANDS.get(op, set()) for op, i in uses)


def freeze_parameters(model, inputs):
    """Moves parameter inputs into the model; returns what stays an input."""
    known = {tensor.name for tensor in model.graph.initializer}
    fed = [value for value in model.graph.input if value.name not in known]
    left = {}
    for value, array in zip(fed, inputs):
        if is_parameter(model, value.name):
            model.graph.initializer.append(numpy_helper.from_array(array, value.name))
            model.graph.input.remove(value)
        else:
            left[value.name] = array
            # Shapes of the data, because some cases declare none.
            shape = value.type.tensor_type.shape
            del shape.dim[:]
            for extent in array.shape:
                shape.dim.add().dim_value = extent
    return left


def mismatch(expected, got):
    if len(expected) != len(got):
        return f"{len(got)} outputs instead of {len(expected)}"
    for i, (want, have) in enumerate(zip(expected, got)):
        if want.dtype != have.dtype:
            return f"output {i} is {have.dtype} instead of {want.dtype}"
        if want.shape != have.shape:
            return f"output {i} has shape {have.shape} instead of {want.shape}"
        if not numpy.allclose(have, want, rtol=1e-3, atol=1e-7, equal_nan=True):
            return f"output {i} differs"
    return ""


def run_ours(path, inputs, folder):
    flags = []
    for name, array in inputs.items():
        file = folder / f"{len(flags)}.npy"
        numpy.save(file, array)
        flags += ["--input", f"#{len(flags) // 2}={file}"]
    done = pestle("run", path, *flags, "--output", folder / "out.npz", "--quiet")
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip().splitlines()[0] if done.stderr.strip() else f"exit code {done.returncode}")
    with numpy.load(folder / "out.npz") as outputs:
        return [outputs[name] for name in outputs.files]


def run_litert(path, inputs):
    model = interpreter(path)
    details = model.get_input_details()
    arrays = list(inputs.values())
    for detail, array in zip(details, arrays):
        model.set_tensor(detail["index"], array)
    model.invoke()
    return [model.get_tensor(detail["index"]) for detail in model.get_output_details()]


def run_case(folder):
    """'' if the case passes, else the reason; None if it is out of scope."""
    original = onnx.load(folder / "model.onnx")
    if not is_in_scope(original):
        return None
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        data_sets = sorted(folder.glob("test_data_set_*"))
        if not data_sets:
            return "the case has no data"
        for data in data_sets:
            model = onnx.ModelProto()
            model.CopyFrom(original)
            inputs = freeze_parameters(model, read_tensors(data, "input"))
            expected = read_tensors(data, "output")
            onnx.save(model, scratch / "model.onnx")
            written = scratch / "model.tflite"
            done = pestle("convert", scratch / "model.onnx", "-o", written, "--keep-input-layout", "--quiet")
            if done.returncode != 0:
                lines = [line.strip() for line in done.stderr.strip().splitlines() if not line.startswith("hint:")]
                text = " ".join(lines) if lines else f"exit code {done.returncode}"
                return "convert: " + text.replace(f"{scratch}/", "")
            try:
                reason = mismatch(expected, run_ours(written, inputs, scratch))
            except RuntimeError as error:
                reason = str(error)
            if reason:
                return "run: " + reason
            if inputs and not has_operators(written) and original.graph.node:
                return "the written graph computes nothing" if changes_anything(inputs, expected) else ""
            try:
                reason = mismatch(expected, run_litert(written, inputs))
            except (RuntimeError, ValueError) as error:
                reason = str(error).splitlines()[0]
            if reason:
                return "LiteRT: " + reason
    return ""


def has_operators(path):
    return json.loads(pestle("inspect", path, "--json").stdout)["operators"] != []


def changes_anything(inputs, expected):
    arrays = list(inputs.values())
    return not all(any(numpy.array_equal(want, array, equal_nan=False) for array in arrays) for want in expected)


def answer(folder, pipe):
    try:
        pipe.send(run_case(folder))
    except Exception as error:  # a judge's failure is a result, not the end of the run
        pipe.send(f"{type(error).__name__}: {error}".splitlines()[0])


def run_apart(folder):
    """A case in a process of its own: the judge may crash."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=answer, args=(folder, theirs))
    process.start()
    theirs.close()
    try:
        return ours.recv()
    except EOFError:
        process.join()
        return f"LiteRT: crash, exit code {process.exitcode}"
    finally:
        process.join()


def page(kind, in_scope, failed):
    """The cases that do not pass, each with its reason."""
    text = (f"# ONNX backend suite\n\nWritten by `./dev conformance --page FILE`; do not edit. Kind \"{kind}\" of the package "
            f"onnx {onnx.__version__}, through `convert`, our runtime and LiteRT, at the suite's own tolerance.\n\n"
            f"{len(in_scope) - len(failed)} of the {len(in_scope)} cases whose types TFLite has pass. Operands that are "
            "constants there are listed in [onnx.md](onnx.md). The others:\n\n| case | reason |\n|---|---|\n")
    for name, reason in failed.items():
        short = reason.rsplit("cannot be taken over: ", maxsplit=1)[-1].replace("|", "\\|")
        text += f"| {name} | {short} |\n"
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", default="node", help="folder of the suite")
    parser.add_argument("--only", default="", help="cases whose names contain this")
    parser.add_argument("--reasons", help="file for one line a case that does not pass")
    parser.add_argument("--page", help="file for the same as a page of documentation")
    arguments = parser.parse_args()
    folders = sorted(folder for folder in (DATA / arguments.kind).iterdir() if arguments.only in folder.name)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = dict(zip([folder.name for folder in folders], pool.map(run_apart, folders)))
    in_scope = {name: reason for name, reason in results.items() if reason is not None}
    failed = {name: reason for name, reason in in_scope.items() if reason}
    lines = [f"{name}: {reason}" for name, reason in failed.items()]
    if arguments.reasons:
        pathlib.Path(arguments.reasons).write_text("\n".join(lines) + "\n")
    else:
        print("\n".join(lines))
    if arguments.page:
        pathlib.Path(arguments.page).write_text(page(arguments.kind, in_scope, failed))
    stages = collections.Counter(reason.split(":")[0] for reason in failed.values())
    passed = len(in_scope) - len(failed)
    print(f"{passed} of {len(in_scope)} cases pass; " + ", ".join(f"{k}: {n}" for k, n in stages.items()))
    is_whole = arguments.kind == "node" and not arguments.only
    return 1 if is_whole and passed < EXPECTED else 0


if __name__ == "__main__":
    sys.exit(main())
