#!/usr/bin/env python3
"""Preprocessing against Pillow: every pixel within one grey level (aim: equal), and the values of the anchors' protocol.

    pillow_parity.py DUMP_PICTURE [SHARED_FOLDER]

DUMP_PICTURE is the program of that name. Exits with 77 where Pillow is absent.
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import numpy as np
    from PIL import Image
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

FILTERS = {"bicubic": Image.BICUBIC, "bilinear": Image.BILINEAR, "area": Image.BOX, "nearest": Image.NEAREST}
ROUNDS = 240
ANCHOR_PICTURES = 40


class Tally:
    """Share of equal pixels and the largest difference."""

    def __init__(self) -> None:
        self.pixels = self.equal = self.worst = 0

    def add(self, ours: np.ndarray, theirs: np.ndarray) -> None:
        difference = np.abs(ours.astype(int) - theirs.astype(int))
        self.pixels += difference.size
        self.equal += int((difference == 0).sum())
        self.worst = max(self.worst, int(difference.max()))

    def report(self, name: str) -> bool:
        print(f"{name}: {self.pixels} values, {100 * self.equal / self.pixels:.3f} % equal, largest difference {self.worst}")
        return self.worst <= 1


def dump(program: str, what: str, chain: str, size: tuple[int, int], files: list[Path]) -> bytes:
    command = [program, what, chain, f"{size[0]}x{size[1]}", *map(str, files)]
    return subprocess.run(command, check=True, capture_output=True).stdout


def compare_sizes(program: str, folder: Path) -> bool:
    random = np.random.default_rng(7)
    tallies = {name: Tally() for name in FILTERS}
    path = folder / "picture.png"
    for round_ in range(ROUNDS):
        name = list(FILTERS)[round_ % len(FILTERS)]
        height, width, target_height, target_width = (int(n) for n in random.integers(1, 200, 4))
        image = Image.fromarray(random.integers(0, 256, (height, width, 3), dtype=np.uint8))
        image.save(path)
        chain = f"resize={target_width}x{target_height}:{name}"
        ours = np.frombuffer(dump(program, "pixels", chain, (target_width, target_height), [path]), np.uint8)
        theirs = np.asarray(image.resize((target_width, target_height), FILTERS[name]))
        tallies[name].add(ours.reshape(theirs.shape), theirs)
    return all([tally.report(f"resize {name}") for name, tally in tallies.items()])


def anchor_values(path: Path, low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
    """Pixels and values of the protocol: central 0.875, bicubic to 224, LO..HI."""
    image = Image.open(path).convert("RGB")
    width, height = (round(side * 0.875) for side in image.size)
    x, y = (image.size[0] - width) // 2, (image.size[1] - height) // 2
    pixels = np.asarray(image.crop((x, y, x + width, y + height)).resize((224, 224), Image.BICUBIC))
    return pixels, (low + pixels.astype(np.float32) / 255.0 * (high - low)).astype(np.float32)


def compare_anchors(program: str, shared: Path) -> bool:
    files = sorted((shared / "data/imagenet/validation").glob("*.jpg"))[::20][:ANCHOR_PICTURES]
    files += sorted((shared / "data/coco_val").glob("*.jpg"))
    chain = "center=0.875,resize=224x224:bicubic,range=-1:1"
    pixels = np.frombuffer(dump(program, "pixels", chain, (224, 224), files), np.uint8).reshape(-1, 224, 224, 3)
    values = np.frombuffer(dump(program, "values", chain, (224, 224), files), np.float32).reshape(-1, 224, 224, 3)
    tally, worst = Tally(), 0.0
    for k, path in enumerate(files):
        want_pixels, want_values = anchor_values(path, -1.0, 1.0)
        tally.add(pixels[k], want_pixels)
        worst = max(worst, float(np.abs(values[k] - want_values).max()))
    print(f"anchors' protocol: values differ by at most {worst:.3g} (one grey level is {2 / 255:.3g})")
    return tally.report(f"anchors' protocol, {len(files)} pictures") and worst <= 2 / 255


def main() -> int:
    program = sys.argv[1]
    shared = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(os.environ.get("PESTLE_SHARED", "../shared"))
    with tempfile.TemporaryDirectory() as folder:
        good = compare_sizes(program, Path(folder))
    if (shared / "data/imagenet").is_dir():
        good = compare_anchors(program, shared) and good
    else:
        print("skipped: no shared pictures (set PESTLE_SHARED)")
    return 0 if good else 1


sys.exit(main())
