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
_THIN = 0.03
"""Metres; of what is thinner nobody sees how it is stretched."""
_BULGE = 0.12
"""Metres by which the surface of a mattress or a seat may go up and down."""
_PRESSED = 0.004
"""Metres that are left of it, so that a blanket stays above its sheet."""
_LEAST_SLOPE = 0.2
"""Of a pressed surface, for its shading: folds stay folds to the light."""


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
        None when the mesh has no surface there, when that is its very top or bottom, which must stay, or when it would
        have to be stretched beyond recognition.
    """
    if not resting:
        return mesh
    half = size[2] / 2
    bands = _bands(mesh, resting)
    if bands is None or any(max(abs(low), abs(high)) > half - _TOUCHING for low, high in bands.values()):
        return None
    before, after = [-half], [-half]
    for height, (low, high) in sorted(bands.items()):
        # A cushion that bulges is pressed nearly flat: what lies on it lies at one height.
        before += [low, high] if high > low else [low]
        after += [height - _PRESSED, height] if high > low else [height]
    before, after = [*before, half], [*after, half]
    spans, new_spans = np.diff(before), np.diff(after)
    if (spans <= 0).any() or (new_spans <= 0).any():
        return None
    stretch = new_spans / spans
    is_band = np.isin(before[:-1], [low for low, high in bands.values() if high > low])
    if not (is_band | (spans < _THIN) | (stretch > _STRETCH[0]) & (stretch < _STRETCH[1])).all():
        return None
    z = np.interp(mesh.positions[:, 2], before, after)
    slope = stretch[np.clip(np.searchsorted(before, mesh.positions[:, 2], side="right") - 1, 0, len(stretch) - 1)]
    normals = mesh.normals / np.column_stack([np.ones((len(slope), 2)), np.maximum(slope, _LEAST_SLOPE)])
    normals /= np.sqrt((normals * normals).sum(1))[:, None]
    carried = placed(mesh, np.column_stack([mesh.positions[:, :2], z]), normals)
    return carried if all(_touches(carried, contact) for contact in resting) else None


def _bands(mesh: Mesh, resting: Sequence[Contact]) -> dict[float, tuple[float, float]] | None:
    """By the height at which things lie, the lowest and highest of the surfaces below them.

    None where a thing has no surface below it, or where the surfaces lie too far apart.
    """
    bands: dict[float, tuple[float, float]] = {}
    for contact in resting:
        surface = _surface_below(mesh, contact)
        if surface is None:
            return None
        low, high = bands.get(round(contact.height, 3), (surface, surface))
        bands[round(contact.height, 3)] = min(low, surface), max(high, surface)
    return bands if all(high - low < _BULGE for low, high in bands.values()) else None


def _touches(mesh: Mesh, contact: Contact) -> bool:
    surface = _surface_below(mesh, contact)
    return surface is not None and abs(surface - contact.height) <= _TOUCHING


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
