from typing import Any

import pytest

from simsv_generation.quality.reading import Reading, read


def asked(*questions: str, template_id: str = "plain", options: list[str] | None = None) -> list[dict[str, Any]]:
    """Rows with the three columns that a reading may look at, and no other."""
    return [{"template_id": template_id, "question": question, "options": options} for question in questions]


def names(*questions: str) -> list[tuple[str, ...]]:
    return [reading.names for reading in read(asked(*questions))]


def test_no_rows_have_no_readings() -> None:
    assert read([]) == []


def test_one_question_alone_names_nothing_because_all_of_it_could_be_the_wording() -> None:
    assert read(asked("How long is the bed?")) == [Reading(("plain",), ())]


def test_what_fills_the_gaps_is_named_with_its_place() -> None:
    assert names(
        "Is the bed nearer to the armchair?", "Is the coffee table nearer to the bed?", "Is the sofa nearer to the tv?"
    ) == [
        ("plain", "0 bed", "1 armchair"),
        ("plain", "0 coffee table", "1 bed"),
        ("plain", "0 sofa", "1 tv"),
    ]


def test_a_list_of_names_is_several_names() -> None:
    spoken = names("Of bed, chair: which?", "Of sofa: which?")
    assert spoken == [("plain", "0 bed", "1 chair"), ("plain", "0 sofa")]


def test_names_are_read_in_any_language() -> None:
    assert names("Wo ist „Größe 1“?", "Wo ist „椅子“?", "Wo ist „l'étagère“?") == [
        ("plain", "0 Größe 1"),
        ("plain", "0 椅子"),
        ("plain", "0 l'étagère"),
    ]


def test_every_wording_has_its_own_gaps() -> None:
    rows = asked("How far is the bed?", "How far is the sofa?") + asked("The bed: how far?", template_id="other")
    assert [reading.names for reading in read(rows)] == [("plain", "0 bed"), ("plain", "0 sofa"), ("other",)]


def test_numbers_are_read_as_one_of_eight_equally_full_bands() -> None:
    spoken = names(*(f"How far at {second}.5 s?" for second in range(80)))
    bands = [name for _, name in spoken]
    assert bands == [f"number 0 in band {second // 10}" for second in range(80)]


def test_bands_are_those_of_the_place_and_of_the_way_between_two_numbers() -> None:
    spoken = names(*(f"From {start} s to {start + 9 - start // 8} s?" for start in range(16)))
    assert spoken[0] == ("plain", "number 0 in band 0", "number 1 in band 0", "number 2 in band 7")
    assert spoken[15] == ("plain", "number 0 in band 7", "number 1 in band 7", "number 2 in band 3")


def test_names_and_numbers_go_together() -> None:
    spoken = names(*(f"How far is the {'bed' if second % 2 else 'sofa'} at {second}.0 s?" for second in range(16)))
    assert spoken[15] == ("plain", "0 bed", "number 0 in band 7")


def test_options_are_kept_in_their_order() -> None:
    assert read(asked("Which?", options=["b", "a"]))[0].options == ("b", "a")


@pytest.mark.parametrize(
    ("options", "is_order"),
    [
        (["bed, sofa", "sofa, bed"], True),
        (["bed, sofa, tv", "sofa, bed, tv", "tv, sofa, bed"], True),
        (["bed, sofa", "sofa, tv"], False),
        (["left", "right"], False),
        (["left", "left"], False),
        (None, False),
    ],
)
def test_an_order_is_the_same_parts_in_another_order(options: list[str] | None, is_order: bool) -> None:
    assert read(asked("Which?", options=options))[0].is_order == is_order
