"""From a catalogue's files to a mesh that draws fast."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from simsv_generation.geometry import Floats
from simsv_generation.simulators.embedded.assets.catalogue import CatalogueModel
from simsv_generation.simulators.embedded.assets.edits import EDITS, NO_EDIT, Edit
from simsv_generation.simulators.embedded.assets.finish import Finish, finish, read_image
from simsv_generation.simulators.embedded.assets.obj import ObjFile, ObjMaterial, read_mtl, read_obj
from simsv_generation.simulators.embedded.assets.surface import (
    Surface,
    corner_normals,
    facing_outwards,
    simplified,
    welded,
)
from simsv_generation.simulators.embedded.mesh import Material, Mesh

_BUDGETS = ((1.2, 2200), (0.6, 1300), (0.3, 900), (0.0, 600))
"""From which longest side on, metres, a model has at most about how many triangles."""
_FREE_ERROR = 1 / 1200
"""Share of the longest side by which a surface may move unseen."""
_GREATEST_ERROR = 1 / 60
_TEXELS = ((0.8, 512), (0.0, 256))
"""From which longest side on, metres, a texture has at most how many texels a side."""


@dataclass(frozen=True, slots=True)
class BuiltModel:
    """A model as the pack stores it."""

    mesh: Mesh
    images: Mapping[str, bytes]
    """WebP, by the name in the materials' texture."""


def build_model(model: CatalogueModel, defaults: Mapping[str, ObjMaterial]) -> BuiltModel:
    """Read, clean, simplify and finish a model.

    Args:
        model: where it is and how big.
        defaults: materials that a model may use without defining them.

    Raises:
        ValueError: the files cannot be read or hold no surface; the message names the model.
    """
    try:
        return _built(model, defaults, EDITS.get(model.model_id, NO_EDIT))
    except (ValueError, KeyError, OSError) as error:
        raise ValueError(f"{model.model_id} ({model.path}) cannot be built: {error}") from error


def _built(model: CatalogueModel, defaults: Mapping[str, ObjMaterial], edit: Edit) -> BuiltModel:
    file = read_obj(model.archive.read(model.path))
    longest = max(model.size)
    texels = _least(_TEXELS, longest)
    finishes = []
    for name, material in zip(file.materials, _materials(file, model, defaults), strict=True):
        image = read_image(model.archive, model.path, material.image) if material.image else None
        finishes.append(edit.applied(name, finish(name, material, image, texels)))
    surface = _placed(file, model, edit)
    has_image = np.array([bool(one.image) for one in finishes])[surface.material_ids]
    # Texture coordinates where there is no texture would only keep edges from collapsing.
    surface = replace(surface, texture_at=surface.texture_at * has_image[:, None, None])
    # Of two faces in one place, welding keeps the first.
    surface = surface.where(np.argsort(~has_image, kind="stable"))
    budget = edit.triangles or _least(_BUDGETS, longest)
    surface = simplified(welded(surface), budget, longest * _FREE_ERROR, longest * _GREATEST_ERROR)
    surface, is_sheet = facing_outwards(_centred(surface))
    mesh = _mesh(surface, is_sheet, corner_normals(surface), finishes)
    used = {material.texture for material in mesh.materials}
    images = {one.material.texture: one.image for one in finishes if one.image and one.material.texture in used}
    return BuiltModel(mesh, {name.removeprefix("image:"): image for name, image in images.items()})


def _least(table: Sequence[tuple[float, int]], longest: float) -> int:
    return next(value for extent, value in table if longest >= extent)


