"""Answers from depth and ids of the saved frames.

Pixels show a part of a thing, so they give bounds. What they fill of an object's box lies within the box, and no point
of the box is further from it than what is missing. A distance between two things is therefore at most that between
their filled parts, and at least that less what is missing of both; a centre is known to half of what is missing.

An answer agrees when it lies within the bounds, widened by a centimetre for each object. It is *decided* when the
bounds leave only this option, or a number no more than a tenth, or 0.1 m or 5 cm, wide.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.spatial import KDTree

from tests.conformance.oracles.boxes import Block, Floats, gap, gap_to_point
from tests.conformance.oracles.frames import TOLERANCE, Shown
from tests.conformance.oracles.geometry import lies, turns
from tests.conformance.oracles.stored import Stored, Thing, Unclear
from tests.conformance.oracles.wording import listed, understood

Row = Mapping[str, Any]
Words = Mapping[str, str]
Bounds = tuple[float, float]


@dataclass(frozen=True)
class Verdict:
    """On one answer."""

    problem: str = ""
    """What is wrong with it; "" nothing."""
    is_decided: bool = False
    """Whether pixels alone tell the answer."""


@dataclass(frozen=True)
class Pixels:
    """Of one episode."""

    stored: Stored
    shown: Shown
    _gaps: dict[tuple[int, int], Bounds] = field(default_factory=dict)

    def check(self, row: Row) -> Verdict | None:
        """The verdict on an answer; None where pixels have no say."""
        check = _CHECKS.get(row["question_type"])
        try:
            return check and check(self, row, understood(row["question_type"], row["question"]))
        except Unclear as unclear:
            return Verdict(str(unclear))

    def the(self, name: str) -> Thing:
        """The thing of a name. Raises Unclear when frames show more, or less, than one plainly."""
        seen = [thing for thing in self.called(name) if self._most(thing) >= self._least("seen")]
        if len(seen) != 1 or not self.is_plain(seen[0]):
            raise Unclear(f"pixels show {len(seen)} of {name}")
        return seen[0]

    def called(self, name: str) -> list[Thing]:
        """All things of a name that have been measured."""
        things = [thing for thing in self.stored.things if thing.name == name]
        return [thing for thing in things if self.shown.is_measured(thing.number)]

    def is_plain(self, thing: Thing) -> bool:
        """Whether enough frames show it clearly."""
        least = np.where(self.shown.is_cut[thing.number], self._least("cut"), self._least("nameable"))
        clear = self.shown.pixels[thing.number] >= least
        return int(clear.sum()) >= self.stored.thresholds["nameable_frames"]

    def _most(self, thing: Thing) -> int:
        return int(self.shown.pixels[thing.number].max())

    def _least(self, threshold: str) -> float:
        return float(self.stored.thresholds[threshold] * self.stored.area)

    def filled(self, thing: Thing) -> Block:
        return self.shown.block(thing.number, thing.block)

    def missing(self, thing: Thing) -> float:
        """Metres, with the tolerance of pixels."""
        return self.shown.missing(thing.number, thing.block) + TOLERANCE

    def distance(self, a: Thing, b: Thing) -> Bounds:
        """Bounds of the metres between two things."""
        key = (a.number, b.number)
        if key not in self._gaps:
            low, high = gap(self.filled(a), self.filled(b))
            self._gaps[key] = max(low - self.missing(a) - self.missing(b), 0.0), high + 2 * TOLERANCE
        return self._gaps[key]

    def from_camera(self, thing: Thing, frame: int) -> Bounds:
        """Bounds of the metres from the camera at a frame to a thing."""
        low, high = gap_to_point(self.filled(thing), self.stored.eye(frame))
        return max(low - self.missing(thing), 0.0), high + TOLERANCE


def number(row: Row, bounds: Bounds, unit: float, narrow: float) -> Verdict:
    """Whether the number, rounded to a unit, lies within bounds, and whether these are narrow."""
    low, high = bounds
    value = float(row["answer"])
    if not low - unit / 2 <= value <= high + unit / 2:
        return Verdict(f"pixels say {low:.3f} to {high:.3f}, the answer is {row['answer']}")
    return Verdict(is_decided=high - low <= narrow)


def choice(row: Row, can_be: Callable[[str], bool]) -> Verdict:
    """Whether the answer is among the options that pixels leave, and alone."""
    left = [option for option in row["options"] if can_be(option)]
    if row["answer"] not in left:
        return Verdict(f"pixels leave {left}, the answer is {row['answer']}")
    return Verdict(is_decided=len(left) == 1)


def counting(pixels: Pixels, row: Row, words: Words) -> Verdict:
    """As many ids of this category as frames show plainly, and no other that they show at all."""
    plain = [thing for thing in pixels.called(words["thing"]) if pixels.is_plain(thing)]
    more = [thing for thing in pixels.called(words["thing"]) if thing not in plain]
    return number(row, (len(plain), len(plain) + len(more)), 0.0, 0.0)


def existence(pixels: Pixels, row: Row, words: Words) -> Verdict:
    """Yes where an id of the category is plain, no where not one pixel is of the category."""
    numbers = [thing.number for thing in pixels.stored.things if thing.name == words["thing"]]
    is_plain = any(pixels.is_plain(pixels.stored.things[number]) for number in numbers)
    is_nowhere = not pixels.shown.pixels[numbers].any()
    return choice(row, lambda option: is_plain if option == "yes" else is_nowhere)


def absolute_distance(pixels: Pixels, row: Row, words: Words) -> Verdict:
    """Within the bounds; and no two points that pixels saw are closer than the answer."""
    a, b = pixels.the(words["a"]), pixels.the(words["b"])
    between = np.asarray(KDTree(pixels.shown.points[a.number]).query(pixels.shown.points[b.number])[0])
    if between.min() < float(row["answer"]) - 0.05 - TOLERANCE:
        return Verdict(f"two pixels are {between.min():.3f} apart, the answer is {row['answer']}")
    return number(row, pixels.distance(a, b), 0.1, 0.1)


def relative_distance(pixels: Pixels, row: Row, words: Words) -> Verdict:
    """An option is left while its least distance is not above the greatest of any other."""
    target = pixels.the(words["thing"])
    bounds: dict[str, Bounds] = {}
    for name in listed(words["listed"]):
        found = [pixels.distance(target, other) for other in pixels.called(name)]
        bounds[name] = (min(low for low, _ in found), min(high for _, high in found))
    return choice(row, lambda option: bounds[option][0] <= min(high for _, high in bounds.values()))


def size(pixels: Pixels, row: Row, words: Words) -> Verdict:
    """At least what pixels fill; and no more than that by 5 cm or a tenth to be decided."""
    sides = 2 * pixels.filled(pixels.the(words["thing"])).half * 100
    least = float(sides.max() if words["side"] == "longest" else sides.min())
    value = float(row["answer"])
    if least > value + 0.5 + 2 * 100 * TOLERANCE:
        return Verdict(f"pixels fill {least:.1f} cm, the answer is {value}")
    return Verdict(is_decided=value - least <= max(5.0, value / 10))


def direction(pixels: Pixels, row: Row, words: Words) -> Verdict:
    """From centre to centre, each known to half of what is missing."""
    stand, face, query = (pixels.the(words[part]) for part in ("stand", "face", "query"))
    places = [pixels.filled(thing).center[:2] for thing in (stand, face, query)]
    unsure = [pixels.missing(thing) / 2 + TOLERANCE for thing in (stand, face, query)]
    off = 0.0
    for place, doubt in ((places[1], unsure[1]), (places[2], unsure[2])):
        far = float(np.linalg.norm(place - places[0]))
        off += float(np.degrees(np.arcsin(min((doubt + unsure[0]) / max(far, 1e-9), 1.0))))
    angle = float(turns(*places))
    return _side(row, angle + np.linspace(-off, off, 181), 135.0 if row["question_type"].endswith("medium") else 180.0)


def _side(row: Row, angles: Floats, behind: float = 180.0) -> Verdict:
    angles = (angles + 180) % 360 - 180
    return choice(row, lambda option: bool(lies(option, angles, behind).any()))


def order(pixels: Pixels, row: Row, words: Words) -> Verdict:
    """By the first frame with enough pixels of a category, for those who notice soon and those who do not."""
    names = listed(words["listed"])

    def first(name: str, least: float) -> int:
        frames = [np.flatnonzero(pixels.shown.pixels[thing.number] >= least) for thing in pixels.called(name)]
        return min((int(found[0]) for found in frames if len(found)), default=pixels.stored.num_frames)

    orders = {
        ", ".join(sorted(names, key=lambda name: (first(name, pixels._least(threshold)), name)))
        for threshold in ("seen", "nameable")
    }
    return choice(row, lambda option: option in orders)


def camera_distance(pixels: Pixels, row: Row, words: Words) -> Verdict:
    """Within the bounds; and at the moment itself no pixel of it is nearer."""
    thing, frame = pixels.the(words["thing"]), pixels.stored.frame_at(words["first"])
    nearest = float(pixels.shown.nearest[thing.number, frame])
    if not np.isfinite(nearest) or nearest < float(row["answer"]) - 0.05 - TOLERANCE:
        return Verdict(f"the nearest pixel is {nearest:.3f} away, the answer is {row['answer']}")
    return number(row, pixels.from_camera(thing, frame), 0.1, 0.1)


def approach(pixels: Pixels, row: Row, words: Words) -> Verdict:
    """Closer while the least distance at last is not above the greatest at first, and the other way round."""
    thing = pixels.the(words["thing"])
    before, after = (pixels.from_camera(thing, pixels.stored.frame_at(words[part])) for part in ("first", "last"))
    return choice(row, lambda option: after[0] < before[1] if option == "closer" else before[0] < after[1])


def camera_direction(pixels: Pixels, row: Row, words: Words) -> Verdict:
    """Every point of it that any frame saw lies on this side."""
    thing, frame = pixels.the(words["thing"]), pixels.stored.frame_at(words["first"])
    eye, yaw = pixels.stored.eye(frame)[:2], np.radians(pixels.stored.heading(frame))
    angles = turns(eye, eye + np.array([np.cos(yaw), np.sin(yaw)]), pixels.shown.points[thing.number][:, :2])
    return choice(row, lambda option: bool(lies(option, angles).all()))


_CHECKS: dict[str, Callable[[Pixels, Row, Words], Verdict]] = {
    "object_counting": counting,
    "object_existence": existence,
    "object_abs_distance": absolute_distance,
    "object_rel_distance": relative_distance,
    "object_size_estimation": size,
    "object_short_size_estimation": size,
    **dict.fromkeys([f"object_rel_direction_{level}" for level in ("easy", "medium", "hard")], direction),
    **dict.fromkeys(["obj_appearance_order", *(f"appearance_order_{count}" for count in (2, 3, 5, 6))], order),
    "camera_object_distance": camera_distance,
    "camera_object_approach": approach,
    "camera_object_direction": camera_direction,
}
