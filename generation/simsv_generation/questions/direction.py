"""Where an object lies for someone who stands by a second object and faces a third."""

import math
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, zip_longest

import numpy as np
from numpy.typing import NDArray

from simsv_generation.geometry import Floats, Vec2
from simsv_generation.questions.base import Answer, Candidate, Rejection
from simsv_generation.questions.sightings import Sightings
from simsv_generation.questions.standing import SPACING
from simsv_generation.questions.steps import FRAME, from_start, heard, told

SMALLEST_DISTANCE = 0.3
"""Metres between any two of the three objects."""
SMALLEST_MARGIN = 10.0
"""Degrees between the direction and the nearest border of its sector, seen from the middle of the first object."""
_MOST = 60
"""Triples proposed for each answer."""
NUDGE = 1e-3
"""An answer that changes when each object moves by this, metres, is not asked."""
_BETWEEN = SPACING / math.sqrt(2.0)
"""Metres from any place by an object to the nearest of those looked at."""


@dataclass(frozen=True, slots=True)
class Sectors:
    """A division of the directions around a person into answers.

    Angles are degrees counter-clockwise from the way the person faces: positive is left.
    """

    names: tuple[str, ...]
    """As VSI-Bench lists them."""
    arcs: tuple[tuple[float, str], ...]
    """The angle at which each sector ends and its name, counter-clockwise from behind, in (-180, 180]."""
    rule: str
    """The division in words."""
    asked_up_to: float = 180.0
    """Directions further from straight ahead than this are not asked about."""

    def name(self, angle: float) -> str:
        """The sector that an angle lies in; "" where it is not asked about."""
        if abs(angle) > self.asked_up_to:
            return ""
        return next((name for end, name in self.arcs if angle <= end), self.arcs[0][1])

    def margin(self, angle: float) -> float:
        """Degrees to the nearest angle where the name changes."""
        return min(abs(math.remainder(angle - end, 360.0)) for end in self._ends)

    def margins(self, angles: Floats) -> Floats:
        """`margin` of many angles."""
        turns = np.abs(angles[:, None] - self._ends)
        return np.asarray(np.minimum(turns, 360.0 - turns).min(1))

    def of(self, angles: Floats) -> NDArray[np.intp]:
        """Which of `arcs` each angle lies in, whether it is asked about or not."""
        return np.searchsorted([end for end, _ in self.arcs], angles) % len(self.arcs)

    def are_asked(self, angles: Floats) -> NDArray[np.bool_]:
        """Whether each angle is asked about."""
        return np.asarray(np.abs(angles) <= self.asked_up_to)

    def depths(self, angles: Floats, angle: float) -> Floats:
        """How deep angles (N,) lie in the sector of an angle that is asked about, degrees; negative outside of it."""
        ends = sorted(self._ends)
        after = bisect_left(ends, angle)
        start, end = ends[after - 1], ends[after % len(ends)]
        half = (end - start) % 360.0 / 2.0
        away = np.abs(angles - math.remainder(start + half, 360.0))
        return np.asarray(half - np.minimum(away, 360.0 - away))

    @property
    def _ends(self) -> tuple[float, ...]:
        unasked = (self.asked_up_to, -self.asked_up_to) if self.asked_up_to < 180.0 else ()
        return (*(end for end, _ in self.arcs), *unasked)


# Left and right of a thing mean little for what lies behind one's back, so `easy` does not ask about that.
EASY = Sectors(
    ("left", "right"),
    ((0.0, "right"), (180.0, "left")),
    "The side to which I turn is the side on which it is.",
    asked_up_to=135.0,
)
MEDIUM = Sectors(
    ("left", "right", "back"),
    ((-135.0, "back"), (0.0, "right"), (135.0, "left")),
    "What takes a turn of at least 135 degrees is to my back.",
)
HARD = Sectors(
    ("front-left", "front-right", "back-left", "back-right"),
    ((-90.0, "back-right"), (0.0, "front-right"), (90.0, "front-left"), (180.0, "back-left")),
    "What takes a turn of less than 90 degrees is in front of me, what takes more is behind me.",
)

_FACING = "If I am standing by the {stand} and facing the {face}, is the {query} "
_TEMPLATES = {
    "easy": _FACING + "to the left or the right of the {face}?",
    "medium": _FACING
    + "to my left, right, or back? An object is to my back if I would have to turn at least 135 degrees in order to "
    "face it.",
    "hard": _FACING
    + "to my front-left, front-right, back-left, or back-right? The directions refer to the quadrants of a Cartesian "
    "plane (if I am standing at the origin and facing along the positive y-axis).",
}


