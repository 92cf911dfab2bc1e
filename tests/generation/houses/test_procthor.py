"""Houses from the real generator."""

import importlib.resources
import json
import os
import random  # noqa: TID251 - its global state is what is tested
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import shapely

from simsv_generation.houses import HouseRefused, open_house_source, procthor
from simsv_generation.houses.asset_database import procthor_assets
from simsv_generation.houses.procthor_patches import ProcThor, load_procthor
from simsv_generation.scene import House, Split
from tests.generation.houses.specs import ASSETS, old_house_spec

SPLITS: tuple[Split, ...] = ("train", "validation", "test")


def usable(split: Split, count: int) -> list[House]:
    """The first houses that are not refused."""
    source = open_house_source("procthor")
    houses: list[House] = []
    for ordinal in range(10 * count):
        try:
            houses.append(source.house(0, split, ordinal))
        except HouseRefused:
            continue
        if len(houses) == count:
            return houses
    raise AssertionError(f"fewer than {count} of {10 * count} houses of {split} are usable")


@pytest.fixture(scope="module")
def houses() -> list[House]:
    return [house for split in SPLITS for house in usable(split, 2)]


def test_every_split_gives_furnished_houses(houses: list[House]) -> None:
    for house, split in zip(houses, [split for split in SPLITS for _ in range(2)], strict=True):
        assert (house.source, house.split) == ("procthor", split)
        assert house.house_id.startswith(f"procthor-{split}-00000")
        assert len(house.objects) > 5
        assert {room.room_type for room in house.rooms} <= {"Kitchen", "LivingRoom", "Bedroom", "Bathroom"}


def test_every_split_has_models_of_its_own(houses: list[House]) -> None:
    database = importlib.resources.files("procthor") / "databases" / "asset-database.json"
    split_of = {a["assetId"]: a["split"] for models in json.loads(database.read_text()).values() for a in models}
    names = {"train": "train", "validation": "val", "test": "test"}
    for house in houses:
        assert {split_of[asset_id] for asset_id in house.assets} <= {names[house.split], None}


def test_everything_is_in_its_room(houses: list[House]) -> None:
    for house in houses:
        rooms = {room.room_id: room for room in house.rooms}
        for thing in house.objects:
            room = rooms[thing.room_id]
            footprint = shapely.Polygon(thing.box.footprint())
            assert footprint.difference(room.polygon.buffer(0.02)).area < 1e-3, thing
            low, high = thing.box.extent()
            assert -0.02 < low[2] < high[2] < room.ceiling_height + 0.02, thing


def test_boxes_are_the_models_of_the_database(houses: list[House]) -> None:
    for house in houses:
        for thing in house.objects:
            assert thing.box.size == tuple(round(v, 4) for v in procthor_assets()[thing.asset_id].size)
            assert house.assets[thing.asset_id] == procthor_assets()[thing.asset_id]


def test_parents_are_objects_below(houses: list[House]) -> None:
    for house in houses:
        boxes = {thing.object_id: thing.box for thing in house.objects}
        for thing in house.objects:
            if thing.parent_id:
                assert boxes[thing.parent_id].extent()[0][2] <= thing.box.extent()[0][2] + 0.02


def test_openings_lie_on_the_walls_of_the_rooms_they_join(houses: list[House]) -> None:
    for house in houses:
        outlines = {room.room_id: room.polygon.exterior for room in house.rooms}
        for opening in house.openings:
            segment = shapely.LineString(opening.segment)
            assert segment.length > 0.3
            for room_id in opening.room_ids:
                assert segment.difference(outlines[room_id].buffer(2e-3)).length < 1e-6
            if opening.kind != "window":
                assert opening.is_open == (len(opening.room_ids) == 2)


def test_every_room_can_be_reached_through_open_doors(houses: list[House]) -> None:
    for house in houses:
        reached = {house.rooms[0].room_id}
        for _ in house.rooms:
            for opening in house.openings:
                if opening.is_open and reached & set(opening.room_ids):
                    reached |= set(opening.room_ids)
        assert reached == {room.room_id for room in house.rooms}


def test_the_json_is_of_schema_1_without_warnings(houses: list[House]) -> None:
    for house in houses:
        assert house.spec["metadata"]["schema"] == "1.0.0"
        assert house.spec["metadata"]["warnings"] == {}
        assert House.from_json(house.to_json()) == house


