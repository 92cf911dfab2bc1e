"""Every answer of a rendered release, found again from its rows alone by other means than the generators'."""

import itertools
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import lsq_linear
from scipy.spatial.transform import Rotation

from simsv_dataset.manifest import read_manifest
from simsv_dataset.release import read_split

Row = dict[str, Any]


def rows(release: Path, config: str) -> Iterator[Row]:
    for split in read_manifest(release).configs.get(config, {}):
        for table in read_split(release, config, split):
            yield from table.to_pylist()


@pytest.fixture(scope="module")
def episodes(release: Path) -> dict[str, Row]:
    return {row["episode_id"]: row for row in rows(release, "episodes")}


def objects_of(question: Row, episodes: dict[str, Row]) -> list[Row]:
    things = {thing["id"]: thing for thing in episodes[question["episode_id"]]["objects"]}
    return [things[referent] for referent in question["referents"]]


def axes(thing: Row) -> np.ndarray:
    w, x, y, z = thing["rotation"]
    return Rotation.from_quat([x, y, z, w]).as_matrix()


def test_distances_by_least_squares(release: Path, episodes: dict[str, Row]) -> None:
    count = 0
    for question in rows(release, "object_abs_distance"):
        a, b = objects_of(question, episodes)
        reach = np.array([*a["size"], *b["size"]]) / 2 + 1e-9
        offset = np.array(b["center"]) - np.array(a["center"])
        best = lsq_linear(np.hstack([axes(a), -axes(b)]), offset, bounds=(-reach, reach), tol=1e-14)
        distance = math.sqrt(2 * best.cost)
        assert question["answer"] == f"{distance:.1f}", question["id"]
        assert question["question"].count(f"the {a['category']}") >= 1
        assert question["question"].count(f"the {b['category']}") >= 1
        count += 1
    assert count >= 10


@pytest.mark.parametrize("level", ["easy", "medium", "hard"])
def test_directions_by_compass(release: Path, episodes: dict[str, Row], level: str) -> None:
    count = 0
    for question in rows(release, f"object_rel_direction_{level}"):
        stand, face, query = (thing["center"] for thing in objects_of(question, episodes))
        ahead = math.degrees(math.atan2(face[1] - stand[1], face[0] - stand[0]))
        there = math.degrees(math.atan2(query[1] - stand[1], query[0] - stand[0]))
        left = math.remainder(there - ahead, 360.0)
        side = "left" if left > 0 else "right"
        expected = {
            "easy": side,
            "medium": "back" if abs(left) > 135 else side,
            "hard": f"{'front' if abs(left) < 90 else 'back'}-{side}",
        }
        assert question["answer"] == expected[level], question["id"]
        count += 1
    assert count >= 5


def is_clear(thing: Row, pixels: int) -> bool:
    """Whether a frame shows a thing well enough to name it."""
    return bool(thing["num_pixels"] >= (0.05 if thing["is_truncated"] else 0.01) * pixels)


def test_orders_by_counted_pixels(release: Path, episodes: dict[str, Row]) -> None:
    count = 0
    for question in rows(release, "obj_appearance_order"):
        episode = episodes[question["episode_id"]]
        category = {thing["id"]: thing["category"] for thing in episode["objects"]}
        pixels = episode["width"] * episode["height"]
        first_clear: dict[str, int] = {}
        for frame, shown in enumerate(episode["visible"]):
            for thing in shown:
                if thing["id"] in category and is_clear(thing, pixels):
                    first_clear.setdefault(category[thing["id"]], frame)
        named = question["answer"].split(", ")
        frames = [first_clear[name] for name in named]
        assert frames == sorted(frames), question["id"]
        assert all(b - a >= 5 for a, b in itertools.pairwise(frames)), question["id"]
        assert sorted(named) == sorted(thing["category"] for thing in objects_of(question, episodes))
        count += 1
    assert count >= 10


def test_sizes_by_corners(release: Path, episodes: dict[str, Row]) -> None:
    count = 0
    for config, pick in (("object_size_estimation", max), ("object_short_size_estimation", min)):
        for question in rows(release, config):
            (thing,) = objects_of(question, episodes)
            corners = np.array(list(itertools.product((-0.5, 0.5), repeat=3))) * thing["size"] @ axes(thing).T
            extents = np.ptp(corners @ axes(thing), axis=0) * 100
            assert abs(question["value"] - pick(extents)) < 0.5, question["id"]
            count += 1
    assert count >= 10


def test_counts_by_pixels(release: Path, episodes: dict[str, Row]) -> None:
    for question in rows(release, "object_counting"):
        episode = episodes[question["episode_id"]]
        clear = {
            thing["id"]
            for shown in episode["visible"]
            for thing in shown
            if is_clear(thing, episode["width"] * episode["height"])
        }
        named = [thing["id"] for thing in episode["objects"] if thing["category"] == question["subject"]]
        assert set(named) <= clear, question["id"]
        assert question["answer"] == str(len(named))
        assert f"{question['subject']}(s)" in question["question"]


