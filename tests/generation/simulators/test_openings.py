import dataclasses

import numpy as np
import pytest

from simsv_generation.scene import House, Opening, OpeningKind
from simsv_generation.simulators.embedded.openings import OpeningShape, opening_shape
from simsv_generation.simulators.embedded.structure import room_walls
from tests.factories import make_house, make_room


def shape_of(house: House, index: int = 0) -> OpeningShape:
    return opening_shape(house.openings[index], house, room_walls(house))


def two_rooms(kind: OpeningKind = "door", is_open: bool = False, width: float = 1.0, gap: float = 0.0) -> House:
    """Two rooms of 5 x 4 m beside each other, with an opening around y = 2 between them."""
    east = make_room([(5.0 + gap, 0.0), (10.0, 0.0), (10.0, 4.0), (5.0 + gap, 4.0)], room_id="room|2")
    ends = ((5.0 + gap / 2, 2.0 - width / 2), (5.0 + gap / 2, 2.0 + width / 2))
    return make_house([make_room(), east], [Opening("o", kind, ("room|1", "room|2"), ends, 0.0, 2.1, is_open)])


def blocks(shape: OpeningShape, x: float, y: float, z: float) -> bool:
    """Whether a ray along +x at (y, z) from x meets the shape."""
    corners = shape.solid.positions[shape.solid.triangles][:, :, 1:]
    a, b, c = corners[:, 0] - (y, z), corners[:, 1] - (y, z), corners[:, 2] - (y, z)
    turns = [u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0] for u, v in ((a, b), (b, c), (c, a))]
    inside = np.all(np.array(turns) > 0, 0) | np.all(np.array(turns) < 0, 0)
    return bool((shape.solid.positions[shape.solid.triangles][inside][:, :, 0] > x).any())


def test_shut_door_has_a_leaf_and_open_door_a_frame_alone() -> None:
    for y, z in ((2.0, 1.0), (1.6, 0.1), (2.4, 2.0)):
        assert blocks(shape_of(two_rooms(is_open=False)), 4.0, y, z)
        assert not blocks(shape_of(two_rooms(is_open=True)), 4.0, y, z)
    assert blocks(shape_of(two_rooms(is_open=True)), 4.0, 1.49, 1.0), "no frame"


def test_wide_door_has_two_leaves() -> None:
    one, two = (shape_of(two_rooms(width=width)).solid for width in (1.0, 1.6))
    assert len(two.triangles) > 1.5 * len(one.triangles)


def test_frame_spans_the_gap_between_two_walls() -> None:
    low, high = shape_of(two_rooms(is_open=True, gap=0.2)).solid.extent()
    assert low[0] < 5.0
    assert high[0] > 5.2
    assert high[2] == pytest.approx(2.17)


def test_outer_door_is_set_into_the_wall_from_outside() -> None:
    low, high = shape_of(make_house(), index=2).solid.extent()
    assert 8.9 < low[0] < 9.0
    assert 9.1 < high[0] < 9.3


def test_window_pane_closes_the_hole_and_faces_the_room() -> None:
    shape = shape_of(make_house(), index=1)
    assert shape.pane is not None
    low, high = shape.pane.extent()
    assert (low[0], high[0], low[2], high[2]) == pytest.approx((1.0, 2.5, 0.9, 2.1), abs=1e-3)
    assert -0.2 < low[1] == high[1] < 0.0
    assert shape.pane.normals[0].tolist() == pytest.approx([0, 1, 0], abs=1e-9)
    assert shape_of(make_house(), index=0).pane is None


@pytest.mark.parametrize(("width", "has_posts"), [(4.0, False), (2.0, True)])
def test_passage_has_posts_only_where_a_wall_ends(width: float, has_posts: bool) -> None:
    low, high = shape_of(two_rooms("passage", is_open=True, width=width)).solid.extent()
    assert (low[1] < 2.0 - width / 2 - 0.03) == has_posts
    assert high[2] == pytest.approx(2.16)


def test_rooms_on_one_side_are_refused() -> None:
    twin = make_room(room_id="room|2")
    opening = Opening("o", "door", ("room|1", "room|2"), ((1.0, 0.0), (2.0, 0.0)), 0.0, 2.0, True)
    with pytest.raises(ValueError, match="both rooms of opening o"):
        shape_of(make_house([make_room(), twin], [opening]))


@pytest.mark.parametrize("kind", ["door", "window"])
def test_mouldings_do_not_reach_around_a_corner(kind: OpeningKind) -> None:
    for low, high in ((0.005, 1.0), (3.0, 4.0), (0.0, 4.0)):
        house = two_rooms(kind, is_open=True)
        opening = dataclasses.replace(house.openings[0], segment=((5.0, low), (5.0, high)))
        mesh = shape_of(dataclasses.replace(house, openings=(opening,))).solid
        south, north = mesh.extent()[0][1], mesh.extent()[1][1]
        assert 0.0 <= south <= low + 0.001
        assert high - 0.001 <= north <= 4.0
        corners = mesh.positions[mesh.triangles]
        assert np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1).min() > 0


def test_windows_that_meet_at_a_corner_do_not_stand_behind_each_other() -> None:
    around = make_room([(0.0, 0.0), (6.0, 0.0), (6.0, 3.0), (3.5, 3.0), (3.5, 5.0), (0.0, 5.0)])
    windows = [
        Opening("a", "window", ("room|1",), ((3.51, 3.0), (5.0, 3.0)), 0.9, 2.1, False),
        Opening("b", "window", ("room|1",), ((3.5, 3.01), (3.5, 4.5)), 0.9, 2.1, False),
    ]
    a, b = (shape_of(make_house([around], windows), k) for k in range(2))
    assert a.pane is not None
    assert b.pane is not None
    assert a.pane.extent()[1][1] < 3.05
    assert b.pane.extent()[1][0] < 3.55
    alone = shape_of(make_house([around], windows[:1])).pane
    assert alone is not None
    assert alone.extent()[1][1] == pytest.approx(a.pane.extent()[1][1])
