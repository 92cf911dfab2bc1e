"""What of a house an episode shows, and well enough for which questions.

An object is *seen* when it covers at least `seen` of one saved frame, and *nameable* when it covers at least
`nameable` of at least `nameable_frames` frames; where the border cuts it, which leaves a corner of a bed that nobody
knows for one, it takes `cut`. In between, a person might or might not have noticed it, so a question that turns on it
is refused. Nor is anything named that could pass for something else that is seen.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from simsv_dataset.video import sample_indices
from simsv_generation.episode import Episode
from simsv_generation.geometry import Boxes, Floats, box_distance, wrap_degrees
from simsv_generation.questions.floor_plan import FloorPlan
from simsv_generation.questions.kinds import misnomer, signs
from simsv_generation.questions.sides import sides_seen
from simsv_generation.questions.standing import StandingPlaces
from simsv_generation.scene import SceneObject

T = TypeVar("T", bound=np.generic)
BLANK = 0.005
"""Share of a frame's pixels below which an object says nothing of the way the camera looks."""
FRAME_BUDGETS = (8, 16, 32, 64)
"""Numbers of uniformly sampled frames that video models are commonly given."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Shares of the saved frame's pixels."""

    seen: float = 0.001
    nameable: float = 0.01
    nameable_frames: int = 5
    cut: float = 0.05

    def __post_init__(self) -> None:
        if not 0 < self.seen <= self.nameable <= 1:
            raise ValueError(f"thresholds must be 0 < seen <= nameable <= 1, got {self.seen} and {self.nameable}")
        if not self.nameable <= self.cut <= 1:
            raise ValueError(f"thresholds.cut must be from nameable {self.nameable} to 1, got {self.cut}")
        if self.nameable_frames < 1:
            raise ValueError(f"thresholds.nameable_frames must be at least 1, got {self.nameable_frames}")


