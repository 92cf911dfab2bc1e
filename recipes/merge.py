"""Merge a LoRA adapter that `sft.py` trained into its model, with a card that says what it was trained on.

    python recipes/merge.py runs/qwen2_5_vl_lora merged --table scores.json --push-to-hub ORG/NAME

What comes out is a whole checkpoint, which `transformers` and lmms-eval load as they load the model that was
trained. It has that model's own processor and chat template, not the template of training, with its marks.
"""

import argparse
import json
import shutil
import sys
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from huggingface_hub import HfApi, ModelCard, ModelCardData
from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]
from peft import PeftModel
from safetensors import SafetensorError
from transformers import AutoModelForImageTextToText, AutoProcessor
from transformers.utils.hub import cached_file

from simsv_dataset.chat import OPEN_PROMPT

ADAPTER: Final = "adapter_config.json"
_TEXT: Final = """\
# {title}

{base}, fine-tuned on spatial questions about videos of walks
through simulated homes. A LoRA adapter was trained and merged into it; weights are stored in {dtype}.

## Training

{training}

## Scores

{scores}

## Use

```python
from simsv_dataset.video import sample_video
from transformers import AutoModelForImageTextToText, AutoProcessor

model = AutoModelForImageTextToText.from_pretrained("{name}", dtype="auto", device_map="auto")
processor = AutoProcessor.from_pretrained("{name}")

frames, metadata = sample_video("walk.mp4", {num_frames})
question = "These are frames of a video.\\nHow many chairs are in this room?\\n{prompt}"
parts = [{{"type": "video", "video": frames}}, {{"type": "text", "text": question}}]
inputs = processor.apply_chat_template(
    [{{"role": "user", "content": parts}}],
    add_generation_prompt=True,
    tokenize=True,
    return_dict=True,
    return_tensors="pt",
    processor_kwargs={{"do_sample_frames": False, "video_metadata": [metadata]}},
).to(model.device, model.dtype)
said = model.generate(**inputs, max_new_tokens=16)[:, inputs["input_ids"].shape[1] :]
print(processor.batch_decode(said, skip_special_tokens=True)[0])
```

In lmms-eval, `recipes/eval/video_model.py` of simsv runs it with the frames that it was trained on:
`--model video --model_args pretrained={name},num_frames={num_frames}`.

## Citation

The method is that of SIMS-V:

```bibtex
@article{{brown2025simsv,
  title   = {{{{SIMS-V}}: Simulated Instruction-Tuning for Spatial Video Understanding}},
  author  = {{Brown, Ellis and Ray, Arijit and Krishna, Ranjay and Girshick, Ross and Fergus, Rob and Xie, Saining}},
  journal = {{arXiv preprint arXiv:2511.04668}},
  year    = {{2025}}
}}
```
{citations}"""

_RELEASE: Final = """\

The data:

```bibtex
@misc{{simsv_{digest:.8},
  title   = {{simsv: spatial questions about walks through simulated homes}},
  note    = {{sources {digest:.16}}},{address}
}}
```
"""


@dataclass(frozen=True)
class Adapter:
    """An adapter, and what the folder of its training says of it."""

    folder: Path
    base: str
    """The model that it was trained on: ORG/NAME on the Hub or a folder."""
    revision: str | None
    """The base's commit on the Hub; None of a folder."""
    trained: Mapping[str, Any]
    """`training.json` of `sft.py`; empty where there is none."""
    steps: int | None
    """Of the optimiser; None where that is not told."""

    @property
    def is_on_hub(self) -> bool:
        """Whether the base is named as repositories are."""
        return not Path(self.base).exists()


def main(arguments: Sequence[str] | None = None) -> None:
    """Merge as the command line says. What is wrong ends the program with one sentence."""
    parser = argparse.ArgumentParser(prog="merge.py", description=__doc__.partition("\n")[0])
    parser.add_argument("adapter", type=Path, help="folder that sft.py wrote, or a checkpoint in it")
    parser.add_argument("out", type=Path, help="folder for the model; must not be there, or be empty")
    parser.add_argument("--table", type=Path, help="scores of the merged model, as simsv score --out writes them")
    parser.add_argument("--push-to-hub", metavar="ORG/NAME", help="upload the folder as this model")
    given = parser.parse_args(arguments)
    try:
        if given.push_to_hub is not None:
            validate_repo_id(given.push_to_hub)
        write_merged(given.adapter, given.out, given.push_to_hub or given.out.resolve().name, given.table)
    except (ValueError, OSError) as error:
        print(f"merge.py: {_first_line(error)}", file=sys.stderr)
        raise SystemExit(2) from None
    print(f"merged {given.adapter} into {given.out}")
    if given.push_to_hub is not None:
        try:
            push(given.out, given.push_to_hub)
        except Exception as error:  # many kinds, and the model is whole whatever it is
            again = f"hf upload {given.push_to_hub} {given.out}"
            print(f"merge.py: not uploaded, `{again}` tries again: {_first_line(error)}", file=sys.stderr)
            raise SystemExit(1) from None


