"""Reads the batches that pestle_parity writes (batch.h says how they are laid out)."""
import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

DTYPES = {
    "float32": np.float32, "float16": np.float16, "float64": np.float64, "int8": np.int8, "uint8": np.uint8,
    "int16": np.int16, "uint16": np.uint16, "int32": np.int32, "uint32": np.uint32, "int64": np.int64,
    "uint64": np.uint64, "bool": np.bool_, "complex64": np.complex64,
    "complex128": np.complex128, "bfloat16": np.uint16,
}


@dataclass
class Record:
    head: dict
    model: bytes = b""
    inputs: list[np.ndarray] = field(default_factory=list)
    reference: list[np.ndarray] = field(default_factory=list)
    fast: list[np.ndarray] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f'{self.head["operator"]} [{self.head["label"]}] case {self.head["index"]}'


def unpack_int4(packed: bytes, count: int) -> np.ndarray:
    """Two codes a byte, the first in the low bits."""
    pairs = np.frombuffer(packed, np.uint8)
    codes = np.stack([pairs & 15, pairs >> 4], axis=1).reshape(-1)[:count].astype(np.int8)
    return np.where(codes > 7, codes - 16, codes).astype(np.int8)


class Cursor:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, size: int) -> bytes:
        if self.at + size > len(self.data):
            raise EOFError("the batch ends in the middle of a record")
        self.at += size
        return self.data[self.at - size : self.at]

    def line(self) -> bytes:
        end = self.data.find(b"\n", self.at)
        if end < 0:
            raise EOFError("the batch ends in the middle of a line")
        return self.take(end + 1 - self.at)

    def tensors(self, described: list[dict]) -> list[np.ndarray]:
        arrays = []
        for tensor in described:
            count = int(np.prod(tensor["shape"], dtype=np.int64))
            if tensor["dtype"] == "int4":
                arrays.append(unpack_int4(self.take((count + 1) // 2), count).reshape(tensor["shape"]))
                continue
            dtype = np.dtype(DTYPES[tensor["dtype"]])
            arrays.append(np.frombuffer(self.take(count * dtype.itemsize), dtype).reshape(tensor["shape"]))
        return arrays


def read_batch(path: Path) -> tuple[list[Record], bool]:
    """All records, and whether the file is whole (it is not where the program that wrote it died)."""
    cursor = Cursor(path.read_bytes())
    records = []
    try:
        while cursor.at < len(cursor.data):
            head = json.loads(cursor.line())
            record = Record(head)
            if not head["rejected"]:
                record.model = cursor.take(head["model"])
                record.inputs = cursor.tensors(head["inputs"])
                if not head["error"]:
                    record.reference = cursor.tensors(head["outputs"])
                    record.fast = cursor.tensors(head["outputs"]) if head["fast"] else record.reference
            records.append(record)
    except EOFError:
        return records, False
    return records, True
