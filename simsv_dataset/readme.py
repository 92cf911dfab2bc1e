"""The README of a release: front matter by which `datasets` loads it, and a short text for people."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from simsv_dataset.attribution import ATTRIBUTION_NAME, LICENCES
from simsv_dataset.manifest import BlindRecord, Manifest, SplitRecord, canonical_json
from simsv_dataset.mixtures import MIXTURES, SIZES
from simsv_dataset.release import EPISODES, SPLITS, config_schema, table_pattern
from simsv_dataset.schema import features

Configs = Mapping[str, Mapping[str, SplitRecord]]
"""Config to split to what it holds."""

LICENCE: Final = "CC-BY-4.0"
_DEFAULT_CONFIG: Final = "3q"

_SIZE_NAMES: Final = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
    (float("inf"), "n>10M"),
)
"""The Hub's names for how many rows there are."""

_TEXT: Final = """\
# simsv

Spatial questions about videos of walks through simulated homes. Answers are computed from the exact geometry of the
homes, and a question is kept only when its answer holds under a small change of that geometry.

## Load it

With `pip install datasets`, from the folder in which this one is called `simsv`:

```python
from datasets import load_dataset

questions = load_dataset("simsv", "{example}", split="{split}")
streamed = load_dataset("simsv", "{example}", split="{split}", streaming=True)
```

The column `video` holds the path of the walk. With torchcodec, `questions.cast_column("video", Video())` plays it;
with `pip install simsv`, `simsv_dataset.load("simsv", "{example}", "{split}", frames=32)` decodes frames without
torch. The paths are absolute: after moving the folder, run `simsv build --relocate simsv` once.

## What is here

Rows by config and split. No house is in two splits.

{table}

{mixtures}

{blind}

The config `episodes` has everything that is known of a walk: camera poses, rooms, oriented boxes of all objects, what
each frame shows, and the house itself. `manifest.json` lists every file with its SHA-256, the configuration and seed
that made this release, and the candidates and houses that were refused, by reason. `simsv verify simsv` checks it all.

## Licence

{licence}

Built by simsv {version} from seed {seed}.
"""


def readme_text(manifest: Manifest, root: str) -> str:
    """README.md of a release.

    `datasets` takes a cached copy for the release when name and front matter are the same, whatever the files say. So
    the front matter has a fingerprint of the rows and of the root that their videos have.

    Args:
        manifest: what the release holds; its `files` are not looked at.
        root: absolute path or address of the release.

    Raises:
        ValueError: the release has no rows.
    """
    if not manifest.configs:
        raise ValueError("a release needs at least one episode")
    example = _DEFAULT_CONFIG if _DEFAULT_CONFIG in manifest.configs else EPISODES
    text = _TEXT.format(
        example=example,
        split=next(iter(in_order(manifest.configs[example]))),
        table=_table(manifest.configs),
        mixtures=mixtures_text(manifest.configs),
        blind=_blind(manifest.blind),
        licence=licence_text(manifest.licences),
        version=manifest.simsv_version,
        seed=manifest.seed,
    )
    return f"---\n{front_matter(manifest, root)}\n---\n\n{text}"


def licence_text(licences: Mapping[str, int]) -> str:
    """What a release may be used for; `licences` counts the models that it shows by theirs."""
    if not licences:
        return f"{LICENCE}. Furniture is drawn as plain shapes; no model made by others is shown."
    counts = ", ".join(f"{name} ({number})" for name, number in licences.items())
    text = (
        f"{LICENCE}, with models of furniture that others made and that were changed here: {counts}. "
        f"`{ATTRIBUTION_NAME}` names each with its author, licence and source; it must go where the videos go."
    )
    closed = [f"\n- {name}: {LICENCES[name].asks}." for name in licences if not LICENCES[name].is_open]
    return "\n".join([text, "\nNot all may be passed on like that:", *closed]) if closed else text


