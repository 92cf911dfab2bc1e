"""Patterns of surfaces, drawn once per process when they are first used.

A pattern multiplies the colour of its surface and is 1 on average, so that a dark and a light floor share it. It
repeats without a seam. Pictures have colours of their own instead: they belong on a surface of `PICTURE_GROUND`.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simsv_generation.seeding import rng
from simsv_generation.simulators.embedded.patterns import mineral, pictures, textile, wood
from simsv_generation.simulators.embedded.patterns.canvas import TEXELS, Canvas

__all__ = ["PATTERNS", "PICTURE_GROUND", "TEXELS", "Pattern", "pattern_factors"]

PICTURE_GROUND = 0.5
"""Reflectance of the surface on which a picture shows its own colours."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """How a surface is textured."""

    repeat: float
    """Metres after which the pattern repeats; for pictures 1, as they are stretched over their surface."""
    draw: Callable[[np.random.Generator], Canvas]
    """Factors on the colour, of a picture reflectances; shape (TEXELS, TEXELS, 3), indexed [v, u] from below."""
    is_picture: bool = False


@functools.cache
def pattern_factors(name: str) -> Canvas:
    """Factors on the colour of a surface, 0 to 2, shape (TEXELS, TEXELS, 3), from the lowest row up.

    Raises:
        KeyError: there is no pattern of this name.
    """
    pattern = PATTERNS[name]
    drawn = pattern.draw(rng(0, "pattern", name))
    factors = np.clip(drawn / np.float32(PICTURE_GROUND if pattern.is_picture else drawn.mean()), 0, 2)
    factors.flags.writeable = False
    return np.asarray(factors)


PATTERNS: dict[str, Pattern] = {
    "planks": Pattern(1.92, wood.planks(rows=12, boards=2, uneven=0.12)),
    "parquet": Pattern(1.96, wood.planks(rows=28, boards=4, uneven=0.15)),
    "herringbone": Pattern(0.99, wood.herringbone),
    "weathered planks": Pattern(1.92, wood.planks(rows=12, boards=2, uneven=0.14, worn=0.8)),
    "wood": Pattern(0.9, wood.grain),
    "plaster": Pattern(0.9, mineral.plaster),
    "tiles": Pattern(1.2, mineral.tiles(4, 4, joint=1.8)),
    "large tiles": Pattern(1.8, mineral.tiles(3, 3, joint=1.5, veined=0.04)),
    "small tiles": Pattern(0.9, mineral.tiles(6, 6, joint=2.0, veined=0.008, grout=0.72)),
    "metro tiles": Pattern(0.9, mineral.tiles(6, 12, joint=1.8, shift=0.5, veined=0.004, grout=0.70)),
    "mosaic": Pattern(0.5, mineral.tiles(20, 20, joint=2.4, veined=0.0, grout=0.76)),
    "hexagons": Pattern(0.84, mineral.hexagons),
    "checker": Pattern(1.2, mineral.checker),
    "brick": Pattern(1.0, mineral.brick),
    "marble": Pattern(1.2, mineral.marble),
    "marble slab": Pattern(1.4, mineral.marble_slab),
    "granite": Pattern(0.5, mineral.granite),
    "terrazzo": Pattern(0.8, mineral.terrazzo),
    "concrete": Pattern(2.5, mineral.concrete),
    "slate": Pattern(1.0, mineral.slate),
    "carpet": Pattern(0.6, textile.carpet),
    "loop carpet": Pattern(0.6, textile.loops),
    "fabric": Pattern(0.20, textile.fabric),
    "linen": Pattern(0.18, textile.linen),
    "terry": Pattern(0.35, textile.terry),
    "quilt": Pattern(0.7, textile.quilt),
    "striped cloth": Pattern(0.8, textile.stripes),
    "leather": Pattern(0.35, textile.leather),
    "wicker": Pattern(0.3, textile.wicker),
    "brushed metal": Pattern(0.5, textile.brushed),
    "striped wallpaper": Pattern(0.8, textile.striped_paper),
    "damask wallpaper": Pattern(0.9, textile.damask),
    "grasscloth": Pattern(0.9, textile.grasscloth),
    **{name: Pattern(1.0, draw, is_picture=True) for name, draw in pictures.PICTURES.items()},
}
"""Every pattern by name."""
