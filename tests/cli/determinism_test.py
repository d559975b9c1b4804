#!/usr/bin/env python3
"""Same command, same bytes: what is written does not depend on the instruction set nor on the number of threads."""
import os
import sys

try:
    import numpy as np
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

from program import CommandTest, main

FLOAT = "mobilenet_v1_025_224/mobilenet_v1_025_224.tflite"
# Names that PESTLE_ISA takes; one that this machine lacks falls back to what it has.
INSTRUCTION_SETS = ["generic", "avx2", "avx512", "avx512vnni"]


class Determinism(CommandTest):
    def written(self, arguments, output, isa="", threads=2):
        self.pestle(*arguments, "--threads", threads, env={**os.environ, "PESTLE_ISA": isa} if isa else None)
        return (self.folder / output).read_bytes()

    def assert_same_everywhere(self, arguments, output):
        first = self.written(arguments, output)
        self.assertEqual(first, self.written(arguments, output, threads=1), "one thread")
        for isa in INSTRUCTION_SETS:
            self.assertEqual(first, self.written(arguments, output, isa=isa), isa)

    def samples(self, count):
        np.save(self.folder / "samples.npy", np.random.default_rng(11).uniform(-1, 1, (count, 224, 224, 3)).astype(np.float32))
        return "samples.npy"

    def test_a_quantized_file(self):
        samples = self.samples(12)
        for mode in ("full-int8", "int16x8", "dynamic"):
            with self.subTest(mode=mode):
                self.assert_same_everywhere(
                    ["quantize", self.model(FLOAT), "-o", "q.tflite", "--mode", mode, "--data", samples], "q.tflite")

    def test_the_outputs_of_every_kind_of_model(self):
        np.save(self.folder / "x.npy", np.random.default_rng(5).uniform(-1, 1, (1, 224, 224, 3)).astype(np.float32))
        for mode in ("float32", "float16", "dynamic", "weight-only"):
            self.pestle("quantize", self.model(FLOAT), "-o", f"{mode}.tflite", "--mode", mode)
            with self.subTest(mode=mode):
                self.assert_same_everywhere(["run", f"{mode}.tflite", "--input", "#0=x.npy", "--output", "y.npz"], "y.npz")


if __name__ == "__main__":
    main()
