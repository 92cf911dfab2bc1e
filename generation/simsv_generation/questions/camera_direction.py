"""On which side of the camera a thing is at a moment, in view or not."""

import math
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from simsv_generation.geometry import Floats, OrientedBox
from simsv_generation.questions.base import Answer, Candidate, Rejection
from simsv_generation.questions.direction import HARD, angles_from
from simsv_generation.questions.sightings import Sightings
from simsv_generation.questions.steps import FRAME, from_start, heard, told

SMALLEST_MARGIN = 5.0
"""Degrees between each corner of the object and the nearest border of its quadrant."""
SMALLEST_DISTANCE = 0.5
"""Metres from the camera to each corner of the object, seen from above."""
LONGEST_UNSEEN = 20.0
"""Seconds that the object may be away from when it is clear: who has to remember longer has to guess."""
LONGEST_AHEAD = 5.0
"""Seconds until it is first clear: what is seen long after the moment, rooms away, nobody relates to it."""
_ATTEMPTS = 1000
"""Candidates of an episode."""


class CameraObjectDirection:
    """The quadrant around the camera in which an object lies at a moment.

    The object may be out of view, and is where it was seen before or will be seen. All of it must be in one quadrant.
    """

    question_type = "camera_object_direction"

    def propose(self, sightings: Sightings, rng: np.random.Generator) -> Iterator[Candidate]:
        """Objects that a question may name, at any moment that is told in whole tenths of a second."""
        referents, fps = sightings.referents, sightings.episode.fps
        moments = [frame for frame in range(len(sightings.episode.trajectory.steps)) if frame * 10 % fps == 0]
        for index in rng.permutation(len(referents) * len(moments))[:_ATTEMPTS].tolist():
            referent, moment = divmod(index, len(moments))
            yield Candidate(self.question_type, (referents[referent],), moments=(moments[moment],))

    def answer(self, sightings: Sightings, candidate: Candidate) -> Answer | Rejection:
        """The quadrant's name; the margin is that of the corner nearest to a border, degrees."""
        if problem := sightings.problem(candidate.referents):
            return Rejection(problem)
        ((referent,), (moment,)) = candidate.referents, candidate.moments
        nearest = _nearest(sightings.of[referent].clear_frames, moment)
        if abs(nearest - moment) > LONGEST_UNSEEN * sightings.episode.fps:
            return Rejection("not_seen_for_long")
        if sightings.of[referent].clear_frames[0] - moment > LONGEST_AHEAD * sightings.episode.fps:
            return Rejection("seen_much_later_only")
        pose, box = sightings.episode.trajectory.steps[moment].pose, sightings.objects[referent].box
        eye = np.array(pose.position)
        x, y = (_corners(box) - eye[:2]).T
        if float(np.hypot(x, y).min()) < SMALLEST_DISTANCE:
            return Rejection("too_close")
        heading = math.radians(pose.yaw)
        ahead, left = math.cos(heading) * x + math.sin(heading) * y, math.cos(heading) * y - math.sin(heading) * x
        angles = np.degrees(np.arctan2(left, ahead))
        name, margin = HARD.name(float(angles[0])), float(HARD.margins(angles).min())
        # Quadrants are convex: where all corners are, all of the object is.
        if any(HARD.name(angle) != name for angle in angles.tolist()):
            return Rejection("across_a_border")
        if margin < SMALLEST_MARGIN:
            return Rejection("near_a_border")
        return Answer(
            text=name,
            margin=round(margin, 3),
            evidence=(min(nearest, moment), max(nearest, moment)),
            min_frames=sightings.min_frames(candidate.referents, candidate.moments),
        )

    def word(
        self, sightings: Sightings, candidate: Candidate, answer: Answer, rng: np.random.Generator
    ) -> tuple[str, str, tuple[str, ...]]:
        """The moment in seconds; the quadrants in random order, in the words of VSI-Bench's relative direction."""
        category = sightings.objects[candidate.referents[0]].category
        text = (
            f"At {candidate.moments[0] / sightings.episode.fps:.1f} s in the video, is the {category} to the camera's "
            "front-left, front-right, back-left, or back-right? The directions refer to the quadrants of a Cartesian "
            "plane (if the camera is at the origin and faces along the positive y-axis)."
        )
        options = tuple(HARD.names[index] for index in rng.permutation(len(HARD.names)).tolist())
        return "camera_object_direction", text, options

    def rationale(self, sightings: Sightings, candidate: Candidate, answer: Answer) -> str:
        """Where the camera is and a point ahead of it, where the object is, and the turn between."""
        ((referent,), (moment,)) = candidate.referents, candidate.moments
        pose, thing = sightings.episode.trajectory.steps[moment].pose, sightings.objects[referent]
        heading = math.radians(pose.yaw)
        eye = np.array(pose.position[:2])
        ahead = eye + np.array([math.cos(heading), math.sin(heading)])
        target = np.array(thing.box.center[:2])
        turn = float(angles_from(eye[None], ahead, target)[0])
        places = [told(from_start(sightings, point)) for point in (eye, ahead, target)]
        time = moment / sightings.episode.fps
        return (
            f"{FRAME}, and seen from above, the camera is at {places[0]} at {time:.1f} s and looks towards "
            f"{places[1]}, and the {thing.category} is at {places[2]}. To look at it, the camera would have to turn "
            f"{abs(turn):.0f} degrees to the {'left' if turn > 0 else 'right'}. What takes a turn of less than 90 "
            f"degrees is in front, what takes more is behind. So the answer is {answer.text}."
        )

    def conclude(self, rationale: str) -> str:
        """The quadrant of the turn from the point ahead to the object."""
        eye, ahead, target = heard(rationale)
        return HARD.name(float(angles_from(eye[None], ahead, target)[0]))


# The same object is asked about at many moments.
@lru_cache(maxsize=256)
def _corners(box: OrientedBox) -> Floats:
    return box.corners()[:, :2]


def _nearest(frames: tuple[int, ...], moment: int) -> int:
    """The frame nearest to a moment; the earlier of two."""
    place = bisect_left(frames, moment)
    return min(frames[max(place - 1, 0) : place + 1], key=lambda frame: abs(frame - moment))
