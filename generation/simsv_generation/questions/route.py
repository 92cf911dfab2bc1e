"""Which way to turn on a walk from one thing to another."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simsv_generation.geometry import Floats
from simsv_generation.questions.base import Answer, Candidate, Rejection
from simsv_generation.questions.floor_plan import FloorPlan, Landmark
from simsv_generation.questions.sightings import Sightings
from simsv_generation.questions.steps import FRAME, from_start, heard, told

BORDERS = (45.0, 135.0)
"""Degrees: what takes a smaller turn lies ahead, what takes a larger one lies behind."""
SMALLEST_MARGIN = 15.0
"""Degrees between every turn and the nearest border."""
NEAREST_END = 1.0
"""Metres from the destination to where the robot began or stopped before; closer, it had no need to go on."""
SURE_MARGIN = 25.0
"""Degrees; routes with less between middles often turn otherwise from elsewhere, so they are proposed last."""
CLEARANCE = 0.2
"""Metres that a way keeps to walls and furniture."""
SQUEEZE = 0.15
"""Metres: who keeps only this much might get through too, so he must not turn otherwise."""
SHORTEST_LEG = 1.0
"""Metres that one goes forward at least."""
NEAREST_FACED = 0.7
"""Metres; what is closer than that to the middle of the thing one faces, faces it in no clear direction."""
_FEWEST_WAYS = 2
"""Places by the first object from which one gets through."""
_BLANKS = 2
_TURNS = ("", "Turn Left", "Turn Right", "Turn Back")
_MOST = 4000
"""Candidates of an episode."""

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Walks:
    """Straight walks along a route, from every place by its first object: arrays of one entry, or row, a place."""

    ways: Bools
    """Where one gets through, and faces the thing to be faced in a clear direction."""
    squeezed: Bools
    """Where one might get through."""
    turns: Floats
    """Shape (N, blanks): degrees, counter-clockwise positive, in (-180, 180]."""
    points: Floats
    """Shape (N, landmarks + 1, 2): where one starts, and stops before each landmark."""


class RoutePlanning:
    """VSI-Bench's route_planning: the two turns that a description of a walk leaves out.

    Referents are the object one begins at, the one one faces, then the landmarks; the first landmark may be the one
    faced, and then takes no turn. One begins anywhere beside the first object and walks straight towards each landmark
    until one is before it. Everyone who gets through must turn the same way.
    """

    question_type = "route_planning"

    def propose(self, sightings: Sightings, rng: np.random.Generator) -> Iterator[Candidate]:
        """Routes whose ways are free between the middles of things and whose turns are plain there; sure ones first."""
        routes, margins = _plain_routes(sightings)
        shuffled = rng.permutation(len(routes))
        order = shuffled[np.argsort(margins[shuffled] < SURE_MARGIN, kind="stable")]
        distances = sightings.distances(sightings.referents)
        for index in order[:_MOST].tolist():
            begin, _, *landmarks = routes[index]
            if not (distances[[begin, *landmarks[:-1]], landmarks[-1]] < NEAREST_END).any():
                yield Candidate(self.question_type, tuple(sightings.referents[k] for k in routes[index]))

    def answer(self, sightings: Sightings, candidate: Candidate) -> Answer | Rejection:
        """The turns; the margin is that of the turn nearest to a border on any walk, degrees."""
        begin, face, *landmarks = candidate.referents
        if problem := sightings.problem(candidate.referents):
            return Rejection(problem)
        if sightings.objects[begin].room_id != sightings.objects[face].room_id:
            return Rejection("faces_another_room")
        walks = _walks(sightings.floor_plan, begin, face, landmarks)
        if walks is None:
            return Rejection("no_straight_way")
        turns = walks.turns[walks.squeezed]
        margin, names = float(_margins(turns).min()), _names(turns)
        if margin < SMALLEST_MARGIN or (names == 0).any():
            return Rejection("no_plain_turn")
        if (names != names[0]).any():
            return Rejection("depends_on_where_one_starts")
        if any(sightings.distance(stop, landmarks[-1]) < NEAREST_END for stop in (begin, *landmarks[:-1])):
            return Rejection("ends_where_it_was")
        return Answer(
            text=", ".join(_TURNS[name] for name in names[0].tolist()),
            margin=round(margin, 3),
            evidence=sightings.shortest_span(candidate.referents),
            min_frames=sightings.min_frames(candidate.referents),
        )

    def word(
        self, sightings: Sightings, candidate: Candidate, answer: Answer, rng: np.random.Generator
    ) -> tuple[str, str, tuple[str, ...]]:
        """VSI-Bench's wording; for each turn the true one and another, so no option stands out among the four."""
        begin, face, *landmarks = (sightings.objects[referent].category for referent in candidate.referents)
        actions: list[str] = []
        for number, landmark in enumerate(landmarks):
            if number or landmark != face:
                actions.append("[please fill in]")
            actions.append(f"Go forward until the {landmark}")
        text = (
            f"You are a robot beginning at the {begin} and facing the {face}. You want to navigate to the "
            f"{landmarks[-1]}. You will perform the following actions (Note: for each [please fill in], choose either "
            "'turn back,' 'turn left,' or 'turn right.'): "
            + " ".join(f"{number}. {action}" for number, action in enumerate(actions, start=1))
            + ". You have reached the final destination."
        )
        pairs = []
        for turn in answer.text.split(", "):
            others = [other for other in _TURNS[1:] if other != turn]
            pairs.append((turn, others[int(rng.integers(len(others)))]))
        options = [f"{first}, {second}" for first in pairs[0] for second in pairs[1]]
        return "vsi_route_planning", text, tuple(options[index] for index in rng.permutation(len(options)))

    def rationale(self, sightings: Sightings, candidate: Candidate, answer: Answer) -> str:
        """One of the walks: where it begins, where its landmarks are and where it stops, and the turns between."""
        begin, face, *landmarks = candidate.referents
        names = {referent: sightings.objects[referent].category for referent in candidate.referents}
        walks = _walks(sightings.floor_plan, begin, face, landmarks)
        assert walks is not None  # The answer is from there.
        points = walks.points[walks.ways][0]
        turns = iter(walks.turns[walks.ways][0].tolist())

        def place(point: Floats) -> str:
            return told(from_start(sightings, point))

        def middle(referent: str) -> str:
            return place(sightings.floor_plan.landmark(referent).center)

        steps = [f"{FRAME}, and seen from above, I begin beside the {names[begin]} at {place(points[0])}"]
        steps.append(f"I face the {names[face]} at {middle(face)}")
        for number, landmark in enumerate(landmarks):
            way = "straight ahead" if not number and landmark == face else _turned(next(turns))
            steps.append(f"The {names[landmark]} at {middle(landmark)} is {way}")
            steps.append(f"I go forward and stop before it at {place(points[number + 1])}")
        return ". ".join([*steps, f"So the answer is {answer.text}."])

    def conclude(self, rationale: str) -> str:
        """The turns from heading to heading."""
        here, face, *rest = heard(rationale)
        heading, turns = face - here, []
        for landmark, stop in zip(rest[::2], rest[1::2], strict=True):
            turns.append(_angles(heading[None], (landmark - here)[None])[0])
            heading, here = landmark - here, stop
        return ", ".join(_TURNS[name] for name in _names(np.array(turns)).tolist() if name)


