"""The recipes of all four architectures train, from the Hub, and go on where they were stopped."""

import json
import re
import sys
from pathlib import Path

import pytest
import yaml

from tests.hub.server import LoopbackHub
from tests.recipes.conftest import REPO, ROOT, STARTUP, environment, losses, run

pytestmark = pytest.mark.slow

OVERRIDES = {
    "num_frames": 8,
    "per_device_train_batch_size": 2,
    "gradient_accumulation_steps": 1,
    "max_steps": 4,
    "save_steps": 2,
    "dtype": "float32",
    "bf16": "false",
    "dataset_name": REPO,
}
"""What a test says instead of a recipe, with the model and the folder for what comes out: sizes, numbers, places."""
MODELS = ("llava_onevision", "qwen2_5_vl", "qwen3_vl", "smolvlm2")


def flags(**values: object) -> list[str]:
    return [word for name, value in values.items() for word in (f"--{name}", str(value))]


def test_only_sizes_and_places_are_overridden() -> None:
    sizes = {"num_frames", "per_device_train_batch_size", "gradient_accumulation_steps", "max_steps", "save_steps"}
    assert set(OVERRIDES) == sizes | {"dtype", "bf16", "dataset_name"}


@pytest.mark.parametrize("model", MODELS)
def test_a_recipe_trains_from_the_hub_and_goes_on_where_it_was_stopped(
    model: str, tiny_models: Path, published: LoopbackHub, tmp_path: Path
) -> None:
    recipe = ROOT / "recipes" / model / "lora.yaml"
    settings = yaml.safe_load(recipe.read_text())
    env = environment(**published.environment, HF_HOME=str(tmp_path / "home"))
    before = len(published.requests)

    def train(folder: Path, **others: object) -> None:
        given = flags(model_name_or_path=tiny_models / model, output_dir=folder, **OVERRIDES, **others)
        run([sys.executable, ROOT / "recipes" / "sft.py", "--config", recipe, *given], env)

    train(tmp_path / "whole")
    train(tmp_path / "resumed", resume_from_checkpoint=tmp_path / "whole" / "checkpoint-2")
    whole, resumed = (losses(tmp_path / name / "checkpoint-4") for name in ("whole", "resumed"))
    assert list(whole) == list(resumed) == [1, 2, 3, 4]
    assert resumed == whole
    assert len(set(whole.values())) == 4
    weights = [(tmp_path / name / "adapter_model.safetensors").read_bytes() for name in ("whole", "resumed")]
    assert weights[0] == weights[1]

    adapter = json.loads((tmp_path / "whole" / "adapter_config.json").read_text())
    assert (adapter["r"], adapter["lora_alpha"]) == (settings["lora_r"], settings["lora_alpha"])
    record = json.loads((tmp_path / "whole" / "training.json").read_text())
    (data,) = record["data"]
    assert (data["path"], data["name"], data["split"], data["num_conversations"]) == (REPO, "3q", "train", 64)
    assert re.fullmatch(r"[0-9a-f]{40}", data["revision"])
    assert (record["num_frames"], record["batch"]) == (8, 2)
    size = int.from_bytes(weights[0][:8], "little")
    names = [name for name in json.loads(weights[0][8 : 8 + size]) if name != "__metadata__"]
    assert names
    assert not [name for name in names if "vision" in name or "visual" in name]
    # Two layers, seven matrices in each, two factors of each.
    assert len(names) == 2 * 7 * 2

    sent = [request.path for request in published.requests[before:] if request.method == "GET"]
    videos = [path for path in sent if re.search(r"/store/.*\.mp4$", path)]
    assert videos
    # Two runs with four readers each, and one download of each video.
    assert len(videos) == len(set(videos))


def test_two_processes_see_every_conversation_once(tiny_models: Path, published: LoopbackHub, tmp_path: Path) -> None:
    """One epoch, whose steps the recipe reckons from the rows of the config."""
    settings = {name: value for name, value in OVERRIDES.items() if name not in ("max_steps", "save_steps")}
    given = flags(model_name_or_path=tiny_models / "llava_onevision", output_dir=tmp_path / "out", **settings)
    script = Path(__file__).parent / "watched_sft.py"
    recipe = ROOT / "recipes" / "llava_onevision" / "lora.yaml"
    env = environment(**published.environment, HF_HOME=str(tmp_path / "home"), SEEN=str(tmp_path))
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    # Workers would read ahead of what is trained on.
    run([*torchrun, script, "--config", recipe, *given, *flags(use_cpu="true", dataloader_num_workers=0)], env)
    count, batch = 64, 2
    seen = [(tmp_path / f"rank{rank}.txt").read_text().splitlines() for rank in (0, 1)]
    # The trainer itself has one more batch at hand, of the epoch that does not come.
    assert [len(of_rank) for of_rank in seen] == [count // 2 + batch] * 2
    assert len({row for of_rank in seen for row in of_rank[:-batch]}) == count
    (state,) = (tmp_path / "out").glob("checkpoint-*/trainer_state.json")
    assert json.loads(state.read_text())["max_steps"] == count // 4


def test_a_tiny_model_learns_sixteen_conversations_by_heart(
    tiny_models: Path, questions_release: Path, tmp_path: Path
) -> None:
    given = flags(
        model_name_or_path=tiny_models / "qwen2_5_vl",
        dataset_name=questions_release,
        dataset_config="obj_appearance_order",
        num_frames=2,
        per_device_train_batch_size=16,
        gradient_accumulation_steps=1,
        max_steps=100,
        save_steps=100,
        learning_rate=5e-3,
        # All of it is read a hundred times, and a stream waits at its end for threads of Arrow.
        dataset_streaming="false",
        dataset_test_split="validation",
        eval_strategy="steps",
        eval_steps=100,
        per_device_eval_batch_size=2,
        dtype="float32",
        bf16="false",
        tf32="false",
        dataloader_num_workers=1,
        output_dir=tmp_path / "out",
    )
    recipe = ROOT / "recipes" / "qwen2_5_vl" / "sft.yaml"
    run([sys.executable, ROOT / "recipes" / "sft.py", "--config", recipe, *given], environment(HF_HOME=str(tmp_path)))
    learned = losses(tmp_path / "out" / "checkpoint-100")
    assert learned[1] > 5
    assert learned[100] < 0.05
    history = json.loads((tmp_path / "out" / "checkpoint-100" / "trainer_state.json").read_text())["log_history"]
    (held_out,) = (entry["eval_loss"] for entry in history if "eval_loss" in entry)
    # The same few questions about another house.
    assert held_out < 3


def test_trl_trains_on_a_release_by_itself(tiny_models: Path, published: LoopbackHub, tmp_path: Path) -> None:
    settings = {name: value for name, value in OVERRIDES.items() if name != "num_frames"}
    given = flags(model_name_or_path=tiny_models / "qwen2_5_vl", output_dir=tmp_path / "out", **settings)
    recipe = ROOT / "recipes" / "qwen2_5_vl" / "trl_sft.yaml"
    env = environment(**published.environment, HF_HOME=str(tmp_path / "home"))
    # Nothing of ours can be imported.
    env["PYTHONPATH"] = str(STARTUP)
    run([Path(sys.executable).with_name("trl"), "sft", "--config", recipe, *given], env, cwd=tmp_path)
    trained = losses(tmp_path / "out" / "checkpoint-4")
    assert list(trained) == [1, 2, 3, 4]
    assert all(0 < loss < 10 for loss in trained.values())
