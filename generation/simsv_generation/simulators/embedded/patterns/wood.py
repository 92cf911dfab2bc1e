"""Wood: the grain of a board, and floors of boards cut from it."""

from collections.abc import Callable

import numpy as np

from simsv_generation.simulators.embedded.patterns.canvas import (
    TEXELS,
    Canvas,
    Indices,
    clouds,
    noise,
    places,
    relief,
    tinted,
)


def grain(random: np.random.Generator) -> Canvas:
    """Growth rings along u, drawn out and bent as in a board that was sawn flat, under fine streaks and pores."""
    bend = 0.10 * noise(random, 1, 3) + 0.05 * noise(random, 2, 7) + 0.008 * noise(random, 3, 24)
    rings = (places()[:, None] + bend) * 26
    late = np.float32(0.5) + np.float32(0.5) * np.sin(2 * np.pi * rings)
    streaks = noise(random, 4, 170) + 0.7 * noise(random, 9, 512)
    pores = np.clip(noise(random, 40, 512) - 0.55, 0, 1)
    tone = 1 - 0.13 * late * late * late + 0.055 * streaks - 0.28 * pores + 0.05 * noise(random, 1, 5)
    return tinted(tone, 0.02 * noise(random, 2, 20) + 0.03 * late)


def planks(rows: int, boards: int, uneven: float, worn: float = 0.0) -> Callable[[np.random.Generator], Canvas]:
    """A floor of boards along u, `boards` to each of the `rows`, cut at places of their own.

    `uneven` is how much boards differ in tone, `worn` how grey and streaked they are.
    """

    def draw(random: np.random.Generator) -> Canvas:
        v, u = places() * rows, places()
        row = v.astype(np.int64)
        even = np.arange(boards) / boards
        cuts = np.sort((random.uniform(size=(rows, 1)) + even + random.uniform(-0.3, 0.3, (rows, boards)) / boards) % 1)
        board = (u[None, :, None] >= cuts[:, None]).sum(2) % boards
        gaps = np.abs((u[None, :, None] - cuts[:, None] + 0.5) % 1 - 0.5).min(2) * TEXELS
        ids = row[:, None] * boards + board[row]
        to_seam = np.minimum((np.minimum(v - row, row + 1 - v) * TEXELS / rows)[:, None], gaps[row])
        tone = _sawn(random, grain(random), ids, rows * boards, uneven)
        if worn:
            streaks = noise(random, 5, 256) + 0.6 * clouds(random, 4, 12)
            mean = tone.mean(2, keepdims=True)
            tone = (mean + (tone - mean) * (1 - worn)) * (1 + 0.10 * worn * streaks)[..., None]
        return tone * _seam(to_seam)[..., None]

    return draw


def herringbone(random: np.random.Generator) -> Canvas:
    """Blocks five times as long as wide, set square to each other; the zigzag runs along u."""
    length = 5
    u, v = np.meshgrid(places(), places())
    span = 2 * length
    x, y = (u + v) * span, (u - v) * span
    i, j = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    step = (i - j) % span
    lies = step < length
    first_i, first_j = np.where(lies, i - step, i), np.where(lies, j, j - (span - 1 - step))
    ids = (first_i + first_j) % (2 * span) * 2 * span + (first_i - first_j) % (2 * span)
    along, across = np.where(lies, x - first_i, y - first_j), np.where(lies, y - j, x - i)
    width = TEXELS / (span * np.sqrt(2))
    edge = np.minimum(np.minimum(across, 1 - across), np.minimum(along, length - along)) * width
    rows, columns = (across * width).astype(np.int64), (along * width).astype(np.int64)
    tone = _sawn(random, grain(random), ids, 4 * span * span, 0.14, rows, columns)
    return tone * _seam(edge)[..., None]


def _sawn(
    random: np.random.Generator,
    sheet: Canvas,
    ids: Indices,
    count: int,
    uneven: float,
    rows: Indices | None = None,
    columns: Indices | None = None,
) -> Canvas:
    """Boards by their ids (TEXELS, TEXELS), each from another place of a sheet of wood and in a tone of its own."""
    texel = np.arange(TEXELS)
    rows, columns = texel[:, None] if rows is None else rows, texel if columns is None else columns
    shift_v, shift_u = random.integers(0, TEXELS, (2, count))
    cut = sheet[(rows + shift_v[ids]) % TEXELS, (columns + shift_u[ids]) % TEXELS]
    tone = (1 + uneven * random.uniform(-1, 1, count)).astype(np.float32)[ids]
    warmth = (0.25 * uneven * random.uniform(-1, 1, count)).astype(np.float32)[ids]
    return np.asarray(cut * tinted(tone, warmth))


def _seam(to_edge: Canvas) -> Canvas:
    """The dark joint between boards, and the light on their rounded edges, by the distance in texels."""
    height = np.clip(to_edge, 0, 2.0).astype(np.float32)
    return np.asarray(np.where(to_edge < 0.75, 0.55, 1.0).astype(np.float32) * relief(height, 0.05))
