"""How the camera moved, and where things are from it at a moment: from exact poses."""

import math
import re
from collections.abc import Iterator

import numpy as np

from simsv_generation.camera import Pose
from simsv_generation.geometry import wrap_degrees
from simsv_generation.questions.base import Answer, Candidate, Rejection
from simsv_generation.questions.sightings import Sightings

SMALLEST_MOVE = 0.5
"""Metres between two places, or by which a distance changes."""
TURNS = (20.0, 160.0)
"""Degrees between which a turn is plainly to one side."""
NUDGE = 2e-3
"""Metres by which a distance may be off when the pose and the object both move by a millimetre."""
SHORTEST_SPAN = 1.0
"""Seconds between two moments."""
HOLLOW = 0.1
"""Metres by which all that one sees of an object may be farther than the closest point of its box."""
LONGEST_BLANK = 5
"""Frames one after the other in which nothing tells how the camera turns."""
_ATTEMPTS = 400
"""Draws that are looked at in one episode."""
_PLACE = re.compile(r"\((-?\d+\.\d+), (-?\d+\.\d+), (-?\d+\.\d+)\)")
_ANGLE = re.compile(r"(-?\d+\.\d+) degrees")
_LENGTH = re.compile(r"(\d+\.\d+) m\b")


def _time(sightings: Sightings, frame: int) -> str:
    """A moment in the words of a question."""
    return f"{frame / sightings.episode.fps:.1f} s"


def _pose(sightings: Sightings, frame: int) -> Pose:
    return sightings.episode.trajectory.steps[frame].pose


