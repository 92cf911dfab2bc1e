"""Every model of ProcTHOR has a name that a person would use."""

from simsv_generation.houses.asset_database import procthor_assets
from simsv_generation.houses.categories import CATEGORIES


def test_every_type_of_the_asset_database_has_a_category() -> None:
    assert {asset.asset_type for asset in procthor_assets().values()} == set(CATEGORIES)


def test_categories_are_lower_case_words() -> None:
    for category in CATEGORIES.values():
        assert category == category.lower().strip()
        assert all(word.isalpha() for word in category.split(" "))


def test_synonyms_are_merged() -> None:
    for first, second in [("Towel", "HandTowel"), ("Knife", "ButterKnife"), ("Ottoman", "Footstool")]:
        assert CATEGORIES[first] == CATEGORIES[second]


def test_what_differs_in_kind_keeps_its_own_name() -> None:
    tables = {CATEGORIES[name] for name in ("DiningTable", "CoffeeTable", "SideTable", "Desk", "CounterTop")}
    seats = {CATEGORIES[name] for name in ("Chair", "ArmChair", "Sofa", "Stool", "Ottoman")}
    assert len(tables) == len(seats) == 5