@dataclass(frozen=True, slots=True)
class RelativeDirection:
    """VSI-Bench's object_rel_direction in one of its three difficulties.

    The answer must be the same from the middle of the first object and from every place around it where a person could
    stand: inside its room and outside other objects.
    """

    question_type: str
    sectors: Sectors

    def propose(self, sightings: Sightings, rng: np.random.Generator) -> Iterator[Candidate]:
        """Triples (stand by, face, asked about) that the video shows together, each answer in its turn.

        What lies behind somebody is rare, so without turns hardly any question would have that answer.
        """
        referents = sightings.referents
        related = sightings.relations(referents) & (sightings.distances(referents) >= SMALLEST_DISTANCE)
        triples = np.argwhere(related[:, :, None] & related[:, None] & related)
        places = np.array([sightings.objects[referent].box.center[:2] for referent in referents]).reshape(-1, 2)
        angles = angles_from(*(places[triples[:, role]] for role in range(3)))
        likely = self.sectors.are_asked(angles) & (self.sectors.margins(angles) >= SMALLEST_MARGIN)
        triples, sectors = triples[likely], self.sectors.of(angles[likely])
        shuffled = rng.permutation(len(triples))
        turns = [shuffled[sectors[shuffled] == sector][:_MOST] for sector in range(len(self.sectors.arcs))]
        for turn in zip_longest(*(indices.tolist() for indices in turns)):
            for index in turn:
                if index is not None:
                    roles = tuple(referents[row] for row in triples[index].tolist())
                    yield Candidate(self.question_type, roles, expected=self.sectors.arcs[sectors[index]][1])

    def answer(self, sightings: Sightings, candidate: Candidate) -> Answer | Rejection:
        """The sector's name; the margin is the smallest over all standing points, degrees."""
        if problem := sightings.problem(candidate.referents):
            return Rejection(problem)
        pairs = list(combinations(candidate.referents, 2))
        if not all(sightings.are_related(a, b) for a, b in pairs):
            return Rejection("never_seen_together")
        if min(sightings.distance(a, b) for a, b in pairs) < SMALLEST_DISTANCE:
            return Rejection("too_close")
        stand, face, query = (sightings.objects[referent].box.center[:2] for referent in candidate.referents)
        from_centre = math.remainder(_heading(stand, query) - _heading(stand, face), 360.0)
        name = self.sectors.name(from_centre)
        if not name:
            return Rejection("behind_the_back")
        if self.sectors.margin(from_centre) < SMALLEST_MARGIN:
            return Rejection("near_a_border")
        places = sightings.standing.by(candidate.referents[0])
        if not len(places):
            return Rejection("no_place_to_stand")
        places = np.concatenate([[stand], places])
        moved = np.full(len(places), 2 * NUDGE + _BETWEEN)
        moved[0] = 2 * NUDGE
        angles, turned = _seen_from(places, np.array(face), np.array(query), moved)
        margins = self.sectors.depths(angles, from_centre)
        if (margins <= turned).any():
            return Rejection("depends_on_where_one_stands")
        return Answer(
            text=name,
            margin=round(float(margins.min()), 3),
            evidence=sightings.shortest_span(candidate.referents),
            min_frames=sightings.min_frames(candidate.referents),
        )

    def word(
        self, sightings: Sightings, candidate: Candidate, answer: Answer, rng: np.random.Generator
    ) -> tuple[str, str, tuple[str, ...]]:
        """VSI-Bench's wording, the sectors in random order as options."""
        level = self.question_type.rsplit("_", 1)[-1]
        names = dict(
            zip(("stand", "face", "query"), (sightings.objects[r].category for r in candidate.referents), strict=True)
        )
        options = tuple(self.sectors.names[index] for index in rng.permutation(len(self.sectors.names)).tolist())
        return f"vsi_rel_direction_{level}", _TEMPLATES[level].format(**names), options

    def rationale(self, sightings: Sightings, candidate: Candidate, answer: Answer) -> str:
        """Where the three objects are on the floor plan, the two headings, and the turn between them."""
        things = [sightings.objects[referent] for referent in candidate.referents]
        places = [from_start(sightings, np.array(thing.box.center[:2])) for thing in things]
        stand, face, query = (thing.category for thing in things)
        headings = [math.degrees(math.atan2(*(to - places[0])[::-1].tolist())) for to in places[1:]]
        turn = float(angles_from(places[0][None], places[1], places[2])[0])
        return (
            f"{FRAME}, and seen from above, the {stand} is at {told(places[0])}, the {face} at {told(places[1])} and "
            f"the {query} at {told(places[2])}. From the {stand}, the {face} lies in the direction of "
            f"{headings[0]:.0f} degrees, counted counter-clockwise from ahead, and the {query} in that of "
            f"{headings[1]:.0f} degrees. Facing the {face}, I have to turn {abs(turn):.0f} degrees to the "
            f"{'left' if turn > 0 else 'right'} to face the {query}. {self.sectors.rule} "
            f"So the answer is {answer.text}."
        )

    def conclude(self, rationale: str) -> str:
        """The sector of the turn between the second and the third place, seen from the first."""
        stand, face, query = heard(rationale)
        return self.sectors.name(float(angles_from(stand[None], face, query)[0]))


def _heading(start: Vec2, end: Vec2) -> float:
    return math.degrees(math.atan2(end[1] - start[1], end[0] - start[0]))


def angles_from(points: Floats, face: Floats, query: Floats) -> Floats:
    """Degrees counter-clockwise from facing `face` to facing `query`, in (-180, 180], at standing points (N, 2).

    What is faced and asked about is one place (2,) for all points, or one (N, 2) for each.
    """
    return _turns((face - points).T, (query - points).T)


def _turns(ahead: Floats, aside: Floats) -> Floats:
    """Degrees counter-clockwise from one way to another, in (-180, 180]; ways are (2, N)."""
    cross = ahead[0] * aside[1] - ahead[1] * aside[0]
    dot = ahead[0] * aside[0] + ahead[1] * aside[1]
    return np.asarray(np.degrees(np.arctan2(cross, dot)))


def _seen_from(points: Floats, face: Floats, query: Floats, moved: Floats) -> tuple[Floats, Floats]:
    """The angles of `angles_from`, and by how much they can change when a person moves by `moved` (N,), metres."""
    ahead, aside = (face - points).T, (query - points).T
    changes = [np.arcsin(moved / np.maximum(np.hypot(way[0], way[1]), moved)) for way in (ahead, aside)]
    return _turns(ahead, aside), np.degrees(changes[0] + changes[1])
