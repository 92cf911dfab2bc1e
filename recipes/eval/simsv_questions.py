"""What the tasks `simsv_test` and `simsv_test_blind` of lmms-eval call: prompts, videos and scores of questions.

The release is named by two variables of the environment: SIMSV_RELEASE, its folder or ORG/NAME on the Hub (`simsv` when
left out), and SIMSV_CONFIG, the config whose test split is asked (`all`).
"""

import os
from collections.abc import Mapping, Sequence
from typing import Any, Final

from simsv_dataset import metrics
from simsv_dataset.chat import PRE_PROMPT, question_text
from simsv_dataset.downloads import local_video
from simsv_dataset.score import truth
from simsv_dataset.taxonomy import VSI_BENCH_TYPES

RELEASE: Final = os.environ.get("SIMSV_RELEASE", "simsv")
CONFIG: Final = os.environ.get("SIMSV_CONFIG", "all")

Scored = tuple[str, float]
"""Question type and score."""


def doc_to_visual(doc: Mapping[str, Any]) -> list[str]:
    """The video of a question, as a path; fetched where it is not on this machine."""
    return [str(local_video(doc["video"]["path"]))]


def no_visual(doc: Mapping[str, Any]) -> list[str]:
    """What the blind arm sees."""
    return []


def doc_to_text(doc: Mapping[str, Any]) -> str:
    """The prompt of VSI-Bench, the same for both arms."""
    return f"{PRE_PROMPT}\n{question_text(doc)}"


def doc_to_target(doc: Mapping[str, Any]) -> str:
    """The right letter or number."""
    return truth(doc)


def process_results(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, Any]:
    """What a response adds to the metrics; `simsv score` finds its question by `simsv_micro.id`."""
    name = doc["question_type"]
    score = metrics.score(name, results[0], truth(doc))
    scored = {"id": doc["id"], "house_id": doc["house_id"], "score": score}
    # Without a key "score" lmms-eval gives no standard error, which would be that of the mean over questions.
    of_type = (name, score)
    return {
        name: scored,
        "simsv_micro": scored,
        "simsv_macro": of_type,
        **({"simsv_vsi_bench": of_type} if name in VSI_BENCH_TYPES else {}),
    }


def mean(results: Sequence[Mapping[str, Any]]) -> float:
    """The mean over questions."""
    return round(sum(float(result["score"]) for result in results) / len(results), 6)


def mean_of_types(results: Sequence[Scored]) -> float:
    """The mean over question types, as VSI-Bench takes it."""
    of_type: dict[str, list[float]] = {}
    for name, score in results:
        of_type.setdefault(name, []).append(score)
    return metrics.overall({name: sum(scores) / len(scores) for name, scores in of_type.items()})
