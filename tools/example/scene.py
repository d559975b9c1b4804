"""Draws the samples of the digits example: a hand-written digit in a cluttered grey scene.

The digits are the 8x8 scans that scikit-learn ships. Each sample scales, turns, shears and moves one
of them over a shaded background with strokes and pieces of other digits, in either polarity, then
blurs it and adds noise. Everything follows from the generator that is passed in.
"""
import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from sklearn.datasets import load_digits

SIDE = 48      # pixels, width and height of a sample
GLYPH = 32     # pixels, the size to which an 8x8 scan is enlarged before it is placed


def load_glyphs() -> tuple[list[Image.Image], np.ndarray]:
    """All scans, enlarged to GLYPH x GLYPH as ink masks (255 is full ink), and their digits."""
    digits = load_digits()
    glyphs = []
    for scan in digits.images:  # values 0..16
        mask = Image.fromarray(np.uint8(np.minimum(scan * 16, 255)))
        glyphs.append(mask.resize((GLYPH, GLYPH), Image.Resampling.BICUBIC))
    return glyphs, digits.target


def place(glyph: Image.Image, rng: np.random.Generator, scale: float, centre: np.ndarray) -> np.ndarray:
    """Ink in 0..1 of the glyph on a SIDE x SIDE sheet, turned and sheared at random."""
    angle = np.deg2rad(rng.uniform(-28, 28))
    shear = rng.uniform(-0.25, 0.25)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    forward = turn @ np.array([[1, shear], [0, 1]]) * scale
    back = np.linalg.inv(forward * rng.uniform(0.85, 1.15, size=(1, 2)))
    offset = np.array([GLYPH / 2, GLYPH / 2]) - back @ centre
    matrix = (*back[0], offset[0], *back[1], offset[1])
    sheet = glyph.transform((SIDE, SIDE), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
    return np.asarray(sheet, np.float32) / 255


def background(rng: np.random.Generator) -> np.ndarray:
    """A shaded plane with a few straight strokes, as paper under uneven light."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] / (SIDE - 1) - 0.5
    slope = rng.uniform(-60, 60, size=2)
    plane = rng.uniform(70, 185) + slope[0] * x + slope[1] * y
    strokes = Image.new("L", (SIDE, SIDE), 0)
    pen = ImageDraw.Draw(strokes)
    for _ in range(rng.integers(1, 4)):
        ends = [int(v) for v in rng.integers(-6, SIDE + 6, size=4)]
        pen.line(ends, fill=255, width=int(rng.integers(1, 4)))
    return plane + np.asarray(strokes, np.float32) / 255 * rng.uniform(-45, 45)


def draw(index: int, glyphs: list[Image.Image], pool: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One sample of glyph `index` as SIDE x SIDE bytes; clutter is cut from the glyphs of `pool`."""
    scene = background(rng)
    for _ in range(rng.integers(1, 4)):  # pieces of other digits at the rim
        angle = rng.uniform(0, 2 * np.pi)
        centre = SIDE / 2 + SIDE * rng.uniform(0.48, 0.62) * np.array([np.cos(angle), np.sin(angle)])
        piece = place(glyphs[rng.choice(pool)], rng, rng.uniform(0.5, 0.9), centre)
        scene = scene + piece * rng.uniform(-90, 90)
    contrast = rng.uniform(32, 105) * rng.choice([-1, 1])
    centre = SIDE / 2 + rng.uniform(-5, 5, size=2)
    scene = scene + contrast * place(glyphs[index], rng, rng.uniform(0.75, 1.2), centre)
    image = Image.fromarray(np.uint8(np.clip(scene, 0, 255)))
    image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0, 1.0)))
    noisy = np.asarray(image, np.float32) + rng.normal(0, rng.uniform(5, 16), size=(SIDE, SIDE))
    return np.uint8(np.clip(np.rint(noisy), 0, 255))


def draw_many(indices: np.ndarray, glyphs: list[Image.Image], pool: np.ndarray, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.stack([draw(int(i), glyphs, pool, rng) for i in indices])
