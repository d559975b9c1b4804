#!/usr/bin/env python3
"""The harness itself: what counts as a difference, and that the death of LiteRT's process is an answer like others."""
import os
import sys

try:
    import numpy as np

    import judge
    import litert
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)
from records import Record, unpack_int4


def differences(ours: list, theirs: list, dtype: type, steps: int = 0) -> int:
    return judge.count_differences(np.array(ours, dtype), np.array(theirs, dtype), steps)[0]


def check_differences() -> None:
    assert differences([1, 2, 3], [1, 2, 4], np.int8) == 1
    assert differences([1, 2, 3], [1, 2, 4], np.int8, steps=1) == 0
    assert differences([-128], [127], np.int8, steps=1) == 1, "int8 must not wrap"
    assert differences([True, False], [True, True], np.bool_) == 1
    assert differences([0.0, 1000.0], [0.05, 1000.0], np.float32) == 0, "1e-4 of the largest magnitude"
    assert differences([0.0, 1.0], [0.0002, 1.0], np.float32) == 1
    assert differences([np.nan, np.inf], [np.nan, np.inf], np.float32) == 0
    assert differences([np.nan, 1.0], [1.0, np.inf], np.float32) == 2
    assert differences([], [], np.float32) == 0


def check_packed() -> None:
    assert unpack_int4(bytes([0x81, 0x07]), 3).tolist() == [1, -8, 7]


def check_isolation() -> None:
    records = [Record({"index": i}) for i in range(4)]

    def dies_at_1(record: Record) -> bool:
        if record.head["index"] == 1:
            os.abort()
        return False

    answers = list(litert.answers(records, dies_at_1))
    assert [bool(answer.crash) for answer in answers] == [False, True, False, False]
    assert all(answer.refusal for answer in answers if not answer.crash), "an empty model is refused"


if __name__ == "__main__":
    for check in (check_differences, check_packed, check_isolation):
        check()
        print(f"{check.__name__}: passed")
