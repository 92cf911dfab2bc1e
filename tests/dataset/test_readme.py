import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from simsv_dataset.attribution import UNKNOWN
from simsv_dataset.manifest import Manifest, SplitRecord, read_manifest
from simsv_dataset.readme import readme_text


def front_matter(text: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(text.split("---\n")[1])
    return content


@pytest.fixture
def manifest(small_release: Path) -> Manifest:
    return read_manifest(small_release)


def test_the_front_matter_names_all_configs_and_counts_their_rows(small_release: Path, manifest: Manifest) -> None:
    content = front_matter((small_release / "README.md").read_text(encoding="utf-8"))
    assert content["license"] == "cc-by-4.0"
    assert {config["config_name"] for config in content["configs"]} == set(manifest.configs)
    assert [config["config_name"] for config in content["configs"] if config.get("default")] == ["3q"]
    for info in content["dataset_info"]:
        splits = manifest.configs[info["config_name"]]
        assert info["splits"] == [
            {"name": name, "num_bytes": splits[name].num_bytes, "num_examples": splits[name].num_rows}
            for name in ("train", "validation", "test")
        ]
        assert {"name": "video", "dtype": {"video": {"decode": False}}} in info["features"]


def test_the_front_matter_is_another_for_other_rows_and_another_place(manifest: Manifest) -> None:
    record = replace(manifest.configs["3q"]["test"], sha256="0" * 64)
    edited = replace(manifest, configs={**manifest.configs, "3q": {**manifest.configs["3q"], "test": record}})
    texts = [readme_text(manifest, "/here"), readme_text(manifest, "/there"), readme_text(edited, "/here")]
    assert len({text.split("---\n")[1] for text in texts}) == 3
    assert len({text.split("---\n")[2] for text in texts}) == 1
    assert readme_text(replace(manifest, files={}), "/here") == texts[0]
    assert "/here" not in texts[0]


def test_the_licence_says_whose_models_are_shown(manifest: Manifest) -> None:
    text = readme_text(replace(manifest, licences={"CC0 1.0": 3, "CC BY 3.0": 12}), "/r")
    assert front_matter(text)["license"] == "cc-by-4.0"
    assert "CC0 1.0 (3), CC BY 3.0 (12). `ATTRIBUTION.md` names each" in text
    assert "Not all" not in text


def test_a_release_without_models_names_none(manifest: Manifest) -> None:
    text = readme_text(replace(manifest, licences={}), "/r")
    assert "no model made by others is shown" in text
    assert "ATTRIBUTION" not in text


@pytest.mark.parametrize(("licence", "asks"), [("CC BY-NC 4.0", "no commercial use"), (UNKNOWN, "find out")])
def test_a_model_that_asks_for_more_than_the_release_is_no_secret(manifest: Manifest, licence: str, asks: str) -> None:
    text = readme_text(replace(manifest, licences={"CC BY 4.0": 1, licence: 2}), "/r")
    assert front_matter(text)["license"] == "other"
    assert re.search(rf"^- {licence}: .*{asks}", text, re.MULTILINE)
    assert not re.search(r"^- CC BY 4.0", text, re.MULTILINE)


def test_what_a_split_lacks_is_said(manifest: Manifest) -> None:
    configs = {name: dict(splits) for name, splits in manifest.configs.items()}
    del configs["obj_appearance_order"]["test"]
    del configs["object_rel_direction_hard"]
    text = readme_text(replace(manifest, configs=configs), "/r")
    assert "Its test split has no `obj_appearance_order`, no `object_rel_direction_hard`." in text
    assert "Its train split has no `object_rel_direction_hard`." in text
    assert re.search(r"\| `obj_appearance_order` \| \d+ \| \d+ \|  \|", text)
    names = [config["config_name"] for config in front_matter(text)["configs"]]
    assert "object_rel_direction_hard" not in names


def test_a_release_of_episodes_alone_loads_those(manifest: Manifest) -> None:
    text = readme_text(replace(manifest, configs={"episodes": {"test": SplitRecord(1, 2, "a" * 64)}}), "/r")
    assert 'load_dataset("simsv", "episodes", split="test")' in text
    assert "mixes" not in text


def test_nothing_is_no_release(manifest: Manifest) -> None:
    with pytest.raises(ValueError, match="at least one episode"):
        readme_text(replace(manifest, configs={}), "/r")
