import json
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simsv_dataset.schema import EPISODE_SCHEMA, to_table
from simsv_generation.camera import Camera, Pose
from simsv_generation.episode import Episode, Sensor, StandIn, Visibility
from simsv_generation.geometry import OrientedBox
from simsv_generation.look import Look
from simsv_generation.rows import episode_from_row, episode_row, house_map
from simsv_generation.scene import Asset, House, Opening, Room, SceneObject
from tests.episodes import make_episode, make_object

VIDEO = "/a/simsv/videos/train/000/größe.mp4"


def assert_equal(a: Episode, b: Episode) -> None:
    """All records are equal, and all arrays in content, shape and dtype."""
    assert replace(a, visibility=b.visibility) == b
    for field in fields(Visibility):
        left, right = getattr(a.visibility, field.name), getattr(b.visibility, field.name)
        assert left.dtype == right.dtype, field.name
        assert left.shape == right.shape, field.name
        assert np.array_equal(left, right), field.name


def stored(episode: Episode) -> dict[str, Any]:
    """The row after a journey through Arrow."""
    row: dict[str, Any] = to_table([episode_row(episode, VIDEO)], EPISODE_SCHEMA).to_pylist()[0]
    return row


def make_rich_episode() -> Episode:
    """Everything a record can have: openings, a parent, an asset, a stand-in, any quaternion, no ASCII."""
    rooms = (
        Room("room|1", "Kitchen", ((0, 0), (4.0001, 0), (4, 2.5), (2, 2.5), (2, 4), (0, 4)), 2.6),
        Room("room|2", "Salle de séjour", ((4, 0), (8, 0), (8, 4), (4, 4)), 2.4),
    )
    openings = (
        Opening("door|1|2", "door", ("room|1", "room|2"), ((4, 1), (4, 1.9)), 0.0, 2.1, True, "Doorway_4"),
        Opening("window|2", "window", ("room|2",), ((8, 1), (8, 2)), 0.9, 2.1, False),
    )
    table = make_object("table", 1.234567, 1, yaw=33.3)
    cup = SceneObject(
        "cup|ü",
        "Tässchen",
        OrientedBox((1.2, 1, 0.85), (0.1, 0.08, 0.1), (0.9, 0.1, 0.2, 0.37)),
        "room|1",
        "table",
        "Cup_1",
    )
    episode = make_episode([table, cup], {"table": {0: 0.05, 3: 0.2}, "cup|ü": {3: 0.001}}, rooms=rooms, num_frames=5)
    house = House(
        "test-train-000000",
        "test",
        "train",
        rooms,
        openings,
        (table, cup),
        assets={"Cup_1": Asset("Cup", (0.1, 0.08, 0.1), ("Glass",)), "Doorway_4": Asset("Door", (1, 0.1, 2))},
        spec={"metadata": {"schema": "1.0.0"}, "objects": [{"id": "é", "none": None, "tall": 1e-17}]},
    )
    surfaces = house.instances()
    visibility = Visibility(
        frame_index=np.array([0, 0, 3], np.int32),
        instance=np.array([1, len(surfaces) - 1, 2], np.int32),
        num_pixels=np.array([12, 5000, 1], np.int32),
        bbox=np.array([[0, 1, 2, 3], [0, 0, 100, 100], [7, 8, 9, 10]], np.int32),
        nearest_depth=np.array([0.1, 0.3, 12.3456]),
        is_truncated=np.array([True, True, False]),
    )
    steps = tuple(
        replace(
            step, time=step.index / 3, pose=Pose((0.1 + step.index, 1, 1.5), 179.999 * step.index, -27.5), room_id=""
        )
        for step in episode.trajectory.steps
    )
    return replace(
        episode,
        house=house,
        visibility=visibility,
        trajectory=replace(episode.trajectory, walk_index=3, steps=steps),
        look=Look(-179.9999, 12.34567, 1 / 3, ("room|2",), -0.29999, 2**31 - 1),
        sensor=Sensor(2.71828, 1 / 7),
        stand_ins=(StandIn("cup|ü", "Cup_1", "no triangles in „Tässchen“"),),
        attributions=("Bett by Größe, CC0 1.0, from nowhere", "Table, round by eTeks, CC BY 3.0, from a catalogue"),
    )


@pytest.mark.parametrize(
    "episode",
    [
        make_rich_episode(),
        make_episode([make_object("chair", 1, 1)], {"chair": {}}, num_frames=1),
        make_episode([], num_frames=2),
        replace(make_episode([]), trajectory=replace(make_episode([]).trajectory, steps=()), frame_hashes=()),
    ],
    ids=["rich", "one frame", "empty house", "no frames"],
)
def test_an_episode_comes_back_exactly(episode: Episode) -> None:
    assert_equal(episode_from_row(episode_row(episode, VIDEO)), episode)
    assert_equal(episode_from_row(stored(episode)), episode)
    assert stored(episode) == episode_row(episode, VIDEO)
    assert episode_row(episode_from_row(stored(episode)), VIDEO) == episode_row(episode, VIDEO)


