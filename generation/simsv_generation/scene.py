"""A house: its rooms, the openings between them and the objects in them, as every later stage reads it.

Coordinates are of the world frame (`simsv_generation.geometry`). Records are immutable; ids are strings, unique within
their house.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import shapely

from simsv_generation.geometry import OrientedBox, Vec2, Vec3, quantize_metres, require_finite

Split = Literal["train", "validation", "test"]
OpeningKind = Literal["door", "window", "passage"]


@dataclass(frozen=True, slots=True)
class Room:
    """A room with a vertical wall on every edge of its floor. Raises ValueError for an impossible floor."""

    room_id: str
    room_type: str
    """Kitchen, LivingRoom, Bedroom or Bathroom in ProcTHOR houses."""
    floor_polygon: tuple[Vec2, ...]
    """Counter-clockwise outline of the floor at z = 0, metres, not closed."""
    ceiling_height: float
    """Metres."""

    def __post_init__(self) -> None:
        outline = tuple((quantize_metres(x), quantize_metres(y)) for x, y in self.floor_polygon)
        require_finite(f"floor_polygon of {self.room_id}", tuple(v for point in outline for v in point))
        require_finite(f"ceiling_height of {self.room_id}", (self.ceiling_height,))
        polygon = shapely.Polygon(outline) if len(outline) >= 3 else shapely.Polygon()
        if not polygon.is_valid or polygon.area < 1e-2:
            raise ValueError(f"floor_polygon of {self.room_id} must be a simple polygon with an area, got {outline}")
        if not polygon.exterior.is_ccw:
            outline = outline[::-1]
        object.__setattr__(self, "floor_polygon", outline)
        object.__setattr__(self, "ceiling_height", quantize_metres(self.ceiling_height))

    @property
    def polygon(self) -> shapely.Polygon:
        """The floor as a shapely polygon, metres."""
        return shapely.Polygon(self.floor_polygon)

    @property
    def area(self) -> float:
        """Floor area, square metres."""
        return float(self.polygon.area)


@dataclass(frozen=True, slots=True)
class Opening:
    """A hole in a wall: a door, a window, or a passage (a wall that an open plan leaves out)."""

    opening_id: str
    kind: OpeningKind
    room_ids: tuple[str, ...]
    """The rooms it joins: two, or one when the other side is outdoors."""
    segment: tuple[Vec2, Vec2]
    """Both ends on the floor plan, metres, on the line between the rooms."""
    bottom: float
    """Height of the lower edge, metres."""
    top: float
    """Height of the upper edge, metres."""
    is_open: bool
    """Whether a person can walk through: passages, doorframes and open doors between two rooms."""
    asset_id: str = ""

    def __post_init__(self) -> None:
        require_finite(f"opening {self.opening_id}", (*self.segment[0], *self.segment[1], self.bottom, self.top))
        segment = tuple((quantize_metres(x), quantize_metres(y)) for x, y in self.segment)
        object.__setattr__(self, "segment", segment)
        object.__setattr__(self, "bottom", quantize_metres(self.bottom))
        object.__setattr__(self, "top", quantize_metres(self.top))


@dataclass(frozen=True, slots=True)
class SceneObject:
    """A thing in a house."""

    object_id: str
    category: str
    """What a person would call it: lower case, spaces, synonyms merged ("sofa", never "couch")."""
    box: OrientedBox
    """Metric oriented box; its local +y is the object's front."""
    room_id: str
    parent_id: str = ""
    """The object it stands on or in; empty when it stands on the floor or hangs on a wall."""
    asset_id: str = ""


@dataclass(frozen=True, slots=True)
class Asset:
    """What a house knows of a model it uses."""

    asset_type: str
    """AI2-THOR object type, such as "DiningTable"."""
    size: Vec3
    """Extents of the upright model in the local axes of `OrientedBox`, metres."""
    materials: tuple[str, ...] = ()
    """Material names, most prominent first."""


@dataclass(frozen=True, slots=True)
class House:
    """A house with everything in it. Raises ValueError for duplicate or dangling ids."""

    house_id: str
    source: str
    """Name of the house source, such as "procthor"."""
    split: Split
    rooms: tuple[Room, ...]
    openings: tuple[Opening, ...]
    objects: tuple[SceneObject, ...]
    assets: Mapping[str, Asset] = field(default_factory=dict)
    """Asset id to asset, for every asset id of objects and openings."""
    spec: Mapping[str, Any] = field(default_factory=dict)
    """The ProcTHOR house JSON (schema 1.0.0) unchanged; empty for houses that have none."""

    def __post_init__(self) -> None:
        if not self.rooms:
            raise ValueError(f"house {self.house_id} has no rooms")
        ids = [r.room_id for r in self.rooms] + [o.opening_id for o in self.openings]
        ids += [o.object_id for o in self.objects]
        if len(ids) != len(set(ids)):
            twice = sorted({i for i in ids if ids.count(i) > 1})
            raise ValueError(f"house {self.house_id} uses these ids twice: {twice}")
        known = {r.room_id for r in self.rooms}
        for thing_id, room_ids in [(o.object_id, (o.room_id,)) for o in self.objects] + [
            (o.opening_id, o.room_ids) for o in self.openings
        ]:
            if unknown := sorted(set(room_ids) - known):
                raise ValueError(f"{thing_id} of house {self.house_id} is in unknown rooms {unknown}")

    def instances(self) -> tuple[str, ...]:
        """What each instance id of a frame stands for; every simulator uses this table.

        0 is nothing (the outdoors), then the objects, the openings, and "<room_id>|floor", "<room_id>|wall" and
        "<room_id>|ceiling" for every room, in record order.
        """
        surfaces = (f"{room.room_id}|{surface}" for room in self.rooms for surface in ("floor", "wall", "ceiling"))
        return ("", *(o.object_id for o in self.objects), *(o.opening_id for o in self.openings), *surfaces)

    def room_at(self, x: float, y: float) -> str:
        """Id of the first room whose floor covers the point, or "" when there is none."""
        point = shapely.Point(x, y)
        return next((room.room_id for room in self.rooms if room.polygon.covers(point)), "")

    def to_json(self) -> str:
        """Canonical JSON: sorted keys, no spaces, UTF-8 text as is."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> "House":
        """Inverse of `to_json`. Raises ValueError, naming the field, for anything that is no such house."""
        try:
            data = json.loads(text)
            return cls(
                house_id=data["house_id"],
                source=data["source"],
                split=data["split"],
                rooms=tuple(
                    Room(**{**r, "floor_polygon": tuple((x, y) for x, y in r["floor_polygon"])}) for r in data["rooms"]
                ),
                openings=tuple(
                    Opening(
                        **{
                            **o,
                            "room_ids": tuple(o["room_ids"]),
                            "segment": tuple((x, y) for x, y in o["segment"]),
                        }
                    )
                    for o in data["openings"]
                ),
                objects=tuple(
                    SceneObject(**{**o, "box": OrientedBox(**{k: tuple(v) for k, v in o["box"].items()})})
                    for o in data["objects"]
                ),
                assets={
                    asset_id: Asset(a["asset_type"], tuple(a["size"]), tuple(a["materials"]))
                    for asset_id, a in data["assets"].items()
                },
                spec=data["spec"],
            )
        except json.JSONDecodeError as error:
            raise ValueError(f"house record is no JSON: {error}") from error
        except KeyError as error:
            raise ValueError(f"house record lacks the field {error}") from error
        except (TypeError, AttributeError, IndexError) as error:
            raise ValueError(f"malformed house record: {error}") from error
