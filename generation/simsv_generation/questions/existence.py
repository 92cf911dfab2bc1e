"""Whether there is a thing of a kind."""

import re
from collections.abc import Iterator

import numpy as np

from simsv_generation.questions.base import Answer, Candidate, Rejection
from simsv_generation.questions.kinds import LOOKED_FOR, look_alikes
from simsv_generation.questions.sightings import Sightings

_LOOKED_FOR = re.compile(r"^Looked for: (.+?)\.")
_SEEN = re.compile(r"[:,] ([^:,]+?) at \d+\.\d+ s")


class ObjectExistence:
    """Whether the video shows an object of a category: yes when it is plain to see, no when the house has none.

    Both are asked equally often in each video, of categories that either answer would surprise nobody about, so that
    neither the category nor the number of questions tells the answer.
    """

    question_type = "object_existence"

    def propose(self, sightings: Sightings, rng: np.random.Generator) -> Iterator[Candidate]:
        """Categories that are shown and not shown by turns, as many of each; then those that are in doubt."""
        answers: dict[str, list[Candidate]] = {"yes": [], "no": [], "": []}
        for category in _plausible(sightings):
            candidate = Candidate(self.question_type, _first_clear(sightings, category), category)
            answer = self.answer(sightings, candidate)
            answers["" if isinstance(answer, Rejection) else answer.text].append(candidate)
        shuffled = {text: [asked[k] for k in rng.permutation(len(asked)).tolist()] for text, asked in answers.items()}
        for pair in zip(shuffled["yes"], shuffled["no"], strict=False):
            yield from (pair[k] for k in rng.permutation(2).tolist())
        yield from shuffled[""]

    def answer(self, sightings: Sightings, candidate: Candidate) -> Answer | Rejection:
        """Yes or no; the margin is how many objects would have to come or go for another answer."""
        ids = sightings.by_category.get(candidate.subject, ())
        if candidate.referents != _first_clear(sightings, candidate.subject):
            return Rejection("not_the_first_of_the_category")
        reason = sightings.misnomer(candidate.subject)
        if candidate.referents:
            if reason:
                return Rejection(reason)
            frame = sightings.clearest(candidate.referents[0])
            return Answer(
                text="yes",
                margin=float(sum(sightings.is_nameable(object_id) for object_id in ids)),
                evidence=(frame, frame),
                min_frames=sightings.min_frames(candidate.referents),
            )
        if any(sightings.of[object_id].seen_frames for object_id in ids):
            return Rejection("seen_but_not_nameable")
        if ids:
            return Rejection("there_but_not_seen")
        if not look_alikes(candidate.subject).isdisjoint(sightings.by_category):
            return Rejection("a_look_alike_is_there")
        if reason:
            return Rejection(reason)
        return Answer("no", 1.0, (0, len(sightings.episode.trajectory.steps) - 1), 0)

    def word(
        self, sightings: Sightings, candidate: Candidate, answer: Answer, rng: np.random.Generator
    ) -> tuple[str, str, tuple[str, ...]]:
        """Yes and no in random order."""
        options = ("yes", "no") if rng.random() < 0.5 else ("no", "yes")
        article = "an" if candidate.subject[0] in "aeiou" else "a"
        return "object_existence", f"Is there {article} {candidate.subject} in this video?", options

    def rationale(self, sightings: Sightings, candidate: Candidate, answer: Answer) -> str:
        """What is looked for, and all that is plain to see, in the order in which it comes."""
        firsts = sorted((clear, category) for category, (_, clear) in sightings.appearances.items())
        told = ", ".join(f"{category} at {clear / sightings.episode.fps:.2f} s" for clear, category in firsts)
        seen = f"Plain to see, each when it first is: {told}" if told else "Nothing is plain to see"
        among = "among" if answer.text == "yes" else "not among"
        return f"Looked for: {candidate.subject}. {seen}. It is {among} them, so the answer is {answer.text}."

    def conclude(self, rationale: str) -> str:
        """Whether what is looked for is among what is seen."""
        (wanted,) = _LOOKED_FOR.findall(rationale)
        return "yes" if wanted in _SEEN.findall(rationale) else "no"


def _plausible(sightings: Sightings) -> list[str]:
    """Categories that one may look for in the rooms that the camera enters."""
    entered = set(sightings.entered_rooms)
    types = {room.room_type for room in sightings.episode.house.rooms if room.room_id in entered}
    return [category for category, room_types in LOOKED_FOR.items() if not types.isdisjoint(room_types)]


def _first_clear(sightings: Sightings, category: str) -> tuple[str, ...]:
    """The nameable object of a category that is clear first; none when there is none."""
    nameable = [i for i in sightings.by_category.get(category, ()) if sightings.is_nameable(i)]
    return (min(nameable, key=lambda i: sightings.of[i].clear_frames[0]),) if nameable else ()
