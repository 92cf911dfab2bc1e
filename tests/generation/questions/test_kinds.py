import pytest

from simsv_generation.houses.categories import CATEGORIES
from simsv_generation.questions.kinds import LOOKED_FOR, look_alikes


def test_look_alikes_go_both_ways_and_are_categories() -> None:
    known = set(CATEGORIES.values())
    assert set(LOOKED_FOR) <= known
    for category in known:
        assert look_alikes(category) <= known - {category}
        assert all(category in look_alikes(other) for other in look_alikes(category))


@pytest.mark.parametrize("category", ["", "spaceship", "Chair"])
def test_what_nobody_knows_looks_like_nothing(category: str) -> None:
    assert look_alikes(category) == frozenset()
