"""Light that comes straight from the sky in the windows, from the sun and from lamps, with soft shadows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simsv_generation.geometry import Floats, Vec3
from simsv_generation.simulators.embedded.light.points import Points
from simsv_generation.simulators.embedded.light.rays import Rays, Singles
from simsv_generation.simulators.embedded.light.sky import Sky, sky_light

_NEAR = 3.0
"""Metres within which a light has its full number of rays."""
_NEAR_RAYS, _FAR_RAYS = 9, 4
_NEAR_LAMP_RAYS, _FAR_LAMP_RAYS = 5, 2
_SUN_RAYS = 4
_SUN_RADIUS = 0.012
"""Tangent of the sun's half angle, as seen through haze; the true one is 0.0047."""
_FAR_AWAY = 60.0
"""Metres; longer than any house."""
_SHADE = 1.3
"""Radius of a lamp's shade, in radii of the ball that shines in it."""
_FAINT = 5e-4
"""Light below this needs no rays."""
_GOLDEN = np.array([0.7548776662, 0.5698402910])
"""M. Roberts' R2 sequence: points that fill a square evenly, however many there are."""


@dataclass(frozen=True, slots=True)
class Window:
    """A pane that the sky shines through."""

    corner: Floats
    """Shape (3,), world, metres."""
    width: Floats
    """Shape (3,): along the lower edge."""
    height: Floats
    """Shape (3,): up."""
    inward: Floats
    """Shape (3,), unit vector into the room."""
    rooms: tuple[int, ...]
    """Rooms that its light may reach without a bounce."""


@dataclass(frozen=True, slots=True)
class Lamp:
    """A small shining ball, or the lower side of a disc."""

    center: Floats
    """Shape (3,), world, metres."""
    radius: float
    """Metres."""
    power: Vec3
    """What it gives a surface that faces it from 1 m."""
    is_disc: bool
    """Whether it shines mostly downwards."""
    rooms: tuple[int, ...]


def direct_light(
    points: Points, rays: Rays, windows: Sequence[Window], lamps: Sequence[Lamp], sky: Sky, jitter: Singles
) -> tuple[Singles, Singles]:
    """What falls on points (N, 3): shape (N, 3) from windows and lamps, and (N, 3) from the sun.

    Args:
        points: where.
        rays: all that throws shadows.
        windows: all of the house.
        lamps: those that are lit.
        sky: the light outside.
        jitter: shape (N, 2), from 0 to 1: turns the pattern of rays at every point, so that shadows have no steps.
    """
    soft = np.zeros_like(points.positions)
    for window in windows:
        _add_window(soft, points, rays, window, sky, jitter)
    for lamp in lamps:
        _add_lamp(soft, points, rays, lamp, jitter)
    return soft, _sunlight(points, rays, sky)


def _add_window(light: Singles, points: Points, rays: Rays, window: Window, sky: Sky, jitter: Singles) -> None:
    inward = window.inward.astype(np.float32)
    corners = np.array([window.corner + a * window.width + b * window.height for a in (0, 1) for b in (0, 1)])
    center = corners.mean(0).astype(np.float32)
    chosen = np.flatnonzero(np.isin(points.rooms, window.rooms))
    chosen = chosen[(points.positions[chosen] - center) @ inward > 0.01]
    positions, normals = points.positions[chosen], points.normals[chosen]
    # What no corner is in front of, the pane is behind.
    highest = np.max([((corner - positions) * normals).sum(1) for corner in corners.astype(np.float32)], axis=0)
    chosen = chosen[highest > 0.01]
    area = float(np.sqrt((np.cross(window.width, window.height) ** 2).sum()))
    for near, count in ((True, _NEAR_RAYS), (False, _FAR_RAYS)):
        distance = points.positions[chosen] - center
        here = chosen[((distance * distance).sum(1) < _NEAR * _NEAR) == near]
        positions, normals = points.positions[here], points.normals[here]
        for k in range(count):
            share = (jitter[here] + ((k + 1) * _GOLDEN).astype(np.float32)) % 1
            source = (
                window.corner.astype(np.float32)
                + share[:, :1] * window.width.astype(np.float32)
                + share[:, 1:] * window.height.astype(np.float32)
            )
            toward = source - positions
            square = np.maximum((toward * toward).sum(1), 0.02)
            direction = toward / np.sqrt(square)[:, None]
            facing = np.maximum((direction * normals).sum(1), 0) * np.maximum(-(direction @ inward), 0)
            strength = facing * np.float32(area / np.pi / count) / square
            lit = np.flatnonzero(strength > _FAINT)
            free = ~rays.blocked(positions[lit], toward[lit], np.full(len(lit), 0.98, np.float32))
            lit = lit[free]
            light[here[lit]] += strength[lit, None] * sky_light(sky, direction[lit].astype(np.float64)).astype("f4")