def front_matter(manifest: Manifest, root: str) -> str:
    """The YAML by which `datasets` loads a release and the Hub lists it, without the lines around it.

    Arguments and the fingerprint that it has are those of `readme_text`.
    """
    from datasets import DatasetInfo, SplitDict, SplitInfo
    from datasets.info import DatasetInfosDict
    from datasets.utils.metadata import MetadataConfigs
    from huggingface_hub import DatasetCardData

    configs = manifest.configs
    licence = LICENCE.lower() if all(LICENCES[name].is_open for name in manifest.licences) else "other"
    rows = {config: {split: record.sha256 for split, record in splits.items()} for config, splits in configs.items()}
    fingerprint = sha256(canonical_json([root, rows]).encode()).hexdigest()[:16]
    most = max(sum(record.num_rows for record in splits.values()) for splits in configs.values())
    card = DatasetCardData(
        license=licence,
        pretty_name="simsv",
        language=["en"],
        task_categories=["visual-question-answering", "video-text-to-text"],
        tags=["spatial-reasoning", "video", "simulation", "synthetic"],
        size_categories=[next(name for limit, name in _SIZE_NAMES if most < limit)],
    )
    data_files, infos = MetadataConfigs(), DatasetInfosDict()
    for config, splits in configs.items():
        paths = [{"split": split, "path": table_pattern(config, split)} for split in in_order(splits)]
        data_files[config] = {"data_files": paths, "description": f"release {fingerprint}"}
        if config == _DEFAULT_CONFIG:
            data_files[config]["default"] = True
        sizes = {
            split: SplitInfo(split, record.num_bytes, record.num_rows) for split, record in in_order(splits).items()
        }
        infos[config] = DatasetInfo(features=features(config_schema(config)), splits=SplitDict(sizes))
    data_files.to_dataset_card_data(card)
    infos.to_dataset_card_data(card)
    return str(card)


def _table(configs: Configs) -> str:
    lines = [f"| config | {' | '.join(SPLITS)} |", f"|---|{'---:|' * len(SPLITS)}"]
    for config, splits in configs.items():
        numbers = [str(splits[split].num_rows) if split in splits else "" for split in SPLITS]
        lines.append(f"| `{config}` | {' | '.join(numbers)} |")
    return "\n".join(lines)


def mixtures_text(configs: Configs) -> str:
    """What the mixtures of a release are mixed from."""
    lines = []
    for mixture in MIXTURES:
        if mixture.name in configs:
            shares = ", ".join(f"{weight} parts `{name}`" for name, weight in mixture.weights.items())
            lines.append(f"`{mixture.name}` mixes in every split {shares} ({mixture.source}).")
            for split in in_order(configs[mixture.name]):
                if lacking := [f"`{name}`" for name in mixture.weights if split not in configs.get(name, {})]:
                    lines.append(f"Its {split} split has no {', no '.join(lacking)}.")
            if sized := [f"`{mixture.name}_{size}`" for size in SIZES if f"{mixture.name}_{size}" in configs]:
                lines.append(
                    f"The train split is also there in smaller sizes, each part of the next: {', '.join(sized)}."
                )
    return "\n".join(lines)


def _blind(blind: Mapping[str, Mapping[str, BlindRecord]]) -> str:
    if not blind:
        return "There are too few questions of each type to tell what can be guessed of them without the video."
    lines = [
        "What can be guessed without the video, in points of 100: at random, by the answer that is best when it is",
        "always the same, and by a random forest that has read other houses' questions, with their answers.",
        "",
        "| type | asked as | rows | chance | constant | forest |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for name, forms in blind.items():
        for form, record in forms.items():
            chance = "" if record.chance is None else f"{100 * record.chance:.1f}"
            guessed = f"{100 * record.best_constant:.1f} | {100 * record.forest:.1f}"
            lines.append(f"| `{name}` | {form} | {record.num_rows} | {chance} | {guessed} |")
    return "\n".join(lines)


def in_order(splits: Mapping[str, SplitRecord]) -> dict[str, SplitRecord]:
    """Those splits that are there, in the order train, validation, test."""
    return {split: splits[split] for split in SPLITS if split in splits}
