"""Networks and pictures small enough to be made anew for every test."""
import struct
import sys
import zlib

try:
    import numpy as np
    import onnx
    from onnx import TensorProto, helper, numpy_helper
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

SIZE, CLASSES = 8, 4


def save(path, nodes, inputs, outputs, weights):
    """An ONNX file; inputs and outputs are (name, shape), weights name -> array."""
    value = lambda entry: helper.make_tensor_value_info(entry[0], TensorProto.FLOAT, entry[1])
    graph = helper.make_graph(nodes, "tiny", [value(i) for i in inputs], [value(o) for o in outputs],
                              [numpy_helper.from_array(array.astype(array.dtype), name) for name, array in weights.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, str(path))
    return path


def classifier(path, classes=CLASSES, softmax=True, seed=0):
    """Pictures 1x3x8x8, a convolution, class scores that go with the mean of the pictures' channels."""
    random = np.random.default_rng(seed)
    weights = {"w": random.normal(0, 0.3, (8, 3, 3, 3)).astype(np.float32), "b": random.normal(0, 0.1, 8).astype(np.float32),
               "v": random.normal(0, 1.0, (8, classes)).astype(np.float32), "c": np.zeros(classes, np.float32)}
    nodes = [helper.make_node("Conv", ["x", "w", "b"], ["h"], "conv", pads=[1, 1, 1, 1]), helper.make_node("Relu", ["h"], ["r"], "relu"),
             helper.make_node("GlobalAveragePool", ["r"], ["p"], "pool"), helper.make_node("Flatten", ["p"], ["f"], "flatten"),
             helper.make_node("Gemm", ["f", "v", "c"], ["z" if softmax else "y"], "dense")]
    if softmax:
        nodes.append(helper.make_node("Softmax", ["z"], ["y"], "softmax", axis=1))
    return save(path, nodes, [("x", [1, 3, SIZE, SIZE])], [("y", [1, classes])], weights)


def dominant(path, classes=3, background=False):
    """Which of three channels is the brightest: class 0, 1 or 2, one later with a background class in front."""
    v = np.zeros((3, classes + int(background)), np.float32)
    for c in range(3):
        v[c, c + int(background)] = 4.0
    nodes = [helper.make_node("GlobalAveragePool", ["x"], ["p"], "pool"), helper.make_node("Flatten", ["p"], ["f"], "flatten"),
             helper.make_node("Gemm", ["f", "v", "c"], ["y"], "dense")]
    c = np.zeros(v.shape[1], np.float32)
    c[:int(background)] = -9.0
    return save(path, nodes, [("x", [1, 3, SIZE, SIZE])], [("y", [1, v.shape[1]])], {"v": v, "c": c})


def png(path, pixels):
    """An 8-bit RGB picture, rows x columns x 3."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + row.tobytes() for row in np.ascontiguousarray(pixels, np.uint8))
    header = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], 8, 2, 0, 0, 0)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def bright(channel, seed=0):
    """A noisy picture whose `channel` is the brightest."""
    pixels = np.random.default_rng(seed).integers(0, 120, (SIZE, SIZE, 3))
    pixels[:, :, channel] += 100
    return pixels.astype(np.uint8)


def pictures(folder, count):
    """bright() pictures, channels in turn, with labels.csv."""
    rows = ["file,label"]
    for i in range(count):
        png(folder / f"{i:03}.png", bright(i % 3, i))
        rows.append(f"{i:03}.png,{i % 3}")
    (folder / "labels.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


def noise(count, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, (count, 3, SIZE, SIZE)).astype(np.float32)
