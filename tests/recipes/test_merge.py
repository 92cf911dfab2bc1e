"""A merged checkpoint says what base and adapter say, loads as its base does, and its card is true."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import yaml
from filelock import FileLock
from huggingface_hub import ModelCard

from simsv_dataset.score import Estimate, Score, Scores
from tests.recipes.conftest import ROOT, environment, run

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

MODELS = ("llava_onevision", "qwen2_5_vl", "qwen3_vl", "smolvlm2")
BASE, COMMIT = "org/tiny", "0123456789abcdef0123456789abcdef01234567"
SCORE = Score(
    num_rows=1200,
    num_houses=30,
    model=Estimate(0.5, 0.4, 0.625),
    chance=0.25,
    best_constant=0.3,
    blind=Estimate(0.31, None, None),
    gain=Estimate(0.19, 0.1, 0.28),
)
SCORES = Scores(
    types={
        "object_counting": replace(SCORE, chance=None),
        "object_rel_distance": replace(SCORE, blind=None, gain=None),
    },
    vsi_bench=None,
    macro=SCORE,
    micro=SCORE,
)


@pytest.fixture(scope="session")
def merge(sft: ModuleType) -> ModuleType:
    import importlib

    return importlib.import_module("recipes.merge")


@pytest.fixture(scope="module")
def trained(tiny_models: Path, questions_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `cache`, a Hub's cache that has a model called `BASE`, and `out`: an adapter to it of two steps."""
    folder = tmp_path_factory.mktemp("trained")
    repository = folder / "cache" / f"models--{BASE.replace('/', '--')}"
    snapshot = repository / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(COMMIT)
    for path in (tiny_models / "llava_onevision").iterdir():
        (snapshot / path.name).write_bytes(path.read_bytes())
    (snapshot / "README.md").write_text("---\nlicense: apache-2.0\n---\n# Tiny\n")
    given = {
        "model_name_or_path": BASE,
        "dataset_name": questions_release,
        "num_frames": 4,
        "per_device_train_batch_size": 2,
        "gradient_accumulation_steps": 1,
        "max_steps": 2,
        "save_steps": 1,
        # So that two steps can be seen.
        "learning_rate": 0.05,
        "warmup_steps": 0,
        "dtype": "float32",
        "bf16": "false",
        "dataloader_num_workers": 0,
        "output_dir": folder / "out",
    }
    words = [word for name, value in given.items() for word in (f"--{name}", value)]
    run([sys.executable, "recipes/sft.py", "--config", "recipes/llava_onevision/lora.yaml", *words], offline(folder))
    return folder


def offline(folder: Path) -> dict[str, str]:
    return environment(HF_HUB_CACHE=str(folder / "cache"), HF_HOME=str(folder / "home"), HF_HUB_OFFLINE="1")


def logits(model: Any, processor: Any, release: Path) -> Any:
    """Of a question about a video of the release."""
    import torch

    from simsv_dataset.video import sample_video

    frames, metadata = sample_video(next(release.glob("videos/**/*.mp4")), 4)
    parts = [{"type": "video", "video": frames}, {"type": "text", "text": "How many chairs are in this room?"}]
    inputs = processor.apply_chat_template(
        [{"role": "user", "content": parts}],
        add_generation_prompt=True,
        tokenize=True,
        return_dict=True,
        return_tensors="pt",
        processor_kwargs={"do_sample_frames": False, "video_metadata": [metadata]},
    )
    with torch.no_grad():
        return model.eval()(**inputs).logits


