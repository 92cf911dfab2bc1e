"""In which order things come into view."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import factorial

import numpy as np

from simsv_generation.questions.base import Answer, Candidate, Rejection
from simsv_generation.questions.sightings import FRAME_BUDGETS, Sightings

SMALLEST_GAP = 0.5
"""Seconds between one category's clear appearance and the next one's first sight."""
_MOST_OPTIONS = 4
_ATTEMPTS = 2000
"""Draws of categories that are looked at in one episode."""
_APPEARANCE = re.compile(r"[:,] ([^:,]+?) at (\d+\.\d+) s")


@dataclass(frozen=True, slots=True)
class AppearanceOrder:
    """VSI-Bench's obj_appearance_order, which of four categories appears first, second, third, last, and its like.

    A category appears some time between the frame in which its first object, or a sign of one, is just seen and the
    frame in which one is clear (`Sightings`). The order is asked only when these spans do not touch, so it is the same
    for every viewer.
    """

    question_type: str
    num_categories: int
    """How many categories are put in order, at least two."""

    def propose(self, sightings: Sightings, rng: np.random.Generator) -> Iterator[Candidate]:
        """Sets of categories whose appearances are apart, each by the object of it that becomes clear first."""
        categories, later = _apart(sightings)
        ways = _count_chains(later, self.num_categories)
        total = ways[self.num_categories][0]
        known: set[int] = set()
        while len(known) < min(total, _ATTEMPTS):
            number = int(rng.integers(total))
            if number not in known:
                known.add(number)
                chosen = sorted(categories[place] for place in _chain(number, ways, later, self.num_categories))
                yield Candidate(self.question_type, tuple(sightings.first_clear[category] for category in chosen))

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
            spans.append((sightings.first_signs[category], span[1], category))
        spans.sort()
        gap = min(later[0] - earlier[1] for earlier, later in pairwise(spans))
        seconds = gap / sightings.episode.fps
        if seconds < SMALLEST_GAP:
            return Rejection("appearances_too_close_in_time")
        return Answer(
            text=", ".join(category for _, _, category in spans),
            margin=round(seconds, 4),
            evidence=(sightings.appearances[spans[0][2]][0], spans[-1][1]),
            min_frames=_smallest_budget(sightings, [category for _, _, category in spans]),
        )

    def word(
        self, sightings: Sightings, candidate: Candidate, answer: Answer, rng: np.random.Generator
    ) -> tuple[str, str, tuple[str, ...]]:
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
        return "vsi_appearance_order", text, shuffled

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


def _apart(sightings: Sightings) -> tuple[list[str], list[int]]:
    """Categories by their first sight, and for each the place of the first one that appears clearly later."""
    spans = sorted(
        (sightings.first_signs[category], clear, category) for category, (_, clear) in sightings.appearances.items()
    )
    gap = SMALLEST_GAP * sightings.episode.fps
    starts = [start for start, _, _ in spans]
    return [category for _, _, category in spans], [bisect_left(starts, clear + gap) for _, clear, _ in spans]


def _count_chains(later: list[int], longest: int) -> list[list[int]]:
    """How many sets of n categories that appear clearly one after the other begin at a place or behind it."""
    ways = [[1] * (len(later) + 1)]
    for _ in range(longest):
        behind = [0] * (len(later) + 1)
        for place in reversed(range(len(later))):
            behind[place] = behind[place + 1] + ways[-1][later[place]]
        ways.append(behind)
    return ways


def _chain(number: int, ways: list[list[int]], later: list[int], length: int) -> Iterator[int]:
    """The places of the set with this number among `ways[length][0]` sets."""
    place = 0
    for count in range(length, 0, -1):
        # Sets are numbered from the last first place to the first, so the counts at or behind a place ascend.
        found = bisect_left(ways[count], -number, lo=place, key=lambda behind: -behind) - 1
        yield found
        number -= ways[count][found + 1]
        place = later[found]


def _smallest_budget(sightings: Sightings, categories: list[str]) -> int:
    """The smallest frame budget in whose frames the categories become clear one after the other."""
    firsts = zip(*(sightings.first_in_samples[category] for category in categories), strict=True)
    for budget, frames in zip(FRAME_BUDGETS, firsts, strict=True):
        if min(frames) >= 0 and all(a < b for a, b in pairwise(frames)):
            return budget
    return 0
