"""Tiles, bricks, stone and plaster."""

from collections.abc import Callable

import numpy as np

from simsv_generation.simulators.embedded.patterns.canvas import (
    TEXELS,
    Canvas,
    cells,
    clouds,
    grey,
    mixed,
    noise,
    places,
    relief,
    smooth,
    tinted,
)

Draw = Callable[[np.random.Generator], Canvas]


def plaster(random: np.random.Generator) -> Canvas:
    """Paint from a roller: a relief too fine to see from afar."""
    height = noise(random, 200, 200) + 0.8 * noise(random, 420, 420)
    return grey(relief(height, 0.010) * (1 + 0.006 * noise(random, 3, 3)))


def tiles(columns: int, rows: int, joint: float, shift: float = 0.0, veined: float = 0.02, grout: float = 0.74) -> Draw:
    """Tiles in a grid, or shifted by a share of their length from row to row; joints are `joint` texels wide.

    `veined` is how clouded a tile is, `grout` the tone of the joints.
    """

    def draw(random: np.random.Generator) -> Canvas:
        ids, edge = _bond(columns, rows, shift)
        tone = (1 + 0.025 * random.uniform(-1, 1, columns * rows)).astype(np.float32)[ids]
        body = tone * (1 + veined * _cut_apart(random, clouds(random, 5, 5, 6), ids, columns * rows))
        height = np.minimum(edge - joint / 2, 2.0).clip(0)
        joints = 0.03 * noise(random, 128, 128) + grout
        share = smooth(edge, joint / 2 - 0.5, joint / 2 + 0.5)
        return grey((joints + (body - joints) * share) * relief(height, 0.06))

    return draw


