"""lmms-eval asks our held-out questions, and what it finds is what `simsv score` finds of its samples."""

import importlib
import importlib.util
import json
import os
import shutil
import sys
import warnings
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import yaml

from simsv_dataset.chat import conversation
from simsv_dataset.place import find_release
from simsv_dataset.predictions import SAMPLE_KEY, read_predictions
from simsv_dataset.schema import QUESTION_SCHEMA
from simsv_dataset.score_table import read_questions
from simsv_dataset.taxonomy import QUESTION_TYPES
from simsv_generation.build import Choice, build
from tests.hub.server import LoopbackHub
from tests.recipes.conftest import REPO, ROOT, answered, environment, once, run
from tests.runs import make_rows, make_walk, rows, write_questions, write_run

pytestmark = pytest.mark.slow

TASKS = ROOT / "recipes" / "eval"
ARMS = ("simsv_test", "simsv_test_blind")
ASKED = {
    "object_abs_distance": 4,
    "object_rel_direction_easy": 3,
    "object_rel_direction_medium": 2,
    "object_rel_direction_hard": 2,
    "obj_appearance_order": 2,
    "camera_turn": 2,
}
"""Questions about each of three walks in houses of their own; the last type is none of VSI-Bench's."""
MODELS = ("llava_onevision", "qwen2_5_vl", "qwen3_vl", "smolvlm2")
NUM_FRAMES = 8
OFFLINE = {"HF_HUB_OFFLINE": "1"}


@pytest.fixture(scope="session")
def lmms_eval_is_installed(torch_is_installed: None) -> None:
    """Skips where lmms-eval is not installed."""
    if importlib.util.find_spec("lmms_eval") is None:
        # Where nobody reads the reasons of skipped tests, a test that cannot run has failed.
        end = pytest.fail if "CI" in os.environ else pytest.skip
        end("lmms-eval not installed: make .venv/dev")


@pytest.fixture(scope="session")
def held_out(shared: Path) -> Path:
    """A release with questions of `ASKED` in its split `test`. Read only."""

    def make(folder: Path) -> None:
        walks = [make_walk("test", house) for house in range(3)]
        store = write_run(folder / "run", walks, {})
        for walk in walks:
            write_questions(store, walk.episode_id, [answered(row) for row in make_rows(walk, ASKED)])
        build(store, folder / "simsv", Choice(as_asked=True))

    return once(shared / "held_out", make) / "simsv"


@pytest.fixture(scope="session")
def answering_models(tiny_models: Path, shared: Path) -> Path:
    """The tiny models, which say a letter or a digit and then, most likely, no more: so that some of it is right."""

    def make(folder: Path) -> None:
        for name in MODELS:
            shutil.copytree(tiny_models / name, folder / name)
            words = json.loads((folder / name / "tokenizer.json").read_text())["model"]["vocab"]
            config = json.loads((folder / name / "tokenizer_config.json").read_text())
            added = json.loads((folder / name / "tokenizer.json").read_text())["added_tokens"]
            known = {**words, **{token["content"]: token["id"] for token in added}}
            end = known[config["eos_token"]]
            allowed = {end, *(known[word] for word in ("A", "B", "1", "2", "3"))}
            generation = {
                "eos_token_id": end,
                "pad_token_id": known["<|endoftext|>"],
                "suppress_tokens": [number for number in range(640) if number not in allowed],
                "begin_suppress_tokens": [end],
                "exponential_decay_length_penalty": [1, 1e6],
            }
            (folder / name / "generation_config.json").write_text(json.dumps(generation))

    return once(shared / "answering_models", make)


Evaluate = Callable[..., Path]


@pytest.fixture
def evaluate(lmms_eval_is_installed: None, tmp_path: Path) -> Evaluate:
    """Runs lmms-eval on both arms and gives the folder with what it wrote."""

    def evaluated(command: Sequence[object], model: str, arguments: str, release: object, **others: str) -> Path:
        out = tmp_path / "out"
        where = {"SIMSV_RELEASE": str(release), "HF_HOME": str(tmp_path / "home"), **(others or OFFLINE)}
        settings = ["--model", model, "--model_args", arguments, "--batch_size", 1, "--device", "cpu"]
        asked = ["--tasks", ",".join(ARMS), "--include_path", TASKS, "--log_samples", "--output_path", out]
        run([sys.executable, "-W", "ignore", *command, *settings, *asked], environment(**where))
        (results,) = out.rglob("*_results.json")
        return results.parent

    return evaluated


