"""Which of four objects is closest to a fifth."""

import re
from collections.abc import Iterator

import numpy as np

from simsv_generation.geometry import closest_points
from simsv_generation.questions.base import Answer, Candidate, Rejection
from simsv_generation.questions.sightings import Sightings
from simsv_generation.questions.steps import FRAME, from_start, heard, told

SMALLEST_GAP = 0.3
"""Metres by which the second closest must be further away."""
SMALLEST_RATIO = 1.2
"""How much further away it must be at least, as a ratio: far things are harder to compare."""
SMALLEST_DISTANCE = 0.1
"""Metres; what lies closer is on the object or touches it, and nobody would ask."""
_CHOICES = 4
_ATTEMPTS = 2000
"""Draws of an object and four categories that are looked at in one episode."""
_OTHER = re.compile(r"on the ([^;]+?) it is ")


class RelativeDistance:
    """VSI-Bench's object_rel_distance: which of four categories is closest, between the closest points of the boxes.

    Of a category with several objects the closest counts. The answer must hold whichever of them one has noticed: the
    closest category is as far as its closest nameable object, the others as near as their closest one in the house.
    """

    question_type = "object_rel_distance"

    def propose(self, sightings: Sightings, rng: np.random.Generator) -> Iterator[Candidate]:
        """An object that a question may name, and four others that the video shows with it, by category.

        The others are each the nameable one of their category that is closest to the first.
        """
        others = {target: _others(sightings, target) for target in sightings.referents}
        targets = [target for target in sightings.referents if len(others[target]) >= _CHOICES]
        known: set[tuple[str, ...]] = set()
        for _ in range(_ATTEMPTS if targets else 0):
            target = targets[int(rng.integers(len(targets)))]
            chosen = sorted(rng.choice(len(others[target]), _CHOICES, replace=False).tolist())
            referents = (target, *(others[target][index] for index in chosen))
            if referents not in known:
                known.add(referents)
                yield Candidate(self.question_type, referents)

    def answer(self, sightings: Sightings, candidate: Candidate) -> Answer | Rejection:
        """The closest category; the margin is how much further away the second closest is, metres."""
        target, *others = candidate.referents
        if problem := sightings.problem((target,)):
            return Rejection(problem)
        categories = [sightings.objects[referent].category for referent in (target, *others)]
        if len(set(categories)) < len(categories):
            return Rejection("two_things_of_one_name")
        if not all(sightings.of[other].seen_frames for other in others):
            return Rejection("not_seen")
        if not all(sightings.is_nameable(other) for other in others):
            return Rejection("seen_but_not_nameable")
        if not all(sightings.are_related(target, other) for other in others):
            return Rejection("never_seen_together")
        distances = [sightings.distance(target, other) for other in others]
        if any(other not in sightings.nearest(target) for other in others):
            return Rejection("not_the_closest_of_its_category")
        closest, *rest = sorted(range(_CHOICES), key=lambda index: distances[index])
        if distances[closest] < SMALLEST_DISTANCE:
            return Rejection("too_close")
        if not _is_plain(distances[closest], distances[rest[0]]):
            return Rejection("two_nearly_as_close")
        second = min(
            sightings.distance(target, instance)
            for index in rest
            for instance in sightings.by_category[categories[1 + index]]
        )
        if not _is_plain(distances[closest], second):
            return Rejection("depends_on_what_is_hardly_seen")
        return Answer(
            text=categories[1 + closest],
            margin=round(second - distances[closest], 4),
            evidence=sightings.shortest_span(candidate.referents),
            min_frames=sightings.min_frames(candidate.referents),
        )

    def word(
        self, sightings: Sightings, candidate: Candidate, answer: Answer, rng: np.random.Generator
    ) -> tuple[str, str, tuple[str, ...]]:
        """The four in random order, in the question as among the options.

        VSI-Bench's rule for several objects of a category is always told, so that it tells nothing.
        """
        target, *others = (sightings.objects[referent].category for referent in candidate.referents)
        options = tuple(others[index] for index in rng.permutation(_CHOICES).tolist())
        text = (
            "Measuring from the closest point of each object, which of these objects "
            f"({', '.join(options)}) is the closest to the {target}? "
            "If there are multiple instances of an object category, measure to the closest."
        )
        return "vsi_rel_distance", text, options

    def rationale(self, sightings: Sightings, candidate: Candidate, answer: Answer) -> str:
        """The closest points of each pair, and the four distances."""
        target, *others = (sightings.objects[referent] for referent in candidate.referents)
        ways = []
        for other in others:
            ends = [from_start(sightings, point) for point in closest_points(target.box, other.box)]
            distance = sightings.distance(target.object_id, other.object_id)
            ways.append(f"from {told(ends[0])} to {told(ends[1])} on the {other.category} it is {distance:.2f} m")
        return (
            f"{FRAME}, these are the closest points of the {target.category} and of each other object, the closest of "
            f"its kind: {'; '.join(ways)}. The shortest of these ways leads to the {answer.text}."
        )

    def conclude(self, rationale: str) -> str:
        """The category whose two points are closest together."""
        ends = heard(rationale)
        lengths = [float(((a - b) ** 2).sum()) for a, b in zip(ends[::2], ends[1::2], strict=True)]
        names: list[str] = _OTHER.findall(rationale)
        return min(zip(lengths, names, strict=True))[1]


def _others(sightings: Sightings, target: str) -> list[str]:
    """The closest nameable object of each other category that the video shows with the target, by category."""
    return [other for other in sightings.nearest(target) if sightings.are_related(target, other)]


def _is_plain(closest: float, second: float) -> bool:
    """Whether anyone would see which is closer."""
    return second - closest >= SMALLEST_GAP and second >= SMALLEST_RATIO * closest
