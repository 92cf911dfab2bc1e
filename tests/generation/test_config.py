import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

import pytest

from simsv_dataset.exits import CommandFailed, ExitCode
from simsv_generation import config
from simsv_generation.config import EXTENT, canonical_json, describe, differences, digest, extent, identity
from simsv_generation.generate import GenerateConfig
from simsv_generation.generate.variation import VariationConfig
from simsv_generation.simulators.settings import EmbeddedSettings


@dataclass(frozen=True, slots=True)
class Wheel:
    """What it rolls on."""

    radius: float = 0.5
    """Metres."""
    kind: Literal["soft", "hard"] = "soft"
    """Rubber or not."""

    def __post_init__(self) -> None:
        if self.radius <= 0:
            raise ValueError(f"wheel.radius must be positive, got {self.radius}")


@dataclass(frozen=True, slots=True)
class Cart:
    """A cart."""

    seed: int = 0
    """Of everything."""
    name: str = "cart"
    loud: bool = False
    wheel: Wheel = field(default_factory=Wheel)
    copies: int = field(default=1, metadata=EXTENT)
    """How many."""


def written(folder: Path, text: str) -> str:
    path = folder / "cart.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def refusal(source: str, *flags: str) -> str:
    with pytest.raises(CommandFailed) as failed:
        config.load(Cart, source, flags)
    assert failed.value.code == ExitCode.USAGE
    assert "\n" not in str(failed.value)
    return str(failed.value)


def test_a_file_says_only_what_it_changes(tmp_path: Path) -> None:
    source = written(tmp_path, "seed: 3\nwheel: {kind: hard, radius: 2}\nname: Küche")
    assert config.load(Cart, source) == Cart(seed=3, name="Küche", wheel=Wheel(2.0, "hard"))


@pytest.mark.parametrize("text", ["", "# nothing\n", "{}"])
def test_an_empty_file_is_all_defaults(tmp_path: Path, text: str) -> None:
    assert config.load(Cart, written(tmp_path, text)) == Cart()


def test_flags_change_the_file(tmp_path: Path) -> None:
    flags = ["--wheel.radius", "0.25", "--seed=-4", "--loud", "true", "--name=a=b"]
    loaded = config.load(Cart, written(tmp_path, "seed: 3\nwheel: {kind: hard}"), flags)
    assert loaded == Cart(seed=-4, name="a=b", loud=True, wheel=Wheel(0.25, "hard"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("seeed: 1", "unknown key seeed; did you mean seed?"),
        ("wheel: {spokes: 3}", "unknown key wheel.spokes; the keys are radius, kind"),
        ("7: 1", "unknown key 7"),
        ("seed: true", "seed must be of type int, got True"),
        ("seed: 1.0", "seed must be of type int, got 1.0"),
        ("seed: '1'", "seed must be of type int, got '1'"),
        ("seed:", "seed must be of type int, got None"),
        ("name: 3", "name must be of type str, got 3"),
        ("loud: 1", "loud must be of type bool, got 1"),
        ("wheel: 3", "wheel must hold keys (radius, kind), got 3"),
        ("wheel:", "wheel must hold keys (radius, kind), got None"),
        ("wheel: {radius: .nan}", "wheel.radius must be a finite number, got nan"),
        ("wheel: {radius: -.inf}", "wheel.radius must be a finite number, got -inf"),
        ("wheel: {radius: wide}", "wheel.radius must be a finite number, got 'wide'"),
        ("wheel: {radius: true}", "wheel.radius must be a finite number, got True"),
        (f"wheel: {{radius: 1{'0' * 400}}}", "wheel.radius must be a finite number"),
        ("wheel: {radius: -1}", "wheel.radius must be positive, got -1.0"),
        ("wheel: {kind: square}", "wheel.kind"),
        ("[seed, 3]", "must hold keys and values, got list"),
        ("seed", "must hold keys and values, got str"),
        ("seed: [", "is not YAML"),
        ("? [a]\n: 1", "is not YAML"),
        ("seed: !!python/object/apply:os.getpid []", "is not YAML"),
    ],
)
def test_what_is_wrong_in_a_file_is_named_with_the_file(tmp_path: Path, text: str, message: str) -> None:
    source = written(tmp_path, text)
    said = refusal(source)
    assert message in said
    assert source in said


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--seeed", "1"], "unknown key seeed; did you mean seed?"),
        (["--wheel.spokes", "1"], "unknown key wheel.spokes"),
        (["--wheel", "3"], "wheel must hold keys"),
        (["--seed.x", "3"], "seed must be of type int"),
        (["--seed"], "--seed needs a value"),
        (["--seed", "x"], "seed must be of type int, got 'x'"),
        (["--seed", "null"], "seed must be of type int, got None"),
        (["--seed", "[1"], "is not YAML"),
        (["--wheel.radius", ".nan"], "wheel.radius must be a finite number"),
        (["--wheel.radius=-1"], "wheel.radius must be positive"),
        (["seed", "3"], "unexpected argument 'seed'"),
    ],
)
def test_what_is_wrong_in_a_flag_is_named(tmp_path: Path, flags: list[str], message: str) -> None:
    said = refusal(written(tmp_path, "seed: 3"), *flags)
    assert said.startswith("command line: ")
    assert message in said


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert "No such file" in refusal(str(tmp_path / "none.yaml"))
    assert "Is a directory" in refusal(f"{tmp_path}/")
    (tmp_path / "latin.yaml").write_bytes("name: Küche".encode("latin-1"))
    assert "is not UTF-8" in refusal(str(tmp_path / "latin.yaml"))


