"""What a material looks like, judged by its name: AI2-THOR's materials say what they are, as in "DarkWoodSmooth2".

Colours are linear RGB reflectances from 0 to 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simsv_generation.geometry import Vec3

Kind = Literal["wood", "tile", "brick", "marble", "concrete", "fabric", "plaster"]


@dataclass(frozen=True, slots=True)
class SurfaceLook:
    """The look of a floor or wall."""

    kind: Kind
    color: Vec3


# The first row with a word that is in the lower-case name decides.
_KINDS: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    ("brick", ("brick",)),
    ("tile", ("tile", "kitchenfloor", "kitchenwalls", "ceramic_shard", "porcelain")),
    ("marble", ("marble", "granite", "countertop")),
    ("concrete", ("concrete", "pvc")),
    ("fabric", ("carpet", "fabric", "cloth", "rug")),
    ("plaster", ("drywall", "plaster", "wall", "purewhite", "lightwhite", "pot", "beams")),
    ("wood", ("wood", "floor", "wicker", "cabinet", "robinegg")),
)
_COLORS: tuple[tuple[str, Vec3], ...] = (
    ("robinegg", (0.35, 0.60, 0.58)),
    ("turquoise", (0.15, 0.45, 0.45)),
    ("eggshell", (0.72, 0.68, 0.58)),
    ("cream", (0.70, 0.62, 0.48)),
    ("off_white", (0.75, 0.72, 0.66)),
    ("pale", (0.50, 0.38, 0.25)),
    ("white", (0.78, 0.78, 0.76)),
    ("beige", (0.60, 0.52, 0.40)),
    ("sand", (0.60, 0.50, 0.36)),
    ("tan", (0.50, 0.38, 0.26)),
    ("pink", (0.62, 0.38, 0.36)),
    ("rose", (0.50, 0.30, 0.28)),
    ("orange", (0.58, 0.28, 0.11)),
    ("yellow", (0.66, 0.52, 0.22)),
    ("green", (0.28, 0.42, 0.28)),
    ("blue", (0.20, 0.34, 0.50)),
    ("black", (0.03, 0.03, 0.035)),
    ("darkgranite", (0.06, 0.06, 0.07)),
    ("darktiles", (0.10, 0.10, 0.11)),
    ("dark", (0.10, 0.055, 0.032)),
    ("rich", (0.22, 0.09, 0.04)),
    ("red", (0.38, 0.11, 0.07)),
    ("brown", (0.24, 0.14, 0.08)),
    ("grey", (0.36, 0.35, 0.34)),
    ("gray", (0.36, 0.35, 0.34)),
    ("light", (0.55, 0.38, 0.22)),
    ("medium", (0.30, 0.17, 0.09)),
    ("wicker", (0.48, 0.33, 0.18)),
    ("worn", (0.32, 0.22, 0.14)),
)
_PLAIN: dict[Kind, Vec3] = {
    "wood": (0.30, 0.18, 0.095),
    "tile": (0.62, 0.60, 0.56),
    "brick": (0.36, 0.15, 0.10),
    "marble": (0.70, 0.68, 0.64),
    "concrete": (0.42, 0.41, 0.39),
    "fabric": (0.45, 0.42, 0.38),
    "plaster": (0.68, 0.65, 0.59),
}

METALS: tuple[tuple[str, Vec3], ...] = (
    ("brass", (0.55, 0.38, 0.13)),
    ("gold", (0.58, 0.40, 0.12)),
    ("copper", (0.55, 0.26, 0.15)),
    ("brownmetal", (0.16, 0.10, 0.07)),
    ("blacksmooth", (0.03, 0.03, 0.03)),
    ("black", (0.035, 0.035, 0.035)),
    ("white", (0.72, 0.72, 0.72)),
    ("chrome", (0.60, 0.61, 0.63)),
    ("stainless", (0.50, 0.51, 0.52)),
    ("brushedalu", (0.55, 0.56, 0.57)),
    ("brushediron", (0.24, 0.24, 0.25)),
    ("hammered", (0.36, 0.36, 0.37)),
    ("metal", (0.42, 0.42, 0.44)),
)
WOODS: tuple[Vec3, ...] = (
    (0.30, 0.17, 0.085),
    (0.42, 0.27, 0.14),
    (0.16, 0.085, 0.045),
    (0.52, 0.38, 0.23),
    (0.10, 0.055, 0.035),
    (0.66, 0.62, 0.55),
)
FABRICS: tuple[Vec3, ...] = (
    (0.30, 0.31, 0.33),
    (0.45, 0.39, 0.30),
    (0.13, 0.20, 0.28),
    (0.34, 0.15, 0.12),
    (0.18, 0.25, 0.18),
    (0.58, 0.54, 0.47),
    (0.10, 0.10, 0.11),
    (0.40, 0.26, 0.14),
)
PLASTICS: tuple[Vec3, ...] = (
    (0.70, 0.70, 0.69),
    (0.05, 0.05, 0.055),
    (0.28, 0.29, 0.30),
    (0.10, 0.24, 0.42),
    (0.45, 0.10, 0.08),
    (0.14, 0.36, 0.22),
)
CERAMICS: tuple[Vec3, ...] = (
    (0.76, 0.75, 0.72),
    (0.66, 0.58, 0.44),
    (0.10, 0.20, 0.42),
    (0.42, 0.08, 0.06),
    (0.12, 0.38, 0.38),
    (0.05, 0.05, 0.055),
    (0.62, 0.46, 0.14),
)


def surface_look(name: str) -> SurfaceLook:
    """The look of a floor or wall material. Names that say nothing are plaster."""
    lowered = name.lower()
    kind: Kind = next((kind for kind, words in _KINDS if any(word in lowered for word in words)), "plaster")
    return SurfaceLook(kind, next((color for word, color in _COLORS if word in lowered), _PLAIN[kind]))


@dataclass(frozen=True, slots=True)
class Paint:
    """The colours of one asset: what its materials say, and a seeded choice where they say nothing.

    Holds a generator, so the order of the calls matters; every call draws once.
    """

    materials: tuple[str, ...]
    random: np.random.Generator

    def pick(self, palette: Sequence[Vec3]) -> Vec3:
        """One colour of a palette, a little lighter or darker."""
        color, light = palette[int(self.random.integers(len(palette)))], float(self.random.uniform(0.88, 1.12))
        return shade(color, light)

    def wood(self) -> Vec3:
        """Of the first material that is wood."""
        return self._of("wood", self.pick(WOODS))

    def fabric(self) -> Vec3:
        """Of the first material that is cloth and says its colour."""
        return self._of("fabric", self.pick(FABRICS))

    def metal(self, plain: Vec3 = (0.42, 0.42, 0.44)) -> Vec3:
        """Of the first material whose name is that of a metal; `plain` where there is none."""
        names = [name.lower() for name in self.materials]
        return next((color for name in names for word, color in METALS if word in name), plain)

    def plastic(self) -> Vec3:
        """Of the first material that is plastic and says its colour."""
        named = [name.lower() for name in self.materials if "plastic" in name.lower() or "rubber" in name.lower()]
        fallback = self.pick(PLASTICS)
        return next((color for name in named for word, color in _COLORS if word in name), fallback)

    def ceramic(self) -> Vec3:
        """Of the first material that is porcelain and says its colour."""
        named = [name.lower() for name in self.materials if "porcelain" in name.lower()]
        fallback = self.pick(CERAMICS)
        return next((color for name in named for word, color in _COLORS if word in name), fallback)

    def _of(self, kind: Kind, fallback: Vec3) -> Vec3:
        for name in self.materials:
            look = surface_look(name)
            if look.kind == kind and any(word in name.lower() for word, _ in _COLORS):
                return look.color
        return fallback


def shade(color: Vec3, factor: float) -> Vec3:
    """The colour, lighter (above 1) or darker (below 1), between 0.01 and 0.92."""
    red, green, blue = (min(max(channel * factor, 0.01), 0.92) for channel in color)
    return red, green, blue