def test_a_trained_adapter_is_merged_and_described(
    trained: Path,
    questions_release: Path,
    tmp_path: Path,
    merge: ModuleType,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import torch
    from peft import PeftModel
    from transformers import AutoModelForImageTextToText, AutoProcessor, AutoTokenizer

    (tmp_path / "scores.json").write_text(json.dumps({"told": {"parser": "lmms-eval"}, **asdict(SCORES)}))
    out = tmp_path / "tiny-merged"
    words = ["recipes/merge.py", trained / "out", out, "--table", tmp_path / "scores.json"]
    assert run([sys.executable, *words], offline(trained)) == f"merged {trained / 'out'} into {out}\n"
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == [out.name]

    snapshot = trained / "cache" / f"models--{BASE.replace('/', '--')}" / "snapshots" / COMMIT
    model, base = (AutoModelForImageTextToText.from_pretrained(path) for path in (out, snapshot))
    processor = AutoProcessor.from_pretrained(out)
    merged, before = (logits(each, processor, questions_release) for each in (model, base))
    adapted = logits(PeftModel.from_pretrained(base, trained / "out"), processor, questions_release)
    torch.testing.assert_close(merged, adapted, rtol=1e-4, atol=1e-4)
    assert (merged - before).abs().max() > 0.1

    own = AutoProcessor.from_pretrained(snapshot)
    assert processor.chat_template == AutoTokenizer.from_pretrained(out).chat_template == own.chat_template
    assert processor.chat_template != AutoProcessor.from_pretrained(trained / "out").chat_template

    card = ModelCard.load(out / "README.md")
    assert card.data.to_dict() == {
        "language": "en",
        "license": "apache-2.0",
        "library_name": "transformers",
        "pipeline_tag": "video-text-to-text",
        "base_model": BASE,
        "tags": ["simsv", "spatial-reasoning", "video", "lora", "sft", "trl"],
    }
    assert f"[`{BASE}`](https://huggingface.co/{BASE}) at commit `{COMMIT}`" in card.text
    assert "config `3q`, split `train`, 64 conversations" in card.text
    assert "- 4 uniform frames of a video\n" in card.text
    assert "- answer style `mc_letter`\n" in card.text
    assert "- batches of 2 conversations, 2 steps\n" in card.text
    assert "| object_counting | 1,200 | 50.0 (40.0 to 62.5) |  | 30.0 | 31.0 | 19.0 (10.0 to 28.0) |\n" in card.text
    assert "| object_rel_distance | 1,200 | 50.0 (40.0 to 62.5) | 25.0 | 30.0 |  |  |\n" in card.text
    assert "- parser: lmms-eval\n" in card.text
    assert "2511.04668" in card.text
    digest = json.loads((questions_release / "manifest.json").read_text())["sources_digest"]
    assert f"@misc{{simsv_{digest[:8]}," in card.text
    assert str(questions_release.parent) not in card.text
    assert f"--model video --model_args pretrained={out.name},num_frames=4`" in card.text

    # What the card says to do can be done.
    (code,) = re.findall(r"```python\n(.*?)```", card.text, re.S)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "walk.mp4").symlink_to(next(questions_release.glob("videos/**/*.mp4")).resolve())
    exec(compile(code, "card", "exec"), {})
    assert capsys.readouterr().out


def test_a_checkpoint_is_described_by_the_folder_that_it_is_in(trained: Path, merge: ModuleType) -> None:
    last, first = (merge.read_adapter(trained / "out" / part) for part in ("", "checkpoint-1"))
    assert (first.base, first.revision) == (last.base, last.revision) == (BASE, COMMIT)
    assert first.trained == last.trained
    assert (first.steps, last.steps) == (1, 2)


