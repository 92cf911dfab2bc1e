"""Cloth, carpet, leather, wallpaper and other things that are woven, tufted or printed."""

import numpy as np

from simsv_generation.simulators.embedded.patterns.canvas import (
    TEXELS,
    Canvas,
    cells,
    clouds,
    grey,
    noise,
    places,
    relief,
    smooth,
    tinted,
)


def fabric(random: np.random.Generator) -> Canvas:
    """A plain weave of uneven yarn, 96 threads each way."""
    return _weave(random, 96, 0.07, 0.16)


def linen(random: np.random.Generator) -> Canvas:
    """A fine even weave with soft creases."""
    return _weave(random, 128, 0.03, 0.06) * (1 + 0.025 * clouds(random, 3, 3))[..., None]


def _weave(random: np.random.Generator, threads: int, uneven: float, deep: float) -> Canvas:
    at = places() * threads
    thread = at.astype(np.int64)
    bulge = np.sin(np.pi * (at - thread))
    warp_above = (thread[:, None] + thread) % 2 == 0
    tones = (1 + 0.4 * uneven * random.normal(size=(2, threads))).astype(np.float32).clip(0.5, 1.5)
    slubs = 1 + 1.6 * uneven * noise(random, 24, threads), 1 + 1.6 * uneven * noise(random, threads, 24)
    warp = tones[0][thread] * slubs[1] * (1 - deep + deep * bulge * np.ones((TEXELS, 1), np.float32))
    weft = tones[1][thread][:, None] * slubs[0] * (1 - deep + deep * bulge[:, None])
    return grey(np.where(warp_above, warp, weft * np.float32(0.97)).astype(np.float32))


def terry(random: np.random.Generator) -> Canvas:
    """Small loops, close together."""
    height = noise(random, 170, 170) + 0.5 * noise(random, 340, 340)
    return grey(relief(height, 0.12) * (1 + 0.05 * height))


def quilt(random: np.random.Generator) -> Canvas:
    """A padded cover, stitched in diamonds, 4 x 4."""
    u, v = np.meshgrid(places() * 4, places() * 4)
    a, b = np.abs((u + v + 0.5) % 1 - 0.5), np.abs((u - v + 0.5) % 1 - 0.5)
    to_stitch = np.minimum(a, b)
    height = 14 * np.sqrt(np.clip(np.minimum(to_stitch / 0.5, 1), 0, 1)) + 0.5 * clouds(random, 8, 8)
    crease = 1 - 0.14 * np.exp(-to_stitch / 0.03)
    weave = 0.02 * noise(random, 256, 256)
    return grey((relief(height.astype(np.float32), 0.12) * crease * (1 + weave)).astype(np.float32))


def stripes(random: np.random.Generator) -> Canvas:
    """Broad woven bands across u, some edged by thin ones."""
    bands = np.array([1.12, 0.78, 1.12, 1.12, 0.62, 1.12, 0.78, 1.12], np.float32)
    edges = np.array([0.0, 0.10, 0.16, 0.40, 0.50, 0.56, 0.66, 0.72, 1.0])
    tone = bands[np.searchsorted(edges, places(), "right") - 1]
    return _weave(random, 128, 0.03, 0.06) * tone[None, :, None]


def carpet(random: np.random.Generator) -> Canvas:
    """Tufts of cut pile, each in a tone of its own, brushed this way and that."""
    count = 150
    owner, edge = cells(random, count)
    tufts = (1 + 0.09 * random.normal(size=count * count)).astype(np.float32).clip(0.5, 1.5)[owner]
    deep = 1 - 0.16 * np.exp(-edge / 0.15)
    return grey((tufts * deep * (1 + 0.04 * clouds(random, 4, 4, 5))).astype(np.float32))


