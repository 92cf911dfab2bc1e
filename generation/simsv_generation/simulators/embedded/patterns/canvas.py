"""What patterns are drawn with: noise, cells and relief on a square that repeats without a seam.

Arrays are indexed [v, u]: rows run along the second coordinate of the surface.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

TEXELS = 512
"""Width and height of a pattern, texels."""

Canvas = NDArray[np.floating[Any]]
"""Shape (TEXELS, TEXELS), or (TEXELS, TEXELS, 3) in colour; single precision unless something needs more."""
Indices = NDArray[np.integer[Any]]


def places() -> Canvas:
    """Centres of the texels along one axis, shape (TEXELS,), 0 to 1."""
    return (np.arange(TEXELS, dtype=np.float32) + 0.5) / TEXELS


def noise(random: np.random.Generator, columns: int, rows: int) -> Canvas:
    """Smooth noise in [-1, 1] from a lattice of columns x rows random values."""
    lattice = random.uniform(-1.0, 1.0, (rows, columns)).astype(np.float32)
    return _interpolated(_interpolated(lattice, 1), 0)


def noise_line(random: np.random.Generator, count: int) -> Canvas:
    """Smooth noise in [-1, 1] along one axis, shape (TEXELS,), from `count` random values."""
    return _interpolated(random.uniform(-1.0, 1.0, (count, 1)).astype(np.float32), 0)[:, 0]


def clouds(random: np.random.Generator, columns: int, rows: int, octaves: int = 4) -> Canvas:
    """Noise on several scales, each half as wide and half as strong as the one before."""
    total = np.zeros((TEXELS, TEXELS), np.float32)
    for k in range(octaves):
        total += noise(random, min(columns << k, TEXELS), min(rows << k, TEXELS)) * np.float32(0.5**k)
    return total


def grey(factors: Canvas) -> Canvas:
    """The same in all three channels."""
    return np.repeat(factors[..., None], 3, axis=2)


def tinted(tone: Canvas, warmth: Canvas) -> Canvas:
    """A tone, redder where the warmth is above 0 and bluer where it is below."""
    return np.stack([tone * (1 + warmth), tone, tone * (1 - np.float32(1.2) * warmth)], -1)


def relief(height: Canvas, strength: float) -> Canvas:
    """Factors of light that falls on a height map, in texels, from its upper left corner."""
    slope = np.roll(height, 1, 1) - height - np.roll(height, -1, 0) + height
    return np.asarray(np.clip(1 - np.float32(strength) * slope, 0.5, 1.5))


def cells(random: np.random.Generator, count: int) -> tuple[Indices, Canvas]:
    """Random cells, about count x count: which one a texel is in, and how far it is from its border, in cell widths.

    S. Worley, "A cellular texture basis function", SIGGRAPH 1996.
    """
    points = random.uniform(0.1, 0.9, (2, count, count)).astype(np.float32)
    at = places() * np.float32(count)
    here = at.astype(np.int64)
    nearest = np.full((TEXELS, TEXELS), 9, np.float32)
    second, owner = nearest.copy(), np.zeros((TEXELS, TEXELS), np.int32)
    for dv in (-1, 0, 1):
        rows = (here + dv) % count
        points_u, points_v = points[:, rows]
        for du in (-1, 0, 1):
            columns = (here + du) % count
            across, up = points_u[:, columns], points_v[:, columns]
            across += (here + du - at).astype(np.float32)
            up += (here + dv - at).astype(np.float32)[:, None]
            across *= across
            up *= up
            across += up
            np.copyto(owner, (rows[:, None] * count + columns).astype(np.int32), where=across < nearest)
            np.minimum(second, np.maximum(nearest, across, out=up), out=second)
            np.minimum(nearest, across, out=nearest)
    return owner, np.sqrt(second) - np.sqrt(nearest)


def mixed(ground: Canvas, paint: Canvas | tuple[float, float, float], share: Canvas) -> Canvas:
    """A colour picture painted over with a share from 0 to 1 at every texel, shape (TEXELS, TEXELS)."""
    return np.asarray(ground + (np.asarray(paint, np.float32) - ground) * share[..., None])


def smooth(values: Canvas, low: float, high: float) -> Canvas:
    """0 below `low`, 1 above `high`, smooth between."""
    share = np.clip((values - np.float32(low)) / np.float32(high - low), 0, 1)
    return np.asarray(share * share * (3 - 2 * share))


def _interpolated(values: Canvas, axis: int) -> Canvas:
    count = values.shape[axis]
    at = places() * count
    whole = at.astype(np.int64)
    share = at - whole
    share = share * share * (3 - 2 * share)
    share = share[:, None] if axis == 0 else share
    return np.asarray(np.take(values, whole, axis) * (1 - share) + np.take(values, (whole + 1) % count, axis) * share)
