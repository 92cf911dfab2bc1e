"""Paintings and prints for the walls: landscapes, colour fields, brush strokes, leaves. None shows a household thing.

All are linear RGB reflectances from 0 to 1.
"""

from collections.abc import Callable

import numpy as np

from simsv_generation.simulators.embedded.patterns.canvas import (
    TEXELS,
    Canvas,
    clouds,
    mixed,
    noise,
    noise_line,
    places,
    smooth,
)

Draw = Callable[[np.random.Generator], Canvas]
Color = tuple[float, float, float]


def _plain(color: Color) -> Canvas:
    return np.tile(np.asarray(color, np.float32), (TEXELS, TEXELS, 1))


def _grid() -> tuple[Canvas, Canvas]:
    """The coordinates u and v of all texels, 0 to 1."""
    u, v = np.meshgrid(places(), places())
    return u, v


def _brushed(random: np.random.Generator, picture: Canvas, strength: float = 0.10) -> Canvas:
    """As painted on canvas: edges that tremble with the brush, and streaks of paint."""
    texel = np.arange(TEXELS)
    sway = (5 * noise(random, 48, 70)).astype(np.int64), (4 * noise(random, 40, 90)).astype(np.int64)
    moved = picture[np.clip(texel[:, None] + sway[0], 0, TEXELS - 1), np.clip(texel + sway[1], 0, TEXELS - 1)]
    streaks = noise(random, 26, 150) + 0.5 * noise(random, 150, 150)
    return np.asarray(np.clip(moved * (1 + strength * streaks)[..., None], 0.01, 0.92))


def _blend(colors: tuple[Color, ...], share: Canvas) -> Canvas:
    """Colours in a row, evenly spaced, at a share from 0 to 1 of the way, shape (...,); returns (..., 3)."""
    at = np.linspace(0, 1, len(colors))
    return np.stack([np.interp(share, at, [color[k] for color in colors]) for k in range(3)], -1).astype(np.float32)


def _ridge(random: np.random.Generator, level: float, rise: float, rough: int) -> Canvas:
    """The height of a line of hills over u, shape (TEXELS,)."""
    line = noise_line(random, rough) + 0.5 * noise_line(random, 2 * rough) + 0.22 * noise_line(random, 5 * rough)
    return np.asarray(level + rise * line)


def _hills(sky: tuple[Color, ...], near: Color, far: Color, rise: float, rough: int) -> Draw:
    """Ranges of hills one behind the other, paler with their distance."""

    def draw(random: np.random.Generator) -> Canvas:
        _, v = _grid()
        picture = _blend(sky, smooth(v, 0.35, 1.0))
        drift = clouds(random, 3, 9, 5)
        picture = mixed(picture, (0.80, 0.78, 0.74), 0.6 * smooth(drift, 0.2, 1.3) * smooth(v, 0.45, 0.7))
        layers = 5
        for k in range(layers):
            nearness = k / (layers - 1)
            level = 0.62 - 0.55 * nearness**0.8
            edge = _ridge(random, level, rise * (0.5 + 0.7 * nearness), rough)
            color = _blend((far, near), np.full((1, 1), nearness, np.float32))
            shade = 1 + 0.25 * noise(random, 6, 14) + 0.35 * (v - edge) / 0.4
            picture = mixed(picture, color * shade[..., None], smooth(edge - v, 0.0, 0.006))
        return _brushed(random, picture)

    return draw


def _sea(random: np.random.Generator) -> Canvas:
    """A low sun over the sea and a dark headland."""
    u, v = _grid()
    horizon = 0.42
    sky = _blend(
        ((0.80, 0.48, 0.26), (0.72, 0.58, 0.46), (0.36, 0.46, 0.56), (0.18, 0.30, 0.46)), smooth(v, 0.38, 1.05)
    )
    sky = mixed(sky, (0.78, 0.52, 0.40), 0.55 * smooth(clouds(random, 2, 10, 5), 0.1, 1.1) * smooth(v, 0.4, 0.75))
    glow = np.exp(-((u - 0.62) ** 2 + (1.3 * (v - 0.52)) ** 2) / 0.02)
    sky = mixed(sky, (0.92, 0.80, 0.50), glow)
    sky = mixed(sky, (0.92, 0.88, 0.70), smooth(0.045 - np.hypot(u - 0.62, v - 0.52), 0.0, 0.004))
    depth = np.clip((horizon - v) / horizon, 0, 1)
    water = _blend(((0.34, 0.42, 0.46), (0.10, 0.24, 0.30), (0.05, 0.13, 0.18)), depth)
    waves = noise(random, 14, 130) * (1 - depth) + noise(random, 8, 46) * depth
    track = np.exp(-(((u - 0.62) / (0.05 + 0.14 * depth)) ** 2))
    water = water * (1 + 0.35 * waves)[..., None]
    water = mixed(water, (0.86, 0.62, 0.36), track * smooth(waves, 0.0, 0.6))
    picture = np.where((v > horizon)[..., None], sky, water)
    cape = 0.42 + 0.17 * np.clip(1 - u / 0.42, 0, 1) ** 0.6 + 0.01 * noise_line(random, 30)
    picture = mixed(picture, (0.05, 0.055, 0.06), smooth(cape - v, 0, 0.006) * smooth(v - 0.41, 0, 0.01) * (u < 0.42))
    return _brushed(random, picture, 0.07)


