import numpy as np
import pytest

from simsv_generation.geometry import Floats
from simsv_generation.questions.floor_plan import STOP, FloorPlan
from simsv_generation.scene import SceneObject
from tests.episodes import make_object, make_two_rooms


def points(*places: tuple[float, float]) -> Floats:
    return np.array(places, dtype=np.float64)


def plan(*things: SceneObject, is_open: bool = True) -> FloorPlan:
    return FloorPlan(make_two_rooms(*things, is_open=is_open))


def test_a_walk_ends_before_the_thing() -> None:
    bed = plan(make_object("bed", 2.0, 2.0, size=(1.0, 0.6, 0.5))).landmark("bed")
    assert bed.stops(points((0.5, 2.0), (2.0, 0.5))) == pytest.approx(points((1.5 - STOP, 2.0), (2.0, 1.7 - STOP)))


def test_a_walk_from_beside_or_inside_a_thing_goes_nowhere() -> None:
    bed = plan(make_object("bed", 2.0, 2.0, size=(1.0, 0.6, 0.5))).landmark("bed")
    starts = points((1.5 - STOP / 2, 2.0), (2.1, 2.0), (2.0, 2.0))
    assert bed.stops(starts) == pytest.approx(starts)


def test_one_stops_before_the_furniture_that_a_thing_stands_on() -> None:
    table = make_object("table", 2.0, 2.0, size=(1.0, 0.6, 0.5))
    lamp = make_object("lamp", 2.2, 2.0, size=(0.1, 0.1, 0.4), bottom=0.5, parent_id="table")
    assert plan(table, lamp).landmark("lamp").stops(points((0.5, 2.0))) == pytest.approx(points((1.5 - STOP, 2.0)))


def test_places_lie_around_a_thing_and_turn_with_it() -> None:
    places = plan(make_object("bed", 2.0, 2.0, size=(1.0, 0.6, 0.5))).landmark("bed").places()
    turned = plan(make_object("bed", 2.0, 2.0, size=(1.0, 0.6, 0.5), yaw=90.0)).landmark("bed").places()
    x, y = (places - 2.0).T
    assert turned - 2.0 == pytest.approx(np.stack([-y, x], 1), abs=1e-5)
    beyond = np.maximum(np.abs(x) - 0.5, np.abs(y) - 0.3)
    assert beyond == pytest.approx(np.full(len(places), STOP))


def test_the_room_of_a_way_is_to_the_nearest_thing() -> None:
    house = plan(make_object("bed", 2.0, 2.0, size=(1.0, 1.0, 0.5)))
    starts, ends = points((0.5, 1.2), (0.5, 1.4), (0.5, 2.0)), points((3.5, 1.2), (3.5, 1.4), (3.5, 2.0))
    assert house.room(starts, ends) == pytest.approx([0.3, 0.1, 0.0])
    assert house.room(starts[:0], ends[:0]).tolist() == []


@pytest.mark.parametrize("is_open", [True, False])
def test_ways_lead_through_open_doors_only(is_open: bool) -> None:
    starts, ends = points((2.0, 2.0), (2.0, 1.0)), points((6.0, 2.0), (6.0, 1.0))
    assert (plan(is_open=is_open).room(starts, ends) > 0.2).tolist() == [is_open, False]


def test_beside_a_thing_is_on_its_side_of_the_wall() -> None:
    painting = make_object("painting", 4.03, 1.0, size=(0.02, 0.6, 0.5), bottom=1.0, room_id="room|2")
    assert plan(painting).landmark("painting").is_beside(points((3.7, 1.0), (4.4, 1.0))).tolist() == [False, True]


def test_walks_start_in_the_room_of_the_thing_and_outside_of_others() -> None:
    sink, cupboard = make_object("sink", 3.75, 2.0), make_object("cupboard", 3.75, 1.0, size=(0.5, 1.4, 0.9))
    starts = plan(sink, cupboard).starts("sink")
    beside = plan(sink).starts("sink")
    assert 0 < len(starts) < len(beside) < len(plan(sink).landmark("sink").places())
    assert (beside[:, 0] < 4.0).all()
    assert cupboard.box.point_distance(np.c_[starts, np.full(len(starts), 0.4)]).min() > 0


def test_things_that_stand_on_each_other_are_one_thing() -> None:
    a = make_object("a", 1.0, 1.0, parent_id="b")
    b = make_object("b", 1.0, 1.0, parent_id="a")
    assert plan(a, b).landmark("a").stops(points((3.0, 1.0))) == pytest.approx(points((1.2 + STOP, 1.0)))


def test_an_unknown_thing_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        plan().landmark("bed")