@given(
    st.tuples(*[st.floats(-50, 50)] * 3), st.floats(-400, 400), st.floats(-89, 89), st.floats(30, 120),
    st.tuples(*[st.floats(-1, 1)] * 4).filter(lambda q: sum(v * v for v in q) > 0.01),
)  # fmt: skip
def test_any_pose_and_box_comes_back_exactly(
    position: tuple[float, float, float], yaw: float, pitch: float, fov: float, rotation: tuple[float, ...]
) -> None:
    box = OrientedBox(position, (0.3, 0.4, 0.5), rotation)  # type: ignore[arg-type]
    episode = make_episode([SceneObject("thing", "thing", box, "room|1")], {"thing": {}}, num_frames=1)
    step = replace(episode.trajectory.steps[0], pose=Pose(position, yaw, pitch))
    episode = replace(episode, camera=Camera(64, 48, fov), trajectory=replace(episode.trajectory, steps=(step,)))
    assert_equal(episode_from_row(stored(episode)), episode)


def test_published_matrices_project_as_the_camera_does() -> None:
    episode = make_rich_episode()
    row = stored(episode)
    for step, published in zip(episode.trajectory.steps, row["steps"], strict=True):
        world_from_camera, intrinsics = np.array(published["world_from_camera"]), np.array(row["intrinsics"])
        point = np.array([2.0, 1.5, 0.7])
        x, y, z = (np.linalg.inv(world_from_camera) @ [*point, 1.0])[:3]
        expected, depth = episode.camera.project(point, step.pose)
        assert z == pytest.approx(float(depth), abs=1e-5)
        assert (intrinsics @ [x / z, y / z, 1.0])[:2] == pytest.approx(expected, abs=1e-2)


def test_columns_for_people_say_what_the_records_say() -> None:
    row = stored(make_rich_episode())
    kitchen, living = row["rooms"]
    assert (kitchen["id"], kitchen["type"], kitchen["ceiling_height"]) == ("room|1", "Kitchen", 2.6)
    assert living["area"] == 16.0
    assert row["objects"][1]["parent_id"] == "table"
    assert row["openings"][0] == {
        "id": "door|1|2", "kind": "door", "room_ids": ["room|1", "room|2"], "segment": [[4.0, 1.0], [4.0, 1.9]],
        "bottom": 0.0, "top": 2.1, "is_open": True, "asset_id": "Doorway_4",
    }  # fmt: skip
    assert row["look"] == {
        "sun_azimuth": 180.0, "sun_elevation": 12.346, "cloudiness": 0.333, "lit_rooms": ["room|2"],
        "exposure": -0.3, "material_seed": 2147483647,
    }  # fmt: skip
    assert row["sensor"] == {"noise": 2.718, "shutter": 0.143}
    assert row["stand_ins"] == [{"object_id": "cup|ü", "asset_id": "Cup_1", "reason": "no triangles in „Tässchen“"}]
    assert row["attributions"][0] == "Bett by Größe, CC0 1.0, from nowhere"
    assert [[thing["id"] for thing in frame] for frame in row["visible"]] == [
        ["table", "room|2|ceiling"], [], [], ["cup|ü"], [],
    ]  # fmt: skip
    assert json.loads(row["house_json"])["spec"]["objects"][0]["id"] == "é"


@pytest.mark.parametrize(
    ("x", "y", "column", "row"),
    [
        (0.0, 0.0, 0, 0),
        (0.79, 0.59, 0, 0),
        (0.8, 0.6, 1, 1),  # On a line: the cell in the north-east.
        (7.99, 5.99, 9, 9),
        (8.0, 6.0, 9, 9),  # On the far border.
        (-0.3, 6.4, 0, 9),  # Outside.
        (4.0, 1.3, 5, 2),
    ],
)
def test_the_map_puts_a_box_centre_into_its_cell(x: float, y: float, column: int, row: int) -> None:
    house = make_episode([make_object("chair", x, y)]).house
    assert house_map(house) == {
        "bounds": [0.0, 0.0, 8.0, 6.0],
        "objects": [{"id": "chair", "column": column, "row": row}],
    }


def test_the_map_is_of_all_rooms() -> None:
    rooms = [Room(f"room|{k}", "Bedroom", ((x, 1), (x + 4, 1), (x + 4, 5), (x, 5)), 2.5) for k, x in ((1, -4), (2, 2))]
    house = make_episode([make_object("bed", 1, 3)], rooms=rooms).house
    assert house_map(house) == {"bounds": [-4, 1, 6, 5], "objects": [{"id": "bed", "column": 5, "row": 5}]}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"house_json": "{}"}, "house_id"),
        ({"house_json": "no JSON"}, "house_json"),
        ({"width": 33}, "even"),
        ({"steps": None}, "NoneType"),
        ({"simulator": {"name": "x"}}, "version"),
        ({"look": {"sun_azimuth": 1.0}}, "lit_rooms"),
        ({"look": None}, "NoneType"),
        ({"sensor": {"noise": -1.0, "shutter": 0.0}}, "noise"),
        ({"stand_ins": [{"object_id": "cup"}]}, "asset_id"),
        ({"attributions": None}, "NoneType"),
        ({"visible": [[{"id": "ghost"}]]}, "ghost"),
        ({"steps": [{"time": 0.0}]}, "position"),
    ],
)
def test_a_row_that_is_no_episode_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        episode_from_row({**stored(make_rich_episode()), **changes})


def test_a_missing_column_is_named() -> None:
    row = stored(make_rich_episode())
    del row["fps"]
    with pytest.raises(ValueError, match="fps"):
        episode_from_row(row)
