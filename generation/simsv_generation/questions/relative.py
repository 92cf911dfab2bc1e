"""Which of four objects is closest to a fifth."""

import re
from collections.abc import Iterator

import numpy as np

from simsv_generation.geometry import box_distance
from simsv_generation.questions.base import Answer, Candidate, Rejection, smallest_budget
from simsv_generation.questions.sightings import Sightings

SMALLEST_GAP = 0.3
"""Metres by which the second closest must be further away."""
SMALLEST_RATIO = 1.2
"""How much further away it must be at least, as a ratio: far things are harder to compare."""
SMALLEST_DISTANCE = 0.1
"""Metres; what lies closer is on the object or touches it, and nobody would ask."""
_CHOICES = 4
_ATTEMPTS = 2000
"""Draws of five objects that are looked at in one episode."""
_DISTANCE = re.compile(r"(\d+\.\d+) m from the ([^,.]+)")


class RelativeDistance:
    """VSI-Bench's object_rel_distance: which of four categories is closest, between the closest points of the boxes."""

    question_type = "object_rel_distance"

    def propose(self, sightings: Sightings, rng: np.random.Generator) -> Iterator[Candidate]:
        """An object and four others that a question may name; the others in the order of their names."""
        referents = sightings.referents
        known: set[tuple[str, ...]] = set()
        if len(referents) <= _CHOICES:
            return
        for _ in range(_ATTEMPTS):
            target, *others = rng.choice(len(referents), _CHOICES + 1, replace=False).tolist()
            chosen = (referents[target], *(referents[index] for index in sorted(others)))
            if chosen not in known:
                known.add(chosen)
                yield Candidate(self.question_type, chosen)

    def answer(self, sightings: Sightings, candidate: Candidate) -> Answer | Rejection:
        """The closest one's category; the margin is how much further away the second closest is, metres."""
        if problem := sightings.problem(candidate.referents):
            return Rejection(problem)
        target, *others = candidate.referents
        if not all(sightings.are_related(target, other) for other in others):
            return Rejection("never_seen_together")
        distances = _distances(sightings, candidate)
        order = sorted(range(len(others)), key=lambda index: distances[index])
        closest, second = distances[order[0]], distances[order[1]]
        if closest < SMALLEST_DISTANCE:
            return Rejection("too_close")
        if second - closest < SMALLEST_GAP or second < SMALLEST_RATIO * closest:
            return Rejection("two_nearly_as_close")
        frames = [frozenset(sightings.of[referent].clear_frames) for referent in candidate.referents]
        return Answer(
            text=sightings.objects[others[order[0]]].category,
            margin=round(second - closest, 4),
            evidence=sightings.shortest_span(candidate.referents),
            min_frames=smallest_budget(len(sightings.episode.trajectory.steps), frames),
        )

    def word(
        self, sightings: Sightings, candidate: Candidate, answer: Answer, rng: np.random.Generator
    ) -> tuple[str, str, tuple[str, ...], None]:
        """The four in random order, in the question as among the options."""
        target, *others = (sightings.objects[referent].category for referent in candidate.referents)
        options = tuple(others[index] for index in rng.permutation(_CHOICES).tolist())
        text = (
            "Measuring from the closest point of each object, which of these objects "
            f"({', '.join(options)}) is the closest to the {target}?"
        )
        return "vsi_rel_distance", text, options, None

    def rationale(self, sightings: Sightings, candidate: Candidate, answer: Answer) -> str:
        """The four distances."""
        target, *others = (sightings.objects[referent].category for referent in candidate.referents)
        told = ", ".join(
            f"{distance:.2f} m from the {other}"
            for distance, other in zip(_distances(sightings, candidate), others, strict=True)
        )
        return f"Between closest points, the {target} is {told}. So the closest is the {answer.text}."

    def conclude(self, rationale: str) -> str:
        """The category with the smallest distance."""
        return str(min(_DISTANCE.findall(rationale), key=lambda found: float(found[0]))[1])


def _distances(sightings: Sightings, candidate: Candidate) -> list[float]:
    target, *others = (sightings.objects[referent].box for referent in candidate.referents)
    return [box_distance(target, other) for other in others]
