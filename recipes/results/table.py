"""Scores of the learning run as JSON, a chart and the tables of `recipes/RESULTS.md`.

    python -m recipes.results.table

Reads the predictions in `runs/results`, and writes `scores.json`, `losses.json` and `scaling.svg` beside this file, and
the tables between the marks in `recipes/RESULTS.md`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure

from recipes.results.predict import questions
from recipes.results.run import ALIGNED, FRAMES, MIXTURES, RELEASE, SIZES, arm, predictions
from simsv_dataset.predictions import read_predictions
from simsv_dataset.score import score_predictions

HERE: Final = Path(__file__).parent
REPORT: Final = HERE.parent / "RESULTS.md"
BEGIN, END = "<!-- tables -->\n", "<!-- end of tables -->"
PAPER: Final = {
    "3q": {0: 36.0, 1_000: 38.75, 5_000: 42.7, 10_000: 43.2, 15_000: 43.1, 20_000: 44.15, 25_000: 44.6, 30_000: 44.0},
    "vsi_baseline": {
        0: 36.0,
        1_000: 38.6,
        5_000: 40.0,
        10_000: 39.6,
        15_000: 40.6,
        20_000: 40.8,
        25_000: 41.8,
        30_000: 41.65,
    },
}
"""LLaVA-Video-7B on VSI-Bench, read off the scaling figure of arXiv 2511.04668."""
COLOURS: Final = {"3q": "#c44e52", "vsi_baseline": "#4c72b0"}


Table = Mapping[str, Any]
"""`simsv_dataset.score.Scores` of an arm, as JSON has it."""


def main() -> None:
    """Write all four."""
    rows = questions(str(RELEASE))
    scored: dict[str, Table] = {}
    for name, other in compared():
        arms = (read_predictions(predictions(arm)).texts for arm in (name, other))
        scored[name] = asdict(score_predictions(rows, *arms))
    (HERE / "scores.json").write_text(json.dumps(scored, indent=1) + "\n", encoding="utf-8")
    trainings = {
        "aligned": ALIGNED,
        **{f"{mixture}{end}": arm(f"{mixture}{end}") for mixture in MIXTURES for end in FRAMES},
    }
    logged = {name: losses(folder) for name, folder in trainings.items()}
    (HERE / "losses.json").write_text(json.dumps(logged) + "\n", encoding="utf-8")
    chart(scored)
    before, _, rest = REPORT.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    tables = "\n".join([*overall(scored), "", *by_type(scored)])
    REPORT.write_text(f"{before}{BEGIN}\n{tables}\n\n{END}{after}", encoding="utf-8")


def losses(folder: Path) -> dict[int, float]:
    """Step to loss, as a training logged it."""
    history = json.loads((folder / "trainer_state.json").read_text(encoding="utf-8"))["log_history"]
    return {entry["step"]: entry["loss"] for entry in history if "loss" in entry}


def compared() -> Iterator[tuple[str, str]]:
    """Each arm that sees, with the blind one of the same training."""
    yield "base", "base_blind"
    for mixture in MIXTURES:
        for size in SIZES:
            yield f"{mixture}_{size}", f"{mixture}_blind_{size}"


def overall(scored: Mapping[str, Table]) -> list[str]:
    """Means over the types of VSI-Bench and over questions, a line for each arm."""
    lines = ["| model | VSI-Bench types, mean | blind | gain by seeing | all questions | blind | gain by seeing |"]
    lines.append("|---|---|---|---|---|---|---|")
    for name, table in scored.items():
        cells = [_told(table[mean][part]) for mean in ("vsi_bench", "micro") for part in ("model", "blind", "gain")]
        lines.append(f"| `{name}` | {' | '.join(cells)} |")
    constants = [_points(scored["base"][mean]["best_constant"]) for mean in ("vsi_bench", "micro")]
    lines.append(f"| best constant | {constants[0]} | | | {constants[1]} | | |")
    return lines


def by_type(scored: Mapping[str, Table]) -> list[str]:
    """Score of each type, a line for each type."""
    lines = [f"| type | questions | chance | constant | {' | '.join(f'`{name}`' for name in scored)} |"]
    lines.append("|---|" + "---:|" * (3 + len(scored)))
    for name, score in scored["base"]["types"].items():
        chance = "" if score["chance"] is None else _points(score["chance"])
        cells = [_points(table["types"][name]["model"]["value"]) for table in scored.values()]
        lines.append(
            f"| {name} | {score['num_rows']} | {chance} | {_points(score['best_constant'])} | {' | '.join(cells)} |"
        )
    return lines


def chart(scored: Mapping[str, Table]) -> None:
    """Score by number of examples, of this run and, on its own scale, of the paper."""
    # The same text for the same numbers, wherever it is drawn.
    mpl.rcParams["svg.hashsalt"] = "scaling"
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    ours, paper = figure.subplots(1, 2)
    for mixture in MIXTURES:
        for end in FRAMES:
            part = "blind" if end else "model"
            named = ["base", *(f"{mixture}_{size}" for size in SIZES)]
            drawn = [scored[name]["vsi_bench"][part] for name in named]
            _line(ours, drawn, f"{mixture}, {'blind' if end else 'sees'}", COLOURS[mixture], "--" if end else "-")
        paper.plot(PAPER[mixture].keys(), PAPER[mixture].values(), "o-", color=COLOURS[mixture], label=mixture)
    constant = 100 * scored["base"]["vsi_bench"]["best_constant"]
    ours.axhline(constant, color="grey", linewidth=1, linestyle=":", label="best constant")
    ours.set(title="this run: 157M weights, simulated test houses", xlabel="examples", ylabel="mean over types, %")
    paper.set(title="the paper: LLaVA-Video-7B, VSI-Bench", xlabel="examples")
    for axes in (ours, paper):
        axes.legend(fontsize=8)
        axes.grid(alpha=0.3)
    figure.savefig(HERE / "scaling.svg", metadata={"Date": None})


def _line(axes: Any, drawn: Sequence[Mapping[str, float]], label: str, colour: str, style: str) -> None:
    sizes = (0, *SIZES)
    values, low, high = ([100 * estimate[part] for estimate in drawn] for part in ("value", "low", "high"))
    axes.plot(sizes, values, f"o{style}", color=colour, label=label)
    axes.fill_between(sizes, low, high, color=colour, alpha=0.08)


def _told(estimate: Mapping[str, float]) -> str:
    return f"{_points(estimate['value'])} [{_points(estimate['low'])}, {_points(estimate['high'])}]"


def _points(share: float) -> str:
    return f"{100 * share:.1f}"


if __name__ == "__main__":
    main()