def loops(random: np.random.Generator) -> Canvas:
    """A looped carpet in rows, flecked."""
    rows = 90
    at = places() * rows
    row = at.astype(np.int64)
    shift = 0.5 * (row % 2)[:, None]
    along = places()[None] * rows + shift
    loop = np.sin(np.pi * (at - row))[:, None] * np.abs(np.sin(np.pi * along))
    fleck = random.normal(size=(rows, rows)).astype(np.float32)[row[:, None], along.astype(np.int64) % rows]
    return tinted((0.80 + 0.3 * loop) * (1 + 0.10 * fleck), 0.02 * fleck)


def leather(random: np.random.Generator) -> Canvas:
    """Pebbled hide with soft shades."""
    owner, edge = cells(random, 90)
    height = smooth(edge, 0.0, 0.35)
    tone = (1 + 0.03 * random.normal(size=8100)).astype(np.float32)[owner]
    return grey(tone * relief(2.0 * height, 0.08) * (0.90 + 0.12 * height) * (1 + 0.04 * clouds(random, 3, 3)))


def wicker(random: np.random.Generator) -> Canvas:
    """Willow rods woven over and under upright stakes."""
    rods, stakes = 24, 16
    v, u = places()[:, None] * rods, places()[None] * stakes
    row, column = v.astype(np.int64), u.astype(np.int64)
    above = (row + column) % 2 == 0
    bow = np.sin(np.pi * (u - column)) * np.where(above, 1.0, -0.7)
    rod = np.sqrt(np.clip(np.sin(np.pi * (v - row)), 0, 1))
    tones = (1 + 0.12 * random.normal(size=rods)).astype(np.float32)[row]
    tone = tones * (0.35 + 0.65 * rod) * (0.85 + 0.3 * bow)
    return tinted((tone * (1 + 0.06 * noise(random, 8, 512))).astype(np.float32), 0.05 * noise(random, 16, 24))


def brushed(random: np.random.Generator) -> Canvas:
    """Metal that was ground along u."""
    return grey(1 + 0.035 * noise(random, 4, 512) + 0.025 * noise(random, 12, 300) + 0.01 * noise(random, 2, 2))


def striped_paper(random: np.random.Generator) -> Canvas:
    """Wallpaper with upright stripes, tone on tone."""
    at = places() * 8 % 1
    tone = np.where(at < 0.5, 1.035, 0.965) + 0.03 * (np.abs(at - 0.5) < 0.02) + 0.03 * (at < 0.02)
    fibre = 0.008 * noise(random, 256, 256)
    return grey((tone[None] + fibre).astype(np.float32))


def damask(random: np.random.Generator) -> Canvas:
    """Wallpaper with a mirrored ornament in every second place, a tone lighter than its ground."""
    u, v = np.meshgrid(places() * 3, places() * 2)
    ornament = np.zeros((TEXELS, TEXELS), np.float32)
    for shift in (0.0, 0.5):
        x, y = np.abs((u + shift) % 1 - 0.5) * 2, (v + shift) % 1 * 2 - 1
        bulb = np.abs(x - 0.36 * np.cos(np.pi * y / 1.9) ** 2) - 0.035 - 0.02 * np.cos(3 * np.pi * y)
        petal = np.hypot(x - 0.16 * np.abs(np.sin(2.2 * np.pi * y)), 0.6 * (y % 0.34 - 0.17)) - 0.085
        core = np.hypot(x, 0.55 * y) - 0.12 - 0.05 * np.cos(6 * np.arctan2(y, x + 1e-3))
        inside = np.minimum(np.minimum(bulb, petal), core)
        ornament = np.maximum(ornament, smooth(-inside, -0.01, 0.01) * smooth(0.9 - np.abs(y), 0.0, 0.05))
    return grey((1 + 0.06 * (ornament - 0.35) + 0.008 * noise(random, 256, 256)).astype(np.float32))


def grasscloth(random: np.random.Generator) -> Canvas:
    """Wallpaper of woven grass: fine uneven threads along u."""
    threads = noise(random, 6, 256) + 0.7 * noise(random, 20, 512)
    return tinted(1 + 0.05 * threads + 0.01 * noise(random, 90, 4), 0.015 * noise(random, 4, 128))
