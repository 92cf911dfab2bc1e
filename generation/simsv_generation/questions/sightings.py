"""What of a house an episode shows, and well enough for which questions.

An object is *seen* when it covers at least `seen` of one saved frame, and *nameable* when it covers at least
`nameable` of at least `nameable_frames` frames. In between, a person might or might not have noticed it, so a question
that turns on it is refused.
"""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np

from simsv_generation.episode import Episode
from simsv_generation.scene import SceneObject

_HEAD_ROOM = 1.0
"""Things that begin higher than this, metres, do not keep a person from standing below."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Shares of the saved frame's pixels."""

    seen: float = 0.001
    nameable: float = 0.01
    nameable_frames: int = 5

    def __post_init__(self) -> None:
        if not 0 < self.seen <= self.nameable <= 1:
            raise ValueError(f"thresholds must be 0 < seen <= nameable <= 1, got {self.seen} and {self.nameable}")
        if self.nameable_frames < 1:
            raise ValueError(f"thresholds.nameable_frames must be at least 1, got {self.nameable_frames}")


@dataclass(frozen=True, slots=True)
class Sighting:
    """When one object is in the picture."""

    seen_frames: tuple[int, ...] = ()
    """Frames in which it covers at least `Thresholds.seen`, ascending."""
    clear_frames: tuple[int, ...] = ()
    """Frames in which it covers at least `Thresholds.nameable`, ascending."""