def test_a_name_is_a_packaged_file_whatever_lies_in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("demo").write_text("seed: 99")
    assert config.load(GenerateConfig, "demo").seed == 0
    with pytest.raises(CommandFailed, match=r"no configuration 'demos'; choose from .*demo.*paper.*tiny"):
        config.load(GenerateConfig, "demos")


def test_the_packaged_configurations() -> None:
    demo = config.load(GenerateConfig, "demo")
    assert (demo.camera.width, demo.camera.height, demo.tour.style) == (384, 224, "smooth")
    assert demo.tour.max_steps <= 350
    assert min(demo.houses.wanted(split) for split in ("train", "validation", "test")) >= 1
    paper = config.load(GenerateConfig, "paper")
    assert (paper.camera.width, paper.camera.height, paper.camera.crop) == (680, 384, 6)
    assert (paper.camera.vertical_fov, paper.camera.vertical_fov_jitter) == (59.0, 1.0)
    assert (paper.tour.style, paper.tour.fps, paper.tour.max_steps) == ("paper", 10, 1000)
    assert (paper.tour.pitch, paper.tour.pitch_jitter, paper.walks_per_house) == (-27.0, 2.0, 2)
    assert paper.variation == VariationConfig(light=False)
    tiny, sketch, transfer = (config.load(GenerateConfig, name) for name in ("tiny", "sketch", "transfer"))
    assert tiny.camera.width == 96
    for quick in (tiny, sketch):
        assert (quick.embedded.light, quick.embedded.assets) == ("plain", "none")
    assert (sketch.camera.width, sketch.camera.height) == (384, 224)
    assert sketch.variation == VariationConfig(light=False)
    assert (demo.embedded, demo.variation) == (EmbeddedSettings("baked", "auto"), VariationConfig())
    off = asdict(VariationConfig(light=False))
    assert all(value != off[name] for name, value in asdict(transfer.variation).items())


@pytest.mark.parametrize(
    ("flag", "value", "message"),
    [
        ("houses.source", "castle", "houses.source must be one of procthor"),
        ("houses.train", "-1", "houses.train must be between"),
        ("simulator", "matrix", "simulator must be one of"),
        ("walks_per_house", "0", "walks_per_house must be between"),
        ("camera.width", "97", "camera size must be even"),
        ("camera.crop", "-1", "camera.crop must not be negative"),
        ("camera.crop", "192", "camera size must be even and at least 2x2, got 0x224"),
        ("camera.vertical_fov", "0.5", "vertical_fov must be between"),
        ("agent.radius", "0", "agent.radius must be positive"),
        ("tour.style", "drunken", "tour.style"),
        ("tour.max_steps", "0", "tour.max_steps must be positive"),
        ("embedded.light", "candle", "embedded.light"),
        ("embedded.assets", "all", "embedded.assets"),
        ("embedded.objathor", "7", "embedded.objathor must be of type str"),
        ("variation.light", "1", "variation.light must be of type bool"),
        ("variation.noise", "-1", "variation.noise must be between 0 and 50, got -1.0"),
        ("variation.noise", ".nan", "variation.noise must be a finite number"),
        ("variation.motion_blur", "1.5", "variation.motion_blur must be between 0 and 1"),
        ("variation.exposure", "3.5", "variation.exposure must be between 0 and 3"),
        ("variation.camera_height", "0.3", "must lie between 0 and agent.height, got 1.2 to 1.8 m"),
        ("tour.camera_height", "1.9", "must lie between 0 and agent.height"),
        ("variation.lamps", "true", "unknown key variation.lamps"),
        ("house_timeout", "0", "house_timeout must be positive"),
    ],
)
def test_a_run_that_cannot_be_is_refused(flag: str, value: str, message: str) -> None:
    with pytest.raises(CommandFailed, match="command line") as failed:
        config.load(GenerateConfig, "demo", [f"--{flag}", value])
    assert message in str(failed.value)


def test_how_much_is_made_is_no_part_of_the_identity() -> None:
    small, large = Cart(copies=1), Cart(copies=9)
    assert digest(identity(small)) == digest(identity(large)) != digest(identity(Cart(seed=1)))
    assert extent(large) == {"copies": 9}
    assert identity(small) == {"seed": 0, "name": "cart", "loud": False, "wheel": {"radius": 0.5, "kind": "soft"}}
    assert identity(GenerateConfig())["houses"] == {"source": "procthor"}
    assert identity(GenerateConfig())["embedded"] == {"light": "baked", "assets": "auto"}
    assert extent(GenerateConfig())["embedded"] == {"assets_repo": "", "objathor": "", "molmospaces": ""}
    assert extent(GenerateConfig())["houses"].keys() == {"train", "validation", "test"}


def test_canonical_json_is_sorted_and_refuses_nan() -> None:
    assert canonical_json({"b": 1.5, "a": "ü"}) == '{"a":"ü","b":1.5}'
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"a": float("nan")})


def test_differences_are_named_by_key() -> None:
    mine, theirs = {"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"b": 1, "c": 5}, "e": "x"}
    assert differences(mine, theirs) == ["a.c: 2, not 5", "d: 3, not null", 'e: null, not "x"']
    assert differences(mine, json.loads(json.dumps(mine))) == []


def test_help_tells_every_key_with_meaning_and_default() -> None:
    text = describe(Cart)
    assert "--wheel.radius  Metres. [0.5]" in text
    assert "--copies        How many. [1]" in text
    assert len(text.splitlines()) == 6
