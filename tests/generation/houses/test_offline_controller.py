"""The controller answers what procthor asks, in AI2-THOR's form."""

from typing import Any

import numpy as np
import pytest

from simsv_generation.houses.offline_controller import OfflineController, OfflineEvent
from tests.generation.houses.specs import ASSETS, house_spec, thing, vector


@pytest.fixture
def controller() -> OfflineController:
    return OfflineController(ASSETS)


def ids(event: OfflineEvent) -> list[str]:
    return [record["objectId"] for record in event.metadata["objects"]]


def record(event: OfflineEvent, object_id: str) -> dict[str, Any]:
    return next(found for found in event.metadata["objects"] if found["objectId"] == object_id)


def test_a_house_is_reported_object_by_object(controller: OfflineController) -> None:
    event = controller.step(action="CreateHouse", house=house_spec(), renderImage=False)
    assert event
    assert ids(event) == ["2|0", "small|2|0", "3|0"]
    bed = record(event, "3|0")
    assert (bed["objectType"], bed["rotation"]) == ("Bed", vector(0, 180, 0))
    assert bed["axisAlignedBoundingBox"]["center"] == vector(7.0, 0.5, 1.2)


def test_a_filter_hides_objects_until_it_is_reset(controller: OfflineController) -> None:
    controller.step(action="CreateHouse", house=house_spec())
    assert ids(controller.step(action="SetObjectFilter", objectIds=["3|0", "unknown"])) == ["3|0"]
    assert len(ids(controller.step(action="ResetObjectFilter"))) == 3
    assert ids(controller.step(action="DisableObject", objectId="small|2|0")) == ["2|0", "3|0"]
    assert ids(controller.reset(renderImage=False)) == []


def test_an_event_keeps_what_was_true_when_it_happened(controller: OfflineController) -> None:
    before = controller.step(action="CreateHouse", house=house_spec())
    controller.step(action="DisableObject", objectId="3|0")
    assert len(ids(before)) == 3


def test_a_thing_is_put_on_the_receptacle_that_procthor_means(controller: OfflineController) -> None:
    spec = house_spec()
    spec["objects"].append(thing("2|01", "table", 3.2, 0.375, 2.5, kinematic=True))
    controller.step(action="CreateHouse", house=spec)
    for seed in range(5):
        controller.step(action="SpawnAsset", assetId="apple", generatedId=f"new|{seed}", position=vector(0, -20, 0))
        event = controller.step(
            action="InitialRandomSpawn",
            randomSeed=seed,
            objectIds=[f"new|{seed}"],
            receptacleObjectIds=["2|01", "2|0"],
            forceVisible=False,
            allowFloor=False,
        )
        assert event
        center = record(event, f"new|{seed}")["axisAlignedBoundingBox"]["center"]
        assert center["y"] == pytest.approx(0.8)
        assert 0.6 < center["z"] < 1.4


def test_a_thing_that_fits_nowhere_stays_below_the_floor(controller: OfflineController) -> None:
    controller.step(action="CreateHouse", house=house_spec())
    controller.step(action="SpawnAsset", assetId="bed", generatedId="new", position=vector(0, -20, 0))
    event = controller.step(action="InitialRandomSpawn", randomSeed=0, objectIds=["new"], receptacleObjectIds=["2|0"])
    assert not event
    assert record(event, "new")["axisAlignedBoundingBox"]["center"]["y"] < 0


def test_geometry_is_closed_meshes_within_the_box(controller: OfflineController) -> None:
    controller.step(
        action="SpawnAsset", assetId="table", generatedId="t", position=vector(1, 0.375, 2), rotation=vector(0, 90, 0)
    )
    meshes = controller.step(action="GetInSceneAssetGeometry", objectId="t", triangles=True).metadata["actionReturn"]
    assert len(meshes) == 5
    corners = np.array([[v["x"], v["y"], v["z"]] for mesh in meshes for v in mesh["vertices"]])
    assert corners.min(0) == pytest.approx((0.6, 0.0, 1.2), abs=1e-4)
    assert corners.max(0) == pytest.approx((1.4, 0.75, 2.8), abs=1e-4)
    for mesh in meshes:
        faces = np.array(mesh["triangles"]).reshape(-1, 3)
        edges = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
        _, counts = np.unique(edges, axis=0, return_counts=True)
        assert (counts == 2).all()


def test_what_stands_tilted_lies_down_and_then_rests(controller: OfflineController) -> None:
    spec = house_spec()
    bat = thing("2|9", "bat", 1, 3.0, 2.2)
    bat["rotation"] = vector(4, 30, 0)
    spec["objects"].append(bat)
    standing = record(controller.step(action="CreateHouse", house=spec), "2|9")
    lying = record(controller.step(action="AdvancePhysicsStep", timeStep=0.01), "2|9")
    resting = record(controller.step(action="AdvancePhysicsStep", timeStep=0.01), "2|9")
    assert standing["rotation"]["x"] == 4
    assert lying["rotation"]["x"] == 90
    assert lying["position"]["y"] == pytest.approx(0.04, abs=1e-3)
    assert resting == lying


def reachable(controller: OfflineController, spec: dict[str, Any], x: float, z: float) -> list[dict[str, float]] | None:
    controller.step(action="CreateHouse", house=spec)
    start = {"position": vector(x, 0.95, z), "rotation": vector(0, 90, 0), "standing": True, "horizon": 30}
    if not controller.step(action="TeleportFull", **start):
        return None
    found = controller.step(action="GetReachablePositions").metadata["actionReturn"]
    assert {place["y"] for place in found} == {0.95}
    return list(found)


def test_an_open_door_leads_to_the_other_room(controller: OfflineController) -> None:
    places = reachable(controller, house_spec(), 1, 2.25)
    assert places is not None
    assert vector(1, 0.95, 2.25) in places
    assert any(place["x"] > 4.2 for place in places)
    assert all(((place["x"] - 1) / 0.25).is_integer() and (place["z"] / 0.25).is_integer() for place in places)


def test_a_closed_door_does_not(controller: OfflineController) -> None:
    spec = house_spec()
    spec["doors"][0]["openness"] = 0
    places = reachable(controller, spec, 1, 2.25)
    assert places
    assert max(place["x"] for place in places) <= 3.8


@pytest.mark.parametrize(("x", "z"), [(2, 1), (0.1, 2), (9, 9), (4, 0.2)])
def test_one_cannot_start_in_a_table_a_wall_or_outdoors(controller: OfflineController, x: float, z: float) -> None:
    assert reachable(controller, house_spec(), x, z) is None


def test_no_other_action_is_answered(controller: OfflineController) -> None:
    with pytest.raises(NotImplementedError, match="'MoveAhead'"):
        controller.step(action="MoveAhead")