def write_merged(folder: Path, out: Path, name: str, table: Path | None = None) -> None:
    """Write model, processor and card; `out` is there when all of them are.

    Args:
        folder: the adapter's.
        out: for what is written.
        name: by which the card calls the model.
        table: what `simsv score --out` wrote.

    Raises:
        ValueError: the folder has no adapter, the adapter does not fit its base or is damaged, or `table` is none.
        OSError: the base is not to be had, `out` is there with something in it, or the disk refuses.
    """
    adapter = read_adapter(folder)
    scores = None if table is None else scores_text(table)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise FileExistsError(f"{out} is there and not empty; give another folder")
    partial = out.resolve().with_name(f"{out.resolve().name}.partial")
    # Of a merge that was killed.
    shutil.rmtree(partial, ignore_errors=True)
    try:
        model = merge(adapter)
        model.save_pretrained(partial)
        processor = AutoProcessor.from_pretrained(adapter.base, revision=adapter.revision)
        processor.save_pretrained(partial)
        card(adapter, model, name, scores).save(partial / "README.md")
        partial.rename(out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def read_adapter(folder: Path) -> Adapter:
    """What a folder says of its adapter.

    Raises:
        ValueError: it has none, or what it says cannot be read.
    """
    path = folder / ADAPTER
    if not path.is_file():
        if (folder / "config.json").is_file():
            raise ValueError(
                f"{folder} is a whole model with no {ADAPTER}: there is nothing to merge, load it as it is"
            )
        raise ValueError(f"{folder} has no {ADAPTER}; give the output_dir of a recipe with use_peft: true")
    config = _read(path)
    if not config.get("base_model_name_or_path"):
        raise ValueError(f"{path} names no base_model_name_or_path, so nobody knows what to merge it into")
    # The parent's, of a checkpoint.
    places = (folder, folder.resolve().parent)
    trained = next((_read(place / "training.json") for place in places if (place / "training.json").is_file()), {})
    state = folder / "trainer_state.json"
    steps = _read(state).get("global_step") if state.is_file() else None
    return Adapter(folder, config["base_model_name_or_path"], config.get("revision"), trained, steps)


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} is no JSON: {error}") from error
    if not isinstance(content, dict):
        raise ValueError(f"{path} is no JSON object")
    return content


def merge(adapter: Adapter) -> Any:
    """The base with the adapter in its weights, in the base's own dtype.

    The sum is taken in 32 bits, so that it is rounded once: of a 16-bit base twice its size in memory is needed.

    Raises:
        ValueError: the adapter does not fit the base, or has a NaN.
        OSError: the base is not to be had.
    """
    try:
        base = AutoModelForImageTextToText.from_pretrained(adapter.base, revision=adapter.revision, dtype="auto")
    except (OSError, ValueError) as error:
        named = f"the base model {adapter.base}, which {adapter.folder / ADAPTER} names"
        raise OSError(f"{named}, is not to be had: {_first_line(error)}") from error
    dtype = base.dtype
    try:
        with warnings.catch_warnings():
            # Else what is missing would silently be left as it is in the base.
            warnings.filterwarnings("error", "Found missing adapter keys")
            whole = PeftModel.from_pretrained(base.to(torch.float32), adapter.folder)
        merged = whole.merge_and_unload(safe_merge=True)
    except (RuntimeError, SafetensorError, UserWarning, ValueError) as error:
        raise ValueError(
            f"the adapter of {adapter.folder} cannot be merged into {adapter.base}: {_first_line(error)}"
        ) from error
    return merged.to(dtype)


def _first_line(error: BaseException) -> str:
    """What the libraries say at length, in one sentence."""
    return str(error).strip().partition("\n")[0]


def card(adapter: Adapter, model: Any, name: str, scores: str | None) -> ModelCard:
    """The model card. Arguments are those of `write_merged`; `scores` is text."""
    data = adapter.trained.get("data", [])
    releases = [part for part in data if part.get("sources_digest")]
    meta = ModelCardData(
        language="en",
        **_licence(adapter),
        library_name="transformers",
        pipeline_tag="video-text-to-text",
        base_model=adapter.base if adapter.is_on_hub else None,
        datasets=sorted({part["path"] for part in data if part.get("revision")}) or None,
        tags=["simsv", "spatial-reasoning", "video", "lora", "sft", "trl"],
    )
    text = _TEXT.format(
        title=name.rpartition("/")[2],
        name=name,
        base=_base_text(adapter),
        dtype=str(model.dtype).removeprefix("torch."),
        training=training_text(adapter),
        scores=scores or "This model was not scored.",
        prompt=OPEN_PROMPT,
        # Blind training had none.
        num_frames=adapter.trained.get("num_frames") or 32,
        citations="".join(_citation(part) for part in releases),
    )
    return ModelCard(f"---\n{meta.to_yaml()}\n---\n\n{text}")