def _fields(colors: tuple[Color, Color, Color, Color]) -> Draw:
    """Soft rectangles of colour that float on a ground."""

    def draw(random: np.random.Generator) -> Canvas:
        u, v = _grid()
        ground, *fields = colors
        wash = 0.09 * clouds(random, 3, 3, 6)
        picture = _plain(ground) * (1 + wash)[..., None]
        for color, (low, high) in zip(fields, ((0.06, 0.34), (0.38, 0.50), (0.54, 0.93)), strict=True):
            ragged = 0.012 * noise(random, 40, 40) + 0.02 * noise(random, 8, 8)
            inside = np.minimum(np.minimum(u - 0.09, 0.91 - u), np.minimum(v - low, high - v)) + ragged
            body = np.asarray(color, np.float32) * (1 + 0.12 * clouds(random, 4, 6, 5))[..., None]
            picture = mixed(picture, body, 0.93 * smooth(inside, 0.0, 0.035))
        return np.asarray(np.clip(picture * (1 + 0.04 * noise(random, 200, 200))[..., None], 0.01, 0.92))

    return draw


def _discs(random: np.random.Generator) -> Canvas:
    """Overlapping flat shapes in muted colours, as printed around 1960."""
    u, v = _grid()
    picture = _plain((0.74, 0.69, 0.58))
    colors = ((0.62, 0.26, 0.10), (0.12, 0.24, 0.28), (0.70, 0.46, 0.12), (0.30, 0.36, 0.26), (0.08, 0.08, 0.09))
    for k, (x, y, r) in enumerate(((0.36, 0.66, 0.23), (0.62, 0.46, 0.27), (0.42, 0.27, 0.16), (0.70, 0.78, 0.10))):
        distance = np.hypot(u - x, v - y)
        inside = smooth(r - distance, 0, 0.004)
        if k % 2:
            inside = inside * (v > y)
        picture = picture * (1 - inside[..., None] * (1 - np.asarray(colors[k], np.float32) / 0.74))
    for k in range(5):
        line = np.abs(v - 0.12 - 0.035 * k - 0.02 * np.sin(6.3 * u))
        picture = mixed(picture, colors[4], smooth(0.005 - line, 0, 0.003) * (u > 0.52) * (u < 0.9))
    return np.clip(picture * (1 + 0.03 * noise(random, 256, 256))[..., None], 0.01, 0.92)


def _strokes(random: np.random.Generator) -> Canvas:
    """Broad strokes of a dry brush."""
    u, v = _grid()
    picture = _plain((0.76, 0.74, 0.69)) * (1 + 0.04 * clouds(random, 4, 4))[..., None]
    colors = ((0.07, 0.13, 0.22), (0.60, 0.40, 0.12), (0.12, 0.13, 0.14), (0.50, 0.56, 0.58), (0.46, 0.16, 0.10))
    for k in range(9):
        angle, x, y = random.uniform(-0.5, 0.5), random.uniform(0.2, 0.8), random.uniform(0.15, 0.85)
        length, width = random.uniform(0.22, 0.42), random.uniform(0.03, 0.075)
        along = (u - x) * np.cos(angle) + (v - y) * np.sin(angle)
        across = (v - y) * np.cos(angle) - (u - x) * np.sin(angle) + 0.12 * along * along
        near = (np.abs(along) < 1.3 * length) & (np.abs(across) < 1.2 * width)
        along, across = along[near], across[near]
        bristles = noise_line(random, 200)[(across * (90 / width) + 256).clip(0, 511).astype(np.int64)]
        ragged = 0.10 * bristles * (1 + along / length)
        inside = smooth(length + ragged - np.abs(along), 0, 0.02)
        inside = inside * smooth(width + 0.004 * bristles - np.abs(across), 0, 0.006)
        dry = smooth(bristles + 0.9 - 0.9 * (along / length + 0.4), -0.5, 0.5)
        paint = np.asarray(colors[k % 5], np.float32) * (1 + 0.22 * bristles)[..., None]
        picture[near] = mixed(picture[near], paint, inside * dry)
    return np.clip(picture, 0.01, 0.92)


