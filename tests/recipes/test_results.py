"""The parts of the learning run; the run itself is `make results`."""

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from simsv_dataset import Simsv, read_frames, sample_indices
from simsv_dataset.chat import PRE_PROMPT, group_by_video, question_text
from simsv_dataset.downloads import local_video
from simsv_dataset.score import score_predictions
from simsv_dataset.video import count_frames

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("sft")]


def imported(name: str) -> ModuleType:
    import importlib

    return importlib.import_module(f"recipes.results.{name}")


def part(name: str, num_pixels: int, left: int, right: int) -> dict[str, Any]:
    return {"id": name, "num_pixels": num_pixels, "bbox": [left, 0, right, 10]}


def test_a_caption_names_what_is_large_by_side_largest_first() -> None:
    captions = imported("captions")
    names = {"a": "bed", "b": "pillow", "c": "bed", "d": "chair", "e": "mug", "f": "sofa"}
    visible = [
        part("a", 900, 0, 100),
        part("b", 2_000, 0, 20),
        part("c", 800, 10, 90),
        part("d", 900, 140, 160),
        part("e", captions.MIN_PIXELS - 1, 0, 5),
        part("f", 500, 280, 300),
        part("room|floor", 50_000, 0, 300),
    ]
    assert captions.described(visible, names, 300) == "left: pillow, bed; middle: chair; right: sofa"
    assert captions.described(visible[-1:], names, 300) == ""
    assert captions.described([], names, 300) == ""
    assert captions.described([part("d", 900, 299, 300)], names, 300) == "right: chair"


def test_a_clip_is_its_frame(tmp_path: Path) -> None:
    gradient = np.linspace(0, 255, 64, dtype=np.uint8)
    frame = np.stack([np.tile(gradient, (48, 1))] * 3, axis=-1)
    path = tmp_path / "clip é.mp4"
    imported("captions").write_clip(path, frame)
    assert count_frames(path) == 1
    assert np.abs(read_frames(path, [0])[0].astype(int) - frame).mean() < 4


def test_stages_name_what_they_make_and_a_training_goes_on_behind_its_last_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run = imported("run")
    made = [stage.made for stage in run.stages()]
    assert len(set(made)) == len(made)
    for mixture in ("3q", "vsi_baseline"):
        for end in ("", "_blind"):
            assert run.arm(mixture + end) / "training_args.bin" in made
            assert {run.predictions(f"{mixture}{end}_{size}") for size in (250, 500, 1000)} <= set(made)
    assert not any("--resume_from_checkpoint" in command for stage in run.stages() for command in stage.commands)
    for step in (25, 100, 75):
        (run.arm("3q") / f"checkpoint-{step}").mkdir(parents=True)
    resumed = [stage for stage in run.stages() for command in stage.commands if "--resume_from_checkpoint" in command]
    assert [stage.made.parent for stage in resumed] == [run.arm("3q")]
    assert resumed[0].commands[0][-1] == run.arm("3q") / "checkpoint-100"


def test_a_stage_that_is_done_is_not_run_again_and_one_that_fails_ends_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run = imported("run")
    done, fails, never = (run.HERE / name for name in ("done", "fails", "never"))
    run.HERE.mkdir(parents=True)
    done.touch()
    stages = [
        run.Stage(done, [["false"]]),
        run.Stage(fails, [["sh", "-c", "echo why; exit 3"], ["touch", fails]]),
        run.Stage(never, [["touch", never]]),
    ]
    monkeypatch.setattr(run, "stages", lambda: iter(stages))
    with pytest.raises(SystemExit, match=r"status 3, see .*fails\.txt"):
        run.main()
    assert (run.HERE / "log" / "fails.txt").read_text() == "why\n"
    assert not fails.exists()
    assert not never.exists()


@pytest.mark.parametrize("num_frames", [4, 0])
def test_questions_about_a_video_asked_together_are_answered_as_one_by_one(
    num_frames: int, tiny_models: Path, questions_release: Path
) -> None:
    import torch
    from transformers import AutoModelForImageTextToText, AutoProcessor

    predict = imported("predict")
    folder = tiny_models / "llava_onevision"
    processor = AutoProcessor.from_pretrained(folder)
    model = AutoModelForImageTextToText.from_pretrained(folder, dtype=torch.float32).eval()
    view = Simsv("all", release=questions_release)
    view.download_and_prepare()
    rows = group_by_video(view.as_dataset(split="train"), 6)[0]
    # Of different lengths, so that shorter ones have to be filled.
    rows = [{**row, "question": row["question"] * (1 + k % 3)} for k, row in enumerate(rows)]
    expected = []
    for row in rows:
        content: list[dict[str, Any]] = [{"type": "text", "text": f"{PRE_PROMPT}\n{question_text(row)}"}]
        if num_frames:
            path = local_video(row["video"]["path"])
            frames = read_frames(path, sample_indices(count_frames(path), num_frames))
            content.insert(0, {"type": "video", "video": frames})
        inputs = processor.apply_chat_template(
            [[{"role": "user", "content": content}]],
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            processor_kwargs={"do_sample_frames": False, "add_special_tokens": False} if num_frames else {},
        )
        end = processor.tokenizer.eos_token_id
        said = model.generate(
            **inputs, max_new_tokens=predict.MAX_NEW_TOKENS, do_sample=False, eos_token_id=end, pad_token_id=end
        )
        tokens = said[0, inputs["input_ids"].shape[1] :].tolist()
        tokens = tokens[: tokens.index(end)] if end in tokens else tokens
        expected.append(processor.tokenizer.decode(tokens).strip())
    assert len(rows) > 3
    assert predict.answers(model, processor, rows, num_frames) == expected
    assert len(set(expected)) > 1


def test_tables_have_a_line_for_each_arm_and_type() -> None:
    table = imported("table")
    from dataclasses import asdict

    rows = [
        {
            "id": str(k),
            "question_type": "object_rel_distance",
            "options": ["bed", "mug"],
            "answer": "bed",
            "answer_letter": "A",
            "house_id": f"h{k % 3}",
        }
        for k in range(6)
    ]
    right, wrong = ({str(k): letter for k in range(6)} for letter in "AB")
    scored = {
        "base": asdict(score_predictions(rows, right, wrong)),
        "3q_250": asdict(score_predictions(rows, wrong, right)),
    }
    first, second = table.overall(scored)[2:4]
    assert first.startswith("| `base` | 100.0 [100.0, 100.0] | 0.0 [0.0, 0.0] | 100.0 [100.0, 100.0] |")
    assert second.startswith("| `3q_250` | 0.0 [0.0, 0.0] | 100.0 [100.0, 100.0] | -100.0 [-100.0, -100.0] |")
    assert table.by_type(scored)[2:] == ["| object_rel_distance | 6 | 50.0 | 100.0 | 100.0 | 0.0 |"]
