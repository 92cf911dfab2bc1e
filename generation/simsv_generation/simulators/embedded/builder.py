"""From a house to what a renderer draws: shapes, light, triangles."""

import logging
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from simsv_generation.look import Look
from simsv_generation.scene import House
from simsv_generation.simulators.embedded.assets.find import find_pack
from simsv_generation.simulators.embedded.caches import cache_folder
from simsv_generation.simulators.embedded.house_mesh import HouseMesh, build_house_mesh
from simsv_generation.simulators.embedded.house_shape import HouseShape, SolidPiece, shape_house
from simsv_generation.simulators.embedded.light import HouseLight
from simsv_generation.simulators.embedded.light.cache import LightCache
from simsv_generation.simulators.embedded.light.lights import switched
from simsv_generation.simulators.embedded.light.plain import plain_light
from simsv_generation.simulators.embedded.light.rays import embree_build
from simsv_generation.simulators.embedded.model import ModelSource
from simsv_generation.simulators.embedded.sources.molmospaces import MolmoSpacesSource
from simsv_generation.simulators.embedded.sources.objathor import ObjathorSource
from simsv_generation.simulators.embedded.subdivide import subdivided
from simsv_generation.simulators.embedded.textures import mean_color
from simsv_generation.simulators.settings import EmbeddedSettings

_LOG = logging.getLogger("simsv")
_LONGEST_EDGE = 0.3
"""Metres; light on furniture is known at vertices alone."""
_LONGEST_FRAME_EDGE = 0.6
"""Metres, of doors, windows and skirting boards: light changes slowly along a wall."""


class HouseBuilder:
    """Builds and lights houses as the settings say. Owns the sources of models and the cache of light."""

    def __init__(self, settings: EmbeddedSettings, version: str) -> None:
        self._version = version
        self._sources = _sources(settings)
        self.ray_tracer = embree_build() if settings.light == "baked" else ""
        self.light = "baked" if self.ray_tracer else "plain"
        if settings.light == "baked" and not self.ray_tracer:
            _LOG.warning("light is plain, because embreex, which traces it, is not installed (pip install embreex)")
        self.assets = ", ".join(source.digest for source in self._sources) or "parametric"
        self._cache = LightCache(cache_folder() / "light")

    def shape(self, house: House, look: Look) -> HouseShape:
        """The shape of a house as it is lit.

        Raises:
            ValueError: the house cannot be built; names what is wrong with it.
        """
        shape = switched(house, shape_house(house, self._sources, look.material_seed), look)
        if self.light == "plain":
            return shape
        return replace(shape, solids=tuple(map(_with_light_points, shape.solids)))

    def mesh(self, house: House, shape: HouseShape, look: Look) -> HouseMesh:
        """A house ready to be drawn: its shape, lit. Traced light takes seconds where the cache does not have it.

        Raises:
            ValueError: there are more instances than ids.
        """
        if self.light == "plain":
            return build_house_mesh(house, shape, plain_light(house, shape, look))
        decides = (house.to_json(), repr(asdict(look)), self._version, self.ray_tracer, self.assets, np.__version__)
        return build_house_mesh(house, shape, self._cache.light("\n".join(decides), lambda: _bake(house, shape, look)))


def _with_light_points(piece: SolidPiece) -> SolidPiece:
    """The piece with vertices close enough for light to change across it."""
    return replace(piece, mesh=subdivided(piece.mesh, _LONGEST_EDGE if piece.box else _LONGEST_FRAME_EDGE))


def _bake(house: House, shape: HouseShape, look: Look) -> HouseLight:
    from simsv_generation.simulators.embedded.light.baked import baked_light

    return baked_light(house, shape, look, {name: mean_color(image) for name, image in shape.images.items()})


def _sources(settings: EmbeddedSettings) -> Sequence[ModelSource]:
    """Where models come from, first what the settings name."""
    sources: list[ModelSource] = []
    if settings.objathor:
        sources.append(ObjathorSource(Path(settings.objathor)))
    if settings.molmospaces:
        sources.append(MolmoSpacesSource(Path(settings.molmospaces)))
    if settings.assets == "auto" and (pack := find_pack(settings.assets_repo)):
        sources.append(pack)
    return sources
