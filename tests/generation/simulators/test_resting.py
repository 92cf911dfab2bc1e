import dataclasses

import numpy as np
import pytest

from simsv_generation.geometry import Floats, OrientedBox, Vec3
from simsv_generation.scene import House, SceneObject
from simsv_generation.simulators.embedded.mesh import Mesh, box, merge
from simsv_generation.simulators.embedded.resting import Contact, carrying, contacts
from simsv_generation.simulators.embedded.solids import ellipsoid, fitted
from tests.factories import make_house, make_room, make_thing

GREY = (0.5, 0.5, 0.5)
SIZE: Vec3 = (1.0, 0.8, 0.9)
HALF = 0.45
PLACES = np.array([[0.0, 0.0], [0.1, 0.1], [-0.1, 0.1], [-0.1, -0.1], [0.1, -0.1]])


def sofa(seat: float) -> Mesh:
    """A seat at a height from -0.45 to 0.45, and a back as high as the box."""
    return merge([box((-0.5, -0.4, -HALF), (0.5, 0.4, seat), GREY), box((-0.5, -0.4, seat), (0.5, -0.25, HALF), GREY)])


def at(height: float, places: Floats = PLACES) -> Contact:
    return Contact(places, height)


def surface_at(mesh: Mesh, x: float, y: float, below: float) -> float:
    """Height of the highest triangle over a place that is not above a level: the plain way."""
    heights = []
    for a, b, c in mesh.positions[mesh.triangles]:
        matrix = np.array([[a[0], b[0], c[0]], [a[1], b[1], c[1]], [1.0, 1.0, 1.0]])
        if abs(np.linalg.det(matrix)) > 1e-9:
            weights = np.linalg.solve(matrix, [x, y, 1.0])
            if (weights >= -1e-9).all():
                heights.append(float(weights @ (a[2], b[2], c[2])))
    return max(height for height in heights if height <= below)


@pytest.mark.parametrize("seat", [-0.1, -0.05, 0.0, 0.04])
@pytest.mark.parametrize("height", [-0.09, 0.0, 0.05])
def test_what_lies_on_a_seat_touches_it(seat: float, height: float) -> None:
    after = carrying(sofa(seat), [at(height)], SIZE)
    assert after is not None
    for x, y in PLACES:
        assert surface_at(after, x, y, height + 0.02) == pytest.approx(height, abs=0.005)
    low, high = after.extent()
    assert low == pytest.approx((-0.5, -0.4, -HALF))
    assert high == pytest.approx((0.5, 0.4, HALF))
    assert (after.positions[:, :2] == sofa(seat).positions[:, :2]).all()


def test_nothing_on_it_changes_nothing() -> None:
    mesh = sofa(0.0)
    assert carrying(mesh, [], SIZE) is mesh


def test_two_shelves_carry_two_things() -> None:
    boards = [box((-0.5, -0.4, z), (0.5, 0.4, z + 0.03), GREY) for z in (-HALF, -0.2, 0.15, HALF - 0.03)]
    after = carrying(merge(boards), [at(-0.14), at(0.20)], SIZE)
    assert after is not None
    assert surface_at(after, 0.0, 0.0, -0.1) == pytest.approx(-0.14, abs=0.005)
    assert surface_at(after, 0.0, 0.0, 0.25) == pytest.approx(0.20, abs=0.005)
    assert after.extent()[1][2] == pytest.approx(HALF)


def test_conflicting_contacts_are_refused() -> None:
    assert carrying(sofa(0.0), [at(0.0), at(0.05)], SIZE) is None
    # The higher of two boards would have to come below the lower one.
    boards = merge([box((-0.5, -0.4, -HALF), (0.0, 0.4, -0.05), GREY), box((0.0, -0.4, -HALF), (0.5, 0.4, 0.05), GREY)])
    left, right = PLACES - np.array([0.3, 0.0]), PLACES + np.array([0.3, 0.0])
    assert carrying(boards, [at(0.06, left), at(-0.06, right)], SIZE) is None


def test_what_would_be_stretched_beyond_recognition_is_refused() -> None:
    assert carrying(sofa(-0.35), [at(0.3)], SIZE) is None
    assert carrying(sofa(0.1), [at(-0.4)], SIZE) is None


def test_a_hole_where_the_thing_lies_is_refused() -> None:
    frame = box((-0.5, 0.3, -HALF), (0.5, 0.4, HALF), GREY)
    assert carrying(frame, [at(0.0)], SIZE) is None


def test_the_bottom_of_the_box_cannot_be_moved() -> None:
    # The seat is too far above the thing; below it there is the bottom alone.
    assert carrying(sofa(0.08), [at(-0.1)], SIZE) is None
    assert carrying(box((-0.5, -0.4, -HALF), (0.5, 0.4, HALF), GREY), [at(-0.4)], SIZE) is None


@pytest.mark.parametrize("below", [0.03, 0.05, 0.12])
def test_the_top_of_the_box_cannot_be_moved(below: float) -> None:
    chest = box((-0.5, -0.4, -HALF), (0.5, 0.4, HALF), GREY)
    assert carrying(chest, [at(HALF - below)], SIZE) is None
    odd = (1.0, 0.8, 0.9006)
    assert carrying(fitted(chest, odd), [at(odd[2] / 2 - below)], odd) is None


