"""What is wrong in a configuration ends the recipe with one sentence, and what the recipes say can be read."""

import ast
import json
import re
import shlex
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from tests.recipes.conftest import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

RECIPES = sorted((ROOT / "recipes").glob("*/*.yaml"))
TRAINED = [path for path in RECIPES if path.parent.name not in ("accelerate", "eval")]
OURS = [path for path in TRAINED if path.name != "trl_sft.yaml"]
README = (ROOT / "recipes" / "README.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"^```bash\n(.*?)^```", README, re.M | re.S) for line in block.splitlines()]
ABLATIONS = re.findall(r"\| `(--[^`]+)` \|$", README, re.M)
ON_CPU = ["--bf16", "false", "--tf32", "false"]


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def run(sft: ModuleType, capsys: pytest.CaptureFixture[str], *words: object) -> str:
    """The one line with which the recipe ends, besides progress bars."""
    with pytest.raises(SystemExit) as ended:
        sft.main([*map(str, words), *ON_CPU])
    assert ended.value.code == 2
    *_, line = capsys.readouterr().err.strip().splitlines()
    assert line.startswith("sft.py: ")
    return line


@pytest.fixture
def no_download(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks the network for a file fails the test."""

    def refuse(*arguments: object, **named: object) -> None:
        raise AssertionError(f"asked the network for {arguments} {named}")

    monkeypatch.setattr("huggingface_hub.utils._http.http_backoff", refuse)
    monkeypatch.setattr("socket.socket.connect", refuse)


@pytest.mark.parametrize("path", OURS, ids=name)
def test_every_key_is_known_and_every_recipe_can_be_read(sft: ModuleType, path: Path) -> None:
    keys = re.findall(r"^(\w+):", path.read_text(), re.M)
    assert len(keys) == len(set(keys))
    recipe = sft.read_recipe(["--config", str(path), *ON_CPU])
    assert recipe.training.output_dir == f"runs/{path.parent.name}_{path.stem}"
    # The learning run has a constant rate, so that its checkpoints are trainings of their own.
    is_run = path.parent.name == "results" and path.stem == "sft"
    assert recipe.training.lr_scheduler_type == ("constant_with_warmup" if is_run else "cosine")
    assert recipe.model.use_peft == (path.stem == "lora" or path.parent.name == "results")


def test_the_papers_schedule(sft: ModuleType) -> None:
    papers = [path for path in OURS if path.stem == "paper"]
    assert [path.parent.name for path in papers] == ["llava_onevision", "llava_video"]
    for path in papers:
        recipe = sft.read_recipe(["--config", str(path), *ON_CPU])
        training = recipe.training
        machine = yaml.safe_load((ROOT / "recipes" / "accelerate" / "8gpu_zero3.yaml").read_text())
        each = training.per_device_train_batch_size * training.gradient_accumulation_steps
        assert machine["num_processes"] * each == 32
        assert (training.num_train_epochs, training.learning_rate) == (1, 1e-6)
        assert (training.warmup_steps, training.weight_decay, recipe.video.num_frames) == (0.03, 0, 64)
        assert not recipe.model.use_peft


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "unknown key": ({"num_frame": 8}, r"--num_frame"),
    "max_length": ({"max_length": 1024}, r"max_length 1024 can cut the tokens of a video"),
    "loss on questions": ({"assistant_only_loss": False}, "assistant_only_loss must be true"),
    "packing": ({"packing": True}, "packing"),
    "style": ({"answer_style": "letters"}, "answer_style 'letters' is none of mc_letter"),
    "no frames": ({"num_frames": -1}, "num_frames must be at least 0"),
    "no questions": ({"questions_per_conversation": 0}, "questions_per_conversation must be at least 1"),
    "template": ({"chat_template_path": "absent.jinja"}, "absent.jinja"),
    "no data set": ({"dataset_name": None}, "dataset_name is missing"),
    "no release": ({"dataset_name": "absent/folder/simsv"}, "neither the folder of a release nor"),
    "fractions": (
        {"datasets": [{"path": "simsv", "fraction": 0.5}, {"path": "simsv"}]},
        "each of several datasets needs a fraction",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_configuration_is_told_in_one_line_before_any_download(
    sft: ModuleType, no_download: None, tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    change, sentence = WRONG[case]
    settings = yaml.safe_load((ROOT / "recipes" / "qwen2_5_vl" / "lora.yaml").read_text())
    path = tmp_path / "wrong.yaml"
    path.write_text(yaml.safe_dump({**settings, **change}))
    assert re.search(sentence, run(sft, capsys, "--config", path))


def test_an_unknown_flag_is_told_in_one_line(sft: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert "--frames" in run(sft, capsys, "--config", ROOT / "recipes/qwen2_5_vl/lora.yaml", "--frames", "8")


def test_processes_that_would_each_train_by_itself_are_refused(
    sft: ModuleType, no_download: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    line = run(sft, capsys, "--config", ROOT / "recipes/qwen2_5_vl/lora.yaml")
    assert "each of 2 processes would train by itself" in line


def test_recipes_need_no_package_of_ours_but_the_dataset() -> None:
    for path in (ROOT / "recipes").rglob("*.py"):
        statements = [
            node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Import | ast.ImportFrom)
        ]
        names = {alias.name for node in statements if isinstance(node, ast.Import) for alias in node.names}
        names |= {str(node.module) for node in statements if isinstance(node, ast.ImportFrom)}
        assert names
        assert not {name.partition(".")[0] for name in names} & {"simsv_generation", "simsv_hub", "tests"}


def test_a_config_that_the_release_lacks_is_told_before_the_model_is_asked_for(
    sft: ModuleType, no_download: None, questions_release: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--config", ROOT / "recipes/qwen2_5_vl/lora.yaml", "--dataset_name", questions_release]
    line = run(sft, capsys, *words, "--dataset_config", "3q_25k")
    assert "has no config '3q_25k'; it has " in line
    assert "object_abs_distance" in line
    line = run(sft, capsys, *words, "--eval_strategy", "steps", "--eval_steps", "5", "--dataset_test_split", "test")
    assert "config '3q' of" in line
    assert "has no split 'test'" in line


def test_a_stream_of_unknown_length_needs_max_steps(
    sft: ModuleType, no_download: None, questions_release: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "give max_steps" in run(sft, capsys, "--config", mixture(questions_release, tmp_path))


def test_a_template_without_marks_is_told_before_the_weights(
    sft: ModuleType, tiny_models: Path, questions_release: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--config", ROOT / "recipes/qwen2_5_vl/lora.yaml", "--dataset_name", questions_release]
    model = tmp_path / "model"
    model.mkdir()
    for path in (tiny_models / "qwen2_5_vl").glob("*"):
        if path.suffix != ".safetensors":
            (model / path.name).write_bytes(path.read_bytes())
    template = model / "chat_template.jinja"
    template.write_text(template.read_text() + "{# changed #}")
    assert "marks no answers; give chat_template_path" in run(sft, capsys, *words, "--model_name_or_path", model)
    assert "marks no answers with" in run(sft, capsys, *words, "--chat_template_path", template)


def mixture(release: Path, folder: Path, **settings: Any) -> Path:
    """A configuration with three parts of a release in four."""
    rows = [{"messages": [{"role": role, "content": str(k)} for role in ("user", "assistant")]} for k in range(5)]
    (folder / "general.jsonl").write_text("".join(f"{line}\n" for line in map(json.dumps, rows)))
    recipe = yaml.safe_load((ROOT / "recipes" / "qwen2_5_vl" / "lora.yaml").read_text())
    del recipe["dataset_name"], recipe["dataset_config"]
    parts = [
        {"path": str(release), "name": "3q", "fraction": 0.75},
        {"path": "json", "data_files": str(folder / "general.jsonl"), "fraction": 0.25},
    ]
    (folder / "mixture.yaml").write_text(yaml.safe_dump({**recipe, "datasets": parts, **settings}))
    return folder / "mixture.yaml"


def test_other_data_sets_need_conversations(
    sft: ModuleType, no_download: None, questions_release: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = mixture(questions_release, tmp_path, max_steps=5)
    (tmp_path / "general.jsonl").write_text('{"text": "Say 5"}\n')
    assert "json is no release and has no column messages, only text" in run(sft, capsys, "--config", path)
    path.write_text(path.read_text().replace(str(questions_release), "absent/simsv/folder"))
    assert "absent/simsv/folder" in run(sft, capsys, "--config", path)


def test_a_mixture_has_its_shares(sft: ModuleType, questions_release: Path, tmp_path: Path) -> None:
    recipe = sft.read_recipe(["--config", str(mixture(questions_release, tmp_path, max_steps=5)), *ON_CPU])
    sources = sft.find_sources(recipe)
    rows = list(sft.open_stream(recipe, sources).take(400))
    with_video = [row for row in rows if isinstance(row["messages"][0]["content"], list)]
    assert 0.68 < len(with_video) / 400 < 0.82
    assert {row["messages"][1]["content"] for row in rows if row not in with_video} == set("01234")


@pytest.mark.parametrize("workers", [0, 2, 4])
@pytest.mark.parametrize("streaming", ["true", "false"])
def test_an_epoch_has_every_conversation_once_in_another_order(
    sft: ModuleType, questions_release: Path, monkeypatch: pytest.MonkeyPatch, workers: int, streaming: str
) -> None:
    # `datasets` waits so long for threads of an older Arrow whenever a shuffled stream ends.
    monkeypatch.setattr("datasets.config.SLEEP_TIME_ON_THREADS_SHUTDOWN", 0)
    words = ["--config", "recipes/qwen2_5_vl/lora.yaml", "--dataset_name", str(questions_release), *ON_CPU]
    given = ["--dataset_streaming", streaming, "--dataloader_num_workers", str(workers)]
    recipe = sft.read_recipe([*words, *given])
    sources = sft.find_sources(recipe)
    assert sources[0].num_conversations == 64
    stream = sft.open_stream(recipe, sources)
    assert stream.num_shards >= max(workers, 1)
    rows = [repr(row) for row in stream.take(128)]
    assert len(set(rows[:64])) == 64
    assert sorted(rows[:64]) == sorted(rows[64:])
    plain = sft.read_recipe([*words, *given, "--shuffle_buffer", "1", "--seed", "0"])
    assert [repr(row) for row in sft.open_stream(plain, sources).take(64)] != rows[:64]


@pytest.mark.parametrize(("epochs", "size", "steps"), [("1", 2, 16), ("2", 2, 32), ("1", 3, 11), ("0.5", 2, 8)])
def test_steps_are_those_of_the_epochs(
    sft: ModuleType, questions_release: Path, epochs: str, size: int, steps: int
) -> None:
    words = ["--config", "recipes/qwen2_5_vl/lora.yaml", "--dataset_name", str(questions_release), *ON_CPU]
    sizes = ["--per_device_train_batch_size", str(size), "--gradient_accumulation_steps", "2"]
    recipe = sft.read_recipe([*words, *sizes, "--num_train_epochs", epochs])
    sft.set_max_steps(recipe, sft.find_sources(recipe))
    assert recipe.training.max_steps == steps


def test_the_readme_names_every_recipe() -> None:
    assert COMMANDS
    assert not [name(path) for path in TRAINED if name(path) not in README]
    machines = {path.name for path in RECIPES if path.parent.name == "accelerate"}
    assert not [machine for machine in machines if machine not in README]


@pytest.mark.parametrize("command", [line for line in COMMANDS if "recipes/sft.py" in line])
def test_commands_of_the_readme_can_be_read(sft: ModuleType, command: str) -> None:
    words = shlex.split(command, comments=True)
    before, given = words[: words.index("recipes/sft.py")], words[words.index("recipes/sft.py") + 1 :]
    assert all((ROOT / word).is_file() for word in before if word.startswith("recipes/"))
    sft.read_recipe([*given, *ON_CPU])


@pytest.mark.parametrize("flags", ABLATIONS)
def test_ablations_of_the_readme_can_be_read(sft: ModuleType, flags: str) -> None:
    sft.read_recipe(["--config", str(ROOT / "recipes/llava_video/paper.yaml"), *shlex.split(flags), *ON_CPU])


@pytest.mark.parametrize("path", [path for path in RECIPES if path.parent.name == "accelerate"], ids=name)
def test_accelerate_reads_its_configurations(sft: ModuleType, path: Path) -> None:
    from accelerate.commands.config.config_args import load_config_from_file

    assert load_config_from_file(str(path)).num_processes == int(path.name[0])
