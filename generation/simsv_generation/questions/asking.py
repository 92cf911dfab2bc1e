"""All questions that one episode supports, and why the others are refused."""

from collections import Counter
from dataclasses import dataclass, field

from simsv_dataset.taxonomy import QUESTION_TYPES
from simsv_generation.episode import Episode
from simsv_generation.questions import GENERATORS
from simsv_generation.questions.base import Question, Rejection, make_question
from simsv_generation.questions.sightings import Sightings, Thresholds
from simsv_generation.seeding import rng

UNFIT = "objects"
"""Key of the refusals that are of objects."""


@dataclass(frozen=True, slots=True)
class QuestionsConfig:
    """What to ask."""

    per_episode: int = 20
    """Questions of each type about one episode, at most; of a choice, each answer may have its share of them."""
    attempts: int = 1000
    """Candidates of each type looked at in one episode, at most."""
    thresholds: Thresholds = field(default_factory=Thresholds)
    """When an object counts as seen and as nameable."""

    def __post_init__(self) -> None:
        for name in ("per_episode", "attempts"):
            if getattr(self, name) < 1:
                raise ValueError(f"questions.{name} must be at least 1, got {getattr(self, name)}")


def ask_episode(
    episode: Episode, config: QuestionsConfig, seed: int, *, explain: bool = True
) -> tuple[list[Question], dict[str, dict[str, int]]]:
    """Questions sorted by type and id, and what was refused.

    Refusals are counted by reason: under `UNFIT` the seen objects that no question may name, under a question type its
    candidates made of the others. Where `explain` is false, no rationale is written, which saves half the time.

    A function of the episode, the configuration and the seed alone.
    """
    sightings = Sightings(episode, config.thresholds)
    questions: list[Question] = []
    refusals: dict[str, dict[str, int]] = {UNFIT: sightings.unfit} if sightings.unfit else {}
    for question_type in QUESTION_TYPES:
        generator = GENERATORS[question_type.name]
        random = rng(seed, "ask", episode.episode_id, question_type.name)
        reasons: Counter[str] = Counter()
        accepted: list[Question] = []
        # Of a choice, no answer more often than its share: rare answers would otherwise hardly be there.
        share = -(-config.per_episode // max(question_type.num_options, 1))
        answers: Counter[str] = Counter()
        for looked_at, candidate in enumerate(generator.propose(sightings, random)):
            if looked_at == config.attempts or len(accepted) == config.per_episode:
                break
            if answers[candidate.expected] >= share:
                continue
            answer = generator.answer(sightings, candidate)
            if isinstance(answer, Rejection):
                reasons[answer.reason] += 1
            elif answers[answer.text] < share:
                answers[answer.text] += 1
                accepted.append(
                    make_question(generator, sightings, candidate, answer, question_type.unit, seed, explain=explain)
                )
        questions += sorted(accepted, key=lambda question: question.id)
        if reasons:
            refusals[question_type.name] = dict(sorted(reasons.items()))
    return questions, refusals
