"""What is learned: the answers, with their ends, and nothing else; checked by reading the labels back."""

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from simsv_dataset import load, read_frames, sample_indices
from simsv_dataset.chat import PRE_PROMPT, answer_text, question_text
from tests.runs import write_video

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

ENDS = {
    "llava_onevision": ("", "<|im_end|>"),
    "qwen2_5_vl": ("", "<|im_end|>\n"),
    "qwen3_vl": ("", "<|im_end|>\n"),
    "smolvlm2": (" ", "<end_of_utterance>\n"),
}
"""What stands before and behind the text of an answer."""


def recipe(sft: ModuleType, tiny_models: Path, release: Path, model: str, **others: object) -> Any:
    given = {"model_name_or_path": tiny_models / model, "dataset_name": release, "bf16": "false", "num_frames": 4}
    words = [word for name, value in {**given, **others}.items() for word in (f"--{name}", str(value))]
    return sft.read_recipe(["--config", f"recipes/{model}/lora.yaml", *words])


def texts(collator: Any, tokens: Any) -> str:
    return str(collator.processor.tokenizer.decode(tokens))


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("model", ENDS)
def test_labels_are_the_answers_and_their_ends(
    sft: ModuleType, tiny_models: Path, questions_release: Path, model: str, count: int
) -> None:
    made = recipe(sft, tiny_models, questions_release, model, questions_per_conversation=count, shuffle_buffer=1)
    collator = sft.load_collator(made)
    rows = list(sft.open_stream(made, sft.find_sources(made)).take(3))
    batch = collator(rows)
    before, behind = ENDS[model]
    asked = {(row["video"]["path"], question_text(row)): row for row in load(questions_release)}
    for row, tokens, labels in zip(rows, batch["input_ids"], batch["labels"], strict=True):
        video = row["messages"][0]["content"][0]["video"]
        said = [message["content"][-1]["text"].removeprefix(f"{PRE_PROMPT}\n") for message in row["messages"][::2]]
        questions = [asked[video, text] for text in said]
        assert len(questions) == count
        expected = "".join(f"{before}{answer_text(question)}{behind}" for question in questions)
        assert texts(collator, labels[labels != sft.UNLEARNT]) == expected
        assert (labels[labels != sft.UNLEARNT] == tokens[labels != sft.UNLEARNT]).all()
        whole = texts(collator, tokens)
        assert all(whole.count(question_text(question)) == 1 for question in questions)
        assert whole.count(PRE_PROMPT) == 1


@pytest.mark.parametrize("model", ENDS)
def test_an_answer_stands_where_generation_begins(
    sft: ModuleType, tiny_models: Path, questions_release: Path, model: str
) -> None:
    from transformers import AutoProcessor

    collator = sft.load_collator(recipe(sft, tiny_models, questions_release, model))
    own = AutoProcessor.from_pretrained(tiny_models / model)
    asked, answered = ({"type": "text", "text": text} for text in ("How many?", "3"))
    talk = [
        {"role": "user", "content": [{"type": "video"}, asked]},
        {"role": "assistant", "content": [answered]},
    ]
    prompt = own.apply_chat_template(talk[:1], add_generation_prompt=True)
    learned = collator.processor.apply_chat_template(talk, chat_template=collator.chat_template)
    assert learned == prompt + "".join([ENDS[model][0], "3", ENDS[model][1]])


@pytest.mark.parametrize("model", ENDS)
def test_a_short_video_can_be_in_a_batch(
    sft: ModuleType, tiny_models: Path, questions_release: Path, tmp_path: Path, model: str
) -> None:
    made = recipe(sft, tiny_models, questions_release, model, num_frames=6)
    collator = sft.load_collator(made)
    (row,) = sft.open_stream(made, sft.find_sources(made)).take(1)
    short = tmp_path / "short.mp4"
    write_video(short, 2)
    first, *others = row["messages"]
    content = [{**part, "video": str(short)} if part["type"] == "video" else part for part in first["content"]]
    batch = collator([row, {"messages": [{**first, "content": content}, *others]}])
    assert (batch["labels"] != sft.UNLEARNT).any(dim=1).all()