def checker(random: np.random.Generator) -> Canvas:
    """Dark and light square tiles in turn, 4 x 4."""
    ids, _ = _bond(4, 4, 0.0)
    is_dark = (ids // 4 + ids % 4) % 2
    return tiles(4, 4, 1.2, veined=0.03)(random) * np.where(is_dark, 0.24, 1.72).astype(np.float32)[..., None]


def hexagons(random: np.random.Generator) -> Canvas:
    """Six-sided tiles, 7 to the repeat in a row."""
    columns, rows = 7, 8
    at_u, at_v = places()[None] * columns, places()[:, None] * rows
    row = np.floor(at_v).astype(np.int64)
    best, second = (np.full((TEXELS, TEXELS), 9.0, np.float32) for _ in range(2))
    owner = np.zeros((TEXELS, TEXELS), np.int64)
    for dv in (-1, 0, 1):
        line = row + dv
        shift = 0.5 * (line % 2)
        column = np.round(at_u - 0.5 - shift)
        for du in (-1, 0, 1):
            x = column + du + 0.5 + shift - at_u
            y = (line + 0.5 - at_v) * np.float32(np.sqrt(0.75))
            distance = np.sqrt(x * x + y * y)
            closer = distance < best
            second = np.where(closer, best, np.minimum(second, distance))
            owner = np.where(closer, (line % rows) * columns + (column + du).astype(np.int64) % columns, owner)
            best = np.where(closer, distance, best)
    edge = (second - best) / 2 * (TEXELS / columns)
    tone = (1 + 0.05 * random.uniform(-1, 1, columns * rows)).astype(np.float32)[owner]
    share = smooth(edge, 0.6, 1.8)
    return grey((0.72 + (tone - 0.72) * share) * relief(np.minimum(edge, 3.0), 0.04))


def brick(random: np.random.Generator) -> Canvas:
    """A running bond, 4 bricks by 14 courses, in pale mortar."""
    columns, rows, joint = 4, 14, 5.0
    ids, edge = _bond(columns, rows, 0.5)
    edge = edge + 0.9 * noise(random, 60, 60) + 0.5 * noise(random, 150, 150)
    tone = (1 + 0.22 * random.uniform(-1, 1, columns * rows)).astype(np.float32)[ids]
    burnt = (0.10 * random.uniform(-1, 1, columns * rows)).astype(np.float32)[ids]
    rough = 0.07 * noise(random, 60, 60) + 0.10 * noise(random, 256, 256)
    body = tinted(tone * (1 + rough), burnt)
    mortar = np.array([1.15, 1.75, 1.9], np.float32) * (1 + 0.08 * noise(random, 256, 256))[..., None]
    share = smooth(edge, joint / 2 - 0.8, joint / 2 + 0.8)
    height = 2.2 * share + 0.5 * noise(random, 128, 128)
    return np.asarray((mortar + (body - mortar) * share[..., None]) * relief(height, 0.10)[..., None])


def marble_slab(random: np.random.Generator) -> Canvas:
    """Polished stone with veins."""
    bend = clouds(random, 3, 3, 5)
    veins = np.abs(noise(random, 3, 5) + 0.5 * bend)
    fine = np.abs(noise(random, 6, 6) + 0.5 * noise(random, 12, 12) + 0.4 * bend)
    tone = 1 + 0.04 * bend - 0.22 * np.exp(-veins / 0.04) - 0.10 * np.exp(-veins / 0.25) - 0.09 * np.exp(-fine / 0.05)
    return tinted(tone, 0.02 * (1 - tone))


def marble(random: np.random.Generator) -> Canvas:
    """Polished tiles, 2 x 2, each with veins of its own."""
    ids, edge = _bond(2, 2, 0.0)
    cut = _cut_apart(random, marble_slab(random), ids, 4)
    return cut * np.where(edge < 0.7, 0.82, 1.0).astype(np.float32)[..., None]


def granite(random: np.random.Generator) -> Canvas:
    """Grains of several minerals, polished."""
    tone = np.ones((TEXELS, TEXELS), np.float32)
    warmth = np.zeros_like(tone)
    for count, share in ((60, 1.0), (110, 0.5), (170, 0.25)):
        owner, _ = cells(random, count)
        grains = random.normal(0.0, 1.0, (2, count * count)).astype(np.float32)
        chosen = (random.uniform(size=count * count) < share)[owner]
        tone = np.where(chosen, 1 + 0.16 * grains[0][owner], tone)
        warmth = np.where(chosen, 0.03 * grains[1][owner], warmth)
    return np.clip(tinted(tone, warmth), 0.3, 1.7)


def terrazzo(random: np.random.Generator) -> Canvas:
    """Chips of marble in cement, ground flat."""
    ground = grey(1.06 * (1 + 0.02 * noise(random, 200, 200)))
    tones = np.array([(0.62, 0.60, 0.58), (1.18, 1.16, 1.13), (0.88, 0.72, 0.60), (0.40, 0.41, 0.43)], np.float32)
    for count, border, share in ((40, 0.16, 0.30), (80, 0.22, 0.22)):
        owner, edge = cells(random, count)
        is_chip = (random.uniform(size=count * count) < share)[owner] & (edge > border)
        ground = np.where(is_chip[..., None], tones[random.integers(0, 4, count * count)][owner], ground)
    return ground


def concrete(random: np.random.Generator) -> Canvas:
    """Troweled cement: soft clouds, fine sand, a few pores."""
    pores = smooth(noise(random, 90, 90), 0.82, 0.95)
    tone = 1 + 0.06 * clouds(random, 3, 3, 5) + 0.03 * noise(random, 300, 300) - 0.15 * pores
    return tinted(tone, 0.01 * noise(random, 4, 4))


def slate(random: np.random.Generator) -> Canvas:
    """Split stone in square flags, 2 x 2, with ridges along their layers."""
    ids, edge = _bond(2, 2, 0.0)
    layers = np.abs(clouds(random, 4, 7, 6))
    tone = (1 + 0.08 * random.uniform(-1, 1, 4)).astype(np.float32)[ids]
    height = _cut_apart(random, layers * 8, ids, 4)
    body = mixed(grey(tone), (0.8, 0.72, 0.62), smooth(noise(random, 4, 4), 0.0, 1.5) * 0.5)
    body = body * (relief(height, 0.10) * (1 + 0.04 * noise(random, 256, 256)))[..., None]
    return np.where((edge < 1.6)[..., None], np.float32(0.6), body)


def _bond(columns: int, rows: int, shift: float) -> tuple[np.ndarray, Canvas]:
    """Rectangles side by side: their ids (TEXELS, TEXELS), and the distance to the nearest edge in texels."""
    v = places() * rows
    row = v.astype(np.int64)
    u = places()[None] * columns + ((row * shift) % 1.0).astype(np.float32)[:, None]
    column = np.floor(u).astype(np.int64)
    to_bed = (np.minimum(v - row, row + 1 - v) * (TEXELS / rows))[:, None]
    to_head = np.minimum(u - column, column + 1 - u) * (TEXELS / columns)
    return row[:, None] * columns + column % columns, np.minimum(to_bed, to_head).astype(np.float32)


def _cut_apart(random: np.random.Generator, sheet: Canvas, ids: np.ndarray, count: int) -> Canvas:
    """A sheet of stone in pieces by their ids, each from another place of it."""
    texel = np.arange(TEXELS)
    shift_v, shift_u = random.integers(0, TEXELS, (2, count))
    return np.asarray(sheet[(texel[:, None] + shift_v[ids]) % TEXELS, (texel + shift_u[ids]) % TEXELS])
