"""Every field of collected .tflite files stands in them after they were read and written.

The comparison reads the bytes by LiteRT's own generated schema, so that a field that our reader does not know is
missed. Exits with 1 on a difference, with 77 where the schema or the models are absent.
"""

import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from judges import numpy
from places import MODELS, need_shared, skip

try:
    from ai_edge_litert import schema_py_generated as schema
except ImportError as error:
    skip(error)

# How the same thing may be said in two ways: what a reader of the file is meant to see is compared instead.
PLACES = {"offset", "size", "largeCustomOptionsOffset", "largeCustomOptionsSize"}  # data behind the FlatBuffer
CODES = {"deprecatedBuiltinCode"}  # the old field of a code, which builtin_code repeats


class Comparison:
    """Differences of two files, each with its place."""

    def __init__(self, paths):
        self.bytes = [path.read_bytes() for path in paths]
        self.models = [schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(data, 0)) for data in self.bytes]
        self.found = []

    def buffer(self, side, index):
        table = self.models[side].buffers[index]
        if table.offset > 1:
            return self.bytes[side][table.offset : table.offset + table.size]
        return b"" if table.data is None else bytes(table.data)

    def code(self, side, index):
        table = self.models[side].operatorCodes[index]
        return (max(table.builtinCode, table.deprecatedBuiltinCode), table.customCode, max(table.version, 1))

    def compare(self):
        self.fields("", *self.models)
        return self.found

    def fields(self, place, a, b):
        if isinstance(a, schema.TensorT) and a.quantization is not None:
            set_only_axis(a)
        if hasattr(a, "__dict__") and type(a) is type(b):
            for name in vars(a):
                self.field(f"{place}.{name}", name, getattr(a, name), getattr(b, name))
        elif is_list(a) and is_list(b) and len(a) == len(b):
            for i, (x, y) in enumerate(zip(a, b)):
                self.fields(f"{place}[{i}]", x, y)
        elif not same(a, b):
            self.found.append(f"{place}: {a!r} became {b!r}")

    def field(self, place, name, a, b):
        if name in PLACES | CODES or place in (".buffers", ".operatorCodes"):
            return
        if name == "opcodeIndex":
            a, b = self.code(0, a), self.code(1, b)
        elif name == "metadataBuffer":
            a, b = ([self.buffer(side, i) for i in (x if x is not None else [])] for side, x in ((0, a), (1, b)))
        elif name == "buffer":
            a, b = self.buffer(0, a), self.buffer(1, b)
        self.fields(place, a, b)


def set_only_axis(tensor):
    """Old converters wrote the filter's channel axis on biases of one axis too; we read and write 0."""
    if tensor.shape is not None and len(tensor.shape) == 1 and tensor.quantization.quantizedDimension > 0:
        tensor.quantization.quantizedDimension = 0


def is_list(value):
    return isinstance(value, (list, numpy.ndarray))


def same(a, b):
    """Absent lists are empty ones, as are absent names."""
    empty = [value is None or (hasattr(value, "__len__") and len(value) == 0) for value in (a, b)]
    return all(empty) or (not any(empty) and type(a) is type(b) and bool(numpy.all(a == b)))


def main():
    need_shared("models")
    paths = sorted(path for path in MODELS.rglob("*.tflite") if "broken" not in path.parts)
    differing = compared = 0
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([sys.argv[1], folder, *paths], stdout=subprocess.PIPE, text=True, check=True)
        print(done.stdout, end="")
        for i, path in enumerate(paths):
            written = pathlib.Path(folder) / f"{i}.tflite"
            if not written.exists():
                continue
            found = Comparison([path, written]).compare()
            compared += 1
            differing += bool(found)
            for line in found[:5]:
                print(f"{path.relative_to(MODELS)}{line[:300]}")
    print(f"{compared} files compared, {differing} differ")
    return 1 if differing or not compared else 0


if __name__ == "__main__":
    sys.exit(main())
