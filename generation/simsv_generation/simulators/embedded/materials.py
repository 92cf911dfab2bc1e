"""What a material looks like, judged by its name: AI2-THOR's materials say what they are, as in "DarkWoodSmooth2".

Colours are linear RGB reflectances from 0 to 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simsv_generation.geometry import Vec3
from simsv_generation.simulators.embedded.mesh import Finish, Material

Kind = Literal["wood", "tile", "brick", "marble", "concrete", "fabric", "plaster"]


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
_LACQUERED = 0.45
"""White wood from this reflectance on shows no grain."""
_DARK_METAL = 0.2
"""Metal below this reflectance is painted or cast, not bright."""

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


def surface_kind(name: str) -> Kind:
    """What a floor or wall material is. Names that say nothing are plaster."""
    lowered = name.lower()
    return next((kind for kind, words in _KINDS if any(word in lowered for word in words)), "plaster")


def surface_color(name: str) -> Vec3:
    """The colour that a floor or wall material names, or that of its kind."""
    return _named_color(name) or _PLAIN[surface_kind(name)]


def _named_color(name: str) -> Vec3 | None:
    lowered = name.lower()
    return next((color for word, color in _COLORS if word in lowered), None)


MATT = Material()
LACQUER = Material(gloss=0.03)
WOOD = Material("wood", gloss=0.03)
FABRIC = Material("fabric")
LEATHER = Material("leather", gloss=0.03)
LINEN = Material("linen")
QUILT = Material("quilt")
SHADE = Material("linen", emission=0.9)
FUR = Material("carpet")
TERRY = Material("terry")
STONE = Material("granite", gloss=0.06)
WICKER = Material("wicker")
METAL = Material("brushed metal", gloss=0.3)
CAST = Material(gloss=0.08)
GLAZE = Material(gloss=0.05)
PLASTIC = Material(gloss=0.03)
SCREEN = Material(gloss=0.05)
LIT_SCREEN = Material(gloss=0.04, emission=0.7)

CHROME = Finish((0.60, 0.61, 0.63), Material(gloss=0.6))
STEEL = Finish((0.50, 0.51, 0.52), METAL)
PORCELAIN = Finish((0.80, 0.80, 0.78), GLAZE)
CLEAR_GLASS = Finish((0.42, 0.48, 0.47), Material(gloss=0.05, opacity=0.25))
TINTED_GLASS = Finish((0.06, 0.065, 0.07), Material(gloss=0.05, opacity=0.75))
DARK_SCREEN = Finish((0.022, 0.025, 0.032), SCREEN)
BLACK_PLASTIC = Finish((0.03, 0.03, 0.035), PLASTIC)
PAPER = Finish((0.72, 0.70, 0.64))


@dataclass(frozen=True, slots=True)
class Paint:
    """The finishes of one asset: what its materials say, and a seeded choice where they say nothing.

    Holds generators, so the order of the calls matters; every call draws once.
    """

    materials: tuple[str, ...]
    random: np.random.Generator
    """For variants of the shape."""
    tones: np.random.Generator
    """For finishes, which may differ between two walks through one house; the shape may not."""

    def pick(self, palette: Sequence[Finish | Vec3], material: Material = MATT) -> Finish:
        """One finish of a palette, a little lighter or darker; `material` is that of its bare colours."""
        choice, light = palette[int(self.tones.integers(len(palette)))], float(self.tones.uniform(0.88, 1.12))
        return shade(choice if isinstance(choice, Finish) else Finish(choice, material), light)

    def wood(self) -> Finish:
        """Of the first material that is wood; white wood is lacquered."""
        finish = self._of("wood", self.pick(WOODS, WOOD))
        return Finish(finish.color, LACQUER) if min(finish.color) > _LACQUERED else finish

    def fabric(self) -> Finish:
        """Of the first material that is cloth and says its colour."""
        return self._of("fabric", self.pick(FABRICS, FABRIC))

    def metal(self, plain: Finish = STEEL) -> Finish:
        """Of the first material whose name is that of a metal; `plain` where there is none."""
        names = [name.lower() for name in self.materials]
        word, color = next(((word, color) for name in names for word, color in METALS if word in name), ("", None))
        if color is None:
            return plain
        return Finish(color, CHROME.material if word == "chrome" else CAST if max(color) < _DARK_METAL else METAL)

    def plastic(self) -> Finish:
        """Of the first material that is plastic and says its colour."""
        return self._named(("plastic", "rubber"), self.pick(PLASTICS, PLASTIC))

    def ceramic(self) -> Finish:
        """Of the first material that is porcelain and says its colour."""
        return self._named(("porcelain",), self.pick(CERAMICS, GLAZE))

    def _of(self, kind: Kind, fallback: Finish) -> Finish:
        for name in self.materials:
            color = _named_color(name)
            if color is not None and surface_kind(name) == kind:
                return Finish(color, fallback.material)
        return fallback

    def _named(self, stuffs: Sequence[str], fallback: Finish) -> Finish:
        named = [name for name in self.materials if any(stuff in name.lower() for stuff in stuffs)]
        colors = [color for color in map(_named_color, named) if color is not None]
        return Finish(colors[0], fallback.material) if colors else fallback


def shade(finish: Finish | Vec3, factor: float) -> Finish:
    """The same, lighter (above 1) or darker (below 1), with reflectances between 0.01 and 0.92."""
    plain = finish if isinstance(finish, Finish) else Finish(finish)
    red, green, blue = (min(max(channel * factor, 0.01), 0.92) for channel in plain.color)
    return Finish((red, green, blue), plain.material)