def _leaves(ink: Color, paper: Color, pairs: int, broad: float) -> Draw:
    """A sprig of leaves drawn in ink and wash."""

    def draw(random: np.random.Generator) -> Canvas:
        u, v = _grid()
        picture = _plain(paper) * (1 + 0.015 * clouds(random, 3, 3, 6))[..., None]
        spots = noise(random, 24, 24)

        def stem(y: Canvas | float) -> Canvas:
            return np.asarray(0.5 + 0.05 * np.sin(3.2 * y + 0.3))

        on_stem = smooth(0.005 - np.abs(u - stem(v)), 0, 0.003) * (v > 0.08) * (v < 0.80)
        picture = mixed(picture, ink, on_stem)
        for k in range(2 * pairs + 1):
            side = 0 if k == 2 * pairs else (1 if k % 2 else -1)
            share = k // 2 / pairs
            y = 0.20 + 0.58 * share
            x = float(stem(y))
            length = 0.30 * (1 - 0.5 * share) * random.uniform(0.85, 1.1)
            angle = side * (1.05 - 0.45 * share) * random.uniform(0.9, 1.1)
            rows = slice(int(TEXELS * (y - 0.06)), int(TEXELS * min(y + 1.1 * length, 1)))
            columns = slice(int(TEXELS * (x - 1.1 * length)), int(TEXELS * (x + 1.1 * length)))
            near_u, near_v = u[rows, columns], v[rows, columns]
            along = ((near_u - x) * np.sin(angle) + (near_v - y) * np.cos(angle)) / length
            across = ((near_u - x) * np.cos(angle) - (near_v - y) * np.sin(angle)) / length - 0.12 * side * along**2
            half = broad * np.sqrt(np.clip(along, 0, 1)) * (1 - np.clip(along, 0, 1)) ** 0.8
            depth, is_along = half - np.abs(across), (along > 0) & (along < 1)
            inside = smooth(depth, 0, 0.015) * is_along
            tone = 2.0 + 0.5 * side * np.sign(across) + 0.5 * spots[rows, columns]
            leaf = mixed(picture[rows, columns], np.clip(tone[..., None] * np.asarray(ink), 0, 0.8), 0.75 * inside)
            vein = smooth(0.012 - np.abs(across), 0, 0.008)
            rib = smooth(0.012 - np.abs((along - 0.9 * np.abs(across)) * 9 % 1 - 0.5) / 9, 0, 0.006)
            edge = smooth(0.012 - np.abs(depth), 0, 0.008) * is_along
            drawn = np.maximum(inside * np.clip(0.8 * vein + 0.4 * rib, 0, 1), 0.9 * edge)
            picture[rows, columns] = mixed(leaf, ink, drawn)
        return np.clip(picture, 0.01, 0.92)

    return draw


def _contours(random: np.random.Generator) -> Canvas:
    """Fine lines that follow each other like those of a map."""
    height = clouds(random, 2, 2, 3) * 5
    distance = np.abs(height % 1 - 0.5)
    slope = np.hypot(height - np.roll(height, 1, 0), height - np.roll(height, 1, 1)) + 1e-3
    lines = smooth(1.5 - (0.5 - distance) / slope, 0, 1.0)
    wash = _blend(((0.70, 0.70, 0.66), (0.56, 0.62, 0.60), (0.74, 0.66, 0.54)), smooth(height, -4, 4))
    return mixed(wash, (0.12, 0.16, 0.18), 0.85 * lines)


PICTURES: dict[str, Draw] = {
    "sea": _sea,
    "green hills": _hills(
        ((0.62, 0.68, 0.70), (0.34, 0.48, 0.62), (0.22, 0.36, 0.54)), (0.10, 0.16, 0.04), (0.44, 0.52, 0.54), 0.05, 3
    ),
    "golden hills": _hills(
        ((0.82, 0.66, 0.40), (0.70, 0.58, 0.46), (0.40, 0.46, 0.52)), (0.34, 0.18, 0.05), (0.66, 0.54, 0.42), 0.04, 2
    ),
    "mountains": _hills(
        ((0.76, 0.48, 0.38), (0.46, 0.34, 0.44), (0.16, 0.18, 0.34)), (0.03, 0.04, 0.07), (0.46, 0.36, 0.46), 0.10, 4
    ),
    "warm fields": _fields(((0.36, 0.10, 0.05), (0.62, 0.20, 0.06), (0.20, 0.05, 0.05), (0.74, 0.42, 0.10))),
    "cool fields": _fields(((0.30, 0.36, 0.40), (0.07, 0.12, 0.20), (0.62, 0.62, 0.56), (0.14, 0.26, 0.34))),
    "discs": _discs,
    "strokes": _strokes,
    "green leaves": _leaves((0.07, 0.15, 0.06), (0.76, 0.75, 0.69), 5, 0.34),
    "grey leaves": _leaves((0.12, 0.14, 0.15), (0.70, 0.67, 0.60), 8, 0.20),
    "contours": _contours,
}
"""Every picture by name."""
PORTRAITS = ("green leaves", "grey leaves", "warm fields", "cool fields", "discs")
"""Those that are higher than wide."""
LANDSCAPES = ("sea", "green hills", "golden hills", "mountains", "strokes", "contours")
"""Those that are wider than high."""
PRINTS = ("green leaves", "grey leaves", "discs", "contours")
"""Those that hang behind a mat."""
