"""What stands in a house: for every object a model that someone made, or the parametric shape of its type."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simsv_generation.episode import StandIn
from simsv_generation.geometry import Vec3
from simsv_generation.scene import House, SceneObject
from simsv_generation.simulators.embedded.furniture import SHAPES, build_object
from simsv_generation.simulators.embedded.mesh import Mesh, placed
from simsv_generation.simulators.embedded.model import DamagedModel, Model, ModelSource
from simsv_generation.simulators.embedded.resting import carrying, contacts
from simsv_generation.simulators.embedded.solids import block, fitted
from simsv_generation.simulators.embedded.textures import Images

_PLAIN: Vec3 = (0.45, 0.44, 0.42)


@dataclass(frozen=True, slots=True)
class Furnishing:
    """The shapes of all objects of a house."""

    meshes: tuple[Mesh, ...]
    """In the world frame, in the order of the house's objects; each fills its object's box exactly."""
    images: Images
    """By the names in the meshes' materials, without "image:"."""
    stand_ins: tuple[StandIn, ...]
    """Objects that should have had a model or a shape of their own, and have none."""
    attributions: tuple[str, ...]
    """Of the models that are shown: name, author, licence and source of each in a line, sorted."""


def furnish(house: House, sources: Sequence[ModelSource], seed: int) -> Furnishing:
    """Shapes for the objects of a house.

    Args:
        house: the house.
        sources: asked for a model in this order.
        seed: 0 gives the house's own finishes, another number others.
    """
    meshes: list[Mesh] = []
    images: dict[str, NDArray[np.uint8]] = {}
    stand_ins: list[StandIn] = []
    attributions: set[str] = set()
    for thing in house.objects:
        mesh, reason = None, ""
        try:
            model = _model(thing, house, sources)
        except DamagedModel as error:
            model, reason = None, str(error)
        if model is not None:
            # A model that cannot carry what lies on the object gives way to the parametric shape, which can.
            mesh = carrying(fitted(model.mesh, thing.box.size), contacts(thing, house), thing.box.size)
        if mesh is not None and model is not None:
            images.update(model.images)
            attributions.add(model.attribution)
        else:
            mesh, unknown = _parametric(thing, house, seed)
            reason = reason or unknown
        if reason:
            stand_ins.append(StandIn(thing.object_id, thing.asset_id, reason))
        meshes.append(placed(mesh, thing.box.to_world(mesh.positions), mesh.normals @ thing.box.axes().T))
    return Furnishing(tuple(meshes), images, tuple(stand_ins), tuple(sorted(attributions)))


def _model(thing: SceneObject, house: House, sources: Sequence[ModelSource]) -> Model | None:
    asset = house.assets.get(thing.asset_id)
    asset_type = "" if asset is None else asset.asset_type
    models = (source.model(thing.asset_id, asset_type, thing.box.size) for source in sources)
    return next((model for model in models if model is not None), None)


def _parametric(thing: SceneObject, house: House, seed: int) -> tuple[Mesh, str]:
    """The shape of an object's type, and why there is none: then it is a plain block."""
    asset = house.assets.get(thing.asset_id)
    if asset is not None and asset.asset_type in SHAPES:
        return build_object(asset.asset_type, thing.box.size, asset.materials, thing.asset_id, seed), ""
    x, y, z = (max(extent, 1e-3) / 2 for extent in thing.box.size)
    plain = fitted(block((-x, -y, -z), (x, y, z), _PLAIN), thing.box.size)
    if asset is None:
        return plain, f"the house does not describe its asset {thing.asset_id!r}"
    return plain, f"there is no shape for the type {asset.asset_type!r}"
