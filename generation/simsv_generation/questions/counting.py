"""How many objects of a category there are."""

import re
from collections.abc import Iterator

import numpy as np

from simsv_generation.questions.base import Answer, Candidate, Rejection
from simsv_generation.questions.kinds import look_alikes
from simsv_generation.questions.rooms import spoken
from simsv_generation.questions.sightings import Sightings

FEWEST = 2
"""VSI-Bench counts nothing of which there is only one."""
_ONE = re.compile(r"\d+\. in the [^,.]+ at ")


class ObjectCounting:
    """VSI-Bench's object_counting, of categories of which the video shows every object clearly.

    So the count of what is seen and the count of what is there are one, and no one has to guess what was passed by.
    """

    question_type = "object_counting"

    def propose(self, sightings: Sightings, rng: np.random.Generator) -> Iterator[Candidate]:
        """Categories of which more than one object is seen, with all their objects in the house."""
        several = [category for category, ids in sightings.seen_by_category.items() if len(ids) >= FEWEST]
        for index in rng.permutation(len(several)).tolist():
            yield Candidate(self.question_type, sightings.by_category[several[index]], several[index])

    def answer(self, sightings: Sightings, candidate: Candidate) -> Answer | Rejection:
        """The number of objects; another count is one object away, so the margin is 1."""
        referents = sightings.by_category.get(candidate.subject, ())
        if len(referents) < FEWEST:
            return Rejection("fewer_than_two")
        if tuple(candidate.referents) != referents:
            return Rejection("not_all_of_the_category")
        if not all(sightings.of[referent].seen_frames for referent in referents):
            return Rejection("not_all_seen")
        if not all(sightings.is_nameable(referent) for referent in referents):
            return Rejection("seen_but_not_nameable")
        if not look_alikes(candidate.subject).isdisjoint(sightings.seen_by_category):
            return Rejection("a_look_alike_is_seen")
        if reason := sightings.misnomer(candidate.subject):
            return Rejection(reason)
        return Answer(
            text=str(len(referents)),
            value=float(len(referents)),
            margin=1.0,
            # That there are no more shows on the whole walk.
            evidence=(0, len(sightings.episode.trajectory.steps) - 1),
            min_frames=sightings.min_frames(referents),
        )

    def word(
        self, sightings: Sightings, candidate: Candidate, answer: Answer, rng: np.random.Generator
    ) -> tuple[str, str, None]:
        """VSI-Bench's wording for one room; a home where the house has more."""
        place = "room" if len(sightings.episode.house.rooms) == 1 else "home"
        return f"vsi_counting_{place}", f"How many {candidate.subject}(s) are in this {place}?", None

    def rationale(self, sightings: Sightings, candidate: Candidate, answer: Answer) -> str:
        """When each of the objects is first seen clearly, and where."""
        types = {room.room_id: room.room_type for room in sightings.episode.house.rooms}
        firsts = sorted((sightings.of[referent].clear_frames[0], referent) for referent in candidate.referents)
        told = ", ".join(
            f"{number}. in the {spoken(types[sightings.objects[referent].room_id])} "
            f"at {frame / sightings.episode.fps:.2f} s"
            for number, (frame, referent) in enumerate(firsts, start=1)
        )
        return f"Each {candidate.subject}, when it is first seen clearly: {told}. So there are {answer.text}."

    def conclude(self, rationale: str) -> str:
        """How many are told."""
        return str(len(_ONE.findall(rationale)))
