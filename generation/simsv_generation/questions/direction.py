"""Where an object lies for someone who stands by a second object and faces a third."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations

import numpy as np
import shapely

from simsv_generation.geometry import Floats, OrientedBox, box_distance, polygon_distance
from simsv_generation.questions.base import Answer, Candidate, Rejection, smallest_budget
from simsv_generation.questions.sightings import Sightings
from simsv_generation.questions.steps import FRAME, from_start, heard, told
from simsv_generation.scene import Room

SMALLEST_DISTANCE = 0.3
"""Metres between any two of the three objects."""
SMALLEST_MARGIN = 10.0
"""Degrees between the direction and the nearest border of its sector, seen from the middle of the first object."""
NUDGE = 1e-3
"""An answer that changes when each object moves by this, metres, is not asked."""
STANDING_DISTANCES = (0.3, 0.6)
"""Metres from the first object's outline at which people stand "by" it."""
_STANDING_POINTS = 24
"""Looked at on each outline."""
_REACH = 1.2
"""Metres from an object's outline within which one still stands by it."""


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
        ends = [end for end, _ in self.arcs] + [self.asked_up_to, -self.asked_up_to] * (self.asked_up_to < 180.0)
        return min(abs(math.remainder(angle - end, 360.0)) for end in ends)


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
        """Triples (stand by, face, asked about) of objects that a question may name."""
        triples = list(permutations(sightings.referents, 3))
        for index in rng.permutation(len(triples)).tolist():
            yield Candidate(self.question_type, triples[index])

    def answer(self, sightings: Sightings, candidate: Candidate) -> Answer | Rejection:
        """The sector's name; the margin is the smallest over all standing points, degrees."""
        if problem := sightings.problem(candidate.referents):
            return Rejection(problem)
        stand, face, query = (sightings.objects[referent] for referent in candidate.referents)
        pairs = ((stand, face), (stand, query), (face, query))
        if not all(sightings.are_related(a.object_id, b.object_id) for a, b in pairs):
            return Rejection("never_seen_together")
        if min(box_distance(a.box, b.box) for a, b in pairs) < SMALLEST_DISTANCE:
            return Rejection("too_close")
        face_point, query_point = np.array(face.box.center[:2]), np.array(query.box.center[:2])
        from_centre = float(angles_from(np.array([stand.box.center[:2]]), face_point, query_point)[0])
        name = self.sectors.name(from_centre)
        if not name:
            return Rejection("behind_the_back")
        if self.sectors.margin(from_centre) < SMALLEST_MARGIN:
            return Rejection("near_a_border")
        points = standing_points(sightings, stand.object_id)
        if not len(points):
            return Rejection("no_place_to_stand")
        places = np.vstack([stand.box.center[:2], points])
        angles = angles_from(places, face_point, query_point).tolist()
        margins = np.array([self.sectors.margin(angle) for angle in angles])
        if (
            any(self.sectors.name(angle) != name for angle in angles)
            or (margins <= _turned_by_nudge(places, face_point, query_point)).any()
        ):
            return Rejection("depends_on_where_one_stands")
        margin = float(margins.min())
        frames = [frozenset(sightings.of[referent].clear_frames) for referent in candidate.referents]
        return Answer(
            text=name,
            margin=round(margin, 3),
            evidence=sightings.shortest_span(candidate.referents),
            min_frames=smallest_budget(len(sightings.episode.trajectory.steps), frames),
        )

    def word(
        self, sightings: Sightings, candidate: Candidate, answer: Answer, rng: np.random.Generator
    ) -> tuple[str, str, tuple[str, ...], None]:
        """VSI-Bench's wording, the sectors in random order as options."""
        level = self.question_type.rsplit("_", 1)[-1]
        names = dict(
            zip(("stand", "face", "query"), (sightings.objects[r].category for r in candidate.referents), strict=True)
        )
        options = tuple(self.sectors.names[index] for index in rng.permutation(len(self.sectors.names)).tolist())
        return f"vsi_rel_direction_{level}", _TEMPLATES[level].format(**names), options, None

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


def angles_from(points: Floats, face: Floats, query: Floats) -> Floats:
    """Degrees counter-clockwise from facing `face` to facing `query`, in (-180, 180], at standing points (N, 2)."""
    ahead, aside = face - points, query - points
    cross = ahead[:, 0] * aside[:, 1] - ahead[:, 1] * aside[:, 0]
    dot = ahead[:, 0] * aside[:, 0] + ahead[:, 1] * aside[:, 1]
    return np.asarray(np.degrees(np.arctan2(cross, dot)))


def _turned_by_nudge(points: Floats, face: Floats, query: Floats) -> Floats:
    """Degrees by which the angles of `angles_from` can change when the person and both objects move by `NUDGE`."""
    distances = [np.maximum(np.hypot(*(to - points).T), 2 * NUDGE) for to in (face, query)]
    return np.asarray(sum(np.degrees(np.arcsin(2 * NUDGE / distance)) for distance in distances))


def standing_points(sightings: Sightings, object_id: str) -> Floats:
    """Places (N, 2) where a person could stand by an object: in its room and outside of what stands on the floor.

    They lie around the object and, when it rests on another one, also beside that, no further off than `_REACH`.
    """
    thing = sightings.objects[object_id]
    support = sightings.objects.get(thing.parent_id)
    room = next(room for room in sightings.episode.house.rooms if room.room_id == thing.room_id)
    others = tuple(other.box for other in sightings.obstacles if other.object_id != object_id)
    return _places_around(thing.box, support.box if support else None, room, others)


# The same object is stood by in many questions.
@lru_cache(maxsize=256)
def _places_around(
    box: OrientedBox, support: OrientedBox | None, room: Room, others: tuple[OrientedBox, ...]
) -> Floats:
    outline = shapely.Polygon(box.footprint())
    rings = [outline.buffer(distance).exterior for distance in STANDING_DISTANCES]
    if support is not None:
        rings.append(shapely.Polygon(support.footprint()).buffer(STANDING_DISTANCES[0]).exterior)
    fractions = np.arange(_STANDING_POINTS) / _STANDING_POINTS
    points = np.concatenate(
        [shapely.get_coordinates(shapely.line_interpolate_point(ring, fractions, normalized=True)) for ring in rings]
    )
    free = shapely.contains_xy(room.polygon, points[:, 0], points[:, 1])
    free &= polygon_distance(box.footprint(), points) <= _REACH
    for other in others:
        free &= polygon_distance(other.footprint(), points) > 0.0
    return np.asarray(points[free])