def said(folder: Path, arm: str) -> dict[str, str]:
    """What the model said, by question."""
    (samples,) = folder.glob(f"*_samples_{arm}.jsonl")
    return dict(read_predictions(samples).texts)


def check_scores(folder: Path, release: object, **where: str) -> dict[str, dict[str, float]]:
    """Hold every aggregate of lmms-eval to the table of `simsv score`; gives them by arm."""
    (results,) = folder.glob("*_results.json")
    found = json.loads(results.read_text())["results"]
    aggregates = {}
    for arm in ARMS:
        (samples,) = folder.glob(f"*_samples_{arm}.jsonl")
        out = folder / f"{arm}.json"
        command = [sys.executable, "-m", "simsv_dataset.cli", "score", samples, "--release", release, "--out", out]
        run(command, environment(**where))
        table = json.loads(out.read_text())
        ours = {name: score["model"]["value"] for name, score in table["types"].items()}
        ours |= {f"simsv_{name}": table[name]["model"]["value"] for name in ("vsi_bench", "macro", "micro")}
        theirs = {
            name.removesuffix(",none"): value
            for name, value in found[arm].items()
            if name.endswith(",none") and "_stderr" not in name
        }
        assert theirs == ours
        assert set(ours) == {*ASKED, "simsv_vsi_bench", "simsv_macro", "simsv_micro"}
        aggregates[arm] = theirs
    return aggregates


def test_the_dummy_model_scores_what_simsv_score_says_and_vsi_bench_too(
    evaluate: Evaluate, held_out: Path, tmp_path: Path
) -> None:
    """From the Hub; the videos are fetched for the arm that has them."""
    with LoopbackHub() as hub:
        where = {**hub.environment, "HF_HOME": str(tmp_path / "home")}
        publish = [sys.executable, "-m", "simsv_dataset.cli", "publish", held_out, "--repo-id", REPO, "--tag", "v1"]
        run(publish, environment(**where))
        arguments = f"response=A 3,decode_num_frames={NUM_FRAMES}"
        folder = evaluate(["-m", "lmms_eval"], "dummy", arguments, REPO, **where)
        of_arms = check_scores(folder, REPO, **where)
    assert of_arms["simsv_test"] == of_arms["simsv_test_blind"]
    assert 0 < of_arms["simsv_test"]["simsv_micro"] < 1
    assert len({of_arms["simsv_test"][f"simsv_{name}"] for name in ("vsi_bench", "macro", "micro")}) == 3
    questions = {row["id"] for row in read_questions(find_release(held_out), "all", "test")}
    assert set(said(folder, "simsv_test")) == questions
    assert len(questions) == 3 * sum(ASKED.values())
    # Now the task `vsibench` of lmms-eval is asked to score the same responses.
    theirs = run([sys.executable, "-W", "ignore", "-c", VSI_BENCH, held_out, "A 3"], environment())
    scores = json.loads(theirs.splitlines()[-1])
    found = of_arms["simsv_test"]
    assert scores == {
        "overall": pytest.approx(found["simsv_vsi_bench"], abs=1e-6),
        "object_abs_distance_MRA:.5:.95:.05": pytest.approx(found["object_abs_distance"], abs=1e-6),
        "obj_appearance_order_accuracy": pytest.approx(found["obj_appearance_order"], abs=1e-6),
        "object_rel_direction_accuracy": pytest.approx(
            np.mean([found[name] for name in found if "rel_direction" in name]), abs=1e-6
        ),
    }


VSI_BENCH = """
import json, sys
from lmms_eval.tasks.vsibench.utils import _compute_all_subscores, vsibench_process_results
from simsv_dataset.place import find_release
from simsv_dataset.score import truth
from simsv_dataset.score_table import read_questions

scored = []
for row in read_questions(find_release(sys.argv[1]), "all", "test"):
    if row["question_type"] != "camera_turn":
        doc = {"question_type": row["question_type"], "ground_truth": truth(row)}
        scored.append(vsibench_process_results(doc, [sys.argv[2]])["vsibench_overall"])
print(json.dumps({name: float(score) for name, score in _compute_all_subscores(scored).items()}))
"""


