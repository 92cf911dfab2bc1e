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
    for split in read_manifest(release).configs[config]:
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
    assert count >= 10


def test_orders_by_counted_pixels(release: Path, episodes: dict[str, Row]) -> None:
    count = 0
    for question in rows(release, "obj_appearance_order"):
        episode = episodes[question["episode_id"]]
        category = {thing["id"]: thing["category"] for thing in episode["objects"]}
        pixels = episode["width"] * episode["height"]
        first_clear: dict[str, int] = {}
        for frame, shown in enumerate(episode["visible"]):
            for thing in shown:
                if thing["id"] in category and thing["num_pixels"] >= 0.01 * pixels:
                    first_clear.setdefault(category[thing["id"]], frame)
        named = question["answer"].split(", ")
        frames = [first_clear[name] for name in named]
        assert frames == sorted(frames), question["id"]
        assert all(b - a >= 5 for a, b in itertools.pairwise(frames)), question["id"]
        assert sorted(named) == sorted(thing["category"] for thing in objects_of(question, episodes))
        count += 1
    assert count >= 10


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
