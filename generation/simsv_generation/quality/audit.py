"""The blind report: what the words alone give away of the questions that are published."""

from collections.abc import Sequence

import numpy as np

from simsv_dataset.manifest import BlindRecord
from simsv_dataset.taxonomy import QuestionType
from simsv_generation.quality.balance import Row
from simsv_generation.quality.choices import as_choice
from simsv_generation.quality.forest import QUANTUM, Guesses, guess
from simsv_generation.seeding import rng

FEWEST = 100
"""Rows below which a forest says nothing at all; less than thinning asks for, so that what it leaves is told."""
RESAMPLES = 1000
"""Of the houses, for an interval."""


def audit(
    question_type: QuestionType, rows: Sequence[Row], seed: int
) -> tuple[list[float | None], dict[str, BlindRecord]]:
    """The `blind_score` of each row as it is asked, null where there are too few to tell; and the report by form.

    Other folds and forests than those of the thinning, which could have been got round by chance.
    """
    forms: dict[str, list[Row]] = {question_type.answer_format: list(rows)}
    if question_type.answer_format == "number":
        forms["choice"] = [as_choice(row) for row in rows if row["numeric_options"]]
    scores: list[float | None] = [None] * len(rows)
    report = {}
    for form, of_form in forms.items():
        if len(of_form) < FEWEST or len({row["house_id"] for row in of_form}) < 2:
            continue
        guesses = guess(of_form, int(rng(seed, "audit", question_type.name, form).integers(2**31)))
        report[form] = _record(
            of_form, guesses, is_gated=form == "choice" or not question_type.category_tells, seed=seed
        )
        if of_form is forms[question_type.answer_format] and form == question_type.answer_format:
            told = guesses.belief if form == "choice" else guesses.forest
            scores = [score / QUANTUM for score in told.tolist()]
    return scores, report


def _record(rows: Sequence[Row], guesses: Guesses, *, is_gated: bool, seed: int) -> BlindRecord:
    houses, of_house = np.unique([row["house_id"] for row in rows], return_inverse=True)
    gains = np.zeros(len(houses), np.int64)
    np.add.at(gains, of_house, guesses.forest - guesses.constant)
    drawn = rng(seed, "bootstrap").multinomial(len(houses), np.full(len(houses), 1 / len(houses)), size=RESAMPLES)
    excesses = (drawn @ gains) / np.maximum(drawn @ np.bincount(of_house), 1) / QUANTUM
    low, high = np.quantile(excesses, (0.025, 0.975)).tolist()
    has_options = rows[0]["options"] is not None
    chance = sum(1 / len(row["options"]) for row in rows) / len(rows) if has_options else None
    return BlindRecord(
        num_rows=len(rows),
        num_houses=len(houses),
        chance=None if chance is None else round(chance, 4),
        best_constant=round(int(guesses.constant.sum()) / len(rows) / QUANTUM, 4),
        forest=round(int(guesses.forest.sum()) / len(rows) / QUANTUM, 4),
        excess_low=round(low, 4),
        excess_high=round(high, 4),
        is_gated=is_gated,
    )