def _walks(plan: FloorPlan, begin: str, face: str, landmarks: list[str]) -> _Walks | None:
    """None when too few places are left from which one surely gets through."""
    here = plan.starts(begin)
    heading = plan.landmark(face).center - here
    ways = np.hypot(heading[:, 0], heading[:, 1]) >= NEAREST_FACED
    squeezed, turns, points = np.ones(len(here), dtype=np.bool_), [], [here]
    for number, name in enumerate(landmarks):
        landmark = plan.landmark(name)
        ahead, stop = landmark.center - here, landmark.stops(here)
        if number or name != face:
            turns.append(_angles(heading, ahead))
        squeezed &= _is_leg(landmark, here, stop)
        room = plan.room(here[squeezed], stop[squeezed])
        ways[squeezed] &= room >= CLEARANCE
        squeezed[squeezed] = room >= SQUEEZE
        ways &= squeezed
        if np.count_nonzero(ways) < _FEWEST_WAYS:
            return None
        heading, here = ahead, stop
        points.append(here)
    return _Walks(ways, squeezed, np.stack(turns, 1), np.stack(points, 1))


def _is_leg(landmark: Landmark, starts: Floats, stops: Floats) -> Bools:
    """Whether walks are long enough and end in the landmark's room, on its side of the wall."""
    length = np.hypot(*(stops - starts).T)
    return np.asarray((length >= SHORTEST_LEG) & landmark.is_beside(stops))