def _base_text(adapter: Adapter) -> str:
    if not adapter.is_on_hub:
        return f"`{Path(adapter.base).name}`, a model in a folder"
    commit = f" at commit `{adapter.revision}`" if adapter.revision else ""
    return f"[`{adapter.base}`](https://huggingface.co/{adapter.base}){commit}"


def _licence(adapter: Adapter) -> dict[str, Any]:
    """That of the base, where its own card has one: the keys of a card."""
    quietly = {"_raise_exceptions_for_missing_entries": False, "_raise_exceptions_for_connection_errors": False}
    path = cached_file(adapter.base, "README.md", revision=adapter.revision, **quietly)
    if path is None:
        return {}
    base = ModelCard.load(path, ignore_metadata_errors=True).data.to_dict()
    return {key: base[key] for key in ("license", "license_name", "license_link") if key in base}


def training_text(adapter: Adapter) -> str:
    """What `sft.py` says that it did, as a list in Markdown."""
    trained = adapter.trained
    if not trained:
        return f"The folder of the adapter has no training.json{_steps(adapter)}."
    lines = []
    for part in trained["data"]:
        name = f"`{Path(part['path']).name}`"
        if part.get("revision"):
            address = f"https://huggingface.co/datasets/{part['path']}"
            name = f"[`{part['path']}`]({address}) at commit `{part['revision']}`"
        elif part.get("sources_digest"):
            name = f"{name}, a release that is not published, sources `{part['sources_digest']:.16}`"
        config = f"config `{part['name']}`, " if part["name"] else ""
        rows = "" if part["num_conversations"] is None else f", {part['num_conversations']:,} conversations"
        share = "" if part["fraction"] is None else f", {part['fraction']:g} of the mixture"
        lines.append(f"{name}: {config}split `{part['split']}`{rows}{share}")
    if trained.get("frame_budget") is not None:
        lines.append(f"of these only questions about what {trained['frame_budget']} uniform frames all show")
    lines += [
        f"{trained['num_frames'] or 'no'} uniform frames of a video",
        f"answer style `{trained['answer_style']}`",
        f"most questions in a conversation: {trained['questions_per_conversation']}",
        f"batches of {trained['batch']} conversations{_steps(adapter)}",
    ]
    return "\n".join(f"- {line}" for line in lines)


def _steps(adapter: Adapter) -> str:
    return "" if adapter.steps is None else f", {adapter.steps:,} steps"


def scores_text(path: Path) -> str:
    """The table in Markdown, with 95 % intervals over houses, and how it came about.

    Args:
        path: what `simsv score --out` wrote.

    Raises:
        ValueError: it is something else.
        OSError: it is not there.
    """
    scores = _read(path)
    try:
        rows = {**scores["types"], "macro, VSI-Bench's types": scores["vsi_bench"]}
        rows |= {"macro": scores["macro"], "micro": scores["micro"]}
        lines = [
            "| type | questions | score | chance | constant | blind | gain |",
            "|---|---:|---:|---:|---:|---:|---:|",
            *(_row(name, score) for name, score in rows.items() if score is not None),
        ]
        told = [f"- {key}: {value}" for key, value in scores["told"].items()]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is not what simsv score --out writes: {type(error).__name__} {error}") from error
    return "\n".join(
        [
            "Points of 100, with 95 % intervals over houses. Chance is a random option, constant the best answer that",
            "is always the same, blind this model without the video, and gain what the video adds to it.",
            "",
            *lines,
            "",
            *told,
        ]
    )


def _row(name: str, score: Mapping[str, Any]) -> str:
    guesses = [_points(score[key]) for key in ("chance", "best_constant")]
    estimates = [_estimate(score[key]) for key in ("model", "blind", "gain")]
    entries = [name, f"{score['num_rows']:,}", estimates[0], *guesses, *estimates[1:]]
    return f"| {' | '.join(entries)} |"


def _estimate(estimate: Mapping[str, float | None] | None) -> str:
    if estimate is None:
        return ""
    value, low, high = (_points(estimate[key]) for key in ("value", "low", "high"))
    return f"{value} ({low} to {high})" if low else value


def _points(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f}"


def _citation(part: Mapping[str, Any]) -> str:
    url = f"https://huggingface.co/datasets/{part['path']}"
    address = f"\n  version = {{{part['revision']}}},\n  url     = {{{url}}}," if part.get("revision") else ""
    return _RELEASE.format(digest=part["sources_digest"], address=address)


def push(folder: Path, repo_id: str) -> None:
    """Upload a folder as a model."""
    hub = HfApi()
    hub.create_repo(repo_id, exist_ok=True)
    hub.upload_folder(repo_id=repo_id, folder_path=folder, commit_message="Merged by simsv")


if __name__ == "__main__":
    main()
