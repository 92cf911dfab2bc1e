import pytest

from simsv_dataset.attribution import LICENCES, UNKNOWN, attribution_text, count_licences, licence_of

CREDITED = "Bed, 140x190 by Größe & Sohn, CC BY 3.0, from Sweet Home 3D's Scopia catalog"
FREE = "Chair by Jay-Artist, CC0 1.0, from Sweet Home 3D's Blend Swap CC-0"
LIMITED = "4f1a, CC BY 4.0, CC BY-NC 4.0, https://example.org/4f1a"
UNSAID = "77b2, Objaverse (ODC-BY 1.0), author and licence not in the folder"


@pytest.mark.parametrize(
    ("line", "licence"),
    [
        (CREDITED, "CC BY 3.0"),
        (FREE, "CC0 1.0"),
        (LIMITED, "CC BY-NC 4.0"),  # its author goes by the name of another licence
        (UNSAID, UNKNOWN),
        ("CC BY 3.0 bed by Nobody", UNKNOWN),
        ("a, b, CC BY-ND 4.0, c", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_licence_of_a_line_is_one_of_its_fields(line: str, licence: str) -> None:
    assert licence_of(line) == licence


def test_lines_are_counted_once_in_the_order_of_the_licences() -> None:
    counts = count_licences([UNSAID, CREDITED, FREE, CREDITED, FREE.replace("Chair", "Stool")])
    assert list(counts.items()) == [("CC0 1.0", 2), ("CC BY 3.0", 1), (UNKNOWN, 1)]
    assert count_licences([]) == {}


def test_the_page_names_every_model_once_under_its_licence_and_what_that_asks() -> None:
    text = attribution_text([UNSAID, FREE, CREDITED, LIMITED, FREE])
    assert text == attribution_text({LIMITED, CREDITED, UNSAID, FREE})
    _, *sections = text.split("\n## ")
    assert [section.splitlines()[0] for section in sections] == [
        "[CC0 1.0](https://creativecommons.org/publicdomain/zero/1.0/)",
        "[CC BY 3.0](https://creativecommons.org/licenses/by/3.0/)",
        "[CC BY-NC 4.0](https://creativecommons.org/licenses/by-nc/4.0/)",
        "Licence not known",
    ]
    for section, line in zip(sections, (FREE, CREDITED, LIMITED, UNSAID), strict=True):
        assert section.splitlines().count(f"- {line}") == 1
    assert "changed" in text.split("## ")[0]
    assert "say what was changed." in sections[1]
    assert "no commercial use" in sections[2]


def test_only_licences_without_further_conditions_fit_the_release() -> None:
    assert {name for name, licence in LICENCES.items() if licence.is_open} == {
        "CC0 1.0", "CC BY 3.0", "CC BY 3.0 US", "CC BY 4.0",
    }  # fmt: skip