@pytest.mark.parametrize("name", MODELS)
def test_tiny_models_score_what_simsv_score_says(
    evaluate: Evaluate, held_out: Path, answering_models: Path, name: str
) -> None:
    arguments = f"pretrained={answering_models / name},num_frames={NUM_FRAMES},dtype=float32"
    folder = evaluate([TASKS / "video_model.py"], "video", arguments, held_out)
    found = check_scores(folder, held_out)
    assert any(0 < score < 1 for of_arm in found.values() for score in of_arm.values())
    (samples,) = folder.glob("*_samples_simsv_test.jsonl")
    told = read_predictions(samples).told
    assert told["model_args"] == arguments
    assert said(folder, "simsv_test") != said(folder, "simsv_test_blind")


def test_lmms_eval_s_own_qwen_runs_the_task_too(evaluate: Evaluate, held_out: Path, answering_models: Path) -> None:
    if importlib.util.find_spec("decord") is None:
        pytest.skip("lmms-eval's Qwen models need decord, which has no wheel for this machine")
    arguments = f"pretrained={answering_models / 'qwen2_5_vl'},device_map=cpu,max_num_frames={NUM_FRAMES}"
    check_scores(evaluate(["-m", "lmms_eval"], "qwen2_5_vl", arguments, held_out), held_out)


@pytest.fixture(scope="module")
def video_model(lmms_eval_is_installed: None, sft: ModuleType) -> ModuleType:
    """`recipes/eval/video_model.py`, imported."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module("recipes.eval.video_model")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", MODELS)
def test_a_model_is_asked_just_as_it_was_trained(
    video_model: ModuleType, sft: ModuleType, tiny_models: Path, held_out: Path, name: str
) -> None:
    """Tokens of the prompt and pixels of the frames are, to the bit, those of a batch of the recipe."""
    recipe = yaml.safe_load((ROOT / "recipes" / name / "lora.yaml").read_text())
    path = str(tiny_models / name)
    template = recipe.get("chat_template_path")
    arguments = ["--config", f"recipes/{name}/lora.yaml", "--model_name_or_path", path, "--bf16", "false"]
    collator = sft.load_collator(sft.read_recipe([*arguments, "--num_frames", str(NUM_FRAMES), "--use_cpu", "true"]))
    model = video_model.VideoModel(path, num_frames=NUM_FRAMES, dtype="float32", device="cpu")
    # A merged model has its own template, one that was trained whole has that of training.
    templates = [model.processor.chat_template, *([(ROOT / template).read_text()] if template else [])]
    tasks = importlib.import_module("recipes.eval.simsv_questions")
    for row, model.processor.chat_template in product(rows(held_out, "all", "test")[:3], templates):
        trained = collator([{"messages": conversation([row], row["video"]["path"])}])
        asked = model.prompt(tasks.doc_to_text(row), tasks.doc_to_visual(row))
        first = int((trained["labels"][0] != sft.UNLEARNT).nonzero()[0, 0])
        assert asked["input_ids"][0].tolist() == trained["input_ids"][0][:first].tolist()
        pixels = {key for key in asked if "pixel" in key}
        assert pixels
        for key in pixels:
            assert np.array_equal(asked[key].numpy(), trained[key].numpy())


def test_the_blind_arm_differs_by_the_video_alone() -> None:
    arms = [yaml.load((TASKS / f"{arm}.yaml").read_text(), _Functions) for arm in ARMS]
    for arm, name in zip(arms, ARMS, strict=True):
        assert arm.pop("task") == name
    assert [arm.pop("doc_to_visual") for arm in arms] == ["simsv_questions.doc_to_visual", "simsv_questions.no_visual"]
    assert arms[0] == arms[1]


def test_every_question_type_is_a_metric() -> None:
    shared = yaml.load((TASKS / "_simsv_test_yaml").read_text(), _Functions)
    names = [metric["metric"] for metric in shared["metric_list"]]
    means = ["simsv_vsi_bench", "simsv_macro", "simsv_micro"]
    assert names == [*means, *(question_type.name for question_type in QUESTION_TYPES)]
    assert SAMPLE_KEY in names
    assert "house_id" == shared["cluster_key"]
    assert shared["cluster_key"] in QUESTION_SCHEMA.names


class _Functions(yaml.SafeLoader):
    """Reads `!function name` as the name."""


def _name_of(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


_Functions.add_constructor("!function", _name_of)
