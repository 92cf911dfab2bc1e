import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import lsq_linear

from simsv_generation.geometry import (
    Boxes,
    OrientedBox,
    box_distance,
    closest_points,
    polygon_distance,
    quantize_metres,
    wrap_degrees,
)

metres = st.floats(-5.0, 5.0, allow_nan=False)
sizes = st.floats(0.0, 3.0, allow_nan=False)
components = st.floats(-1.0, 1.0, allow_nan=False)


@st.composite
def boxes(draw: st.DrawFn) -> OrientedBox:
    """Boxes of any place, size (flat ones too) and orientation."""
    rotation = draw(st.tuples(components, components, components, components).filter(lambda q: sum(map(abs, q)) > 0.1))
    return OrientedBox(draw(st.tuples(metres, metres, metres)), draw(st.tuples(sizes, sizes, sizes)), rotation)


def distance_by_optimisation(a: OrientedBox, b: OrientedBox) -> float:
    """The same distance by another route: bounded least squares over one point in each box."""
    reach = np.array([*a.size, *b.size]) / 2 + 1e-9
    between = np.hstack([a.axes(), -b.axes()])
    offset = np.array(a.center) - np.array(b.center)
    best = lsq_linear(between, -offset, bounds=(-reach, reach), tol=1e-14)
    return math.sqrt(2 * best.cost)


@settings(max_examples=200, deadline=None)
@given(boxes(), boxes())
def test_box_distance_agrees_with_a_convex_program(a: OrientedBox, b: OrientedBox) -> None:
    assert box_distance(a, b) == pytest.approx(distance_by_optimisation(a, b), abs=2e-4)


@settings(max_examples=50, deadline=None)
@given(boxes(), boxes())
def test_closest_points_lie_on_their_boxes_and_are_as_far_apart_as_the_boxes(a: OrientedBox, b: OrientedBox) -> None:
    distance = box_distance(a, b)
    if distance == 0.0:
        return
    on_a, on_b = closest_points(a, b)
    assert a.point_distance(on_a[None])[0] == pytest.approx(0, abs=1e-5)
    assert b.point_distance(on_b[None])[0] == pytest.approx(0, abs=1e-5)
    assert math.dist(on_a, on_b) == pytest.approx(distance, abs=1e-5)


@settings(max_examples=50, deadline=None)
@given(boxes(), boxes())
def test_box_distance_is_symmetric_and_zero_to_itself(a: OrientedBox, b: OrientedBox) -> None:
    assert box_distance(a, b) == pytest.approx(box_distance(b, a), abs=1e-9)
    assert box_distance(a, a) == 0.0


@settings(max_examples=50, deadline=None)
@given(st.lists(boxes(), max_size=6), st.lists(st.tuples(metres, metres, metres, st.floats(-180, 180)), max_size=6))
def test_boxes_measured_at_once_are_as_far_apart_as_one_by_one(
    turned: list[OrientedBox], upright: list[tuple[float, float, float, float]]
) -> None:
    """To the last bit, in any company."""
    things = turned + [OrientedBox.upright((x, y, z), (1.0, 0.4, 2.0), yaw) for x, y, z, yaw in upright]
    many, pairs = Boxes.of(things), [(a, b) for a in range(len(things)) for b in range(len(things))]
    firsts, seconds = (np.array([pair[k] for pair in pairs], dtype=np.intp) for k in (0, 1))
    together = many.take(firsts).distances(many.take(seconds)).tolist()
    assert together == [box_distance(things[a], things[b]) for a, b in pairs]


@settings(max_examples=50, deadline=None)
@given(st.lists(boxes(), max_size=6), st.floats(-180, 180))
def test_outlines_seen_from_above_are_those_of_the_boxes_one_by_one(turned: list[OrientedBox], yaw: float) -> None:
    upside_down = OrientedBox((0, 0, 0), (1, 2, 3), (0, 1, 0, 0))
    things = [OrientedBox.upright((1.0, 2.0, 0.0), (1.0, 0.4, 2.0), yaw), upside_down]
    things += [box for box in turned if min(box.size) > 0]
    outlines = Boxes.of(things).outlines()
    for box, outline in zip(things, outlines, strict=True):
        assert outline.exterior.coords[:-1] == [tuple(corner) for corner in box.footprint().tolist()]
    with pytest.raises(ValueError, match="no floor area"):
        Boxes.of([*things, OrientedBox((0, 0, 0), (1, 0, 1))]).outlines()


@settings(max_examples=100, deadline=None)
@given(metres, metres, metres, st.floats(-180, 180), st.floats(0.05, 3.0), st.floats(0.05, 3.0))
def test_upright_boxes_are_measured_like_any_others(
    x: float, y: float, z: float, yaw: float, width: float, depth: float
) -> None:
    """The shorter way for upright boxes: the same boxes, all tipped over together, go the long way."""
    tip = (math.sqrt(0.5), math.sqrt(0.5), 0.0, 0.0)

    def tipped(box: OrientedBox) -> OrientedBox:
        (w, _, _, k), (bx, by, bz) = box.rotation, box.center
        return OrientedBox((bx, -bz, by), box.size, (tip[0] * w, tip[1] * w, -tip[1] * k, tip[0] * k))

    a, b = (
        OrientedBox.upright((0, 0, 0), (2.0, 0.5, 1.0), 20.0),
        OrientedBox.upright((x, y, z), (width, depth, 1.0), yaw),
    )
    assert box_distance(a, b) == pytest.approx(box_distance(tipped(a), tipped(b)), abs=1e-4)


