"""Loops and recurrent layers of ONNX against ONNX Runtime: random layers in every layout and direction, and a few
loops, run twice each by LiteRT and once by Pestle, written as WHILE and turn after turn."""

import argparse
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from judges import interpreter, numpy, run  # noqa: E402
from places import run_pestle, skip  # noqa: E402

try:
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper
except ImportError as error:
    skip(error)

GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}
ACTIVATIONS = {"RNN": ["Tanh"], "GRU": ["Sigmoid", "Tanh"], "LSTM": ["Sigmoid", "Tanh", "Tanh"]}
# What has parameters is given them: ONNX Runtime's defaults are not everywhere the standard's.
ALPHAS = {"Affine": 0.7, "LeakyRelu": 0.1, "ThresholdedRelu": 0.2, "ScaledTanh": 1.2, "HardSigmoid": 0.3, "Elu": 0.6}
BETAS = {"Affine": 0.1, "ScaledTanh": 0.8, "HardSigmoid": 0.4}
OTHERS = ["Relu", "Tanh", "Sigmoid", "Affine", "LeakyRelu", "ThresholdedRelu", "ScaledTanh", "HardSigmoid", "Elu",
          "Softsign", "Softplus"]


class Layer:
    """A random layer as a model of one node."""

    def __init__(self, random, op):
        self.random = random
        self.inputs, self.initializers, self.operands, self.attributes = [], [], [], {}
        self.flip = lambda chance=0.5: random.random() < chance
        steps, batch, size, hidden = (int(random.integers(1, most)) for most in (7, 4, 6, 6))
        direction = str(random.choice(["forward", "reverse", "bidirectional"]))
        d = 2 if direction == "bidirectional" else 1
        # ONNX Runtime has layout 1 for none of them: it judges layout 0 and the results are permuted.
        self.layout = int(random.integers(0, 2))
        rows = GATES[op] * hidden
        self.attributes = {"hidden_size": hidden, "direction": direction}
        self.add("x", (steps, batch, size), self.flip(0.9), (1, 0, 2))
        self.add("w", (d, rows, size), self.flip(0.2))
        self.add("r", (d, rows, hidden), self.flip(0.2))
        self.add("b", (d, 2 * rows), self.flip(0.2), there=self.flip())
        lengths = random.integers(1, steps + 1, batch).astype(numpy.int32)
        self.add("lengths", lengths, self.flip(), there=self.flip(0.3))
        self.add("h", (d, batch, hidden), self.flip(), (1, 0, 2), there=self.flip())
        self.outputs = ["y", "y_h"]
        if op == "LSTM":
            self.add("c", (d, batch, hidden), self.flip(), (1, 0, 2), there=self.flip())
            self.add("p", (d, 3 * hidden), False, there=self.flip(0.3))
            self.outputs.append("y_c")
            if self.flip(0.2):
                self.attributes["input_forget"] = 1
        if op == "GRU" and self.flip():
            self.attributes["linear_before_reset"] = 1
        if self.flip(0.3):
            names = ACTIVATIONS[op] * d
            names = [str(random.choice(OTHERS)) if self.flip() else name for name in names]
            self.attributes["activations"] = names
            for key, values in ("activation_alpha", ALPHAS), ("activation_beta", BETAS):
                given = [values[name] for name in names if name in values]
                if given:
                    self.attributes[key] = given
        if self.flip(0.2):
            self.attributes["clip"] = float(numpy.float32(random.uniform(0.3, 2)))
        self.op = op

    def add(self, name, shape, is_input, batch_first=None, there=True):
        if not there:
            self.operands.append("")
            return
        is_given = isinstance(shape, numpy.ndarray)
        values = shape if is_given else self.random.uniform(-1, 1, shape).astype(numpy.float32)
        self.operands.append(name)
        (self.inputs if is_input else self.initializers).append((name, values, batch_first))

    def model(self, layout):
        def laid(values, batch_first):
            return values.transpose(batch_first) if layout == 1 and batch_first else values

        attributes = dict(self.attributes, layout=1) if layout == 1 else self.attributes
        node = helper.make_node(self.op, self.operands, self.outputs, name="layer", **attributes)
        kinds = {numpy.dtype(numpy.float32): TensorProto.FLOAT, numpy.dtype(numpy.int32): TensorProto.INT32}
        inputs = [helper.make_tensor_value_info(name, kinds[values.dtype], laid(values, order).shape)
                  for name, values, order in self.inputs]
        outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in self.outputs]
        stored = [numpy_helper.from_array(numpy.ascontiguousarray(laid(values, order)), name)
                  for name, values, order in self.initializers]
        feed = {name: numpy.ascontiguousarray(laid(values, order)) for name, values, order in self.inputs}
        return whole(helper.make_graph([node], "g", inputs, outputs, stored)), feed

    def cases(self):
        judged, feed = self.model(0)
        expected = judge(judged, feed)
        model, feed = self.model(self.layout)
        if self.layout == 1:
            orders = [(2, 0, 1, 3), (1, 0, 2), (1, 0, 2)]
            expected = [values.transpose(order) for values, order in zip(expected, orders)]
        return model, feed, expected


def whole(graph):
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)


def judge(model, feed):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(None, feed)


