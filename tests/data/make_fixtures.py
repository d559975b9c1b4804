#!/usr/bin/env python3
"""Makes the small files under tests/data/fixtures: pictures in many forms with the pixels that Pillow decodes, and
pictures resized by Pillow. Run it by hand when a form is added; the results are committed.

    python tests/data/make_fixtures.py
"""
import io
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

HERE = Path(__file__).parent / "fixtures"
FILTERS = {"nearest": Image.NEAREST, "bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC, "area": Image.BOX}
SIZES = [((13, 9), (7, 5)), ((13, 9), (26, 31)), ((40, 30), (11, 30)), ((40, 30), (40, 7)), ((5, 4), (1, 1)),
         ((1, 1), (6, 3)), ((33, 47), (32, 32))]


def colours(width: int, height: int) -> np.ndarray:
    """Smooth colours with an edge, so that codecs and filters have something to do."""
    y, x = np.mgrid[0:height, 0:width]
    image = np.stack([x * 255 // max(width - 1, 1), y * 255 // max(height - 1, 1), (x * 7 + y * 13) % 256], -1)
    image[height // 2:, width // 2:] = 255 - image[height // 2:, width // 2:]
    return image.astype(np.uint8)


def png(width: int, height: int, depth: int, colour: int, rows: np.ndarray) -> bytes:
    """A PNG written by hand, for forms that Pillow does not write. rows: uint8 [height, bytes]."""
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    raw = b"".join(b"\0" + row.tobytes() for row in rows)
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


def encode(image: Image.Image, form: str, **options) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def pictures() -> dict[str, bytes]:
    base = colours(21, 14)
    rgb = Image.fromarray(base)
    alpha = Image.fromarray(np.dstack([base, base[..., 2]]))
    grey = rgb.convert("L")
    files = {
        "rgb_444.jpg": encode(rgb, "JPEG", subsampling=0),
        "rgb_420.jpg": encode(rgb, "JPEG", subsampling=2),
        "progressive.jpg": encode(rgb, "JPEG", progressive=True),
        "grey.jpg": encode(grey, "JPEG"),
        "cmyk.jpg": encode(rgb.convert("CMYK"), "JPEG"),
        "rgb.png": encode(rgb, "PNG"),
        "rgba.png": encode(alpha, "PNG"),
        "grey.png": encode(grey, "PNG"),
        "grey_alpha.png": encode(alpha.convert("LA"), "PNG"),
        "palette.png": encode(rgb.quantize(9), "PNG"),
        "palette_transparent.png": encode(rgb.quantize(5), "PNG", transparency=1),
        "bilevel.png": encode(grey.convert("1"), "PNG"),
        "lossy.webp": encode(rgb, "WEBP", quality=60),
        "lossless.webp": encode(rgb, "WEBP", lossless=True),
        "alpha.webp": encode(alpha, "WEBP", lossless=True, exact=True),
    }
    deep = (base.astype(np.uint16) * 257) ^ 0x0055
    files["rgb_16.png"] = png(21, 14, 16, 2, deep.astype(">u2").reshape(14, -1).view(np.uint8))
    files["grey_16.png"] = png(21, 14, 16, 0, np.ascontiguousarray(deep[..., 0]).astype(">u2").view(np.uint8))
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        files[f"turned_{orientation}.jpg"] = encode(rgb, "JPEG", exif=exif, subsampling=0)
    exif = Image.Exif()
    exif[0x0112] = 6
    files["turned_6.png"] = encode(rgb, "PNG", exif=exif)
    files["turned_6.webp"] = encode(rgb, "WEBP", lossless=True, exif=exif)
    return files


def expected_pixels(name: str, data: bytes) -> np.ndarray:
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    if name == "grey_16.png":  # the high byte; Pillow would clip
        high = (np.asarray(image).astype(np.uint16) >> 8).astype(np.uint8)
        return np.dstack([high] * 3)
    return np.asarray(image.convert("RGB"))


def resized() -> dict[str, np.ndarray]:
    arrays = {}
    for number, (size, target) in enumerate(SIZES):
        image = Image.fromarray(colours(*size))
        arrays[f"{number}_from"] = np.asarray(image)
        for name, kind in FILTERS.items():
            arrays[f"{number}_{name}"] = np.asarray(image.resize(target, kind))
    return arrays


def main() -> None:
    HERE.mkdir(exist_ok=True)
    files = pictures()
    for name, data in files.items():
        (HERE / name).write_bytes(data)
    np.savez_compressed(HERE / "pixels.npz", **{name: expected_pixels(name, data) for name, data in files.items()})
    np.savez_compressed(HERE / "resized.npz", **resized())
    base = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    np.savez(HERE / "orders.npz", c=base, fortran=np.asfortranarray(base), big=base.astype(">f4"),
             half=base.astype(np.float16), truth=base > 11, scalar=np.float64(2.5))


main()
