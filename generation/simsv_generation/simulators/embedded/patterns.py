"""Patterns of floors and walls, made once per process: planks, tiles, brick, marble, plaster, carpet.

A pattern multiplies the colour of its surface and is 1 on average, so that a dark and a light floor share it. It
repeats without a seam.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simsv_generation.geometry import Floats
from simsv_generation.seeding import rng

TEXELS = 512
"""Width and height of a pattern, texels."""
WHITE_LEVEL = 128
"""The texel value that leaves a colour as it is."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """How a surface is textured."""

    repeat: float
    """Metres after which the pattern repeats."""
    draw: Callable[[np.random.Generator], Floats]
    """Factors on the colour, shape (TEXELS, TEXELS, 3), indexed [v, u]: rows run along the second plane axis."""


@functools.cache
def pattern_images() -> NDArray[np.uint8]:
    """All patterns of `PATTERNS` in its order, shape (P, TEXELS, TEXELS, 3); `WHITE_LEVEL` stands for 1."""
    images = []
    for name, pattern in PATTERNS.items():
        factors = pattern.draw(rng(0, "pattern", name))
        images.append(np.rint(np.clip(factors / factors.mean() * WHITE_LEVEL, 0, 255)).astype(np.uint8))
    return np.stack(images)


def _noise(generator: np.random.Generator, columns: int, rows: int) -> Floats:
    """Smooth noise in [-1, 1] that repeats, shape (TEXELS, TEXELS), with a lattice of columns x rows random values."""
    lattice = generator.uniform(-1.0, 1.0, (rows, columns))
    return _interpolated(_interpolated(lattice, 0), 1)


def _interpolated(values: Floats, axis: int) -> Floats:
    count = values.shape[axis]
    at = (np.arange(TEXELS) + 0.5) * count / TEXELS
    whole = at.astype(np.int64)
    share = at - whole
    share = share * share * (3 - 2 * share)
    share = share[:, None] if axis == 0 else share
    return np.asarray(
        np.take(values, whole % count, axis) * (1 - share) + np.take(values, (whole + 1) % count, axis) * share
    )


def _clouds(generator: np.random.Generator, columns: int, rows: int, octaves: int = 4) -> Floats:
    """Noise on several scales, each half as wide and half as strong as the one before."""
    return np.asarray(sum(_noise(generator, columns << k, rows << k) * 0.5**k for k in range(octaves)))


def _grey(factors: Floats) -> Floats:
    return np.repeat(factors[..., None], 3, axis=2)


def _plain(generator: np.random.Generator) -> Floats:
    return np.ones((TEXELS, TEXELS, 3))


def _plaster(generator: np.random.Generator) -> Floats:
    return _grey(1 + 0.025 * _clouds(generator, 4, 4) + 0.02 * _noise(generator, 128, 128))


def _planks(generator: np.random.Generator) -> Floats:
    """Boards along u, 16 rows, each row cut at places of its own."""
    rows, gap = 16, 1.0
    v = (np.arange(TEXELS) + 0.5) * rows / TEXELS
    row = v.astype(np.int64)
    grain = 0.07 * _clouds(generator, 3, 96, 3) + 0.05 * _noise(generator, 8, 256)
    factors = np.zeros((TEXELS, TEXELS, 3))
    u = np.arange(TEXELS) + 0.5
    for k in range(rows):
        cuts = np.sort((generator.uniform() + np.array([0.0, 0.36, 0.68]) + generator.uniform(-0.06, 0.06, 3)) % 1.0)
        board = np.searchsorted(cuts, u / TEXELS) % 3
        tone = 1 + generator.uniform(-0.22, 0.22, 3)
        warmth = generator.uniform(-0.05, 0.05, 3)
        tint = tone[:, None] * (1 + warmth[:, None] * np.array([1.0, 0.0, -1.2]))
        to_cut = np.abs((u[:, None] - cuts * TEXELS + TEXELS / 2) % TEXELS - TEXELS / 2).min(1)
        factors[row == k] = tint[board] * np.where(to_cut < gap, 0.55, 1.0)[:, None]
    to_seam = np.minimum(v - row, row + 1 - v) * TEXELS / rows
    return np.asarray(factors * (1 + grain)[..., None] * np.where(to_seam < gap, 0.55, 1.0)[:, None, None])


def _tiles(count: int, joint: float, marble: float, dark_joint: float) -> Callable[[np.random.Generator], Floats]:
    """Square tiles, count x count, with joints of `joint` texels to either side."""

    def draw(generator: np.random.Generator) -> Floats:
        at = (np.arange(TEXELS) + 0.5) * count / TEXELS
        tile = at.astype(np.int64)
        to_joint = np.minimum(at - tile, tile + 1 - at) * TEXELS / count
        tone = 1 + generator.uniform(-0.05, 0.05, (count, count))[tile[:, None], tile]
        is_joint = (to_joint < joint)[:, None] | (to_joint < joint)
        return _grey(np.where(is_joint, dark_joint, tone * (1 + marble * _clouds(generator, 4, 4, 5))))

    return draw


def _brick(generator: np.random.Generator) -> Floats:
    """A running bond, 4 bricks by 16 courses."""
    columns, rows, joint = 4, 16, 2.5
    v = (np.arange(TEXELS) + 0.5) * rows / TEXELS
    row = v.astype(np.int64)
    u = (np.arange(TEXELS) + 0.5)[None] * columns / TEXELS + 0.5 * (row % 2)[:, None]
    column = u.astype(np.int64)
    to_bed = (np.minimum(v - row, row + 1 - v) * TEXELS / rows)[:, None]
    to_head = np.minimum(u - column, column + 1 - u) * TEXELS / columns
    tone = 1 + generator.uniform(-0.2, 0.2, (rows, columns))[row[:, None], column % columns]
    bricks = tone * (1 + 0.12 * _noise(generator, 64, 64) + 0.08 * _noise(generator, 200, 200))
    mortar = np.array([1.1, 1.9, 2.1])
    return np.where(((to_bed < joint) | (to_head < joint))[..., None], mortar, bricks[..., None])


def _marble(generator: np.random.Generator) -> Floats:
    veins = 1 - np.abs(_clouds(generator, 3, 3, 5))
    return _grey(1 + 0.05 * _clouds(generator, 4, 4) - 0.20 * np.clip(veins - 0.93, 0, 1) / 0.07)


def _concrete(generator: np.random.Generator) -> Floats:
    return _grey(1 + 0.08 * _clouds(generator, 4, 4, 6))


def _carpet(generator: np.random.Generator) -> Floats:
    return _grey(1 + 0.10 * generator.uniform(-1, 1, (TEXELS, TEXELS)) + 0.08 * _noise(generator, 170, 170))


PATTERNS: dict[str, Pattern] = {
    "plain": Pattern(1.0, _plain),
    "plaster": Pattern(2.0, _plaster),
    "planks": Pattern(1.9, _planks),
    "tiles": Pattern(1.6, _tiles(4, 1.2, 0.04, 0.72)),
    "small tiles": Pattern(1.2, _tiles(8, 1.2, 0.01, 0.80)),
    "brick": Pattern(1.0, _brick),
    "marble": Pattern(2.4, _marble),
    "concrete": Pattern(2.5, _concrete),
    "carpet": Pattern(0.8, _carpet),
}
"""Every pattern by name."""
