import dataclasses

import numpy as np
import pytest
import shapely

from simsv_generation.scene import Opening
from simsv_generation.simulators.embedded.structure import (
    WALL_INSET,
    Surface,
    ceiling_surface,
    floor_surface,
    inset_outline,
    room_walls,
    skirting,
    wall_surface,
)
from tests.factories import make_house, make_room

WHITE = (0.8, 0.8, 0.8)
L_SHAPE = ((0.0, 0.0), (6.0, 0.0), (6.0, 3.0), (3.5, 3.0), (3.5, 5.0), (0.0, 5.0))
SLANTED = ((0.0, 0.0), (4.0, 1.0), (3.0, 5.0), (-1.0, 3.0))


def area(surface: Surface) -> float:
    a, b, c = (surface.mesh.positions[surface.mesh.triangles[:, k]] for k in range(3))
    normals = np.cross(b - a, c - a)
    assert ((normals * surface.mesh.normals[0]).sum(1) > 0).all(), "a triangle shows its back"
    return float(np.sqrt((normals * normals).sum(1)).sum() / 2)


@pytest.mark.parametrize("outline", [L_SHAPE, SLANTED])
def test_floor_and_ceiling_cover_the_room_and_face_into_it(outline: tuple[tuple[float, float], ...]) -> None:
    room = make_room(outline, ceiling_height=2.7)
    floor, ceiling = floor_surface(room, WHITE), ceiling_surface(room, WHITE)
    assert area(floor) == pytest.approx(room.area)
    assert area(ceiling) == pytest.approx(room.area)
    assert floor.mesh.normals[0].tolist() == [0, 0, 1]
    assert ceiling.mesh.normals[0].tolist() == [0, 0, -1]
    assert set(ceiling.mesh.positions[:, 2]) == {2.7}


def test_walls_stand_inside_the_outline_and_face_into_the_room() -> None:
    room = make_room(SLANTED)
    for wall in room_walls(make_house([room]))["room|1"]:
        middle = (wall.start + wall.end) / 2
        surface = wall_surface(wall, WHITE)
        assert surface is not None
        assert room.polygon.exterior.distance(_point(middle)) == pytest.approx(WALL_INSET, abs=1e-9)
        assert room.polygon.contains(_point(middle + 0.1 * surface.mesh.normals[0, :2]))
        plane = surface.plane_coordinates()
        assert plane.min() > -2e-3
        assert (plane.max(0) < np.asarray(surface.size) + 2e-3).all()


def test_holes_take_their_area_from_the_wall() -> None:
    window = Opening("window", "window", ("room|1",), ((1.0, 0.0), (2.5, 0.0)), 0.9, 2.1, False)
    bare, cut = (room_walls(make_house([make_room()], openings))["room|1"][0] for openings in ((), (window,)))
    full, rest = wall_surface(bare, WHITE), wall_surface(cut, WHITE)
    assert full is not None
    assert rest is not None
    assert area(full) - area(rest) == pytest.approx(1.5 * 1.2)
    hole = cut.holes[0]
    # A wall runs along its room's outline, which is counter-clockwise: from x = 0 to x = 5 in the south.
    assert [hole.low, hole.high] == pytest.approx([1.0, 2.5], abs=1e-3)


def test_shared_wall_is_cut_on_both_sides() -> None:
    walls = room_walls(make_house())
    for room_id in ("room|1", "room|2"):
        cut = [wall for wall in walls[room_id] for hole in wall.holes if hole.opening_id == "door|1|2"]
        assert len(cut) == 1
        assert cut[0].start[0] == pytest.approx(6.0, abs=1e-3)


def test_hole_is_no_higher_than_the_lower_ceiling() -> None:
    low = make_room([(5.0, 0.0), (8.0, 0.0), (8.0, 4.0), (5.0, 4.0)], room_id="room|2", ceiling_height=2.2)
    passage = Opening("p", "passage", ("room|1", "room|2"), ((5.0, 0.0), (5.0, 4.0)), 0.0, 2.5, True)
    walls = room_walls(make_house([make_room(), low], [passage]))
    assert {hole.top for walls_of in walls.values() for wall in walls_of for hole in wall.holes} == {2.2}
    west = next(wall for wall in walls["room|2"] if wall.holes)
    assert wall_surface(west, WHITE) is None
    east = next(wall for wall in walls["room|1"] if wall.holes)
    beam = wall_surface(east, WHITE)
    assert beam is not None
    assert area(beam) == pytest.approx(4.0 * 0.3, abs=0.01)


def test_skirting_leaves_doors_free() -> None:
    house = make_house()
    boards = skirting(room_walls(house)["room|1"])
    in_door = (np.abs(boards.positions[:, 0] - 6.0) < 0.05) & (np.abs(boards.positions[:, 1] - 1.7) < 0.5)
    assert not in_door.any()
    closed = dataclasses.replace(house, openings=())
    assert len(skirting(room_walls(closed)["room|1"]).positions) < len(boards.positions)
    assert boards.positions[:, 2].max() == 0.08


def test_inset_outline_moves_every_edge_by_the_distance() -> None:
    outline = np.asarray(L_SHAPE)
    inner = inset_outline(outline, 0.1)
    assert inner.tolist() == [
        pytest.approx(corner) for corner in ((0.1, 0.1), (5.9, 0.1), (5.9, 2.9), (3.4, 2.9), (3.4, 4.9), (0.1, 4.9))
    ]


@pytest.mark.parametrize(
    "segment",
    [((1.0, 2.0), (2.0, 2.0)), ((0.0, 3.8), (0.0, 4.6)), ((1.0, -0.5), (2.0, -0.5)), ((1.0, 0.0), (1.0, 1.0))],
)
def test_opening_on_no_wall_is_refused(segment: tuple[tuple[float, float], tuple[float, float]]) -> None:
    astray = Opening("door|astray", "door", ("room|1",), segment, 0.0, 2.0, False)
    with pytest.raises(ValueError, match=r"door\|astray .* room\|1"):
        room_walls(make_house([make_room()], [astray]))


def _point(at: np.ndarray) -> shapely.Point:

    return shapely.Point(at)


def test_boards_run_along_the_longer_side_of_a_room() -> None:
    for outline, along in ((((0.0, 0.0), (6.0, 0.0), (6.0, 3.0), (0.0, 3.0)), 0), (SLANTED, 0)):
        for turned in (False, True):
            corners = [(y, x) for x, y in outline][::-1] if turned else outline
            mesh = floor_surface(make_room(tuple(corners)), WHITE).mesh
            west, east = mesh.positions.min(0), mesh.positions.max(0)
            longer = int((east - west)[1] > (east - west)[0])
            assert np.ptp(mesh.texture_at[:, 0]) == pytest.approx((east - west)[longer]), along
