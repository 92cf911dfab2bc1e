"""Factories of questions as they were asked, whose words give away as much as a test wants them to."""

from typing import Any

from simsv_generation.seeding import rng
from tests.factories import ASSETS

KINDS = tuple(sorted(asset.asset_type for asset in ASSETS.values()))
"""What questions are about; every other one is mostly to the left, and each is larger than the one before."""


def choice_rows(num_houses: int, per_house: int, *, told: float, seed: int = 0) -> list[dict[str, Any]]:
    """Questions for left or right.

    Args:
        num_houses: houses to ask about.
        per_house: questions about each.
        told: share of them whose answer is the side on which things of the kind mostly are; the rest is a coin.
        seed: of all that is random.
    """
    random = rng(seed, "choice rows")
    rows = []
    for house in range(num_houses):
        for number in range(per_house):
            kind = int(random.integers(len(KINDS)))
            side = kind % 2 if random.random() < told else int(random.integers(2))
            options = ["left", "right"] if random.random() < 0.5 else ["right", "left"]
            rows.append(
                make_row(
                    f"{house}-{number}",
                    house=house,
                    question=f"Is the {KINDS[kind]} to the left of you?",
                    options=options,
                    answer=("left", "right")[side],
                )
            )
    return rows


def order_rows(num_houses: int, per_house: int, *, told: float, seed: int = 0) -> list[dict[str, Any]]:
    """Questions for which of two kinds comes first: the first in the alphabet in a share `told`, else by a coin."""
    random = rng(seed, "order rows")
    rows = []
    for house in range(num_houses):
        for number in range(per_house):
            first, second = sorted(random.choice(KINDS, 2, replace=False).tolist())
            truth = [first, second] if random.random() < told or random.random() < 0.5 else [second, first]
            options = [", ".join(order) for order in (truth, truth[::-1])]
            answer, question = options[0], f"In which order do {', '.join(sorted((first, second)))} appear?"
            if random.random() < 0.5:
                options.reverse()
            rows.append(make_row(f"{house}-{number}", house=house, question=question, options=options, answer=answer))
    return rows


def number_rows(num_houses: int, per_house: int, *, told: float, seed: int = 0) -> list[dict[str, Any]]:
    """Questions for a size from 10 to 1000 cm, of which the kind tells a share `told` on a logarithmic scale.

    There are only 41 sizes. If none were there twice, one that is right elsewhere would be known to be wrong here.
    """
    random = rng(seed, "number rows")
    rows = []
    for house in range(num_houses):
        for number in range(per_house):
            kind = int(random.integers(len(KINDS)))
            height = told * (kind + 0.5) / len(KINDS) + (1 - told) * random.random()
            rows.append(
                make_row(
                    f"{house}-{number}",
                    house=house,
                    question=f"How long is the {KINDS[kind]}?",
                    value=float(round(10 ** (1 + round(40 * height) / 20))),
                )
            )
    return rows


def make_row(
    row_id: str,
    *,
    house: int = 0,
    question: str = "Is it to the left of you?",
    options: list[str] | None = None,
    answer: str = "",
    value: float | None = None,
    referents: tuple[str, ...] = (),
    template_id: str = "plain",
) -> dict[str, Any]:
    """A row of a number, or of a choice where there are options."""
    return {
        "id": row_id,
        "house_id": f"house-{house}",
        "question": question,
        "options": options,
        "answer": answer if value is None else f"{value:g}",
        "answer_letter": "ABCDEFGH"[options.index(answer)] if options else None,
        "value": value,
        "referents": list(referents),
        "template_id": template_id,
        "numeric_options": None,
    }
