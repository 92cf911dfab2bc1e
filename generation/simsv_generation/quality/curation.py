"""From the questions of one type that were asked to those that are published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from simsv_dataset.manifest import BlindRecord
from simsv_dataset.taxonomy import QuestionType
from simsv_generation.quality.audit import audit
from simsv_generation.quality.balance import Row, capped, even, even_ranks
from simsv_generation.quality.choices import as_choice, with_numbers
from simsv_generation.quality.thinning import thinned

MOST_EXCESS = 0.01
"""How much more than the best constant a forest may score, as a share of the full score, before rows are taken out."""
MOST_EXCESS_OF_KNOWLEDGE = 0.095
"""The same where to know the kind of thing is to know something of the answer, as with sizes."""
STRENGTH_OF_KNOWLEDGE = 0.5
"""How strongly these are thinned in a round, so as not to end far below."""


@dataclass(frozen=True, slots=True)
class Curated:
    """Questions of one type for a release."""

    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    """Split to rows with `numeric_options` and `blind_score`, in the order in which they came."""
    dropped: Mapping[str, int]
    """Reason to number of rows that are not published."""
    blind: Mapping[str, BlindRecord]
    """What can be guessed of them, by the form in which they are asked: "number", "choice"."""


def curate(question_type: QuestionType, rows: Mapping[str, Sequence[Row]], seed: int, *, as_asked: bool) -> Curated:
    """Cap, even out, thin and audit the questions of one type.

    Args:
        question_type: the type of all rows.
        rows: split to rows in hash order.
        seed: of the release.
        as_asked: keep all rows, and only add what a release adds to them.
    """
    kept = {split: list(of_split) for split, of_split in rows.items()}
    dropped: dict[str, int] = {}
    if not as_asked:
        kept, dropped = _chosen(question_type, kept, seed)
    everything = [row for of_split in kept.values() for row in of_split]
    if question_type.answer_format == "number":
        everything = _with_numbers(question_type, everything, seed, as_asked=as_asked)
    scores, blind = audit(question_type, everything, seed)
    published = {row["id"]: {**row, "blind_score": score} for row, score in zip(everything, scores, strict=True)}
    return Curated(
        {split: [published[row["id"]] for row in of_split] for split, of_split in kept.items() if of_split},
        {reason: number for reason, number in dropped.items() if number},
        blind,
    )


def _chosen(
    question_type: QuestionType, asked: Mapping[str, list[Row]], seed: int
) -> tuple[dict[str, list[Row]], dict[str, int]]:
    """What is kept of every split, and how many are not, by reason."""
    most, strength = MOST_EXCESS, 1.0
    if question_type.category_tells:
        most, strength = MOST_EXCESS_OF_KNOWLEDGE, STRENGTH_OF_KNOWLEDGE
    few = {split: capped(rows) for split, rows in asked.items()}
    fair = {split: even(rows) for split, rows in few.items()}
    safe = {
        row["id"] for row in thinned([row for rows in fair.values() for row in rows], most, seed, strength=strength)
    }
    hard = {split: [row for row in rows if row["id"] in safe] for split, rows in fair.items()}
    kept = {split: even(rows) for split, rows in hard.items()}
    sizes = [sum(map(len, stage.values())) for stage in (asked, few, fair, hard, kept)]
    lost = [before - after for before, after in pairwise(sizes)]
    return kept, {
        "surplus_of_its_house_or_object": lost[0],
        "answer_ahead": lost[1] + lost[3],
        "words_give_it_away": lost[2],
    }


def _with_numbers(question_type: QuestionType, rows: Sequence[Row], seed: int, *, as_asked: bool) -> list[Row]:
    """The rows with numbers to choose from where these can be had, and give nothing away."""
    offered = with_numbers(rows, seed, same_kind=question_type.category_tells)
    choices = [as_choice(row) for row in offered if row["numeric_options"]]
    if not as_asked:
        choices = even_ranks(thinned(even_ranks(choices), MOST_EXCESS, seed))
    kept = {row["id"] for row in choices}
    return [row if row["id"] in kept else {**row, "numeric_options": None} for row in offered]