def test_room_sizes_by_triangles(release: Path, episodes: dict[str, Row]) -> None:
    count = 0
    for question in rows(release, "room_size_estimation"):
        episode = episodes[question["episode_id"]]
        entered = {step["room_id"] for step in episode["steps"]}
        area = 0.0
        for room in episode["rooms"]:
            if room["id"] == question["subject"] or (not question["subject"] and room["id"] in entered):
                x, y = np.array(room["polygon"]).T
                area += abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2
        assert question["answer"] == f"{area:.1f}", question["id"]
        count += 1
    assert count >= 1


def test_rooms_entered_by_polygons(release: Path, episodes: dict[str, Row]) -> None:
    count = 0
    for question in rows(release, "room_count"):
        episode = episodes[question["episode_id"]]
        outlines = {room["id"]: np.array(room["polygon"]) for room in episode["rooms"]}
        places = np.array([step["position"][:2] for step in episode["steps"]])
        entered = [name for name, outline in outlines.items() if encloses(outline, places).any()]
        assert question["answer"] == str(len(entered)), question["id"]
        passages = [opening for opening in episode["openings"] if opening["kind"] == "passage"]
        assert all(set(opening["room_ids"]).isdisjoint(entered) for opening in passages)
        count += 1
    assert count >= 1


def encloses(outline: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Which points an outline goes round."""
    start = np.unwrap([np.arctan2(*(corner - points).T[::-1]) for corner in [*outline, outline[0]]], axis=0)
    return np.abs(start[-1] - start[0]) > math.pi


def test_existence_by_pixels(release: Path, episodes: dict[str, Row]) -> None:
    answers: dict[str, list[str]] = {}
    for question in rows(release, "object_existence"):
        episode = episodes[question["episode_id"]]
        named = {thing["id"] for thing in episode["objects"] if thing["category"] == question["subject"]}
        pixels = episode["width"] * episode["height"]
        clear = [thing["id"] for shown in episode["visible"] for thing in shown if is_clear(thing, pixels)]
        often = max((clear.count(name) for name in named), default=0)
        assert (question["answer"] == "yes") == (often >= 5), question["id"]
        assert question["answer"] == "yes" or not named, question["id"]
        assert question["subject"] in question["question"]
        answers.setdefault(question["episode_id"], []).append(question["answer"])
    assert all(found.count("yes") == found.count("no") for found in answers.values())
    assert answers


def test_closest_things_by_least_squares(release: Path, episodes: dict[str, Row]) -> None:
    for question in rows(release, "object_rel_distance"):
        target, *others = objects_of(question, episodes)
        distances = {}
        for other in others:
            reach = np.array([*target["size"], *other["size"]]) / 2 + 1e-9
            offset = np.array(other["center"]) - np.array(target["center"])
            best = lsq_linear(np.hstack([axes(target), -axes(other)]), offset, bounds=(-reach, reach), tol=1e-14)
            distances[other["category"]] = math.sqrt(2 * best.cost)
        first, second = sorted(distances.values())[:2]
        assert question["answer"] == min(distances, key=lambda name: distances[name]), question["id"]
        assert second - first >= 0.29
        assert sorted(question["options"]) == sorted(distances)


def place_and_heading(step: Row) -> tuple[np.ndarray, float]:
    """Of the camera, from the published matrix."""
    matrix = np.array(step["world_from_camera"]).reshape(4, 4)
    return matrix[:3, 3], math.degrees(math.atan2(matrix[1, 2], matrix[0, 2]))


def test_camera_motion_by_matrices(release: Path, episodes: dict[str, Row]) -> None:
    count = 0
    for config in ("camera_displacement", "camera_turn", "camera_object_distance", "camera_object_approach"):
        for question in rows(release, config):
            steps = episodes[question["episode_id"]]["steps"]
            places = [place_and_heading(steps[moment]) for moment in question["moments"]]
            for moment in question["moments"]:
                assert f"{steps[moment]['time']:.1f} s" in question["question"]
            if config == "camera_displacement":
                expected = f"{math.dist(places[0][0], places[1][0]):.1f}"
            elif config == "camera_turn":
                expected = "left" if math.remainder(places[1][1] - places[0][1], 360.0) > 0 else "right"
            else:
                (thing,) = objects_of(question, episodes)
                half = np.array(thing["size"]) / 2
                local = [(place - thing["center"]) @ axes(thing) for place, _ in places]
                gaps = [math.dist(point, np.clip(point, -half, half)) for point in local]
                expected = f"{gaps[0]:.1f}" if len(gaps) == 1 else ("closer" if gaps[1] < gaps[0] else "farther")
            assert question["answer"] == expected, question["id"]
            count += 1
    assert count >= 40


def test_no_question_names_a_thing_that_has_a_visible_namesake(release: Path, episodes: dict[str, Row]) -> None:
    for config in ("object_abs_distance", *(f"object_rel_direction_{level}" for level in ("easy", "medium", "hard"))):
        for question in rows(release, config):
            episode = episodes[question["episode_id"]]
            category = {thing["id"]: thing["category"] for thing in episode["objects"]}
            seen = {
                thing["id"]
                for shown in episode["visible"]
                for thing in shown
                if thing["num_pixels"] >= 0.001 * episode["width"] * episode["height"]
            }
            for referent in question["referents"]:
                namesakes = [other for other in seen if category.get(other) == category[referent]]
                assert namesakes == [referent], question["id"]
