"""All textures of a house in one stack, as a graphics card wants them."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from simsv_generation.geometry import Vec3
from simsv_generation.simulators.embedded.patterns import TEXELS, pattern_factors

IMAGE = "image:"
"""How the names of images begin that a model brings; other names are rows of `patterns.PATTERNS`."""
PATTERN_WHITE = 2.0
"""The factor on a colour that a pattern's whitest texel stands for."""

Images = Mapping[str, NDArray[np.uint8]]


def stacked_textures(names: Sequence[str], images: Images) -> NDArray[np.uint8]:
    """The named textures, shape (len(names), TEXELS, TEXELS, 4), from the lowest row up: colour, then alpha.

    "" is white.

    A texel holds the square root of its factor on the surface's colour, so that dark shades keep their steps in eight
    bits: 255 stands for `PATTERN_WHITE` in a pattern and for 1 in an image.
    """
    stack = np.full((len(names), TEXELS, TEXELS, 4), 255, np.uint8)
    for layer, name in enumerate(names):
        if name.startswith(IMAGE):
            stack[layer] = _resized(images[name.removeprefix(IMAGE)])
        elif name:
            roots = np.sqrt(np.clip(pattern_factors(name) / PATTERN_WHITE, 0, 1))
            stack[layer, ..., :3] = np.rint(255 * roots)
    return stack


def mean_color(image: NDArray[np.uint8]) -> Vec3:
    """Mean linear colour of what is not a hole in an image (H, W, 4)."""
    weight = image[..., 3].astype(np.float64) / 255
    total = max(float(weight.sum()), 1e-6)
    red, green, blue = (float((_LINEAR[image[..., k]] * weight).sum() / total) for k in range(3))
    return red, green, blue


def _resized(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    fitted = Image.fromarray(image).resize((TEXELS, TEXELS), Image.Resampling.BILINEAR)
    texels = np.asarray(fitted)[::-1].copy()
    texels[..., :3] = np.rint(255 * np.sqrt(_LINEAR))[texels[..., :3]]
    return texels


_SRGB = np.arange(256) / 255
_LINEAR = np.where(_SRGB <= 0.04045, _SRGB / 12.92, ((_SRGB + 0.055) / 1.055) ** 2.4)
"""Linear light of the 256 values of sRGB (IEC 61966-2-1)."""
