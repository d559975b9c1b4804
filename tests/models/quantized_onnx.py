"""Quantized ONNX files keep their integers: the two MobileNets by `pestle convert`, without data.

Compared are scales, zero points and weights of every convolution, and what LiteRT computes with what ONNX Runtime does
without optimizations, on the photographs of the validation set (preprocessed as the models' manifest says). Exits with
1 where a bar is missed, with 77 where the judges or the models are absent.
"""

import csv
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from judges import interpreter, numpy
from places import MODELS, SHARED, need_shared, run_pestle, skip

try:
    import onnx
    import onnxruntime
    from onnx import numpy_helper
    from PIL import Image
except ImportError as error:
    skip(error)

PHOTOGRAPHS = SHARED / "data/imagenet/validation"
SHIFT = {numpy.dtype(numpy.uint8): 128, numpy.dtype(numpy.int8): 0}  # zero points as those of uint8 codes are not


def source_layers(path):
    """Of each convolution: codes, scales and zero points of its filter, scale and zero point of input and output."""
    model = onnx.load(path)
    constants = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    makers = {name: node for node in model.graph.node for name in node.output}
    readers = {name: node for node in model.graph.node for name in node.input}
    for node in model.graph.node:
        if node.op_type == "QLinearConv":
            x, w, y = ([constants.get(name) for name in node.input[i : i + 3]] for i in (0, 3, 5))
            yield w, x[1:], y[1:]
        elif node.op_type == "Conv":
            x, w = ([constants.get(name) for name in makers[node.input[i]].input] for i in (0, 1))
            y = [constants.get(name) for name in readers[node.output[0]].input]
            yield w, x[1:], y[1:]


def written_layers(path):
    model = interpreter(path, experimental_preserve_all_tensors=True)
    tensors = {details["index"]: details for details in model.get_tensor_details()}
    for op in model._get_ops_details():
        if not op["op_name"].endswith("CONV_2D"):
            continue
        x, w = (tensors[i] for i in op["inputs"][:2])
        codes = model.get_tensor(w["index"])
        is_depthwise = op["op_name"] == "DEPTHWISE_CONV_2D"
        codes = codes.transpose(3, 0, 1, 2) if is_depthwise else codes.transpose(0, 3, 1, 2)
        yield codes, w, x, tensors[op["outputs"][0]]


def same_parameters(scale, zero, details, shift):
    ours = details["quantization_parameters"]
    return numpy.array_equal(numpy.atleast_1d(scale), ours["scales"]) and numpy.array_equal(
        numpy.atleast_1d(zero).astype(int) - shift, ours["zero_points"].astype(int))


def count_differences(source, written):
    """Convolutions, and how many of them do not have the source's integers, scales and zero points."""
    count = differing = 0
    for ((codes, scale, zero), x, y), (ours, w, x_ours, y_ours) in zip(source_layers(source), written_layers(written),
                                                                       strict=True):
        shift = SHIFT[x[1].dtype] - SHIFT[numpy.dtype(x_ours["dtype"])]
        same = codes.dtype == ours.dtype and numpy.array_equal(codes.reshape(ours.shape), ours)
        same = same and same_parameters(scale, zero, w, 0)
        same = same and same_parameters(*x, x_ours, shift) and same_parameters(*y, y_ours, shift)
        count += 1
        differing += not same
    return count, differing


def photographs():
    with open(PHOTOGRAPHS / "labels.csv", newline="") as file:
        names = [row["file"] for row in csv.DictReader(file)]
    for name in names:
        image = Image.open(PHOTOGRAPHS / name).convert("RGB")
        edge = round(0.875 * min(image.size))
        left, top = (image.width - edge) // 2, (image.height - edge) // 2
        image = image.crop((left, top, left + edge, top + edge)).resize((224, 224), Image.BICUBIC)
        yield (numpy.asarray(image, numpy.float32) / 127.5 - 1)[None]


def agreement(source, written):
    """Of all photographs: share of equal first classes, and of output values within two steps of a 256th."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])
    model = interpreter(written, num_threads=2)
    entry = model.get_input_details()[0]["index"]
    result = model.get_output_details()[0]["index"]
    count = same = close = values = 0
    for pixels in photographs():
        theirs = session.run(None, {"input": pixels.transpose(0, 3, 1, 2)})[0]
        model.set_tensor(entry, pixels)
        model.invoke()
        ours = model.get_tensor(result)
        count += 1
        same += ours.argmax() == theirs.argmax()
        close += int(numpy.sum(numpy.abs(ours - theirs) <= 2.001 / 256))
        values += ours.size
    return 100 * same / count, 100 * close / values


def main():
    need_shared("data/imagenet/validation")
    missed = 0
    print(f"{'file':<36}{'layers':>7}{'differ':>7}{'same class':>12}{'2 steps':>9}")
    for name, least_same, least_close in [("qdq", 98, 0), ("qoperator_u8", 0, 97)]:
        source = MODELS / f"onnx/mobilenet_v1_025_224_{name}.onnx"
        with tempfile.TemporaryDirectory() as folder:
            written = pathlib.Path(folder) / "written.tflite"
            run_pestle("convert", source, "-o", written)
            layers, differing = count_differences(source, written)
            same, close = agreement(source, written)
        print(f"{source.stem:<36}{layers:>7}{differing:>7}{same:>11.2f}%{close:>8.2f}%")
        missed += differing > 0 or layers < 28 or same < least_same or close < least_close
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
