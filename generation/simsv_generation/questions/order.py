"""In which order things come into view."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from simsv_dataset.video import sample_indices
from simsv_generation.questions.base import FRAME_BUDGETS, Answer, Candidate, Rejection
from simsv_generation.questions.sightings import Sightings, is_increasing

SMALLEST_GAP = 0.5
"""Seconds between one category's clear appearance and the next one's first sight."""
_NUM_CATEGORIES = 4
_NUM_OPTIONS = 4
_ATTEMPTS = 2000
"""Draws of four categories that are looked at in one episode."""


class AppearanceOrder:
    """VSI-Bench's obj_appearance_order: which of four categories appears first, second, third, last.

    A category appears some time between the frame in which its first object is just seen and the frame in which one is
    clear (`Sightings`). The order is asked only when these spans do not touch, so it is the same for every viewer.
    """

    question_type = "obj_appearance_order"

    def propose(self, sightings: Sightings, rng: np.random.Generator) -> Iterator[Candidate]:
        """Four categories at a time, each by the object of it that becomes clear first."""
        firsts = [
            _first_clear(sightings, ids)
            for ids in sightings.seen_by_category.values()
            if any(sightings.is_nameable(object_id) for object_id in ids)
        ]
        known: set[frozenset[str]] = set()
        if len(firsts) < _NUM_CATEGORIES:
            return
        for _ in range(_ATTEMPTS):
            chosen = rng.choice(len(firsts), _NUM_CATEGORIES, replace=False).tolist()
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
            objects = [sightings.of[object_id] for object_id in sightings.seen_by_category[category]]
            clear = [sighting.clear_frames[0] for sighting in objects if sighting.clear_frames]
            if not any(sightings.is_nameable(object_id) for object_id in sightings.seen_by_category[category]):
                return Rejection("seen_but_not_nameable")
            spans.append((min(sighting.seen_frames[0] for sighting in objects), min(clear), category))
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
        """The categories in random order; four different orders of them as options."""
        categories = [sightings.objects[referent].category for referent in candidate.referents]
        options = [answer.text]
        while len(options) < _NUM_OPTIONS:
            option = ", ".join(categories[index] for index in rng.permutation(_NUM_CATEGORIES).tolist())
            if option not in options:
                options.append(option)
        listed = ", ".join(categories[index] for index in rng.permutation(_NUM_CATEGORIES).tolist())
        text = f"What will be the first-time appearance order of the following categories in the video: {listed}?"
        shuffled = tuple(options[index] for index in rng.permutation(_NUM_OPTIONS).tolist())
        return "vsi_appearance_order", text, shuffled, None


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