def _pairs(sightings: Sightings, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Two moments at least `SHORTEST_SPAN` apart, at whole tenths of a second; each pair once."""
    count, fps = len(sightings.episode.trajectory.steps), sightings.episode.fps
    told = np.array([frame for frame in range(count) if frame * 10 % fps == 0])
    pairs = np.sort(told[rng.integers(len(told), size=(_ATTEMPTS, 2))], axis=1)
    pairs = pairs[pairs[:, 1] - pairs[:, 0] >= SHORTEST_SPAN * fps]
    return list(dict.fromkeys(map(tuple, pairs.tolist())))


def _clear_moments(sightings: Sightings, referent: str) -> list[int]:
    """Frames at whole tenths of a second in which an object is clear."""
    fps = sightings.episode.fps
    return [frame for frame in sightings.of[referent].clear_frames if frame * 10 % fps == 0]


def _rounding_margin(metres: float) -> float:
    return abs(metres * 10 - math.floor(metres * 10) - 0.5) / 10


class CameraDisplacement:
    """How far apart the camera's places at two moments are, in a straight line, metres to one decimal."""

    question_type = "camera_displacement"

    def propose(self, sightings: Sightings, rng: np.random.Generator) -> Iterator[Candidate]:
        """Pairs of moments."""
        for pair in _pairs(sightings, rng):
            yield Candidate(self.question_type, moments=pair)

    def answer(self, sightings: Sightings, candidate: Candidate) -> Answer | Rejection:
        """Metres; the margin is the distance to where they round otherwise."""
        first, last = candidate.moments
        moved = math.dist(_pose(sightings, first).position, _pose(sightings, last).position)
        if moved < SMALLEST_MOVE:
            return Rejection("hardly_moved")
        if _rounding_margin(moved) <= NUDGE:
            return Rejection("margin_below_nudge")
        margin = round(_rounding_margin(moved), 4)
        return Answer(f"{moved:.1f}", margin, (first, last), 0, float(f"{moved:.1f}"))

    def word(
        self, sightings: Sightings, candidate: Candidate, answer: Answer, rng: np.random.Generator
    ) -> tuple[str, str, None]:
        """The two moments in seconds."""
        first, last = (_time(sightings, moment) for moment in candidate.moments)
        text = (
            f"How far is the camera's position at {last} from its position at {first}, in a straight line (in meters)?"
        )
        return "camera_displacement", text, None

    def rationale(self, sightings: Sightings, candidate: Candidate, answer: Answer) -> str:
        """The steps between the moments, summed up."""
        start = np.array(_pose(sightings, candidate.moments[0]).position)
        end = np.array(_pose(sightings, candidate.moments[1]).position) - start
        x, y, z = (round(float(value), 3) + 0.0 for value in end)
        first, last = (_time(sightings, moment) for moment in candidate.moments)
        return (
            f"From {first} to {last} the camera moves by ({x:.3f}, {y:.3f}, {z:.3f}) metres along three axes at right "
            f"angles. The root of the sum of the squares is {answer.text}."
        )

    def conclude(self, rationale: str) -> str:
        """The length of the move."""
        (found,) = _PLACE.findall(rationale)
        return f"{math.hypot(*(float(value) for value in found)):.1f}"


class CameraTurn:
    """To which side the camera's heading has changed between two moments."""

    question_type = "camera_turn"

    def propose(self, sightings: Sightings, rng: np.random.Generator) -> Iterator[Candidate]:
        """Pairs of moments between which the camera turned plainly to one side."""
        turned, steps = sightings.turned, sightings.episode.trajectory.steps
        for first, last in _pairs(sightings, rng):
            net = wrap_degrees(steps[last].pose.yaw - steps[first].pose.yaw)
            if TURNS[0] <= abs(net) <= TURNS[1] and abs(turned[last] - turned[first] - net) <= 1.0:
                yield Candidate(self.question_type, moments=(first, last))

    def answer(self, sightings: Sightings, candidate: Candidate) -> Answer | Rejection:
        """Left or right; the margin is the distance of the turn to no turn and to a half turn, degrees.

        A walk whose heading on the way goes round the other side is not asked about: it turned both ways.
        """
        first, last = candidate.moments
        total = sightings.turned[last] - sightings.turned[first]
        net = wrap_degrees(_pose(sightings, last).yaw - _pose(sightings, first).yaw)
        if not TURNS[0] <= abs(net) <= TURNS[1]:
            return Rejection("no_plain_turn")
        if abs(total - net) > 1.0:
            return Rejection("turned_all_the_way_round")
        telling = np.flatnonzero(~sightings.is_blank[first : last + 1])
        if np.diff(telling, prepend=-1, append=last + 1 - first).max() > LONGEST_BLANK:
            return Rejection("nothing_to_tell_the_turn_by")
        margin = round(min(abs(net), 180.0 - abs(net)), 3)
        return Answer("left" if net > 0 else "right", margin, (first, last), 0)

    def word(
        self, sightings: Sightings, candidate: Candidate, answer: Answer, rng: np.random.Generator
    ) -> tuple[str, str, tuple[str, ...]]:
        """Left and right in random order."""
        first, last = (_time(sightings, moment) for moment in candidate.moments)
        options = ("left", "right") if rng.random() < 0.5 else ("right", "left")
        text = f"Compared with its heading at {first}, has the camera turned to the left or to the right by {last}?"
        return "camera_turn", text, options

    def rationale(self, sightings: Sightings, candidate: Candidate, answer: Answer) -> str:
        """Both headings."""
        first, last = (_pose(sightings, moment).yaw for moment in candidate.moments)
        return (
            f"Counted counter-clockwise, the camera's heading is {first:.2f} degrees at first and {last:.2f} degrees "
            f"in the end. The shorter way from one to the other is to the {answer.text}."
        )

    def conclude(self, rationale: str) -> str:
        """The sign of the turn."""
        first, last = (float(found) for found in _ANGLE.findall(rationale))
        return "left" if wrap_degrees(last - first) > 0 else "right"


class CameraObjectDistance:
    """How far an object is from the camera at a moment: to the closest point of its box, metres to one decimal."""

    question_type = "camera_object_distance"

    def propose(self, sightings: Sightings, rng: np.random.Generator) -> Iterator[Candidate]:
        """Objects at moments at which they are clear."""
        clear = {referent: _clear_moments(sightings, referent) for referent in sightings.referents}
        pairs = [(referent, moment) for referent, moments in clear.items() for moment in moments]
        for index in rng.permutation(len(pairs)).tolist()[:_ATTEMPTS]:
            referent, moment = pairs[index]
            yield Candidate(self.question_type, (referent,), moments=(moment,))

    def answer(self, sightings: Sightings, candidate: Candidate) -> Answer | Rejection:
        """Metres; the margin is the distance to where they round otherwise."""
        if problem := sightings.problem(candidate.referents):
            return Rejection(problem)
        ((referent,), (moment,)) = candidate.referents, candidate.moments
        if not sightings.is_clear(referent, moment):
            return Rejection("not_clear_then")
        distance = _camera_distance(sightings, referent, moment)
        if distance < SMALLEST_MOVE:
            return Rejection("too_close")
        if sightings.nearest_depth(referent, moment) > distance + HOLLOW:
            return Rejection("box_nearer_than_object")
        if _rounding_margin(distance) <= NUDGE:
            return Rejection("margin_below_nudge")
        margin = round(_rounding_margin(distance), 4)
        return Answer(f"{distance:.1f}", margin, (moment, moment), 0, float(f"{distance:.1f}"))

    def word(
        self, sightings: Sightings, candidate: Candidate, answer: Answer, rng: np.random.Generator
    ) -> tuple[str, str, None]:
        """The object and the moment."""
        category = sightings.objects[candidate.referents[0]].category
        text = (
            f"At {_time(sightings, candidate.moments[0])}, what is the distance between the camera and the closest "
            f"point of the {category} (in meters)?"
        )
        return "camera_object_distance", text, None

    def rationale(self, sightings: Sightings, candidate: Candidate, answer: Answer) -> str:
        """The offset from the camera to the closest point."""
        ((referent,), (moment,)) = candidate.referents, candidate.moments
        box, eye = sightings.objects[referent].box, np.array(_pose(sightings, moment).position)
        half = np.asarray(box.size) / 2
        offset = box.to_world(np.clip(box.to_local(eye[None]), -half, half))[0] - eye
        x, y, z = (round(float(value), 3) + 0.0 for value in offset)
        return (
            f"From the camera, the closest point of the {sightings.objects[referent].category} is off by "
            f"({x:.3f}, {y:.3f}, {z:.3f}) metres along three axes at right angles. The root of the sum of the squares "
            f"is {answer.text}."
        )

    def conclude(self, rationale: str) -> str:
        """The length of the offset."""
        (found,) = _PLACE.findall(rationale)
        return f"{math.hypot(*(float(value) for value in found)):.1f}"


class CameraObjectApproach:
    """Whether the camera is closer to an object at the second of two moments at which it is clear, or farther."""

    question_type = "camera_object_approach"

    def propose(self, sightings: Sightings, rng: np.random.Generator) -> Iterator[Candidate]:
        """Objects with two moments at which they are clear."""
        moments = {referent: _clear_moments(sightings, referent) for referent in sightings.referents}
        able = [referent for referent in sightings.referents if len(moments[referent]) >= 2]
        if not able:
            return
        known: set[tuple[str, int, int]] = set()
        whose = rng.integers(len(able), size=_ATTEMPTS).tolist()
        for index, shares in zip(whose, rng.random((_ATTEMPTS, 2)).tolist(), strict=True):
            clear = moments[able[index]]
            first, last = sorted(clear[int(share * len(clear))] for share in shares)
            if last - first >= SHORTEST_SPAN * sightings.episode.fps and (able[index], first, last) not in known:
                known.add((able[index], first, last))
                yield Candidate(self.question_type, (able[index],), moments=(first, last))

    def answer(self, sightings: Sightings, candidate: Candidate) -> Answer | Rejection:
        """Closer or farther; the margin is by how much, metres."""
        if problem := sightings.problem(candidate.referents):
            return Rejection(problem)
        ((referent,), (first, last)) = candidate.referents, candidate.moments
        if not (sightings.is_clear(referent, first) and sightings.is_clear(referent, last)):
            return Rejection("not_clear_then")
        if last - first < SHORTEST_SPAN * sightings.episode.fps:
            return Rejection("too_short")
        before, after = (_camera_distance(sightings, referent, moment) for moment in (first, last))
        if abs(after - before) < SMALLEST_MOVE:
            return Rejection("hardly_moved")
        return Answer("closer" if after < before else "farther", round(abs(after - before), 4), (first, last), 0)

    def word(
        self, sightings: Sightings, candidate: Candidate, answer: Answer, rng: np.random.Generator
    ) -> tuple[str, str, tuple[str, ...]]:
        """Closer and farther in random order."""
        first, last = (_time(sightings, moment) for moment in candidate.moments)
        category = sightings.objects[candidate.referents[0]].category
        options = ("closer", "farther") if rng.random() < 0.5 else ("farther", "closer")
        text = f"Is the camera closer to the {category} at {last} than at {first}, or farther from it?"
        return "camera_object_approach", text, options

    def rationale(self, sightings: Sightings, candidate: Candidate, answer: Answer) -> str:
        """Both distances."""
        ((referent,), moments) = candidate.referents, candidate.moments
        before, after = (_camera_distance(sightings, referent, moment) for moment in moments)
        return (
            f"The camera is {before:.2f} m from the {sightings.objects[referent].category} at first and {after:.2f} m "
            f"in the end. So it is {answer.text}."
        )

    def conclude(self, rationale: str) -> str:
        """The smaller distance."""
        before, after = (float(found) for found in _LENGTH.findall(rationale))
        return "closer" if after < before else "farther"


def _camera_distance(sightings: Sightings, referent: str, moment: int) -> float:
    eye = np.array([_pose(sightings, moment).position])
    return float(sightings.objects[referent].box.point_distance(eye)[0])
