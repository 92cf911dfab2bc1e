"""Traced light, from the house to the numbers that are shown."""

import dataclasses
import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from simsv_generation.geometry import Floats
from simsv_generation.look import Look
from simsv_generation.scene import House, Opening, Room
from simsv_generation.simulators.embedded.house_shape import HouseShape, shape_house
from simsv_generation.simulators.embedded.light import HouseLight, baked
from simsv_generation.simulators.embedded.light.baked import baked_light
from simsv_generation.simulators.embedded.light.exposure import Exposure
from simsv_generation.simulators.embedded.light.rays import Singles
from simsv_generation.simulators.embedded.mesh import box
from simsv_generation.simulators.embedded.structure import Surface
from simsv_generation.simulators.embedded.subdivide import subdivided
from tests.factories import make_house, make_room, make_thing
from tests.generation.simulators.light.rooms import NIGHT, bare_house

GREY = (0.5, 0.5, 0.5)
WEST = make_room([(0, 0), (3, 0), (3, 3), (0, 3)])
EAST = make_room([(3, 0), (6, 0), (6, 3), (3, 3)], room_id="room|2")
WINDOW = Opening("w", "window", ("room|1",), ((1.0, 0.0), (2.0, 0.0)), 0.8, 2.1, False)
DOOR = Opening("d", "door", ("room|1", "room|2"), ((3.0, 1.0), (3.0, 2.0)), 0.0, 2.1, True)
LIT_EAST = dataclasses.replace(NIGHT, lit_rooms=("room|2",))
LIT_WEST = dataclasses.replace(NIGHT, lit_rooms=("room|1",))


@dataclasses.dataclass(frozen=True)
class _AsItIs(Exposure):
    """Shows light as it was computed."""

    def shown(self, light: Singles) -> Singles:
        return np.asarray(light, np.float32)


@pytest.fixture(autouse=True)
def night_light(monkeypatch: pytest.MonkeyPatch) -> float:
    """Off, so that dark is dark; what it is otherwise."""
    usual = baked._NIGHT_LIGHT
    monkeypatch.setattr(baked, "_NIGHT_LIGHT", 0.0)
    return usual