def test_seeds_and_ordinals_give_different_houses() -> None:
    source = open_house_source("procthor")

    def outcome(seed: int, ordinal: int) -> str:
        try:
            return str(source.house(seed, "train", ordinal).spec)
        except HouseRefused as refused:
            return f"{refused} {seed} {ordinal}"

    assert len({outcome(0, 0), outcome(0, 1), outcome(1, 0)}) == 3


SCRIPT = """
import hashlib, sys
from simsv_generation.houses import HouseRefused, open_house_source
source = open_house_source("procthor")
for item in sys.argv[1:]:
    split, ordinal = item.split(":")
    try:
        text = source.house(3, split, int(ordinal)).to_json()
    except HouseRefused as refused:
        text = str(refused)
    print(item, hashlib.sha256(text.encode()).hexdigest())
"""


def digests(items: list[str], hash_seed: str) -> dict[str, str]:
    """The hash of each house, made in this order by a new process."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *items],
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(line.split() for line in done.stdout.splitlines())


@pytest.mark.slow
def test_bytes_depend_on_nothing_but_seed_split_and_ordinal() -> None:
    items = [f"{split}:{ordinal}" for ordinal in (0, 1, 2) for split in SPLITS]
    first = digests(items, "0")
    assert len(set(first.values())) == len(items)
    assert digests(items[::-1], "1") == first


def test_the_callers_random_state_is_kept() -> None:
    source = open_house_source("procthor")
    before = random.getstate(), np.random.get_state(legacy=False)  # noqa: NPY002
    try:
        source.house(0, "test", 0)
    except HouseRefused:
        pass
    after = random.getstate(), np.random.get_state(legacy=False)  # noqa: NPY002
    assert str(after) == str(before)


def refusal(
    monkeypatch: pytest.MonkeyPatch, outcome: Exception | dict[str, Any], warnings: Mapping[str, str]
) -> HouseRefused:
    """How a house is refused when the package ends with this exception, or with this JSON and these warnings."""

    def sample() -> tuple[Any, None]:
        if isinstance(outcome, Exception):
            raise outcome
        return type("House", (), {"data": outcome, "validate": lambda self, controller: warnings})(), None

    generator = type("Generator", (), {"sample": staticmethod(sample)})
    fake = ProcThor(lambda **_: generator(), None, lambda **_: None)
    monkeypatch.setattr(procthor, "load_procthor", lambda: fake)
    monkeypatch.setattr(procthor, "procthor_assets", lambda: ASSETS)
    with pytest.raises(HouseRefused) as caught:
        procthor.ProcThorHouses().house(0, "train", 0)
    return caught.value


@pytest.mark.parametrize(
    ("warnings", "reason"),
    [
        ({"Unreachable point: {'x': 1}": "Unreachable point."}, "procthor_unreachable_point"),
        ({"RoomsNotNavigable": "Rooms [4] / 5 are not navigable."}, "procthor_rooms_not_navigable"),
        ({"TeleportFull": "Unable to teleport.", "Unreachable point: 1": "x"}, "procthor_teleport_full"),
        ({"GetReachablePositions": "Failed."}, "procthor_get_reachable_positions"),
    ],
)
def test_a_warning_of_procthor_refuses_the_house(
    monkeypatch: pytest.MonkeyPatch, warnings: dict[str, str], reason: str
) -> None:
    refused = refusal(monkeypatch, old_house_spec(), warnings)
    assert refused.reason == reason
    assert all(message in refused.detail for message in warnings.values())


def test_when_procthor_gives_up_the_house_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for error in (Exception("no floor plan"), AssertionError("no floor plan")):
        refused = refusal(monkeypatch, error, {})
        assert (refused.reason, refused.detail) == ("procthor_failed", "no floor plan")


def test_an_impossible_house_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = old_house_spec()
    bad["objects"][1]["position"]["x"] = float("nan")
    refused = refusal(monkeypatch, bad, {})
    assert refused.reason == "malformed_house"
    assert refused.detail.startswith("$.objects[1].position.x: must be finite")


def test_a_defect_is_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KeyError, match="room"):
        refusal(monkeypatch, KeyError("room"), {})


def test_the_package_is_loaded_once() -> None:
    assert load_procthor() is load_procthor()


def test_an_unknown_source_is_named() -> None:
    with pytest.raises(ValueError, match="unknown house source 'nowhere'; choose from procthor"):
        open_house_source("nowhere")