@dataclass(frozen=True, slots=True)
class Sighting:
    """When one object is in the picture."""

    seen_frames: tuple[int, ...] = ()
    """Frames in which it covers at least `Thresholds.seen`, ascending."""
    clear_frames: tuple[int, ...] = ()
    """Frames in which it covers at least `Thresholds.nameable`, where the border cuts it at least `cut`; ascending."""


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
    def standing(self) -> StandingPlaces:
        """Where one can stand by each object."""
        return StandingPlaces(self.episode.house)

    @cached_property
    def _row(self) -> dict[str, int]:
        """Object id to its row in the arrays below."""
        return {object_id: row for row, object_id in enumerate(self.objects)}

    @cached_property
    def _pixels(self) -> NDArray[np.int32]:
        """Shape (objects, frames): how many pixels of a frame show an object."""
        return self._by_frame(self.episode.visibility.num_pixels)

    def _by_frame(self, values: NDArray[T]) -> NDArray[T]:
        """Shape (objects, frames): a column of the visibility; 0 or false where an object is not seen."""
        visibility = self.episode.visibility
        table = np.zeros((len(self.episode.house.instances()), len(self.episode.trajectory.steps)), dtype=values.dtype)
        table[visibility.instance, visibility.frame_index] = values
        # Instance 0 is nothing, then come the objects.
        return table[1 : 1 + len(self.objects)]

    @cached_property
    def _clear(self) -> NDArray[np.bool_]:
        """Shape (objects, frames): whether an object is clear."""
        least = np.where(self._is_cut, self.thresholds.cut, self.thresholds.nameable)
        return np.asarray(self._pixels / self._area >= least)

    @cached_property
    def _is_cut(self) -> NDArray[np.bool_]:
        """Shape (objects, frames): whether the border of the frame cuts an object."""
        return self._by_frame(self.episode.visibility.is_truncated)

    @cached_property
    def _nearest_depths(self) -> Floats:
        """Shape (objects, frames): metres along the optical axis to what is nearest of an object; 0 where unseen."""
        return self._by_frame(self.episode.visibility.nearest_depth)

    @property
    def _area(self) -> int:
        return self.episode.camera.width * self.episode.camera.height

    @cached_property
    def floor_plan(self) -> FloorPlan:
        """Where one can walk."""
        return FloorPlan(self.episode.house)

    @cached_property
    def of(self) -> dict[str, Sighting]:
        """Object id to sighting, for every object of the house."""
        seen, clear = _frames(self._pixels / self._area >= self.thresholds.seen), _frames(self._clear)
        return dict(zip(self.objects, map(Sighting, seen, clear), strict=True))

    @cached_property
    def seen_by_category(self) -> dict[str, tuple[str, ...]]:
        """Category to the ids of its seen objects, sorted by category; categories never seen are absent."""
        seen: dict[str, list[str]] = {}
        for object_id, thing in self.objects.items():
            if self.of[object_id].seen_frames:
                seen.setdefault(thing.category, []).append(object_id)
        return {category: tuple(seen[category]) for category in sorted(seen)}

    def misnomer(self, category: str) -> str:
        """Why a question must not name a category, as a rejection reason; "" when it may."""
        return misnomer(category, self.seen_by_category)

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

    def is_side_seen(self, object_id: str, side: int) -> bool:
        """Whether one can judge the extent along a box axis (0 width, 1 depth, 2 height) of one of `referents`."""
        return bool(self._sides_seen[self._row[object_id], side])

    @cached_property
    def _sides_seen(self) -> NDArray[np.bool_]:
        """Shape (objects, 3); of objects that are no referents, all false."""
        visibility = self.episode.visibility
        nameable = np.array([1 + self._row[object_id] for object_id in self.referents])
        clear = visibility.num_pixels / self._area >= self.thresholds.nameable
        rows = np.flatnonzero(clear & ~visibility.is_truncated & np.isin(visibility.instance, nameable))
        return sides_seen(self.episode, rows)

    @cached_property
    def appearances(self) -> dict[str, tuple[int, int]]:
        """Category to the frame in which the first of its objects is just seen and that in which one is clear.

        Categories without a nameable object are absent, and those that could pass for others.
        """
        spans = {}
        for category, ids in self.seen_by_category.items():
            if not self.misnomer(category) and any(self.is_nameable(object_id) for object_id in ids):
                seen = min(self.of[object_id].seen_frames[0] for object_id in ids)
                spans[category] = seen, min(min(self.of[i].clear_frames, default=10**9) for i in ids)
        return spans

    @cached_property
    def first_signs(self) -> dict[str, int]:
        """Category to the first frame in which one may say to have seen it, for the categories of `appearances`.

        It shows an object of the category or of another that is a sign of it.
        """
        return {
            category: min(
                self.of[i].seen_frames[0] for sign in signs(category) for i in self.seen_by_category.get(sign, ())
            )
            for category in self.appearances
        }

    @cached_property
    def first_clear(self) -> dict[str, str]:
        """Category to the id of its object that becomes clear first, for the categories of `appearances`."""
        firsts = {}
        for category in self.appearances:
            clear = [object_id for object_id in self.seen_by_category[category] if self.of[object_id].clear_frames]
            firsts[category] = min(clear, key=lambda object_id: (self.of[object_id].clear_frames[0], object_id))
        return firsts

    @cached_property
    def referents(self) -> tuple[str, ...]:
        """Ids of the objects that a question may name: the only seen one of their category, nameable; by category.

        None of them could pass for something else that is seen.
        """
        kinds = self.seen_by_category.items()
        alone = (ids[0] for category, ids in kinds if len(ids) == 1 and not self.misnomer(category))
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

    def is_clear(self, object_id: str, frame: int) -> bool:
        """Whether the frame is one of its `Sighting.clear_frames`."""
        return bool(self._clear[self._row[object_id], frame])

    def clearest(self, object_id: str) -> int:
        """The frame that shows most of a nameable object, if any does so uncut, of those."""
        row = self._row[object_id]
        pixels = self._pixels[row]
        whole = np.where(self._is_cut[row], 0, pixels)
        return int((whole if whole.max() >= self.thresholds.nameable * self._area else pixels).argmax())

    def nearest_depth(self, object_id: str, frame: int) -> float:
        """Metres along the optical axis to what is nearest of an object that a frame shows whole; 0 if it does not."""
        row = self._row[object_id]
        return 0.0 if self._is_cut[row, frame] else float(self._nearest_depths[row, frame])

    @cached_property
    def is_blank(self) -> NDArray[np.bool_]:
        """Shape (frames,): whether a frame shows no object well enough to tell by it how the camera turns."""
        return np.asarray((self._pixels / self._area).max(0, initial=0.0) < BLANK)

    @cached_property
    def turned(self) -> list[float]:
        """How far the camera has turned until each frame, degrees, to the left less to the right; 0 at first."""
        turns = (wrap_degrees(b.pose.yaw - a.pose.yaw) for a, b in pairwise(self.episode.trajectory.steps))
        return list(accumulate(turns, initial=0.0))

    def problem(self, referents: tuple[str, ...]) -> str:
        """Why these objects cannot be told apart and named, as a rejection reason; "" when they can."""
        if self._fit.issuperset(referents):
            return ""
        for object_id in referents:
            if len(self.seen_by_category.get(self.objects[object_id].category, ())) > 1:
                return "two_things_of_one_name"
            if reason := self.misnomer(self.objects[object_id].category):
                return reason
        return "seen_but_not_nameable" if all(self.of[object_id].seen_frames for object_id in referents) else "not_seen"

    @cached_property
    def _fit(self) -> frozenset[str]:
        return frozenset(self.referents)

    def are_related(self, a: str, b: str) -> bool:
        """Whether the video shows how two objects lie to each other: in one room, or clearly in one frame."""
        return bool(self._related[self._row[a], self._row[b]])

    def relations(self, object_ids: Sequence[str]) -> NDArray[np.bool_]:
        """Shape (N, N): `are_related` of all pairs."""
        rows = [self._row[object_id] for object_id in object_ids]
        return np.asarray(self._related[np.ix_(rows, rows)])

    @cached_property
    def _related(self) -> NDArray[np.bool_]:
        rooms = np.unique([thing.room_id for thing in self.objects.values()], return_inverse=True)[1]
        bits = np.packbits(self._clear, axis=1)
        return np.asarray((rooms[:, None] == rooms) | (bits[:, None] & bits).any(2))

    def distance(self, a: str, b: str) -> float:
        """Metres between the closest points of two objects' boxes."""
        distance = float(self._distances[self._row[a], self._row[b]])
        return box_distance(self.objects[a].box, self.objects[b].box) if math.isnan(distance) else distance

    def distances(self, object_ids: Sequence[str]) -> Floats:
        """Shape (N, N): `distance` of all pairs of `referents`; NaN of each to itself."""
        rows = [self._row[object_id] for object_id in object_ids]
        return np.asarray(self._distances[np.ix_(rows, rows)])

    @cached_property
    def _distances(self) -> Floats:
        """Shape (objects, objects): distances between the objects of categories that a question may name, else NaN.

        Measured all at once, which takes a hundredth of the time.
        """
        named = [row for row, thing in enumerate(self.objects.values()) if thing.category in self.appearances]
        rows, columns = np.array(named, dtype=np.intp)[np.stack(np.triu_indices(len(named), 1))]
        boxes = Boxes.of([thing.box for thing in self.objects.values()])
        distances = np.full((len(self.objects), len(self.objects)), np.nan)
        distances[rows, columns] = boxes.take(rows).distances(boxes.take(columns))
        distances[columns, rows] = distances[rows, columns]
        return distances

    def nearest(self, object_id: str) -> tuple[str, ...]:
        """Of each other category that a question may name, the nameable object nearest to one; by category."""
        if object_id not in self._nearest:
            rows, categories = self._named
            # Sorted by category, then distance, so the first of each category is where it was.
            order = np.lexsort((self._distances[self._row[object_id], rows], categories))
            firsts = rows[order[np.searchsorted(categories, np.unique(categories))]].tolist()
            ids = (self.episode.house.objects[row].object_id for row in firsts)
            mine = self.objects[object_id].category
            self._nearest[object_id] = tuple(other for other in ids if self.objects[other].category != mine)
        return self._nearest[object_id]

    @cached_property
    def _nearest(self) -> dict[str, tuple[str, ...]]:
        return {}

    @cached_property
    def _named(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Rows of the nameable objects, by category, and the place of each one's category in `appearances`."""
        found = [
            (self._row[object_id], place)
            for place, category in enumerate(self.appearances)
            for object_id in self.seen_by_category[category]
            if self.is_nameable(object_id)
        ]
        rows, categories = np.array(found, dtype=np.intp).reshape(-1, 2).T
        return rows, categories

    def shortest_span(self, referents: Sequence[str]) -> tuple[int, int]:
        """First and last frame of the shortest span in which every referent is clear at least once."""
        firsts = self._last_clear[[self._row[referent] for referent in referents]].min(0)
        lengths = np.where(firsts >= 0, np.arange(len(firsts)) - firsts, len(firsts))
        last = int(lengths.argmin())
        return (int(firsts[last]), last) if firsts[last] >= 0 else (0, len(firsts) - 1)

    @cached_property
    def _last_clear(self) -> NDArray[np.int64]:
        """Shape (objects, frames): the last frame until then in which an object is clear; -1 when there is none."""
        return np.maximum.accumulate(np.where(self._clear, np.arange(self._clear.shape[1]), -1), axis=1)

    def min_frames(self, referents: Sequence[str], moments: Sequence[int] = ()) -> int:
        """The smallest of `FRAME_BUDGETS` in whose frames every referent is clear, and which has the moments; 0: none.

        Moments are frames.
        """
        enough = np.asarray(self._clear_in_samples[[self._row[referent] for referent in referents]].all(0))
        for moment in moments:
            enough &= np.array([moment in sampled for sampled in self._samples])
        return FRAME_BUDGETS[int(enough.argmax())] if enough.any() else 0

    @cached_property
    def _clear_in_samples(self) -> NDArray[np.bool_]:
        """Shape (objects, budgets): whether an object is clear in any of a budget's frames."""
        return np.stack([self._clear[:, sampled].any(1) for sampled in self._samples], axis=1)

    @cached_property
    def first_in_samples(self) -> dict[str, tuple[int, ...]]:
        """Category to the first frame, among those of each of `FRAME_BUDGETS`, in which it is clear; -1 for none."""
        firsts = {}
        for category in self.appearances:
            rows = [self._row[object_id] for object_id in self.seen_by_category[category]]
            clear = np.asarray(self._clear[rows].any(0))
            found = (np.flatnonzero(clear[sampled]) for sampled in self._samples)
            firsts[category] = tuple(
                sampled[int(where[0])] if len(where) else -1
                for where, sampled in zip(found, self._samples, strict=True)
            )
        return firsts

    @cached_property
    def _samples(self) -> list[list[int]]:
        return [sample_indices(len(self.episode.trajectory.steps), budget) for budget in FRAME_BUDGETS]


def _frames(flags: NDArray[np.bool_]) -> list[tuple[int, ...]]:
    """Of each row, the columns that are set."""
    rows, columns = np.nonzero(flags)
    ends = np.searchsorted(rows, np.arange(len(flags) + 1)).tolist()
    frames = columns.tolist()
    return [tuple(frames[first:last]) for first, last in pairwise(ends)]
