"""AI2-THOR's controller as ProcTHOR uses it, answered from boxes: no Unity, no meshes.

Only the actions of `HouseGenerator.sample` and `House.validate` are there, and of their answers only what those read.
Positions and angles of the interface are Unity's; sizes, parts and the navigation grid are in the world frame.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.ndimage
import shapely

from simsv_generation import seeding
from simsv_generation.geometry import Vec3
from simsv_generation.houses.house_schema import objects, upgraded
from simsv_generation.houses.house_spec import house_from_spec
from simsv_generation.houses.json_reader import JsonNode
from simsv_generation.houses.placing import Placed, lay_down, place, put_on
from simsv_generation.houses.settle import Thing, settled
from simsv_generation.houses.shapes import parts
from simsv_generation.houses.unity import swap_axes
from simsv_generation.navigation import Agent, clearance
from simsv_generation.scene import Asset, House

_GRID_SIZE = 0.25
"""AI2-THOR's distance between reachable positions, metres (`procthor/generation/agent.py`)."""

_FACES = [0, 1, 3, 0, 3, 2, 4, 7, 5, 4, 6, 7, 0, 5, 1, 0, 4, 5, 2, 3, 7, 2, 7, 6, 0, 2, 6, 0, 6, 4, 1, 7, 3, 1, 5, 7]
"""Triangles of a box as triples of its corners; bit k of a corner's index picks the high side of axis k."""


@dataclass(frozen=True, slots=True)
class OfflineEvent:
    """What an action led to: the slice of `ai2thor.server.Event` that procthor reads."""

    succeeded: bool
    scene: Sequence[tuple[str, Placed]]
    """The objects that are reported, by id."""
    returned: Any = None

    def __bool__(self) -> bool:
        return self.succeeded

    @property
    def metadata(self) -> dict[str, Any]:
        """In AI2-THOR's form, the fields that procthor reads."""
        return {"objects": [_described(*item) for item in self.scene], "actionReturn": self.returned}


class OfflineController:
    """The scene of one house at a time; owns nothing outside this object."""

    def __init__(self, assets: Mapping[str, Asset]) -> None:
        self._assets = assets
        self.reset()

    def reset(self, **_: Any) -> OfflineEvent:
        """An empty scene."""
        self._scene: dict[str, Placed] = {}
        self._shown: Sequence[str] | None = None
        self._toppling: list[str] = []
        self._spec: dict[str, Any] = {}
        self._reachable: list[dict[str, float]] = []
        return self._event()

    def step(self, action: str, **arguments: Any) -> OfflineEvent:
        """Do an action, with AI2-THOR's name and arguments.

        Raises:
            NotImplementedError: procthor does not ask for this action.
        """
        match action:
            case "SetRandomSeed" | "OpenObject":
                return self._event()  # Every draw brings a seed of its own; boxes keep their size when they open.
            case "ResetObjectFilter":
                self._shown = None
                return self._event()
            case "SetObjectFilter":
                self._shown = arguments["objectIds"]
                return self._event()
            case "CreateHouse":
                return self._create_house(arguments["house"])
            case "SpawnAsset":
                self._spawn(
                    arguments["generatedId"], arguments["assetId"], arguments["position"], arguments.get("rotation")
                )
                return self._event()
            case "DisableObject":
                del self._scene[arguments["objectId"]]
                return self._event()
            case "GetInSceneAssetGeometry":
                return self._event(returned=_meshes(self._scene[arguments["objectId"]].thing))
            case "InitialRandomSpawn":
                return self._put_on(arguments["objectIds"], arguments["receptacleObjectIds"], arguments["randomSeed"])
            case "AdvancePhysicsStep":
                return self._advance_physics()
            case "TeleportFull":
                return self._teleport(arguments["position"])
            case "GetReachablePositions":
                return self._event(returned=self._reachable)
        raise NotImplementedError(f"no offline answer to the action {action!r}")

    def _event(self, succeeded: bool = True, returned: Any = None) -> OfflineEvent:
        ids = self._scene if self._shown is None else [i for i in self._shown if i in self._scene]
        return OfflineEvent(succeeded, [(object_id, self._scene[object_id]) for object_id in ids], returned)

    def _create_house(self, spec: dict[str, Any]) -> OfflineEvent:
        self.reset()
        self._spec = spec
        for node, _ in objects(JsonNode(spec)):
            thing = node.value
            self._spawn(thing["id"], thing["assetId"], thing["position"], thing["rotation"], thing["kinematic"])
        resting = settled([placed.thing for placed in self._scene.values()])
        self._scene = {
            object_id: replace(placed, thing=thing)
            for (object_id, placed), thing in zip(self._scene.items(), resting, strict=True)
        }
        self._toppling = [
            object_id
            for object_id, placed in self._scene.items()
            if not placed.thing.is_fixed and (placed.angles[0] or placed.angles[2])
        ]
        return self._event()

    def _spawn(
        self,
        object_id: str,
        asset_id: str,
        position: dict[str, float],
        rotation: dict[str, float] | None,
        is_fixed: bool = False,
    ) -> None:
        angles = (0.0, 0.0, 0.0) if rotation is None else _vector(rotation)
        self._scene[object_id] = place(self._assets[asset_id], _vector(position), angles, is_fixed)

    def _put_on(self, object_ids: list[str], receptacle_ids: list[str], seed: int) -> OfflineEvent:
        (object_id,) = object_ids
        # procthor collects receptacles by id prefix, so "2|1" brings "2|10" along; the shortest is the one it means.
        receptacle_id = min(receptacle_ids, key=len)
        placed = put_on(
            self._scene[object_id].asset,
            self._scene[receptacle_id],
            self._others(object_id, receptacle_id),
            seeding.rng(seed, "InitialRandomSpawn"),
        )
        if placed is None:
            return self._event(succeeded=False)
        self._scene[object_id] = placed
        return self._event()

    def _advance_physics(self) -> OfflineEvent:
        """What stands tilted falls over and lies down; all else is at rest already."""
        floors = [
            shapely.Polygon([(corner["x"], corner["z"]) for corner in room["floorPolygon"]])
            for room in self._spec["rooms"]
        ]
        for object_id in self._toppling:
            self._scene[object_id] = lay_down(self._scene[object_id], self._others(object_id), floors)
        self._toppling = []
        return self._event()

    def _others(self, *excluded: str) -> list[Thing]:
        return [placed.thing for object_id, placed in self._scene.items() if object_id not in excluded]

    def _teleport(self, position: dict[str, float]) -> OfflineEvent:
        spec = upgraded(self._spec, self._assets)
        house = house_from_spec(spec, self._assets, house_id="house", source="procthor", split="train")
        self._reachable = _walkable(house, _vector(position))
        return self._event(succeeded=bool(self._reachable))


