"""Mixtures of question types: how many rows of each type, and which."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

import pyarrow as pa

from simsv_dataset.release import SPLITS


@dataclass(frozen=True, slots=True)
class Mixture:
    """A config that mixes question types in fixed proportions."""

    name: str
    weights: Mapping[str, int]
    """Question type to its share; only the ratios matter."""
    source: str
    """Where the weights come from."""


MIXTURES = (
    Mixture(
        "3q",
        {
            "object_abs_distance": 8616,
            "obj_appearance_order": 6384,
            "object_rel_direction_medium": 3905,
            "object_rel_direction_hard": 3853,
            "object_rel_direction_easy": 2242,
        },
        source="the 25K mix of the SIMS-V paper, arXiv 2511.04668",
    ),
    Mixture(
        "vsi_baseline",
        {
            "object_size_estimation": 953,
            "object_abs_distance": 834,
            "object_rel_distance": 710,
            "obj_appearance_order": 618,
            "object_counting": 565,
            "object_rel_direction_medium": 378,
            "object_rel_direction_hard": 373,
            "room_size_estimation": 288,
            "object_rel_direction_easy": 217,
        },
        source="VSI-Bench's counts without route planning, as the SIMS-V paper's baseline mix has them",
    ),
)
ALL = "all"
"""The config of all questions."""
SIZES = {"250": 250, "500": 500} | {f"{size}k": 1000 * size for size in (1, 5, 10, 15, 20, 25, 30)}
"""Sizes in which the train split of a mixture is there too, where it has so many rows, by the end of their names.

Those from 1K to 30K are the paper's. A smaller one is part of every larger one.
"""


def quotas(weights: Mapping[str, int], total: int) -> dict[str, int]:
    """Rows of each type when `total` rows are shared out by the largest-remainder method.

    Every type gets the whole part of its exact share; what is left goes, one row each, to the largest remainders, and
    to the type named first among equals. Integers throughout. A larger `total` can take a row from a type (the Alabama
    paradox of this method), a larger weight never.

    Raises:
        ValueError: there is no type, a weight is not positive, or `total` is negative.
    """
    if not weights or min(weights.values()) < 1:
        raise ValueError(f"weights must name types with positive shares, got {dict(weights)}")
    if total < 0:
        raise ValueError(f"total must not be negative, got {total}")
    whole = sum(weights.values())
    shares = {name: weight * total // whole for name, weight in weights.items()}
    by_remainder = sorted(weights, key=lambda name: -(weights[name] * total % whole))
    for name in by_remainder[: total - sum(shares.values())]:
        shares[name] += 1
    return shares


def largest_total(weights: Mapping[str, int], available: Mapping[str, int]) -> int:
    """The largest total whose quotas are all available.

    Args:
        weights: shares of the types to mix.
        available: rows there are of each type; a type that is left out has none.

    Raises:
        ValueError: as `quotas`.
    """
    whole = sum(weights.values())
    # A quota is at least the whole part of its share, so no total beyond this can do.
    total = min(-(-(available.get(name, 0) + 1) * whole // weight) - 1 for name, weight in weights.items())
    # And a total whose shares, rounded up, are available does, so the search ends after whole / min(weights) steps.
    while any(quota > available.get(name, 0) for name, quota in quotas(weights, total).items()):
        total -= 1
    return total


def largest_mixture(weights: Mapping[str, int], available: Mapping[str, int]) -> dict[str, int]:
    """Quotas of the largest mixture of the types that are available at all; empty when none is.

    Types of which there is no row are left out of the result, and the others keep their ratios.
    """
    present = {name: weight for name, weight in weights.items() if available.get(name, 0) > 0}
    return quotas(present, largest_total(present, available)) if present else {}


def mixed(tables: Mapping[str, Mapping[str, pa.Table]]) -> dict[str, dict[str, pa.Table]]:
    """All configs that mix question types: `ALL`, and every mixture as large as it can be and in all `SIZES` below.

    Args:
        tables: question type to split to rows in hash order.

    Returns:
        Config to split to rows in mixed order; only those that have rows.
    """
    configs: dict[str, dict[str, pa.Table]] = {ALL: {}}
    for split in SPLITS:
        of_split = {name: by_split[split] for name, by_split in tables.items() if split in by_split}
        if not of_split:
            continue
        configs[ALL][split] = in_mixed_order(pa.concat_tables(of_split.values()))
        available = {name: rows.num_rows for name, rows in of_split.items()}
        for mixture in MIXTURES:
            shares = largest_mixture(mixture.weights, available)
            if shares:
                configs.setdefault(mixture.name, {})[split] = _first(of_split, shares)
            if split == "train" and shares.keys() == mixture.weights.keys():
                for name, size in SIZES.items():
                    if size <= sum(shares.values()):
                        configs[f"{mixture.name}_{name}"] = {split: _first(of_split, quotas(mixture.weights, size))}
    return {config: by_split for config, by_split in configs.items() if by_split}


def _first(tables: Mapping[str, pa.Table], shares: Mapping[str, int]) -> pa.Table:
    return in_mixed_order(pa.concat_tables([tables[name].slice(0, share) for name, share in shares.items()]))


def in_mixed_order(rows: pa.Table) -> pa.Table:
    """The rows in the order of `mixed_rank`.

    The order is as good as shuffled, needs no seed and does not depend on what else there is, so a smaller selection
    has its rows in the order of a larger one.
    """
    ids = rows["id"].to_pylist()
    order = sorted(range(len(ids)), key=lambda k: (mixed_rank(ids[k]), k))
    return rows.take(pa.array(order, pa.int64()))


def hash_rank(question_id: str) -> bytes:
    """By which the rows of a type are ordered, and chosen for a mixture: SHA-256 of the column `id`."""
    return sha256(question_id.encode()).digest()


def mixed_rank(question_id: str) -> bytes:
    """By which the rows of a mixture are ordered: another hash than `hash_rank`.

    Of a plentiful type a mixture has only the lowest ranks, so by the same hash it would begin with that type.
    """
    return sha256(f"mixed {question_id}".encode()).digest()