def loop(text, feed):
    """Of a model in ONNX's text form."""
    model = onnx.parser.parse_model('<ir_version: 8, opset_import: ["" : 14]>\n' + text)
    return model, feed, judge(model, feed)


def loops():
    x = numpy.arange(6, dtype=numpy.float32).reshape(2, 3)
    go, turns = numpy.array(True), numpy.array(9, numpy.int64)
    # Values change places; rows are collected, fewer than there is room for.
    yield loop("""g (float[2,3] x, int64 n) => (float[2,3] a, float[2,3] b, float[k,2,3] r) {
      two = Constant <value = float {2}> ()
      z = Mul (x, two)
      a, b, r = Loop (n, , x, z) <body = t (int64 i, bool go, float[2,3] p, float[2,3] q)
                                         => (bool more, float[2,3] q, float[2,3] p, float[2,3] s) {
        s = Sub (p, x)
        most = Constant <value = int64 {4}> ()
        more = Less (i, most)
      }> }""", {"x": x, "n": turns})
    # A condition that only a run tells, and one that is false at once.
    for first in (go, ~go):
        yield loop("""g (float[2,3] x, bool c) => (float[2,3] y) {
          y = Loop (, c, x) <body = t (int64 i, bool go, float[2,3] p) => (bool more, float[2,3] q) {
            q = Add (p, x)
            sum = ReduceSum <keepdims = 0> (q)
            most = Constant <value = float {99}> ()
            more = Less (sum, most)
          }> }""", {"x": x, "c": numpy.array(first)})
    # Slices by the iteration: one place has a known shape, others have not.
    yield loop("""g (float[2,3] x, int64 n) => (float[k,2,1] r, float[2,m] y) {
      go = Constant <value = bool {1}> ()
      r = Loop (n, go) <body = t (int64 i, bool c) => (bool d, float[2,1] s) {
        d = Identity (c)
        one = Constant <value = int64[1] {1}> ()
        axis = Constant <value = int64[1] {1}> ()
        zero = Constant <value = int64[1] {0}> ()
        start = Unsqueeze (i, zero)
        end = Add (start, one)
        s = Slice (x, start, end, axis)
      }>
      columns = Constant <value = int64[1] {1}> ()
      from = Constant <value = int64[1] {-5}> ()
      first = Constant <value = int64[1] {0}> ()
      to = Unsqueeze (n, first)
      y = Slice (x, from, to, columns)
    }""", {"x": x, "n": numpy.array(2, numpy.int64)})
    # A value that grows; a branch within a loop; iterations as numbers.
    yield loop("""g (float[2,3] x, int64 n) => (float[k,3] y) {
      y = Loop (n, , x) <body = t (int64 i, bool go, float[a,3] p) => (bool go2, float[b,3] q) {
        go2 = Identity (go)
        q = Concat <axis = 0> (p, x)
      }> }""", {"x": x, "n": numpy.array(3, numpy.int64)})
    yield loop("""g (float[2,3] x) => (float[2,3] y, float[40] r) {
      n = Constant <value = int64 {40}> ()
      y, r = Loop (n, , x) <body = t (int64 i, bool go, float[2,3] p) => (bool go2, float[2,3] q, float j) {
        go2 = Identity (go)
        j = Cast <to = 1> (i)
        limit = Constant <value = float {17}> ()
        small = Less (j, limit)
        q = If (small) <then_branch = u () => (float[2,3] v) { v = Add (p, j) },
                        else_branch = w () => (float[2,3] o) { o = Sub (p, x) }>
      }> }""", {"x": x})


def check(folder, case, how):
    model, feed, expected = case
    source, target = folder / "model.onnx", folder / "model.tflite"
    onnx.save(model, source)
    run_pestle("convert", source, "-o", target, "--recurrent", how)
    judged = interpreter(target)
    results = [run(judged, feed.values()) for _ in range(2)]
    flags = []
    for i, values in enumerate(feed.values()):
        numpy.save(folder / f"{i}.npy", values)
        flags += ["--input", f"#{i}={folder / f'{i}.npy'}"]
    run_pestle("run", target, *flags, "--output", folder / "out.npz")
    with numpy.load(folder / "out.npz") as outputs:
        results.append([outputs[name] for name in outputs.files])
    for result in results:
        for i, (want, have) in enumerate(zip(expected, result, strict=True)):
            assert want.shape == have.shape, f"output {i}: {have.shape} instead of {want.shape}"
            numpy.testing.assert_allclose(have, want, rtol=1e-4, atol=2e-6, err_msg=f"output {i}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10, help="layers of each kind")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    failed = count = 0
    with tempfile.TemporaryDirectory() as name:
        cases = [("loop", i, case) for i, case in enumerate(loops())]
        for op in GATES:
            for i in range(arguments.cases):
                layer = Layer(numpy.random.default_rng([arguments.seed, i, len(op), GATES[op]]), op)
                cases.append((op, i, layer.cases()))
        for kind, i, case in cases:
            for how in ("auto", "while", "unroll"):
                count += 1
                try:
                    check(pathlib.Path(name), case, how)
                except Exception as error:  # each case is told, whatever is wrong with it
                    failed += 1
                    print(f"{kind} {i}, {how}: {error}\n{helper.printable_node(case[0].graph.node[-1])[:400]}")
    print(f"{count - failed} of {count} cases pass")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