def _walkable(house: House, position: Vec3) -> list[dict[str, float]]:
    """The positions of AI2-THOR's grid around a position that an agent there can walk to, all in Unity's frame.

    Empty when it cannot stand there.
    """
    agent = Agent()
    start_x, start_y, _ = swap_axes(position)
    west, south, east, north = shapely.union_all([room.polygon for room in house.rooms]).bounds
    columns = np.arange(math.floor((west - start_x) / _GRID_SIZE), math.ceil((east - start_x) / _GRID_SIZE) + 1)
    rows = np.arange(math.floor((south - start_y) / _GRID_SIZE), math.ceil((north - start_y) / _GRID_SIZE) + 1)
    x, y = np.meshgrid(start_x + columns * _GRID_SIZE, start_y + rows * _GRID_SIZE, indexing="ij")
    regions, _ = scipy.ndimage.label(clearance(house, agent, x, y) >= agent.radius)
    region = regions[np.ix_(columns == 0, rows == 0)]
    if not region.any():
        return []
    places = np.stack([x, y], -1)[regions == region]
    return [{"x": place_x, "y": position[1], "z": place_y} for place_x, place_y in places.tolist()]


def _meshes(thing: Thing) -> list[dict[str, Any]]:
    """AI2-THOR's answer to GetInSceneAssetGeometry: a mesh for every part, in Unity's frame."""
    high_side = np.array([[corner >> axis & 1 for axis in range(3)] for corner in range(8)], dtype=bool)
    return [
        {
            "vertices": [
                {"x": x, "y": z, "z": y}
                for x, y, z in thing.box.to_world(np.where(high_side, part.high, part.low)).tolist()
            ],
            "triangles": _FACES,
        }
        for part in parts(thing.asset_type, thing.box.size)
    ]


def _described(object_id: str, placed: Placed) -> dict[str, Any]:
    x, y, z = placed.thing.box.center
    center = {"x": x, "y": z, "z": y}
    return {
        "objectId": object_id,
        "objectType": placed.thing.asset_type,
        "position": center,
        "rotation": dict(zip("xyz", placed.angles, strict=True)),
        "axisAlignedBoundingBox": {"center": dict(center)},
        "breakable": False,  # procthor lifts what can break by 5 cm, for physics to drop it; here nothing would.
    }


def _vector(members: Mapping[str, float]) -> Vec3:
    return float(members["x"]), float(members["y"]), float(members["z"])
