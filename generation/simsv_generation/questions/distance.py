"""How far apart two objects are."""

import math
from collections.abc import Iterator

import numpy as np

from simsv_generation.geometry import closest_points
from simsv_generation.questions.base import Answer, Candidate, Rejection
from simsv_generation.questions.sightings import Sightings
from simsv_generation.questions.steps import FRAME, from_start, heard, told

SMALLEST_DISTANCE = 0.2
"""Metres; below it, boxes say too little about the objects in them."""
NUDGE = 1e-3
"""An answer that changes when each object moves by this, metres, is not asked."""


class AbsoluteDistance:
    """VSI-Bench's object_abs_distance: the distance between the closest points of two oriented boxes, to 0.1 m."""

    question_type = "object_abs_distance"

    def propose(self, sightings: Sightings, rng: np.random.Generator) -> Iterator[Candidate]:
        """Pairs of objects that a question may name and the video shows together."""
        referents = sightings.referents
        pairs = np.argwhere(np.triu(sightings.relations(referents), 1))
        for a, b in rng.permutation(pairs).tolist():
            yield Candidate(self.question_type, (referents[a], referents[b]))

    def answer(self, sightings: Sightings, candidate: Candidate) -> Answer | Rejection:
        """Metres with one decimal; the margin is the distance to where it rounds otherwise, metres."""
        if problem := sightings.problem(candidate.referents):
            return Rejection(problem)
        a, b = candidate.referents
        if not sightings.are_related(a, b):
            return Rejection("never_seen_together")
        distance = sightings.distance(a, b)
        if distance < SMALLEST_DISTANCE:
            return Rejection("too_close")
        margin = abs(distance * 10 - np.floor(distance * 10) - 0.5) / 10
        if margin <= 2 * NUDGE:
            return Rejection("margin_below_nudge")
        return Answer(
            text=f"{distance:.1f}",
            value=float(f"{distance:.1f}"),
            margin=round(float(margin), 4),
            evidence=sightings.shortest_span((a, b)),
            min_frames=sightings.min_frames((a, b)),
        )

    def word(
        self, sightings: Sightings, candidate: Candidate, answer: Answer, rng: np.random.Generator
    ) -> tuple[str, str, None]:
        """The two objects in random order."""
        first, second = (sightings.objects[referent].category for referent in candidate.referents)
        if rng.random() < 0.5:
            first, second = second, first
        text = (
            "Measuring from the closest point of each object, what is the direct distance between "
            f"the {first} and the {second} (in meters)?"
        )
        return "vsi_abs_distance", text, None

    def rationale(self, sightings: Sightings, candidate: Candidate, answer: Answer) -> str:
        """The two closest points and how far they are apart."""
        things = [sightings.objects[referent] for referent in candidate.referents]
        ends = [from_start(sightings, point) for point in closest_points(things[0].box, things[1].box)]
        x, y, z = np.abs(ends[0] - ends[1]).tolist()
        first, second = (thing.category for thing in things)
        return (
            f"{FRAME}, the point of the {first} that is nearest to the {second} is {told(ends[0])}, and the point of "
            f"the {second} that is nearest to the {first} is {told(ends[1])}. They are {x:.2f}, {y:.2f} and {z:.2f} "
            f"apart along the three axes; the root of the sum of the squares is "
            f"{math.sqrt(x * x + y * y + z * z):.2f}. So the answer is {answer.text}."
        )

    def conclude(self, rationale: str) -> str:
        """The distance between the two points."""
        first, second = heard(rationale)
        return f"{math.sqrt(float(((first - second) ** 2).sum())):.1f}"
