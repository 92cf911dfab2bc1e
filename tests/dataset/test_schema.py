from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from simsv_dataset.schema import EPISODE_SCHEMA, MESSAGE_SCHEMA, QUESTION_SCHEMA, features, to_table
from tests.runs import make_rows, make_walk, published

DOCUMENT = Path(__file__).parents[2] / "docs" / "data_format.md"


def question(**changes: Any) -> dict[str, Any]:
    (row,) = make_rows(make_walk(), {"object_abs_distance": 1})
    return {**published(row), **changes}


def described(field: pa.Field, prefix: str = "") -> Iterator[tuple[str, pa.Field]]:
    """All columns, those inside of others too."""
    yield prefix + field.name, field
    kind = field.type
    while pa.types.is_list(kind):
        kind = kind.value_type
    if pa.types.is_struct(kind) and field.name != "video":
        for inner in kind:
            yield from described(inner, f"{prefix}{field.name}.")


COLUMNS = [
    column
    for schema in (QUESTION_SCHEMA, MESSAGE_SCHEMA, EPISODE_SCHEMA)
    for field in schema
    for column in described(field)
]


@pytest.mark.parametrize(("name", "field"), COLUMNS, ids=[name for name, _ in COLUMNS])
def test_every_column_says_what_it_is_in_the_file_and_in_the_document(name: str, field: pa.Field) -> None:
    assert len(field.metadata[b"description"]) > 8
    assert f"`{name}`" in DOCUMENT.read_text(encoding="utf-8")


@pytest.mark.parametrize("schema", [QUESTION_SCHEMA, EPISODE_SCHEMA])
def test_datasets_stores_the_columns_as_they_are(schema: pa.Schema) -> None:
    assert features(schema).arrow_schema.types == schema.types
    assert features(schema)["video"].decode is False


def test_rows_come_back_as_they_were() -> None:
    rows = [question(), question(id="b", options=["a", "ü"], value=None, answer_letter="A", numeric_options=[1.0])]
    assert to_table(rows, QUESTION_SCHEMA).to_pylist() == rows
    assert to_table([], QUESTION_SCHEMA).schema.equals(QUESTION_SCHEMA, check_metadata=True)


@pytest.mark.parametrize(
    "changes",
    [
        {"margin": None},
        {"margin": float("nan")},
        {"value": float("inf")},
        {"margin": "far"},
        {"evidence_first": 1.5},
        {"evidence_first": 2**40},
        {"referents": "chair"},
        {"answer": 2},
        {"id": None},
    ],
)
def test_a_bad_value_is_refused_and_its_column_named(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(changes))):
        to_table([question(), question(**changes)], QUESTION_SCHEMA)


def test_a_missing_or_unknown_column_is_named_with_its_row() -> None:
    with pytest.raises(ValueError, match=r"000000000000 .*\['blind_scores'\]"):
        to_table([question(blind_scores=1.0)], QUESTION_SCHEMA)
    row = question()
    del row["answer"]
    with pytest.raises(ValueError, match=r"000000000000 .*\['answer'\]"):
        to_table([row], QUESTION_SCHEMA)
