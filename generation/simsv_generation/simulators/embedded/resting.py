"""Things that lie on furniture touch it: a model's seats and shelves are moved to where the house says they are."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simsv_generation.geometry import Floats, Vec3
from simsv_generation.scene import House, SceneObject
from simsv_generation.simulators.embedded.mesh import Mesh, placed

_ON_TOP = 0.02
"""Metres below the top of the box, or above its bottom, within which nothing needs to be moved."""
_TOUCHING = 0.005
"""Metres."""
_STRETCH = (0.6, 1.6)
"""How much a part of a model may be pressed together or drawn out before it looks wrong."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Where something lies on an object, in the local axes of the object's box, metres from its centre."""

    places: Floats
    """Shape (5, 2): points below the thing, its middle first."""
    height: float


def contacts(thing: SceneObject, house: House) -> tuple[Contact, ...]:
    """What lies on an object below its top; nothing when the object is not upright."""
    if abs(thing.box.axes()[2, 2] - 1) > 1e-6:
        return ()
    half = thing.box.size[2] / 2
    found = []
    for other in house.objects:
        if other.parent_id == thing.object_id:
            corners = thing.box.to_local(other.box.corners())
            height, middle = float(corners[:, 2].min()), corners[:, :2].mean(0)
            if -half + _ON_TOP < height < half - _ON_TOP:
                footprint = corners[np.argsort(corners[:, 2], kind="stable")[:4], :2]
                found.append(Contact(np.stack([middle, *(middle + 0.6 * (footprint - middle))]), height))
    return tuple(found)


def carrying(mesh: Mesh, resting: Sequence[Contact], size: Vec3) -> Mesh | None:
    """The mesh of an object, stretched upright piece by piece so that it touches all that lies on it.

    Args:
        mesh: in the local axes of the object's box, filling it.
        resting: what lies on the object.
        size: of the box, metres.

    Returns:
        None when the mesh has no surface there, or would have to be stretched beyond recognition.
    """
    if not resting:
        return mesh
    half = size[2] / 2
    knots: dict[float, float] = {}
    for contact in resting:
        surface = _surface_below(mesh, contact)
        if surface is None:
            return None
        if abs(knots.setdefault(surface, contact.height) - contact.height) > _TOUCHING:
            return None
    before = np.array([-half, *sorted(knots), half])
    after = np.array([-half, *(knots[level] for level in sorted(knots)), half])
    stretch = np.diff(after) / np.maximum(np.diff(before), 1e-6)
    thin = np.diff(before) < 0.03
    if not ((stretch > _STRETCH[0]) & (stretch < _STRETCH[1]) | thin & (stretch > 0)).all():
        return None
    z = np.interp(mesh.positions[:, 2], before, after)
    slope = stretch[np.clip(np.searchsorted(before, mesh.positions[:, 2], side="right") - 1, 0, len(stretch) - 1)]
    normals = mesh.normals / np.column_stack([np.ones((len(slope), 2)), np.maximum(slope, 1e-3)])
    normals /= np.sqrt((normals * normals).sum(1))[:, None]
    return placed(mesh, np.column_stack([mesh.positions[:, :2], z]), normals)


def _surface_below(mesh: Mesh, contact: Contact) -> float | None:
    """Height of the highest surface that looks up below a thing, and is not far above where the thing lies."""
    corners = mesh.positions[mesh.triangles]
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    slanted = np.sqrt((np.cross(b - a, c - a) ** 2).sum(1))
    level = np.abs(area) > 0.7 * np.maximum(slanted, 1e-12)
    a, b, c, area = a[level], b[level], c[level], area[level]
    heights = []
    for x, y in contact.places:
        u = ((b[:, 0] - x) * (c[:, 1] - y) - (b[:, 1] - y) * (c[:, 0] - x)) / area
        v = ((c[:, 0] - x) * (a[:, 1] - y) - (c[:, 1] - y) * (a[:, 0] - x)) / area
        inside = (u >= 0) & (v >= 0) & (u + v <= 1)
        z = u * a[:, 2] + v * b[:, 2] + (1 - u - v) * c[:, 2]
        below = inside & (z < contact.height + 0.15)
        if below.any():
            heights.append(round(float(z[below].max()), 3))
    return max(heights) if heights else None
