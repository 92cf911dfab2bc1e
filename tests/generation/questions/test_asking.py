from collections.abc import Iterator

import pytest

from simsv_dataset.taxonomy import QUESTION_TYPES
from simsv_generation.questions import asking
from simsv_generation.questions.asking import QuestionsConfig, ask_episode
from simsv_generation.questions.base import Answer, Candidate, Rejection
from tests.episodes import make_episode, make_object

KIND = next(row for row in QUESTION_TYPES if row.name == "object_rel_direction_easy")


class Sides:
    """Asks on which side each of many things is, and remembers what it was asked about."""

    question_type = KIND.name

    def __init__(self, *expected: str) -> None:
        self.expected, self.answered = expected, list[str]()

    def propose(self, *_: object) -> Iterator[Candidate]:
        for number, expected in enumerate(self.expected):
            yield Candidate(self.question_type, ("bed",), subject=str(number), expected=expected)

    def answer(self, _: object, candidate: Candidate) -> Answer | Rejection:
        self.answered.append(candidate.subject)
        return Answer("left" if int(candidate.subject) < 4 else "right", 1.0, (0, 1), 8)

    def word(self, *_: object) -> tuple[str, str, tuple[str, ...]]:
        return "sides", "Which side?", ("left", "right")


@pytest.mark.parametrize(
    ("expected", "answered"),
    [
        (("left",) * 4 + ("right",) * 4, "0145"),
        (("left", "left", "", "left", "right", "", "", ""), "01245"),
        (("",) * 8, "012345"),
    ],
)
def test_what_has_had_its_share_is_not_answered_again(
    expected: tuple[str, ...], answered: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two of each are wanted, and there are four; of what nothing is expected, it must be found out."""
    sides = Sides(*expected)
    monkeypatch.setattr(asking, "QUESTION_TYPES", (KIND,))
    monkeypatch.setattr(asking, "GENERATORS", {KIND.name: sides})
    episode = make_episode([make_object("bed", 2.0, 2.0)])
    questions, _ = ask_episode(episode, QuestionsConfig(per_episode=4, attempts=len(expected)), 0, explain=False)
    assert sorted(question.answer for question in questions) == ["left", "left", "right", "right"]
    assert "".join(sides.answered) == answered