def test_an_upright_box_stands_on_its_own_corners() -> None:
    box = OrientedBox.upright((1.0, 2.0, 0.0), (2.0, 1.0, 1.0), 30.0)
    outline = box.footprint()
    x, y = outline.T
    assert float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2 == pytest.approx(2.0, abs=1e-5)
    np.testing.assert_allclose(box.point_distance(np.c_[outline, np.zeros(4)]), 0, atol=1e-6)
    with pytest.raises(ValueError, match="no floor area"):
        OrientedBox((0, 0, 0), (1, 0, 1)).footprint()


def test_turned_boxes_are_farther_apart_than_their_axis_aligned_hulls() -> None:
    a = OrientedBox.upright((0, 0, 0), (2.0, 0.2, 1.0), 45.0)
    b = OrientedBox.upright((1.0, -1.0, 0), (2.0, 0.2, 1.0), 45.0)
    assert box_distance(a, b) == pytest.approx(math.sqrt(2) - 0.2, abs=1e-4)


@pytest.mark.parametrize(
    ("offset", "expected"),
    [((3, 0, 0), 2.0), ((3, 3, 0), math.sqrt(8)), ((3, 3, 3), math.sqrt(12)), ((1, 0, 0), 0.0), ((0.5, 0, 0), 0.0)],
)
def test_box_distance_of_unit_cubes(offset: tuple[float, float, float], expected: float) -> None:
    assert box_distance(OrientedBox((0, 0, 0), (1, 1, 1)), OrientedBox(offset, (1, 1, 1))) == pytest.approx(expected)


def test_crossed_edges_are_the_closest_points() -> None:
    lower = OrientedBox.upright((0, 0, 0), (4, 0.2, 0.2), 0.0)
    edge_on = (math.cos(math.pi / 8), math.sin(math.pi / 8), 0.0, 0.0)
    upper = OrientedBox((0, 0, 1.0), (0.2, 4, 0.2), edge_on)
    assert box_distance(lower, upper) == pytest.approx(distance_by_optimisation(lower, upper), abs=1e-6)


def test_local_and_world_coordinates_are_inverse() -> None:
    box = OrientedBox((1, 2, 3), (1, 1, 1), (0.5, 0.5, 0.5, 0.5))
    points = np.random.Generator(np.random.Philox(1)).normal(size=(20, 3))
    np.testing.assert_allclose(box.to_local(box.to_world(points)), points, atol=1e-6)


def test_a_quarter_turn_moves_the_width_from_x_to_y() -> None:
    low, high = OrientedBox.upright((0, 0, 0), (2, 1, 3), 90.0).extent()
    np.testing.assert_allclose(high - low, [1, 2, 3], atol=1e-6)
    np.testing.assert_allclose(OrientedBox.upright((0, 0, 0), (2, 1, 3), 90.0).axes()[:, 1], [-1, 0, 0], atol=1e-6)


def test_point_distance_is_zero_inside_and_exact_outside() -> None:
    box = OrientedBox.upright((0, 0, 0), (2, 2, 2), 30.0)
    points = box.to_world(np.array([[0.0, 0, 0], [2.0, 0, 0], [2.0, 2.0, 2.0]]))
    np.testing.assert_allclose(box.point_distance(points), [0, 1, math.sqrt(3)], atol=1e-6)


@pytest.mark.parametrize("field", ["center", "size", "rotation"])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_box_names_the_field_that_is_not_finite(field: str, value: float) -> None:
    good = {"center": (0.0, 0.0, 0.0), "size": (1.0, 1.0, 1.0), "rotation": (1.0, 0.0, 0.0, 0.0)}
    with pytest.raises(ValueError, match=f"box {field}"):
        OrientedBox(**{**good, field: (value, *good[field][1:])})  # type: ignore[arg-type]


def test_a_box_refuses_negative_sizes_and_no_rotation() -> None:
    with pytest.raises(ValueError, match="size"):
        OrientedBox((0, 0, 0), (1, -1, 1))
    with pytest.raises(ValueError, match="rotation"):
        OrientedBox((0, 0, 0), (1, 1, 1), (0, 0, 0, 0))


def test_records_are_quantised_without_negative_zero() -> None:
    box = OrientedBox((-0.00001, 1.23456, 0), (1, 1, 1))
    assert box.center == (0.0, 1.2346, 0.0)
    assert math.copysign(1, quantize_metres(-0.00001)) == 1


@given(st.floats(-1e4, 1e4))
def test_wrapped_angles_are_the_same_direction(angle: float) -> None:
    wrapped = wrap_degrees(angle)
    assert -180 < wrapped <= 180
    assert math.remainder(wrapped - angle, 360) == pytest.approx(0, abs=1e-6)


def test_polygon_distance_is_zero_inside_a_concave_outline() -> None:
    outline = np.array([[0, 0], [4, 0], [4, 1], [1, 1], [1, 4], [0, 4]], dtype=float)
    np.testing.assert_allclose(polygon_distance(outline, np.array([[0.5, 3], [3.0, 3.0], [5, 0.5]])), [0, 2, 1])