def _plain_routes(sightings: Sightings) -> tuple[list[list[int]], Floats]:
    """Routes as indices into `sightings.referents` (see `RoutePlanning` for their order), and their margins."""
    count = len(sightings.referents)
    if count < _BLANKS + 2:
        return [], np.zeros(0)
    plan = sightings.floor_plan
    things = [plan.landmark(referent) for referent in sightings.referents]
    rooms = np.array([sightings.objects[referent].room_id for referent in sightings.referents])
    centers = np.array([thing.center for thing in things])
    offset = centers[None] - centers[:, None]  # from the first index to the second
    starts = np.stack([thing.rim(offset[k]) for k, thing in enumerate(things)])
    stops = np.stack([thing.stops(starts[:, k]) for k, thing in enumerate(things)], 1)
    legs = np.stack([_is_leg(thing, starts[:, k], stops[:, k]) for k, thing in enumerate(things)], 1)
    legs &= np.stack([thing.is_beside(starts[k]) for k, thing in enumerate(things)])
    legs[legs] = plan.room(starts[legs], stops[legs]) >= CLEARANCE

    # Indices a, b, c: the turn before b on the way from a to c; and the turn at a from facing b to facing c.
    different = ~np.eye(count, dtype=np.bool_)
    triples = different[:, :, None] & different[:, None] & different[None]
    before = _plain(triples & legs[:, :, None] & legs[None], offset[:, :, None], centers - stops[:, :, None])
    together = rooms[:, None] == rooms
    at = _plain(triples & together[:, :, None] & legs[:, None], offset[:, :, None], offset[:, None])

    begin, first, last = np.nonzero(before)
    row, face = np.nonzero(at[begin, :, first] * different[last])
    begin, first, last = begin[row], first[row], last[row]
    turn_first = np.stack([begin, face, first, last], 1)
    margins = [np.minimum(at[begin, face, first], before[begin, first, last])]
    begin, face, first = np.nonzero(before * together[:, :, None])
    row, last = np.nonzero(before[face, first] * different[begin])
    begin, face, first = begin[row], face[row], first[row]
    walk_first = np.stack([begin, face, face, first, last], 1)
    margins.append(np.minimum(before[begin, face, first], before[face, first, last]))
    return [*turn_first.tolist(), *walk_first.tolist()], np.concatenate(margins)


def _plain(where: Bools, heading: Floats, ahead: Floats) -> Floats:
    """The margins of the turns where they are asked for and plain, otherwise 0; in the shape of `where`."""
    angles = _angles(*_at(where, heading, ahead))
    margins = np.zeros(where.shape)
    margins[where] = np.where(_is_plain(angles), _margins(angles), 0.0)
    return margins


def _at(where: Bools, *vectors: Floats) -> list[Floats]:
    """The vectors, arrays that broadcast to `where` with a last axis of 2, for which it is true."""
    return [np.broadcast_to(vector, (*where.shape, 2))[where] for vector in vectors]


def _angles(heading: Floats, ahead: Floats) -> Floats:
    """Degrees counter-clockwise from one direction to another, in (-180, 180]; arrays (..., 2) that broadcast."""
    cross = heading[..., 0] * ahead[..., 1] - heading[..., 1] * ahead[..., 0]
    dot = heading[..., 0] * ahead[..., 0] + heading[..., 1] * ahead[..., 1]
    return np.asarray(np.degrees(np.arctan2(cross, dot)))


def _margins(angles: Floats) -> Floats:
    """Degrees to the nearest border."""
    return np.asarray(np.minimum(*(np.abs(np.abs(angles) - border) for border in BORDERS)))


def _names(angles: Floats) -> NDArray[np.intp]:
    """Indices into `_TURNS`."""
    size = np.abs(angles)
    side = np.where(angles > 0, 1, 2)
    return np.where(size < BORDERS[0], 0, np.where(size < BORDERS[1], side, 3))


def _is_plain(angles: Floats) -> Bools:
    return np.asarray((_margins(angles) >= SMALLEST_MARGIN) & (_names(angles) > 0))


def _turned(angle: float) -> str:
    side = "left" if angle > 0 else "right"
    if abs(angle) >= BORDERS[1]:
        return f"{abs(angle):.0f} degrees to the {side}, which is behind me"
    return f"{abs(angle):.0f} degrees to the {side}"
