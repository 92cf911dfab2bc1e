import numpy as np
import shapely

from simsv_generation.questions.standing import DISTANCES, SPACING, StandingPlaces
from simsv_generation.scene import Room
from tests.episodes import make_episode, make_object


def test_places_keep_to_free_floor_of_the_room() -> None:
    bed = make_object("bed", 0.5, 0.5, size=(1.0, 1.0, 0.5))
    desk = make_object("desk", 1.9, 0.5, size=(0.8, 1.0, 0.8))
    picture = make_object("painting", 0.5, 1.4, size=(0.5, 0.4, 0.4), bottom=1.4)
    room = Room("room|1", "Bedroom", ((0.0, 0.0), (6.0, 0.0), (6.0, 6.0), (0.0, 6.0)), 2.5)
    points = StandingPlaces(make_episode([bed, desk, picture], rooms=(room,)).house).by("bed")
    assert len(points) > 5
    assert (points > 0).all()
    assert (desk.box.point_distance(np.c_[points, np.full(len(points), 0.4)]) > 0).all()
    assert ((np.abs(points - [0.5, 1.4]) < [0.25, 0.2]).all(1)).any()


def test_one_stands_beside_the_table_that_holds_a_thing() -> None:
    table = make_object("table", 3, 3, size=(1.5, 1.5, 0.7))
    mug = make_object("mug", 3, 3, size=(0.1, 0.1, 0.1), bottom=0.7, parent_id="table")
    room = Room("room|1", "Kitchen", ((0.0, 0.0), (6.0, 0.0), (6.0, 6.0), (0.0, 6.0)), 2.5)
    points = StandingPlaces(make_episode([table, mug], rooms=(room,)).house).by("mug")
    assert len(points)
    assert (table.box.point_distance(np.c_[points, np.full(len(points), 0.5)]) > 0).all()


def test_no_place_is_far_from_one_that_is_looked_at() -> None:
    sofa = make_object("sofa", 3, 3, yaw=25, size=(2.3, 0.9, 0.8))
    room = Room("room|1", "LivingRoom", ((0.0, 0.0), (6.0, 0.0), (6.0, 6.0), (0.0, 6.0)), 2.5)
    looked_at = shapely.MultiPoint(StandingPlaces(make_episode([sofa], rooms=(room,)).house).by("sofa"))
    outline = shapely.Polygon(sofa.box.footprint())
    x, y = np.meshgrid(np.arange(0, 6, 0.03), np.arange(0, 6, 0.03))
    points = np.asarray(shapely.points(x, y))
    by = (shapely.distance(points, outline) >= DISTANCES[0]) & (shapely.distance(points, outline) <= DISTANCES[-1])
    assert by.sum() > 1000
    assert shapely.distance(points[by], looked_at).max() <= SPACING / np.sqrt(2)