def test_any_shape_touches_or_is_refused() -> None:
    shapes = [
        sofa(0.1),
        ellipsoid((0.0, 0.0, 0.0), (0.5, 0.4, HALF), GREY),
        merge([sofa(-0.1), box((-0.2, 0.0, -0.1), (0.2, 0.3, 0.07), GREY)]),
        merge([box((-0.5, -0.4, z), (0.5, 0.4, z + 0.02), GREY) for z in np.arange(-HALF, HALF, 0.1)]),
    ]
    carried = 0
    for mesh in (fitted(shape, SIZE) for shape in shapes):
        for height in np.arange(-0.4, 0.42, 0.04):
            after = carrying(mesh, [at(float(height))], SIZE)
            if after is not None:
                carried += 1
                found = [surface_at(after, x, y, height + 0.006) for x, y in PLACES]
                assert max(found) == pytest.approx(height, abs=0.006)
                assert np.isfinite(after.normals).all()
    assert carried > 20


def test_normals_stay_across_the_surface() -> None:
    ball = fitted(ellipsoid((0.0, 0.0, 0.0), (0.5, 0.4, HALF), GREY, rows=40, sides=60), SIZE)
    seat = box((-0.5, -0.4, -0.02), (0.5, 0.4, 0.0), GREY)
    after = carrying(merge([ball, seat]), [at(0.0, PLACES * 0.0 + (0.45, 0.3))], SIZE)
    assert after is not None
    squashed = carrying(merge([ball, seat]), [at(0.1, PLACES * 0.0 + (0.45, 0.3))], SIZE)
    assert squashed is not None
    a, b, c = (squashed.positions[squashed.triangles[:, k]] for k in range(3))
    flat = np.cross(b - a, c - a)
    flat /= np.maximum(np.sqrt((flat**2).sum(1)), 1e-12)[:, None]
    smooth = squashed.normals[squashed.triangles].mean(1)
    agree = (flat * smooth).sum(1)
    # Where the two slopes meet there is a bend.
    assert np.quantile(agree, 0.1) > 0.95
    assert (squashed.normals**2).sum(1) == pytest.approx(1.0)


def house_with(*things: SceneObject) -> House:
    return make_house([make_room()], (), things)


def test_contacts_are_where_children_lie() -> None:
    sofa_ = make_thing("sofa", "Sofa_1", 2.0, 2.0, yaw=30.0)
    mug = make_thing("mug", "Mug_1", 2.1, 2.05, bottom=0.45, yaw=70.0, parent_id="sofa")
    (contact,) = contacts(sofa_, house_with(sofa_, mug))
    assert contact.height == pytest.approx(0.45 - 0.425)
    under = mug.box.to_local(sofa_.box.to_world(np.column_stack([contact.places, np.full(5, contact.height)])))
    assert under[0, :2] == pytest.approx((0.0, 0.0), abs=1e-4)
    assert (np.abs(under[1:, :2]) < np.array(mug.box.size[:2]) / 2).all()
    assert len(np.unique(np.round(under, 4), axis=0)) == 5
    assert under[:, 2] == pytest.approx(-0.05, abs=1e-4)


def test_what_lies_on_top_or_below_or_elsewhere_is_no_contact() -> None:
    sofa_ = make_thing("sofa", "Sofa_1", 2.0, 2.0)
    top = make_thing("a", "Mug_1", 2.0, 2.0, bottom=0.84, parent_id="sofa")
    floor = make_thing("b", "Mug_1", 2.0, 2.0, bottom=0.0, parent_id="sofa")
    other = make_thing("c", "Mug_1", 2.0, 2.0, bottom=0.4)
    assert contacts(sofa_, house_with(sofa_, top, floor, other)) == ()
    fallen = dataclasses.replace(sofa_, box=OrientedBox((2.0, 2.0, 0.5), sofa_.box.size, (0.7, 0.7, 0.0, 0.0)))
    lying = make_thing("d", "Mug_1", 2.0, 2.0, bottom=0.4, parent_id="sofa")
    assert contacts(fallen, house_with(fallen, lying)) == ()


@pytest.mark.parametrize("rise", [0.004, 0.02])
def test_a_seat_that_bulges_is_pressed_flat_for_two_things_of_one_height(rise: float) -> None:
    seats = [
        box((-0.5, -0.4, -HALF), (0.0, 0.4, -0.05), GREY),
        box((0.0, -0.4, -HALF), (0.5, 0.4, -0.05 + rise), GREY),
        box((-0.5, -0.4, -HALF), (0.5, -0.35, HALF), GREY),
    ]
    left, right = (at(0.0, PLACES + np.array([x, 0.0])) for x in (-0.25, 0.25))
    after = carrying(merge(seats), [left, right], SIZE)
    assert after is not None
    for contact in (left, right):
        for x, y in contact.places:
            assert surface_at(after, x, y, 0.01) == pytest.approx(0.0, abs=0.005)
