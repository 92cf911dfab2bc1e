"""What a question is made of: a candidate, its answer or the reason to refuse it, and the row that is published."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from simsv_dataset.video import sample_indices
from simsv_generation.questions.sightings import FRAME_BUDGETS, Sightings
from simsv_generation.seeding import rng


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question before its answer is known."""

    question_type: str
    referents: tuple[str, ...] = ()
    """Object ids; of a direction in this order: the one stood by, the one faced, the one asked about."""
    subject: str = ""
    """What else is asked about: a category that is counted or looked for, or the id of a room; empty for none."""
    moments: tuple[int, ...] = ()
    """Frames that the question names, ascending."""
    expected: str = field(default="", compare=False)
    """The text of its answer, if it has one, where that is known without a close look; no part of the question."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a candidate: a choice (text and all options) or a number (value and text)."""

    text: str
    margin: float
    """How far the deciding quantity is from where the answer would change, in the type's own unit."""
    evidence: tuple[int, int]
    """First and last frame of the span that shows what the answer rests on."""
    min_frames: int
    """The smallest of `FRAME_BUDGETS` whose uniformly sampled frames show it too; 0 when none does."""
    value: float | None = None
    """Of a number."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a candidate must not be asked. Counted by reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Question:
    """A row of the release without what `simsv build` adds to it; the columns are those of `simsv_dataset.schema`."""

    id: str
    question_type: str
    question: str
    options: tuple[str, ...] | None
    answer: str
    answer_letter: str | None
    value: float | None
    unit: str
    referents: tuple[str, ...]
    subject: str
    moments: tuple[int, ...]
    margin: float
    evidence_first: int
    evidence_last: int
    min_frames: int
    template_id: str
    rationale: str
    episode_id: str
    house_id: str
    room_ids: tuple[str, ...]


class QuestionGenerator(Protocol):
    """One question type. `answer` is pure, so that anyone can derive the answer again."""

    @property
    def question_type(self) -> str:
        """Name of a row of `simsv_dataset.taxonomy.QUESTION_TYPES`."""
        ...

    def propose(self, sightings: Sightings, rng: np.random.Generator) -> Iterator[Candidate]:
        """Candidates worth a look, in random order, without repetition."""
        ...

    def answer(self, sightings: Sightings, candidate: Candidate) -> Answer | Rejection:
        """The one true answer, or why there is none. Raises KeyError for a referent the house does not have."""
        ...

    def word(
        self, sightings: Sightings, candidate: Candidate, answer: Answer, rng: np.random.Generator
    ) -> tuple[str, str, tuple[str, ...] | None]:
        """Template id, question, and options."""
        ...

    def rationale(self, sightings: Sightings, candidate: Candidate, answer: Answer) -> str:
        """A few true steps from what the video shows to the answer, with all numbers that `conclude` needs."""
        ...

    def conclude(self, rationale: str) -> str:
        """The answer's text, derived again from the words and numbers of a rationale alone."""
        ...


def make_question(
    generator: QuestionGenerator,
    sightings: Sightings,
    candidate: Candidate,
    answer: Answer,
    unit: str,
    seed: int,
    *,
    explain: bool = True,
) -> Question:
    """The published row of an answered candidate; `seed` and its id decide wording and order of options."""
    episode = sightings.episode
    name = question_id(episode.episode_id, candidate)
    template_id, text, options = generator.word(sightings, candidate, answer, rng(seed, "word", name))
    return Question(
        id=name,
        question_type=candidate.question_type,
        question=text,
        options=options,
        answer=answer.text,
        answer_letter=None if options is None else "ABCDEFGH"[options.index(answer.text)],
        value=answer.value,
        unit=unit,
        referents=candidate.referents,
        subject=candidate.subject,
        moments=candidate.moments,
        margin=answer.margin,
        evidence_first=answer.evidence[0],
        evidence_last=answer.evidence[1],
        min_frames=answer.min_frames,
        template_id=template_id,
        rationale=generator.rationale(sightings, candidate, answer) if explain else "",
        episode_id=episode.episode_id,
        house_id=episode.house.house_id,
        room_ids=room_ids(sightings, candidate),
    )


def room_ids(sightings: Sightings, candidate: Candidate) -> tuple[str, ...]:
    """The rooms of what is asked about, sorted: of the referents, the room that is the subject, of the moments.

    Of a question that names nothing, the rooms that the camera enters.
    """
    steps = sightings.episode.trajectory.steps
    rooms = {sightings.objects[referent].room_id for referent in candidate.referents}
    rooms |= {room.room_id for room in sightings.episode.house.rooms if room.room_id == candidate.subject}
    rooms |= {steps[moment].room_id for moment in candidate.moments}
    return tuple(sorted(rooms or sightings.entered_rooms))


def question_id(episode_id: str, candidate: Candidate) -> str:
    """`<episode_id>-<question_type>-<12 hex digits>`, a function of the episode and the candidate."""
    asked = [*candidate.referents, candidate.subject, *candidate.moments]
    text = json.dumps([episode_id, candidate.question_type, *asked], separators=(",", ":"))
    return f"{episode_id}-{candidate.question_type}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def smallest_budget(num_frames: int, frames_of_referents: list[frozenset[int]]) -> int:
    """The smallest frame budget whose samples hit every set of frames; 0 when none does."""
    for budget in FRAME_BUDGETS:
        sampled = set(sample_indices(num_frames, budget))
        if all(sampled & frames for frames in frames_of_referents):
            return budget
    return 0
