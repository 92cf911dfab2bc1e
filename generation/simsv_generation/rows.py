"""An episode as a row of the config `episodes`, and back.

A row repeats in columns that anyone can read what `house_json` and the poses say already: matrices, rooms, openings,
objects and the map. `episode_from_row` reads the shortest form of everything, so a row whose columns contradict each
other is not equal to `episode_row(episode_from_row(row), ...)`.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from simsv_dataset.manifest import relative_video
from simsv_dataset.modalities import MODALITIES, modality_path
from simsv_generation.camera import Camera, Pose
from simsv_generation.episode import (
    Episode,
    FrameHashes,
    Sensor,
    SimulatorInfo,
    StandIn,
    Step,
    Trajectory,
    Visibility,
)
from simsv_generation.geometry import Floats
from simsv_generation.look import Look
from simsv_generation.modalities import semantic_legend
from simsv_generation.scene import House

MAP_CELLS = 10
"""Cells of the map along each side."""


def episode_row(episode: Episode, video_path: str) -> dict[str, Any]:
    """The row of an episode in plain lists, dicts, numbers and texts; columns of `simsv_dataset.schema.EPISODE_SCHEMA`.

    Args:
        episode: what to write down.
        video_path: the absolute path or address of its video in a release.
    """
    house, camera = episode.house, episode.camera
    return {
        "episode_id": episode.episode_id,
        "house_id": house.house_id,
        "split": house.split,
        "source": house.source,
        "walk_index": episode.trajectory.walk_index,
        "width": camera.width,
        "height": camera.height,
        "vertical_fov": camera.vertical_fov,
        "intrinsics": _rounded(camera.intrinsics()),
        "fps": episode.fps,
        "steps": [
            {
                "time": step.time,
                "position": list(step.pose.position),
                "yaw": step.pose.yaw,
                "pitch": step.pose.pitch,
                "world_from_camera": _rounded(step.pose.world_from_camera()),
                "action": step.action,
                "room_id": step.room_id,
            }
            for step in episode.trajectory.steps
        ],
        "rooms": [
            {
                "id": room.room_id,
                "type": room.room_type,
                "polygon": [list(point) for point in room.floor_polygon],
                "area": round(room.area, 4),
                "ceiling_height": room.ceiling_height,
            }
            for room in house.rooms
        ],
        "openings": [
            {
                "id": opening.opening_id,
                "kind": opening.kind,
                "room_ids": list(opening.room_ids),
                "segment": [list(point) for point in opening.segment],
                "bottom": opening.bottom,
                "top": opening.top,
                "is_open": opening.is_open,
                "asset_id": opening.asset_id,
            }
            for opening in house.openings
        ],
        "objects": [
            {
                "id": thing.object_id,
                "category": thing.category,
                "room_id": thing.room_id,
                "parent_id": thing.parent_id,
                "asset_id": thing.asset_id,
                "center": list(thing.box.center),
                "size": list(thing.box.size),
                "rotation": list(thing.box.rotation),
            }
            for thing in house.objects
        ],
        "visible": _visible(episode),
        "map": house_map(house),
        "frame_hashes": [asdict(hashes) for hashes in episode.frame_hashes],
        "simulator": asdict(episode.simulator),
        "look": {**asdict(episode.look), "lit_rooms": list(episode.look.lit_rooms)},
        "sensor": asdict(episode.sensor),
        "stand_ins": [asdict(stand_in) for stand_in in episode.stand_ins],
        "attributions": list(episode.attributions),
        "modalities": _modalities(episode, video_path),
        "house_json": house.to_json(),
        "video": {"bytes": None, "path": video_path},
    }


def episode_from_row(row: Mapping[str, Any]) -> Episode:
    """Inverse of `episode_row`.

    Raises:
        ValueError: a column is missing or its content is no episode's; names what is wrong.
    """
    try:
        house = _house(row["house_json"])
        steps = tuple(
            Step(
                index=index,
                time=step["time"],
                pose=Pose(tuple(step["position"]), step["yaw"], step["pitch"]),
                action=step["action"],
                room_id=step["room_id"],
            )
            for index, step in enumerate(row["steps"])
        )
        return Episode(
            episode_id=row["episode_id"],
            house=house,
            camera=Camera(row["width"], row["height"], row["vertical_fov"]),
            fps=row["fps"],
            trajectory=Trajectory(house.house_id, row["walk_index"], steps),
            visibility=_visibility(row, house),
            frame_hashes=tuple(FrameHashes(**hashes) for hashes in row["frame_hashes"]),
            simulator=SimulatorInfo(**row["simulator"]),
            look=Look.from_dict(row["look"]),
            sensor=Sensor(**row["sensor"]),
            stand_ins=tuple(StandIn(**stand_in) for stand_in in row["stand_ins"]),
            attributions=tuple(row["attributions"]),
            modalities=tuple(name for name in MODALITIES if row["modalities"][name] is not None),
        )
    except KeyError as error:
        raise ValueError(f"episode row lacks the column or names the unknown instance {error}") from error
    except TypeError as error:
        raise ValueError(f"malformed episode row: {error}") from error


def house_map(house: House) -> dict[str, Any]:
    """The cells of all objects on a map of 10 by 10 cells, as the column `map` has them.

    The bounding rectangle of all rooms is cut into equal cells, column 0 in the west and row 0 in the south. An object
    is in the cell of its box centre; a centre on a line belongs to the cell in the north-east of it, one outside the
    rectangle to the nearest cell.
    """
    points = [point for room in house.rooms for point in room.floor_polygon]
    (west, east), (south, north) = ((min(values), max(values)) for values in zip(*points, strict=True))

    def cell(value: float, low: float, high: float) -> int:
        return min(max(int((value - low) * MAP_CELLS // (high - low)), 0), MAP_CELLS - 1)

    cells = [
        {
            "id": thing.object_id,
            "column": cell(thing.box.center[0], west, east),
            "row": cell(thing.box.center[1], south, north),
        }
        for thing in house.objects
    ]
    return {"bounds": [west, south, east, north], "objects": cells}


def _house(text: str) -> House:
    try:
        return House.from_json(text)
    except ValueError as error:
        raise ValueError(f"column house_json: {error}") from error


def _rounded(matrix: Floats) -> list[list[float]]:
    # Sines differ between CPUs in their last bits; seven decimals are what the quaternions of boxes have.
    return [[round(float(value), 7) + 0.0 for value in row] for row in matrix]


def _modalities(episode: Episode, video_path: str) -> dict[str, Any]:
    recorded = episode.modalities
    paths = {name: modality_path(name, relative_video(video_path)) if name in recorded else None for name in MODALITIES}
    return {**paths, "semantic_legend": list(semantic_legend(episode.house)) if "semantic" in recorded else None}


def _visible(episode: Episode) -> list[list[dict[str, Any]]]:
    instances, visibility = episode.house.instances(), episode.visibility
    frames: list[list[dict[str, Any]]] = [[] for _ in episode.trajectory.steps]
    columns = (
        visibility.frame_index,
        visibility.instance,
        visibility.num_pixels,
        visibility.bbox,
        visibility.nearest_depth,
        visibility.is_truncated,
    )
    for frame, instance, pixels, bbox, depth, truncated in zip(*(c.tolist() for c in columns), strict=True):
        frames[frame].append(
            {
                "id": instances[instance],
                "num_pixels": pixels,
                "bbox": bbox,
                "nearest_depth": depth,
                "is_truncated": truncated,
            }
        )
    return frames


def _visibility(row: Mapping[str, Any], house: House) -> Visibility:
    index_of = {instance: index for index, instance in enumerate(house.instances())}
    frames = [index for index, shown in enumerate(row["visible"]) for _ in shown]
    shown = [thing for frame in row["visible"] for thing in frame]
    return Visibility(
        frame_index=np.array(frames, dtype=np.int32),
        instance=np.array([index_of[thing["id"]] for thing in shown], dtype=np.int32),
        num_pixels=np.array([thing["num_pixels"] for thing in shown], dtype=np.int32),
        bbox=np.array([thing["bbox"] for thing in shown], dtype=np.int32).reshape(-1, 4),
        nearest_depth=np.array([thing["nearest_depth"] for thing in shown], dtype=np.float64),
        is_truncated=np.array([thing["is_truncated"] for thing in shown], dtype=np.bool_),
    )