@pytest.mark.parametrize("model", ENDS)
def test_without_frames_the_same_is_learned_from_the_words_alone(
    sft: ModuleType, tiny_models: Path, questions_release: Path, model: str
) -> None:
    batches = []
    for num_frames in (4, 0):
        made = recipe(sft, tiny_models, questions_release, model, num_frames=num_frames, shuffle_buffer=1)
        collator = sft.load_collator(made)
        batches.append(collator(list(sft.open_stream(made, sft.find_sources(made)).take(2))))
    seeing, blind = batches
    assert "pixel_values_videos" in seeing or "pixel_values" in seeing
    assert blind.keys() <= {"input_ids", "attention_mask", "labels", "mm_token_type_ids"}
    for labels, others in zip(seeing["labels"], blind["labels"], strict=True):
        assert labels[labels != sft.UNLEARNT].tolist() == others[others != sft.UNLEARNT].tolist()
    assert blind["input_ids"].shape[1] < seeing["input_ids"].shape[1]


def test_a_frame_budget_leaves_out_what_the_frames_do_not_show(
    sft: ModuleType, tiny_models: Path, questions_release: Path
) -> None:
    made = recipe(sft, tiny_models, questions_release, "qwen2_5_vl", dataset_config="all", shuffle_buffer=1)
    kept = recipe(
        sft, tiny_models, questions_release, "qwen2_5_vl", dataset_config="all", shuffle_buffer=1, frame_budget=16
    )
    fitting = [row for row in load(questions_release, "all") if 0 < row["min_frames"] <= 16]
    (whole,), (source,) = sft.find_sources(made), sft.find_sources(kept)
    assert 0 < len(fitting) == source.num_conversations < whole.num_conversations
    asked = {question_text(row) for row in fitting}
    rows = sft.open_stream(kept, [source]).take(len(fitting))
    assert {row["messages"][0]["content"][-1]["text"].removeprefix(f"{PRE_PROMPT}\n") for row in rows} == asked


def test_a_batch_in_which_nothing_would_be_learned_is_refused(
    sft: ModuleType, tiny_models: Path, questions_release: Path
) -> None:
    made = recipe(sft, tiny_models, questions_release, "qwen2_5_vl")
    collator = sft.load_collator(made)
    rows = list(sft.open_stream(made, sft.find_sources(made)).take(1))
    unanswered = [*rows, {"messages": rows[0]["messages"][:1]}]
    with pytest.raises(ValueError, match="no token to be learned"):
        collator(unanswered)


def test_frames_are_those_that_the_dataset_samples(
    sft: ModuleType, tiny_models: Path, questions_release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = recipe(sft, tiny_models, questions_release, "qwen3_vl", num_frames=5)
    collator = sft.load_collator(made)
    rows = list(sft.open_stream(made, sft.find_sources(made)).take(1))
    given: dict[str, Any] = {}
    original = type(collator.processor).apply_chat_template

    def watch(self: Any, conversations: Any, **others: Any) -> Any:
        given.update(others["processor_kwargs"], video=conversations[0][0]["content"][0]["video"])
        return original(self, conversations, **others)

    monkeypatch.setattr(type(collator.processor), "apply_chat_template", watch)
    collator(rows)
    path = rows[0]["messages"][0]["content"][0]["video"]
    indices = sample_indices(12, 5)
    assert (given["video"] == read_frames(path, indices)).all()
    assert given["do_sample_frames"] is False
    # Twelve frames, ten a second.
    facts = {"total_num_frames": 12, "fps": 10.0, "duration": 1.2, "frames_indices": indices}
    assert given["video_metadata"] == [facts]
