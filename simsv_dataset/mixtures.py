"""Mixtures of question types: how many rows of each type, and which."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

import pyarrow as pa


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
)


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


def in_hash_order(rows: pa.Table) -> pa.Table:
    """The rows in the order of the SHA-256 of their column `id`.

    The order is as good as shuffled, needs no seed and does not depend on what else there is, so the first rows of a
    larger selection are the rows of a smaller one.
    """
    ids = rows["id"].to_pylist()
    order = sorted(range(len(ids)), key=lambda k: (sha256(ids[k].encode()).digest(), k))
    return rows.take(pa.array(order, pa.int64()))