@pytest.fixture
def unexposed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Light as it falls, not as it is shown."""

    def none(house: House, *rest: object) -> tuple[Exposure, ...]:
        return (_AsItIs(1.0, 1.0),) * len(house.rooms)

    monkeypatch.setattr(baked, "exposures", none)


def of_room(light: HouseLight, shape: HouseShape, room_id: str) -> list[Floats]:
    return [
        values.astype(np.float64)
        for values, piece in zip(light.shell, shape.shell, strict=True)
        if piece.room_id == room_id
    ]


def texel_places(surface: Surface, values: Floats) -> Floats:
    """World positions of the texels, shape (rows, columns, 3)."""
    rows, columns = values.shape[:2]
    u = (np.arange(columns) + 0.5) / columns * surface.size[0]
    v = (np.arange(rows) + 0.5) / rows * surface.size[1]
    return np.asarray(surface.origin) + v[:, None, None] * surface.axes[1] + u[None, :, None] * surface.axes[0]


@pytest.mark.parametrize(
    ("dark", "bright"),
    [
        ([(0, 0), (3, 0), (3, 3), (0, 3)], [(3, 0), (6, 0), (6, 3), (3, 3)]),
        ([(0, 0), (4, 0), (4, 2), (2, 2), (2, 4), (0, 4)], [(2, 2), (4, 2), (4, 4), (2, 4)]),
        ([(2, 2), (4, 2), (4, 4), (2, 4)], [(0, 0), (4, 0), (4, 2), (2, 2), (2, 4), (0, 4)]),
        ([(0, 0), (3.07, 0), (3.07, 1.33), (1.01, 1.33), (1.01, 3), (0, 3)], [(1.01, 1.33), (3.07, 1.33), (3.07, 3)]),
        ([(0, 0), (4, 0), (0, 3)], [(4, 0), (4, 3), (0, 3)]),
    ],
    ids=["side by side", "L around a square", "square in an L", "odd corners", "triangles"],
)
def test_no_light_leaks_into_a_sealed_room(dark: list[tuple[float, float]], bright: list[tuple[float, float]]) -> None:
    rooms = [make_room(dark), make_room(bright, room_id="room|2", ceiling_height=3.1)]
    inside = np.asarray(rooms[0].polygon.representative_point().coords[0])
    low, high = ((*(inside + way * 0.15), z) for way, z in ((-1, 0.0), (1, 0.5)))
    house, shape = bare_house(rooms, things=[box(low, high, GREY)])
    light = baked_light(house, shape, LIT_EAST, {})
    assert all(not values.any() for values in of_room(light, shape, "room|1"))
    assert not light.solids[0].any()
    assert all(values.mean() > 0.05 for values in of_room(light, shape, "room|2"))


@pytest.mark.parametrize("look", [NIGHT, Look(-90.0, 40.0, 0.0, ())], ids=["night", "noon"])
def test_a_house_without_lamps_and_windows_is_black(look: Look) -> None:
    house, shape = bare_house([WEST, EAST], [DOOR], [box((1.0, 1.0, 0.0), (1.5, 1.5, 0.5), GREY)])
    light = baked_light(house, shape, look, {})
    assert not any(values.any() for values in (*light.shell, *light.solids, light.reflections))


def test_a_dark_room_is_dim_and_not_black(night_light: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(baked, "_NIGHT_LIGHT", night_light)
    house, shape = bare_house([WEST], things=[box((1.0, 1.0, 0.0), (1.5, 1.5, 0.5), GREY)])
    light = baked_light(house, shape, NIGHT, {})
    shown = np.concatenate([values.reshape(-1) for values in light.shell]).astype(np.float64)
    assert 0.02 < np.median(shown) < 0.4
    assert shown.min() < 0.5 * np.median(shown)  # corners and what stands there keep their rims


def test_a_shut_door_keeps_light_out_and_an_open_one_lets_it_in(unexposed: None) -> None:
    means = []
    for is_open in (True, False):
        house, shape = bare_house([WEST, EAST], [dataclasses.replace(DOOR, is_open=is_open)])
        light = baked_light(house, shape, LIT_EAST, {})
        means.append(np.mean([values.mean() for values in of_room(light, shape, "room|1")]))
    assert means[0] > 0.003
    assert means[1] < 0.01 * means[0]


@pytest.mark.parametrize("albedo", [0.3, 0.7])
def test_bounced_light_in_a_closed_room_is_the_series_of_the_albedo(unexposed: None, albedo: float) -> None:
    room = make_room([(0, 0), (3, 0), (3, 3), (0, 3)], ceiling_height=3.0)
    means = []
    for color in (0.0, albedo):
        house, shape = bare_house([room], albedo=color)
        light = baked_light(house, shape, LIT_WEST, {})
        weights = [np.prod(piece.surface.size) for piece in shape.shell]
        means.append(np.average([values.astype(np.float64).mean() for values in light.shell], weights=weights))
    series = sum(albedo**k for k in range(1, baked._BOUNCES + 1))
    assert means[1] / means[0] - 1 == pytest.approx(series, rel=0.06)


def test_sun_patches_lie_on_the_floor_where_the_window_lets_the_sun_in(unexposed: None) -> None:
    house, shape = bare_house([WEST], [WINDOW])
    (floor,) = (k for k, piece in enumerate(shape.shell) if piece.surface.mesh.normals[0, 2] > 0.5)
    look = Look(-80.0, 42.0, 0.0, ())
    light = baked_light(house, shape, look, {})
    without = baked_light(house, shape, dataclasses.replace(look, cloudiness=1.0), {})
    sun = light.sky.sun[1] * light.sky.toward_sun[2]
    x, y, _ = np.moveaxis(texel_places(shape.shell[floor].surface, light.shell[floor].astype(np.float64)), -1, 0)
    way = light.sky.toward_sun
    # The hole lies in the wall's face, y = 0; the reveals behind it cut the patch by less than this margin.
    at_x, at_z = x - y / way[1] * way[0], -y / way[1] * way[2]
    inside = np.minimum.reduce([at_x - 1.0, 2.0 - at_x, at_z - 0.8, 2.1 - at_z])
    gain = (light.shell[floor] - without.shell[floor])[..., 1]
    assert (gain[inside < -0.12] < 0.2 * sun).all()
    core = inside > 0.3
    assert core.sum() > 20
    # Sash bars cross the window.
    assert np.median(gain[core]) == pytest.approx(sun, rel=0.15)


@pytest.mark.parametrize("height", [0.1, 0.3])
def test_it_is_dark_under_a_box_and_not_beside_it(unexposed: None, height: float) -> None:
    thing = subdivided(box((1.0, 1.0, height), (2.0, 2.0, 0.8), GREY), 0.25)
    house, shape = bare_house([WEST], things=[thing])
    floor = baked_light(house, shape, LIT_WEST, {}).shell[0].astype(np.float64)
    bare_floor = baked_light(*bare_house([WEST]), LIT_WEST, {}).shell[0].astype(np.float64)
    x, y, _ = np.moveaxis(texel_places(shape.shell[0].surface, floor), -1, 0)
    depth = np.minimum.reduce([x - 1.0, 2.0 - x, y - 1.0, 2.0 - y])
    share = (floor / bare_floor).mean(-1)
    below, rim, beside = (
        share[(low < depth) & (depth < high)].mean() for low, high in ((0.25, 1), (-0.12, 0), (-2, -0.6))
    )
    assert below < 0.25
    assert below < rim < beside
    assert beside == pytest.approx(1.0, abs=0.25)


def test_what_is_sunk_in_something_else_is_not_black(unexposed: None) -> None:
    plinth = subdivided(box((1.0, 1.0, 0.0), (2.0, 2.0, 0.5), GREY), 0.3)
    post = box((1.4, 1.4, 0.3), (1.6, 1.6, 1.0), GREY)
    house, shape = bare_house([WEST], things=[plinth, post])
    _, on_post = baked_light(house, shape, LIT_WEST, {}).solids[:2]
    buried = post.positions[:, 2] < 0.4
    sides = np.abs(post.normals[:, 2]) < 0.5
    upper, lower = on_post[sides & ~buried].mean(), on_post[sides & buried].mean()
    assert lower > 0.3 * upper


def test_a_table_throws_its_shadow_in_a_whole_house() -> None:
    table = make_thing("table", "Dining_Table_1", 2.5, 2.0)
    lit = []
    for things in ((), (table,)):
        house = make_house([make_room()], (), things)
        lit.append(baked_light(house, shape_house(house), LIT_WEST, {}).shell[0].astype(np.float64).mean(-1))
    rows, columns = lit[0].shape
    share = lit[1] / lit[0]
    assert share[rows // 2, columns // 2] < 0.7 * share[3, 3]


def test_every_piece_has_light_that_is_finite() -> None:
    house = make_house()
    shape = shape_house(house)
    light = baked_light(house, shape, Look.standard(house), {})
    assert len(light.shell) == len(shape.shell)
    assert [len(values) for values in light.solids] == [len(piece.mesh.positions) for piece in shape.solids]
    for values in (*light.shell, *light.solids, light.reflections):
        assert values.dtype == np.float16
        assert np.isfinite(values).all()
        assert (values >= 0).all()
    assert light.reflections.shape == (4, 64, 64, 3)
    for room, (x, y, z) in zip(house.rooms, light.viewpoints, strict=True):
        assert room.polygon.contains(shapely.Point(x, y))
        assert 0 < z < room.ceiling_height


def test_an_image_on_furniture_colours_what_it_throws_back(unexposed: None) -> None:
    from simsv_generation.simulators.embedded.mesh import Finish, Material

    cloth = Finish((1.0, 1.0, 1.0), Material("image:cloth"))
    thing = box((0.5, 0.5, 0.0), (2.5, 2.5, 0.3), cloth)
    house, shape = bare_house([WEST], things=[thing])
    plain, red = (
        np.mean(
            [values.astype(np.float64).mean((0, 1)) for values in baked_light(house, shape, LIT_WEST, colors).shell], 0
        )
        for colors in ({}, {"cloth": (0.9, 0.1, 0.1)})
    )
    assert red[0] == pytest.approx(plain[0], rel=0.02)
    assert red[2] < 0.95 * plain[2]


def digest(rooms: list[Room]) -> str:
    house, shape = bare_house(rooms, [DOOR, WINDOW], [box((1.0, 1.0, 0.0), (1.5, 1.5, 0.5), GREY)])
    light = baked_light(house, shape, Look(-80.0, 42.0, 0.2, ("room|1",)), {})
    arrays: tuple[NDArray[Any], ...] = (*light.shell, *light.solids, light.reflections, light.viewpoints)
    return hashlib.sha256(b"".join(values.tobytes() for values in arrays)).hexdigest()


@pytest.mark.slow
def test_the_same_house_has_the_same_light_to_the_bit_in_any_process(
    night_light: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(baked, "_NIGHT_LIGHT", night_light)
    mine = digest([WEST, EAST])
    assert digest([WEST, EAST]) == mine
    script = "from tests.generation.simulators.light import test_baked as t; print(t.digest([t.WEST, t.EAST]))"
    root = Path(__file__).parents[4]
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "OMP_NUM_THREADS": seed}
        command = [sys.executable, "-c", script]
        done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == mine
