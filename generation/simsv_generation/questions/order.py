"""In which order things come into view."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import comb, factorial

import numpy as np

from simsv_dataset.video import sample_indices
from simsv_generation.questions.base import FRAME_BUDGETS, Answer, Candidate, Rejection
from simsv_generation.questions.sightings import Sightings, is_increasing

SMALLEST_GAP = 0.5
"""Seconds between one category's clear appearance and the next one's first sight."""
_MOST_OPTIONS = 4
_ATTEMPTS = 2000
"""Draws of categories that are looked at in one episode."""
_APPEARANCE = re.compile(r"[:,] ([^:,]+?) at (\d+\.\d+) s")


@dataclass(frozen=True, slots=True)
class AppearanceOrder:
    """VSI-Bench's obj_appearance_order, which of four categories appears first, second, third, last, and its like.

    A category appears some time between the frame in which its first object is just seen and the frame in which one is
    clear (`Sightings`). The order is asked only when these spans do not touch, so it is the same for every viewer.
    """

    question_type: str
    num_categories: int
    """How many categories are put in order, at least two."""

    def propose(self, sightings: Sightings, rng: np.random.Generator) -> Iterator[Candidate]:
        """A few categories at a time, each by the object of it that becomes clear first."""
        firsts = [
            _first_clear(sightings, ids)
            for ids in sightings.seen_by_category.values()
            if any(sightings.is_nameable(object_id) for object_id in ids)
        ]
        known: set[frozenset[str]] = set()
        if len(firsts) < self.num_categories:
            return
        everything = comb(len(firsts), self.num_categories)
        for _ in range(_ATTEMPTS):
            if len(known) == everything:
                return
            chosen = rng.choice(len(firsts), self.num_categories, replace=False).tolist()
            referents = tuple(firsts[index] for index in chosen)
            if frozenset(referents) not in known:
                known.add(frozenset(referents))
                yield Candidate(self.question_type, referents)

    def answer(self, sightings: Sightings, candidate: Candidate) -> Answer | Rejection:
        """Category names in order; the margin is the shortest gap between two appearances, seconds."""
        categories = [sightings.objects[referent].category for referent in candidate.referents]
        if not all(category in sightings.seen_by_category for category in categories):
            return Rejection("not_seen")
        spans: list[tuple[int, int, str]] = []
        for category in categories:
            span = sightings.appearances.get(category)
            if span is None:
                return Rejection("seen_but_not_nameable")
            spans.append((*span, category))
        spans.sort()
        gap = min(later[0] - earlier[1] for earlier, later in pairwise(spans))
        seconds = gap / sightings.episode.fps
        if seconds < SMALLEST_GAP:
            return Rejection("appearances_too_close_in_time")
        return Answer(
            text=", ".join(category for _, _, category in spans),
            margin=round(seconds, 4),
            evidence=(spans[0][0], spans[-1][1]),
            min_frames=_smallest_budget(sightings, [category for _, _, category in spans]),
        )

    def word(
        self, sightings: Sightings, candidate: Candidate, answer: Answer, rng: np.random.Generator
    ) -> tuple[str, str, tuple[str, ...], None]:
        """The categories in random order; different orders of them as options."""
        categories = [sightings.objects[referent].category for referent in candidate.referents]
        options = [answer.text]
        while len(options) < min(_MOST_OPTIONS, factorial(self.num_categories)):
            option = ", ".join(categories[index] for index in rng.permutation(self.num_categories).tolist())
            if option not in options:
                options.append(option)
        listed = ", ".join(categories[index] for index in rng.permutation(self.num_categories).tolist())
        text = f"What will be the first-time appearance order of the following categories in the video: {listed}?"
        shuffled = tuple(options[index] for index in rng.permutation(len(options)).tolist())
        return "vsi_appearance_order", text, shuffled, None

    def rationale(self, sightings: Sightings, candidate: Candidate, answer: Answer) -> str:
        """When each category comes into view, by name, and their order."""
        categories = sorted(sightings.objects[referent].category for referent in candidate.referents)
        times = [sightings.appearances[category][0] / sightings.episode.fps for category in categories]
        told = ", ".join(f"{category} at {time:.2f} s" for category, time in zip(categories, times, strict=True))
        return f"First seen in the video: {told}. From the earliest to the latest, that is {answer.text}."

    def conclude(self, rationale: str) -> str:
        """The categories by their times."""
        times = {category: float(time) for category, time in _APPEARANCE.findall(rationale)}
        return ", ".join(sorted(times, key=lambda category: times[category]))


def _first_clear(sightings: Sightings, object_ids: tuple[str, ...]) -> str:
    """The object that becomes clear first."""
    clear = [object_id for object_id in object_ids if sightings.of[object_id].clear_frames]
    return min(clear, key=lambda object_id: (sightings.of[object_id].clear_frames[0], object_id))


def _smallest_budget(sightings: Sightings, categories: list[str]) -> int:
    """The smallest frame budget in whose frames the categories become clear one after the other."""
    clear = [
        sorted(
            frame
            for object_id in sightings.seen_by_category[category]
            for frame in sightings.of[object_id].clear_frames
        )
        for category in categories
    ]
    for budget in FRAME_BUDGETS:
        sampled = set(sample_indices(len(sightings.episode.trajectory.steps), budget))
        firsts = [next((frame for frame in frames if frame in sampled), -1) for frames in clear]
        if min(firsts) >= 0 and is_increasing(firsts):
            return budget
    return 0