@dataclass(frozen=True)
class Sightings:
    """An episode as the questions look at it."""

    episode: Episode
    thresholds: Thresholds = field(default_factory=Thresholds)

    @cached_property
    def objects(self) -> dict[str, SceneObject]:
        """Object id to object."""
        return {thing.object_id: thing for thing in self.episode.house.objects}

    @cached_property
    def obstacles(self) -> tuple[SceneObject, ...]:
        """The objects that one cannot stand in or below."""
        things = self.episode.house.objects
        return tuple(thing for thing in things if thing.box.extent()[0][2] < _HEAD_ROOM)

    @cached_property
    def of(self) -> dict[str, Sighting]:
        """Object id to sighting, for every object of the house."""
        visibility, camera = self.episode.visibility, self.episode.camera
        share = visibility.num_pixels / (camera.width * camera.height)
        table = self.episode.house.instances()
        sightings = {object_id: Sighting() for object_id in self.objects}
        for instance in np.unique(visibility.instance).tolist():
            if table[instance] in sightings:
                rows = np.flatnonzero(visibility.instance == instance)
                frames = visibility.frame_index[rows]
                sightings[table[instance]] = Sighting(
                    tuple(frames[share[rows] >= self.thresholds.seen].tolist()),
                    tuple(frames[share[rows] >= self.thresholds.nameable].tolist()),
                )
        return sightings

    @cached_property
    def seen_by_category(self) -> dict[str, tuple[str, ...]]:
        """Category to the ids of its seen objects, sorted by category; categories never seen are absent."""
        seen: dict[str, list[str]] = {}
        for object_id, thing in self.objects.items():
            if self.of[object_id].seen_frames:
                seen.setdefault(thing.category, []).append(object_id)
        return {category: tuple(seen[category]) for category in sorted(seen)}

    @cached_property
    def by_category(self) -> dict[str, tuple[str, ...]]:
        """Category to the ids of all its objects in the house, seen or not, in record order."""
        ids: dict[str, list[str]] = {}
        for object_id, thing in self.objects.items():
            ids.setdefault(thing.category, []).append(object_id)
        return {category: tuple(ids[category]) for category in sorted(ids)}

    @cached_property
    def entered_rooms(self) -> tuple[str, ...]:
        """Ids of the rooms that the camera is in, in the order in which it enters them."""
        return tuple(dict.fromkeys(step.room_id for step in self.episode.trajectory.steps if step.room_id))

    @cached_property
    def shown_rooms(self) -> set[str]:
        """Ids of the rooms of whose floor, walls or ceiling some frame shows at least `Thresholds.seen`."""
        visibility, camera = self.episode.visibility, self.episode.camera
        enough = visibility.num_pixels >= self.thresholds.seen * camera.width * camera.height
        table = self.episode.house.instances()
        shown = (table[instance] for instance in np.unique(visibility.instance[enough]).tolist())
        rooms = {room.room_id for room in self.episode.house.rooms}
        return {name.rsplit("|", 1)[0] for name in shown if name.rsplit("|", 1)[0] in rooms}

    def is_seen_whole(self, object_id: str) -> bool:
        """Whether some frame shows it clearly and away from the border."""
        visibility, camera = self.episode.visibility, self.episode.camera
        clear = visibility.num_pixels >= self.thresholds.nameable * camera.width * camera.height
        mine = visibility.instance == self._instance[object_id]
        return bool((mine & clear & ~visibility.is_truncated).any())

    @cached_property
    def _instance(self) -> dict[str, int]:
        return {name: index for index, name in enumerate(self.episode.house.instances())}

    @cached_property
    def appearances(self) -> dict[str, tuple[int, int]]:
        """Category to the frame in which the first of its objects is just seen and that in which one is clear.

        Categories without a nameable object are absent.
        """
        spans = {}
        for category, ids in self.seen_by_category.items():
            if any(self.is_nameable(object_id) for object_id in ids):
                seen = min(self.of[object_id].seen_frames[0] for object_id in ids)
                spans[category] = seen, min(min(self.of[i].clear_frames, default=10**9) for i in ids)
        return spans

    @cached_property
    def referents(self) -> tuple[str, ...]:
        """Ids of the objects that a question may name: the only seen one of their category, nameable; by category."""
        alone = (ids[0] for ids in self.seen_by_category.values() if len(ids) == 1)
        return tuple(object_id for object_id in alone if self.is_nameable(object_id))

    @cached_property
    def unfit(self) -> dict[str, int]:
        """Reason to number of seen objects that no question may name."""
        seen = (object_id for ids in self.seen_by_category.values() for object_id in ids)
        reasons = Counter(reason for object_id in seen if (reason := self.problem((object_id,))))
        return dict(sorted(reasons.items()))

    def is_nameable(self, object_id: str) -> bool:
        """Whether a person who watches the video can be expected to name it."""
        return len(self.of[object_id].clear_frames) >= self.thresholds.nameable_frames

    def problem(self, referents: tuple[str, ...]) -> str:
        """Why these objects cannot be told apart and named, as a rejection reason; "" when they can."""
        for object_id in referents:
            if len(self.seen_by_category.get(self.objects[object_id].category, ())) > 1:
                return "two_things_of_one_name"
        if not all(self.of[object_id].seen_frames for object_id in referents):
            return "not_seen"
        if not all(self.is_nameable(object_id) for object_id in referents):
            return "seen_but_not_nameable"
        return ""

    def are_related(self, a: str, b: str) -> bool:
        """Whether the video shows how two objects lie to each other: in one room, or clearly in one frame."""
        if self.objects[a].room_id == self.objects[b].room_id:
            return True
        return not set(self.of[a].clear_frames).isdisjoint(self.of[b].clear_frames)

    def shortest_span(self, referents: tuple[str, ...]) -> tuple[int, int]:
        """First and last frame of the shortest span in which every referent is clear at least once."""
        events = sorted(
            (frame, k) for k, object_id in enumerate(referents) for frame in self.of[object_id].clear_frames
        )
        latest: dict[int, int] = {}
        best = (0, len(self.episode.trajectory.steps) - 1)
        for frame, k in events:
            latest[k] = frame
            first = min(latest.values())
            if len(latest) == len(referents) and frame - first < best[1] - best[0]:
                best = (first, frame)
        return best


def is_increasing(values: list[int]) -> bool:
    """Whether each value is greater than the one before."""
    return all(a < b for a, b in pairwise(values))
