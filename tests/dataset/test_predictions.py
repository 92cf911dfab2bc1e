import json
from pathlib import Path

import pytest

from simsv_dataset.predictions import read_predictions


def written(folder: Path, *lines: object, name: str = "said.jsonl") -> Path:
    """A file with these lines, texts as they are and others as JSON."""
    path = folder / name
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return path


def sample(question: object, said: object) -> dict[str, object]:
    """A line as lmms-eval logs it, as far as it is read."""
    return {"doc_id": 0, "target": "A", "filtered_resps": said, "simsv_micro": {"id": question, "score": 1.0}}


def test_our_own_lines(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        {"id": "a", "prediction": "B", "model": "llava", "num_frames": 32, "seconds": 1.5},
        "",
        "   \r",
        {"id": "Ω\u2028|1", "prediction": "", "model": "llava"},
    )
    found = read_predictions(path)
    assert found.texts == {"a": "B", "Ω\u2028|1": ""}
    assert found.told == {"model": "llava", "num_frames": "32"}


def test_samples_of_lmms_eval_and_the_results_beside_them(tmp_path: Path) -> None:
    path = written(tmp_path, sample("a", "B"), sample("b", "2.0"), name="20261123_samples_simsv_test.jsonl")
    assert read_predictions(path).told == {}
    results = tmp_path / "20261123_results.json"
    results.write_text('{"config": {"model": "dummy", "model_args": "response=A"}}')
    found = read_predictions(path)
    assert found.texts == {"a": "B", "b": "2.0"}
    assert found.told == {"model": "dummy", "model_args": "response=A"}
    results.write_text('{"config": {}}')
    with pytest.raises(ValueError, match=r"results\.json is damaged: KeyError"):
        read_predictions(path)


GOOD = {"id": "a", "prediction": "B"}


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "has no predictions"),
        (["", "  "], "has no predictions"),
        ([GOOD, '{"id": "b", "prediction": "A"'], "line 2: this is no JSON"),
        ([GOOD, "", "\x00"], "line 3: this is no JSON"),
        ([GOOD, ["b", "A"]], "line 2: this is no JSON object"),
        ([GOOD, GOOD], "line 2: question 'a' has a prediction already"),
        ([{"prediction": "B"}], "line 1: 'id' must be a text, and is missing"),
        ([{"id": 3, "prediction": "B"}], "line 1: 'id' must be a text, and is 3"),
        ([{"id": "a"}], "line 1: 'prediction' must be a text, and is missing"),
        ([{"id": "a", "prediction": None}], "line 1: 'prediction' must be a text, and is missing"),
        (['{"id": "a", "prediction": NaN}'], "line 1: 'prediction' must be a text, and is nan"),
        ([{"id": "a", "prediction": 2.0}], "line 1: 'prediction' must be a text, and is 2.0"),
        ([{**GOOD, "model": "x"}, {**GOOD, "id": "b", "model": "y"}], "line 2: model is 'y', and was 'x'"),
        ([sample(None, "A")], "line 1: this sample of lmms-eval is of no task in recipes/eval"),
        ([{"doc_id": 0, "filtered_resps": "A"}], "line 1: this sample of lmms-eval is of no task in recipes/eval"),
        ([sample("a", ["A", "B"])], "line 1: 'filtered_resps' must be a text"),
    ],
)
def test_what_is_no_prediction_is_named(tmp_path: Path, lines: list[object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_predictions(written(tmp_path, *lines))


def test_a_file_that_is_not_there_and_one_that_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_predictions(tmp_path / "none.jsonl")
    (tmp_path / "video.jsonl").write_bytes(b"\x00\xff\xfe")
    with pytest.raises(ValueError, match="is not text in UTF-8"):
        read_predictions(tmp_path / "video.jsonl")