@pytest.fixture(scope="module")
def adapters(tiny_models: Path, merge: ModuleType, shared: Path) -> Path:
    """Random adapters to the tiny models, whose weights are stored in 16 bits, beside them as `base`."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForImageTextToText, AutoProcessor

    folder = shared / "adapters"
    with FileLock(folder.with_suffix(".lock")):
        if folder.exists():
            return folder
        for name in MODELS:
            base = folder / name / "base"
            AutoModelForImageTextToText.from_pretrained(tiny_models / name, dtype=torch.bfloat16).save_pretrained(base)
            AutoProcessor.from_pretrained(tiny_models / name).save_pretrained(base)
            recipe = yaml.safe_load((ROOT / "recipes" / name / "lora.yaml").read_text())
            torch.manual_seed(1)
            config = LoraConfig(r=8, target_modules=recipe["lora_target_modules"], init_lora_weights=False)
            get_peft_model(AutoModelForImageTextToText.from_pretrained(base), config).save_pretrained(folder / name)
    return folder


def test_a_card_names_the_data_sets_of_the_hub_and_their_shares(
    adapters: Path, merge: ModuleType, tmp_path: Path
) -> None:
    settings = {"name": "3q_1k", "split": "train", "fraction": 0.75, "num_conversations": 1000}
    release = {"path": "org/simsv", **settings, "revision": COMMIT, "sources_digest": "ab" * 32}
    general = {"path": "json", "name": None, "split": "train", "fraction": 0.25, "num_conversations": None}
    shown = {"num_frames": 0, "answer_style": "open", "questions_per_conversation": 3, "frame_budget": 16}
    folder = copy(adapters / "qwen2_5_vl", tmp_path / "adapter")
    (folder / "training.json").write_text(json.dumps({"data": [release, general], "batch": 32, **shown}))
    card = merge.card(merge.read_adapter(folder), SimpleNamespace(dtype="torch.float16"), "org/merged", None)
    assert card.data.datasets == ["org/simsv"]
    assert card.data.base_model is None
    training = card.text.partition("## Training\n\n")[2].partition("\n\n")[0]
    address = "https://huggingface.co/datasets/org/simsv"
    assert training.splitlines() == [
        f"- [`org/simsv`]({address}) at commit `{COMMIT}`: config `3q_1k`, split `train`, 1,000 conversations, "
        "0.75 of the mixture",
        "- `json`: split `train`, 0.25 of the mixture",
        "- of these only questions about what 16 uniform frames all show",
        "- no uniform frames of a video",
        "- answer style `open`",
        "- most questions in a conversation: 3",
        "- batches of 32 conversations",
    ]
    assert f"@misc{{simsv_{'ab' * 4}," in card.text
    assert f"  version = {{{COMMIT}}},\n  url     = {{{address}}},\n" in card.text
    assert card.text.count("@misc") == 1


@pytest.mark.parametrize("name", MODELS)
def test_the_sum_is_rounded_once_to_the_bases_own_dtype(
    adapters: Path, merge: ModuleType, tmp_path: Path, name: str
) -> None:
    import torch
    from safetensors.torch import load_file

    merge.main([str(adapters / name), str(tmp_path / "out")])
    merged, base = (load_file(folder / "model.safetensors") for folder in (tmp_path / "out", adapters / name / "base"))
    lora = load_file(adapters / name / "adapter_model.safetensors")
    assert merged.keys() == base.keys()
    config = json.loads((adapters / name / "adapter_config.json").read_text())
    changed = [key for key in base if not torch.equal(merged[key], base[key])]
    # Two layers, seven matrices in each.
    assert len(changed) == 2 * 7
    for key, weight in merged.items():
        assert weight.dtype == base[key].dtype == torch.bfloat16
    for key in changed:
        tail = ".".join(key.rsplit(".", 4)[1:-1])
        (down,), (up,) = ([v for k, v in lora.items() if k.endswith(f"{tail}.lora_{x}.weight")] for x in "AB")
        exact = base[key].float() + config["lora_alpha"] / config["r"] * (up @ down)
        torch.testing.assert_close(merged[key].float(), exact, rtol=2**-8, atol=1e-6)
        assert (exact - base[key].float()).abs().max() > 0.01
    text = (tmp_path / "out" / "README.md").read_text()
    assert "weights are stored in bfloat16" in text
    assert "has no training.json" in text
    assert "was not scored" in text


def refused(merge: ModuleType, capsys: pytest.CaptureFixture[str], *words: object) -> str:
    """The one line with which the command ends."""
    with pytest.raises(SystemExit) as ended:
        merge.main([*map(str, words)])
    assert ended.value.code
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("merge.py: ")]
    assert len(lines) == 1
    return lines[0]


def copy(adapter: Path, folder: Path, **config: object) -> Path:
    """A copy of an adapter, some of whose configuration is another."""
    folder.mkdir()
    for path in adapter.glob("adapter*"):
        (folder / path.name).write_bytes(path.read_bytes())
    told = json.loads((folder / "adapter_config.json").read_text())
    (folder / "adapter_config.json").write_text(json.dumps({**told, **config}))
    return folder


def weights(folder: Path, change: Any) -> None:
    from safetensors.torch import load_file, save_file

    path = folder / "adapter_model.safetensors"
    tensors: Mapping[str, Any] = load_file(path)
    save_file(change(dict(tensors)), path)


def test_what_is_no_adapter_is_told(
    adapters: Path, merge: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    out = tmp_path / "out"
    whole = adapters / "qwen2_5_vl" / "base"
    assert "there is nothing to merge" in refused(merge, capsys, whole, out)
    assert "has no adapter_config.json; give the output_dir" in refused(merge, capsys, tmp_path, out)
    nameless = copy(adapters / "qwen2_5_vl", tmp_path / "nameless", base_model_name_or_path=None)
    assert "names no base_model_name_or_path" in refused(merge, capsys, nameless, out)
    (nameless / "adapter_config.json").write_text("{")
    assert "adapter_config.json is no JSON" in refused(merge, capsys, nameless, out)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    lost = copy(adapters / "qwen2_5_vl", tmp_path / "lost", base_model_name_or_path="absent/model")
    assert "the base model absent/model, which" in refused(merge, capsys, lost, out)
    assert not out.exists()


def test_an_adapter_that_does_not_fit_is_told(
    adapters: Path, merge: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import torch

    out = tmp_path / "out"
    other = copy(
        adapters / "qwen2_5_vl", tmp_path / "other", base_model_name_or_path=str(adapters / "smolvlm2" / "base")
    )
    assert "cannot be merged into" in refused(merge, capsys, other, out)
    lacking = copy(adapters / "qwen2_5_vl", tmp_path / "lacking")
    weights(lacking, lambda tensors: dict(list(tensors.items())[2:]))
    assert "missing adapter keys" in refused(merge, capsys, lacking, out)
    broken = copy(adapters / "qwen2_5_vl", tmp_path / "broken")
    weights(broken, lambda tensors: {name: torch.full_like(value, torch.nan) for name, value in tensors.items()})
    assert "NaN" in refused(merge, capsys, broken, out)
    cut = copy(adapters / "qwen2_5_vl", tmp_path / "cut")
    os.truncate(cut / "adapter_model.safetensors", 100)
    assert "cannot be merged into" in refused(merge, capsys, cut, out)
    assert not list(tmp_path.glob("out*"))


def test_a_folder_with_something_in_it_is_not_written_to(
    adapters: Path, merge: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").write_text("kept")
    assert "is there and not empty" in refused(merge, capsys, adapters / "qwen2_5_vl", tmp_path)
    assert "is there and not empty" in refused(merge, capsys, adapters / "qwen2_5_vl", tmp_path / "mine")
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("content", ["[]", "{", "{}", '{"told": {}, "types": {"a": 1}, "vsi_bench": null}'])
def test_a_table_of_something_else_is_told_before_anything_is_loaded(
    adapters: Path,
    merge: ModuleType,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    content: str,
    monkeypatch: Any,
) -> None:
    monkeypatch.setattr(merge, "merge", None)
    table = tmp_path / "scores.json"
    table.write_text(content)
    assert str(table) in refused(merge, capsys, adapters / "qwen2_5_vl", tmp_path / "out", "--table", table)


def test_whoever_is_stopped_leaves_nothing_and_can_begin_again(
    adapters: Path, merge: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    adapter, out = adapters / "qwen2_5_vl", tmp_path / "out"
    die = "os.kill(os.getpid(), signal.SIGKILL)"
    code = f"import os, signal, recipes.merge as m; m.card = lambda *a: {die}; m.main([{str(adapter)!r}, {str(out)!r}])"
    ended = subprocess.run([sys.executable, "-c", code], env=environment(), cwd=ROOT, capture_output=True, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert [path.name for path in tmp_path.iterdir()] == ["out.partial"]
    (tmp_path / "out.partial" / "junk").write_text("of another model")

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(merge, "card", full)
        assert "No space left on device" in refused(merge, capsys, adapter, out)
    assert not list(tmp_path.iterdir())
    out.mkdir()
    merge.main([str(adapter), str(out)])
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert not (out / "junk").exists()


def test_a_model_is_uploaded_when_it_is_whole(
    adapters: Path, merge: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    out = tmp_path / "out"
    uploaded: list[tuple[str, set[str]]] = []

    class Hub:
        def create_repo(self, repo_id: str, *, exist_ok: bool) -> None:
            assert exist_ok

        def upload_folder(self, *, repo_id: str, folder_path: Path, commit_message: str) -> None:
            if uploaded:
                raise OSError("the Hub is not there\nat all")
            uploaded.append((repo_id, {path.name for path in folder_path.iterdir()}))

    monkeypatch.setattr(merge, "HfApi", Hub)
    words = [adapters / "qwen2_5_vl", out, "--push-to-hub", "org/merged"]
    merge.main([*map(str, words)])
    ((repo_id, names),) = uploaded
    assert repo_id == "org/merged"
    assert {"README.md", "config.json", "model.safetensors", "chat_template.jinja"} <= names
    assert 'from_pretrained("org/merged", ' in (out / "README.md").read_text()
    line = refused(merge, capsys, adapters / "qwen2_5_vl", tmp_path / "again", *words[2:])
    assert f"`hf upload org/merged {tmp_path / 'again'}` tries again: the Hub is not there" in line
    assert (tmp_path / "again" / "model.safetensors").is_file()
    assert "org/a/b" in refused(merge, capsys, words[0], tmp_path / "third", "--push-to-hub", "org/a/b")
    assert not (tmp_path / "third").exists()
