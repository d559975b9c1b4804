"""Operators that the backend suite has not, or only in double, through `pestle convert`, `pestle run` and LiteRT.

Einsum, and what ONNX Runtime's optimizer makes (domain com.microsoft): ONNX Runtime computes what is expected.
"""

import pathlib
import sys
import tempfile

import conformance
from judges import numpy
from places import skip

try:
    import onnx
    import onnxruntime
    from onnx import helper
except ImportError as error:
    skip(error)

MICROSOFT = "com.microsoft"
random = numpy.random.default_rng(1)


def floats(*shape):
    return random.standard_normal(shape).astype(numpy.float32)


def whole(high, *shape):
    return random.integers(0, high, shape).astype(numpy.int32)


def node(op, inputs, outputs="y", domain=MICROSOFT, **attributes):
    return helper.make_node(op, inputs.split(" "), outputs.split(" "), domain=domain, **attributes)


def einsum(equation, *operands):
    inputs = {f"x{i}": operand for i, operand in enumerate(operands)}
    return node("Einsum", " ".join(inputs), domain="", equation=equation), inputs, {}


def attention(inputs, given, **attributes):
    return node("MultiHeadAttention", inputs, num_heads=2, **attributes), given, {"b": floats(24)}


MASK = numpy.array([[1, 1, 0], [1, 1, 1]], numpy.int32)
WEIGHTS = {"w": floats(8, 24), "b": floats(24)}
QKV = {"q": floats(2, 3, 8), "k": floats(2, 3, 8), "v": floats(2, 3, 8)}
CONVOLUTION = {"w": floats(4, 3, 3, 3), "b": floats(4)}
SAME = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}
VECTORS = {"g": floats(4), "b": floats(4), "c": floats(4)}
TABLES = {"w": floats(5, 4), "p": floats(7, 4), "t": floats(2, 4), "g": floats(4), "b": floats(4)}
# The node, its inputs and its constants.
CASES = [
    einsum("ij,jk->ik", floats(3, 4), floats(4, 5)),
    einsum("bhid,bhjd->bhij", floats(2, 3, 4, 5), floats(2, 3, 6, 5)),
    einsum("ij->ji", floats(3, 4)),
    einsum("ij->i", floats(3, 4)),
    einsum("i,j->ij", floats(3), floats(4)),
    einsum("i,i->", floats(3), floats(3)),
    einsum("ij,jk", floats(3, 4), floats(4, 5)),
    einsum("...ij,...jk->...ik", floats(2, 3, 4), floats(2, 4, 5)),
    einsum("b...d->b...", floats(2, 3, 4)),
    einsum("bn,anm,bm->ba", floats(2, 4), floats(3, 4, 5), floats(2, 5)),
    einsum("ibh,hnd->ibnd", floats(3, 2, 4), floats(4, 5, 6)),
    (node("FusedMatMul", "a b", alpha=0.5, transA=1, transB=1), {"a": floats(2, 4, 3), "b": floats(2, 5, 4)}, {}),
    (node("FusedConv", "a w b", activation="LeakyRelu", activation_params=[0.1], **SAME), {"a": floats(1, 3, 6, 6)},
     CONVOLUTION),
    (node("FusedConv", "a w b z", activation="Relu", **SAME), {"a": floats(1, 3, 6, 6), "z": floats(1, 4, 6, 6)},
     CONVOLUTION),
    (node("FusedGemm", "a w b", activation="LeakyRelu", activation_alpha=0.2, transB=1), {"a": floats(2, 3)},
     {"w": floats(4, 3), "b": floats(4)}),
    (node("BiasGelu", "a b"), {"a": floats(2, 4)}, {"b": floats(4)}),
    (node("FastGelu", "a b"), {"a": floats(2, 4)}, {"b": floats(4)}),
    (node("QuickGelu", "a"), {"a": floats(2, 4)}, {}),
    (node("SkipLayerNormalization", "a s g b c", "y   z", epsilon=1e-5), {"a": floats(2, 3, 4), "s": floats(2, 3, 4)},
     VECTORS),
    (node("SkipSimplifiedLayerNormalization", "a s g", epsilon=1e-5), {"a": floats(2, 3, 4), "s": floats(2, 3, 4)},
     {"g": floats(4)}),
    (node("SimplifiedLayerNormalization", "a g", domain="", epsilon=1e-5), {"a": floats(2, 3, 4)}, {"g": floats(4)}),
    (node("EmbedLayerNormalization", "i s w p t g b", "y ", epsilon=1e-5), {"i": whole(5, 2, 3), "s": whole(2, 2, 3)},
     TABLES),
    (node("Attention", "x w b m", num_heads=2), {"x": floats(2, 3, 8), "m": MASK}, WEIGHTS),
    (node("Attention", "x w b", num_heads=2, unidirectional=1), {"x": floats(2, 3, 8)}, WEIGHTS),
    attention("q k v b m", {**QKV, "m": MASK}),
    attention("q k v   a", {**QKV, "a": floats(1, 2, 3, 3)}),
]


def model_of(case):
    operator, inputs, constants = case
    types = {name: helper.np_dtype_to_tensor_dtype(array.dtype) for name, array in inputs.items()}
    given = [helper.make_tensor_value_info(name, types[name], array.shape) for name, array in inputs.items()]
    results = [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in operator.output if name]
    stored = [onnx.numpy_helper.from_array(array, name) for name, array in constants.items()]
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(MICROSOFT, 1)]
    return helper.make_model(helper.make_graph([operator], "g", given, results, stored), opset_imports=opsets, ir_version=8)


def check(case, folder):
    inputs, written = case[1], folder / "model.tflite"
    onnx.save(model_of(case), folder / "model.onnx")
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
    expected = session.run(None, inputs)
    done = conformance.pestle("convert", folder / "model.onnx", "-o", written, "--keep-input-layout", "--quiet")
    if done.returncode != 0:
        return done.stderr
    for who, outputs in (("run", conformance.run_ours(written, inputs, folder)),
                         ("LiteRT", conformance.run_litert(written, inputs))):
        for want, have in zip(expected, outputs, strict=True):
            if want.shape != have.shape or not numpy.allclose(have, want, rtol=1e-3, atol=1e-5):
                return f"{who} differs"
    return ""


def main():
    failed = 0
    for case in CASES:
        with tempfile.TemporaryDirectory() as name:
            reason = check(case, pathlib.Path(name))
        if reason:
            failed += 1
            print(f"{case[0].op_type} {[attribute.name for attribute in case[0].attribute]}: {reason}")
    print(f"{len(CASES) - failed} of {len(CASES)} operators agree")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
