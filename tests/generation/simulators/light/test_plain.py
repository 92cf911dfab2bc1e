import dataclasses

import numpy as np
import pytest

from simsv_generation.geometry import OrientedBox
from simsv_generation.look import Look
from simsv_generation.scene import Opening, Room
from simsv_generation.simulators.embedded.light.plain import (
    RoomLight,
    enclosed_shade,
    light_texels,
    plain_light,
    room_light,
)
from simsv_generation.simulators.embedded.mesh import box
from simsv_generation.simulators.embedded.structure import Surface, ceiling_surface, floor_surface, room_walls
from simsv_generation.simulators.embedded.structure import wall_surface as face_of
from tests.factories import make_house, make_room
from tests.generation.simulators.light.rooms import bare_house

UP = np.array([[0.0, 0.0, 1.0]])
WINDOW = Opening("w", "window", ("room|1",), ((1.5, 0.0), (3.5, 0.0)), 0.8, 2.1, False)


def lit(room: Room, *openings: Opening, color: float = 0.6) -> tuple[RoomLight, list[Surface]]:
    tint = (color, color, color)
    walls = [face_of(wall, tint) for wall in room_walls(make_house([room], openings))[room.room_id]]
    surfaces = [floor_surface(room, tint), ceiling_surface(room, tint), *(wall for wall in walls if wall)]
    return room_light(room, openings, surfaces), surfaces


def test_rooms_come_out_equally_bright_whatever_their_size_and_color() -> None:
    means = []
    for room in (make_room(), make_room([(0, 0), (12, 0), (12, 9), (0, 9)], ceiling_height=5.0)):
        for color in (0.3, 0.6):
            light, surfaces = lit(room, color=color)
            means.append(np.mean([color * light_texels(surface, light, ()).mean() for surface in surfaces]))
    assert max(means) < 1.6 * min(means)
    assert all(0.2 < mean < 0.6 for mean in means)


def test_window_light_falls_off_with_distance() -> None:
    (dark, _), (bright, _) = lit(make_room()), lit(make_room(), WINDOW)
    near, far = np.array([[2.5, 0.8, 0.0]]), np.array([[2.5, 3.2, 0.0]])
    gain = [
        float((bright.irradiance(at, UP) / bright.exposure - dark.irradiance(at, UP) / dark.exposure).mean())
        for at in (near, far)
    ]
    assert gain[0] > 3 * gain[1] > 0


def test_corners_are_darker_and_doorways_are_not() -> None:
    light, _ = lit(make_room())
    middle, edge = (light.irradiance(np.array([[x, 1.5, 0.0]]), UP).mean() for x in (2.5, 0.02))
    assert edge < 0.9 * middle
    door = Opening("d", "door", ("room|1",), ((0.0, 1.0), (0.0, 2.0)), 0.0, 2.0, True)
    opened = dataclasses.replace(lit(make_room(), door)[0], exposure=light.exposure)
    assert opened.irradiance(np.array([[0.02, 1.5, 0.0]]), UP).mean() > edge


def test_floor_is_darker_under_furniture() -> None:
    light, surfaces = lit(make_room())
    table = OrientedBox.upright((2.5, 2.0, 0.4), (1.4, 0.9, 0.8), 30.0)
    bare, shaded = light_texels(surfaces[0], light, ()), light_texels(surfaces[0], light, [table])
    share = shaded.mean(-1) / bare.mean(-1)
    assert share[20, 25] < 0.65
    assert share[2, 2] > 0.99


def test_depths_of_a_shelf_are_darker_than_its_faces() -> None:
    shelf = OrientedBox.upright((1.0, 2.0, 1.0), (1.0, 0.4, 2.0), 90.0)
    points, normals = shelf.to_world(np.array([[0.0, 0.2, 0.0], [0.0, -0.2, 0.0]])), shelf.axes()[:, [1, 1]].T
    face, back = enclosed_shade(shelf, points, normals)
    assert face == pytest.approx(1.0)
    assert back < 0.8


def test_every_room_has_a_lamp_inside() -> None:
    sliver = make_room([(0.0, 0.0), (4.0, 0.0), (4.0, 0.05), (0.0, 0.05)])
    for room in (sliver, make_room(), make_room([(0, 0), (9, 0), (9, 2), (2, 2), (2, 9), (0, 9)])):
        light, _ = lit(room)
        assert len(light.lamps) == min(max(1, round(room.area / 10)), 4)
        assert (light.lamps[:, 2] < room.ceiling_height).all()


def test_a_house_has_light_on_every_piece_and_a_stop_doubles_it() -> None:
    things = [box((1.0, 1.0, 0.0), (1.5, 1.5, 0.6), (0.4, 0.4, 0.4))]
    house, shape = bare_house(
        [make_room(), make_room([(5, 0), (8, 0), (8, 4), (5, 4)], room_id="room|2")], [WINDOW], things
    )
    look = Look.standard(house)
    light, brighter = (
        plain_light(house, shape, look),
        plain_light(house, shape, dataclasses.replace(look, exposure=1.0)),
    )
    assert [grid.dtype for grid in light.shell] == [np.float16] * len(shape.shell)
    assert [len(values) for values in light.solids] == [len(piece.mesh.positions) for piece in shape.solids]
    for values in light.shell:
        assert np.isfinite(values).all()
        assert values.min() > 0.05
    for once, twice in zip(light.shell, brighter.shell, strict=True):
        assert twice == pytest.approx(2 * once, rel=2e-3)
    assert light.reflections.shape == (4, 64, 64, 3)
    assert [house.room_at(x, y) for x, y, _ in light.viewpoints] == ["room|1", "room|2"]


def test_day_and_night_differ_in_the_sky_alone() -> None:
    house, shape = bare_house([make_room()], [WINDOW])
    day, night = (plain_light(house, shape, Look(0.0, e, 0.0, ())) for e in (50.0, -50.0))
    assert day.sky != night.sky
    assert all(a.tobytes() == b.tobytes() for a, b in zip(day.shell, night.shell, strict=True))