def _placed(file: ObjFile, model: CatalogueModel, edit: Edit) -> Surface:
    """The triangles in the local frame, scaled to the catalogue's size, the centre of the box at the origin.

    What an edit leaves out is left out after scaling: the catalogue's size is that of the whole model.
    """
    positions = file.positions @ model.to_local.T
    if not len(file.corners):
        raise ValueError("it has no triangles")
    used = np.unique(file.corners)
    low, high = positions[used].min(0), positions[used].max(0)
    positions = (positions - (low + high) / 2) * (np.array(model.size) / np.maximum(high - low, 1e-9))
    texture_at = np.zeros((*file.corners.shape, 2))
    if len(file.texture_at):
        has_texture = (file.texture_corners >= 0)[..., None]
        texture_at = np.where(has_texture, file.texture_at[np.maximum(file.texture_corners, 0)], 0.0)
    surface = Surface(positions, file.corners, texture_at, file.material_ids)
    left_out = np.zeros(len(surface.triangles), bool)
    for names, ids in ((file.materials, file.material_ids), (file.groups, file.group_ids)):
        rows = [row for row, name in enumerate(names) if any(fnmatch(name, pattern) for pattern in edit.without)]
        left_out |= np.isin(ids, rows)
    surface = surface.where(~left_out)
    turn = np.radians(edit.turn)
    rotation = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    return replace(surface, positions=surface.positions @ np.round(rotation, 12).T)


def _centred(surface: Surface) -> Surface:
    """What is left may be a little smaller than the catalogue says: the box's centre goes to the origin."""
    used = np.unique(surface.triangles)
    low, high = surface.positions[used].min(0), surface.positions[used].max(0)
    return replace(surface, positions=surface.positions - (low + high) / 2)


def _materials(file: ObjFile, model: CatalogueModel, defaults: Mapping[str, ObjMaterial]) -> list[ObjMaterial]:
    """By row of the file's materials; grey where nothing is said."""
    known = dict(defaults)
    names = set(model.archive.namelist())
    for library in file.libraries:
        path = str(PurePosixPath(model.path).parent / library)
        if path in names:
            known |= read_mtl(model.archive.read(path).decode("utf-8", "replace"))
    return [known.get(name) or known.get(name.partition(".")[0]) or ObjMaterial() for name in file.materials]


def _mesh(surface: Surface, is_sheet: NDArray[np.bool_], normals: Floats, finishes: Sequence[Finish]) -> Mesh:
    """One vertex for all corners that agree in everything."""
    rows: dict[Material, int] = {}
    looks = [replace(one.material, two_sided=two_sided) for two_sided in (False, True) for one in finishes]
    look_of = surface.material_ids + len(finishes) * is_sheet
    for look in np.unique(look_of):
        rows.setdefault(looks[look], len(rows))
    row_of = np.array([rows.get(look, 0) for look in looks])
    color_of = np.array([one.color for one in (*finishes, *finishes)])
    patterned = np.array([bool(one.material.texture) and not one.image for one in finishes])[surface.material_ids]
    texture_at = np.where(patterned[:, None, None], _box_mapped(surface), surface.texture_at)
    table = np.column_stack(
        [
            surface.positions[surface.triangles].reshape(-1, 3),
            normals.reshape(-1, 3),
            texture_at.reshape(-1, 2),
            np.repeat(look_of, 3),
        ]
    ).astype(np.float32)
    vertices, inverse = np.unique(table, axis=0, return_inverse=True)
    positions, normals, texture_at = (
        vertices[:, span].astype(np.float64) for span in (np.s_[0:3], np.s_[3:6], np.s_[6:8])
    )
    look = vertices[:, 8].astype(np.int64)
    return Mesh(
        positions,
        normals / np.sqrt((normals * normals).sum(1))[:, None],
        color_of[look],
        inverse.reshape(-1, 3).astype(np.int32),
        texture_at,
        row_of[look].astype(np.uint8),
        tuple(rows),
    )


def _box_mapped(surface: Surface) -> Floats:
    """Metres along the two axes that a triangle faces least, the longer side of the model's along u; (T, 3, 2)."""
    corners = surface.positions[surface.triangles]
    facing = np.abs(surface.face_normals()).argmax(1)
    extent = np.ptp(surface.positions[np.unique(surface.triangles)], axis=0)
    axes = np.array([sorted({0, 1, 2} - {axis}, key=lambda k: -extent[k]) for axis in range(3)])[facing]
    return np.take_along_axis(corners, np.repeat(axes[:, None], 3, 1), 2)