def _add_lamp(light: Singles, points: Points, rays: Rays, lamp: Lamp, jitter: Singles) -> None:
    here = np.flatnonzero(np.isin(points.rooms, lamp.rooms))
    center, power = lamp.center.astype(np.float32), np.asarray(lamp.power, np.float32)
    offset = center - points.positions[here]
    square = (offset * offset).sum(1)
    facing = (offset * points.normals[here]).sum(1) + lamp.radius
    for chosen, count in (
        (here[(facing > 0) & (square < _NEAR * _NEAR)], _NEAR_LAMP_RAYS),
        (here[(facing > 0) & (square >= _NEAR * _NEAR)], _FAR_LAMP_RAYS),
    ):
        positions, normals = points.positions[chosen], points.normals[chosen]
        for k in range(count):
            share = (jitter[chosen] + ((k + 1) * _GOLDEN).astype(np.float32)) % 1
            angle, radius = 2 * np.pi * share[:, 0], lamp.radius * np.sqrt(share[:, 1])
            toward = center - positions
            distance = np.sqrt((toward * toward).sum(1))
            toward[:, 0] += radius * np.cos(angle)
            toward[:, 1] += radius * np.sin(angle)
            square = np.maximum((toward * toward).sum(1), 0.05)
            direction = toward / np.sqrt(square)[:, None]
            strength = np.maximum((direction * normals).sum(1), 0) / square / np.float32(count)
            if lamp.is_disc:
                strength *= 0.25 + 0.75 * np.maximum(direction[:, 2], 0)
            else:  # begin outside of the shade, which must not shade its own light
                length = np.maximum(np.sqrt((toward * toward).sum(1)), 1e-3)
                toward *= np.maximum((distance - _SHADE * lamp.radius) / length, 0.02)[:, None]
            lit = np.flatnonzero(strength > _FAINT)
            free = ~rays.blocked(positions[lit], toward[lit], np.full(len(lit), 0.98, np.float32))
            light[chosen[lit[free]]] += strength[lit[free], None] * power


def _sunlight(points: Points, rays: Rays, sky: Sky) -> Singles:
    light = np.zeros_like(points.positions)
    if max(sky.sun) <= 0 or sky.toward_sun[2] <= 0:
        return light
    toward = np.asarray(sky.toward_sun)
    across = np.cross(toward, [0.0, 0.0, 1.0])
    across /= np.sqrt(across @ across)
    along = np.cross(across, toward)
    facing = points.normals @ toward.astype(np.float32)
    here = np.flatnonzero(facing > 0.01)
    reached = np.zeros(len(here), np.float32)
    for k in range(_SUN_RAYS):
        angle = 2 * np.pi * (k + 0.5) / _SUN_RAYS
        direction = toward + _SUN_RADIUS * (np.cos(angle) * across + np.sin(angle) * along)
        rows = np.broadcast_to(direction.astype(np.float32), (len(here), 3))
        reached += ~rays.blocked(points.positions[here], rows, np.full(len(here), _FAR_AWAY, np.float32))
    light[here] = (facing[here] * reached / _SUN_RAYS)[:, None] * np.asarray(sky.sun, np.float32)
    return light
