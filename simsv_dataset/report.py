"""`simsv report`: what a release holds, what can be guessed of it, and what was left out, in tables."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from simsv_dataset.exits import CommandFailed, ExitCode
from simsv_dataset.manifest import BlindRecord, Manifest, read_manifest
from simsv_dataset.text_table import aligned


def main(argv: Sequence[str]) -> int:
    """Run the command. Raises CommandFailed."""
    parser = argparse.ArgumentParser(
        prog="simsv report", description="What a release holds, what words alone give away, and what was left out."
    )
    parser.add_argument("release", type=Path, metavar="DIR", help="folder of a release")
    arguments = parser.parse_args(argv)
    try:
        manifest = read_manifest(arguments.release)
    except FileNotFoundError as error:
        raise CommandFailed(
            ExitCode.USAGE, f"{arguments.release} is not a release: it has no manifest.json of simsv"
        ) from error
    except ValueError as error:
        raise CommandFailed(ExitCode.FAILURES, f"{error}; build the release again") from error
    print(report(manifest))
    return ExitCode.DONE


def report(manifest: Manifest) -> str:
    """The tables, as text."""
    sections = [
        ("Rows by config and split", _rows(manifest)),
        ("Guessed from words alone, in points: a random forest against the best constant", _blind(manifest.blind)),
        ("True questions left out, by type and reason", _reasons(manifest.dropped)),
        ("Candidates refused, by type and reason", _reasons(manifest.rejections)),
        ("Houses refused", [[reason, str(number)] for reason, number in manifest.refused_houses.items()]),
    ]
    return "\n\n".join(f"{title}\n{aligned(lines)}" for title, lines in sections if lines)


def _rows(manifest: Manifest) -> list[list[str]]:
    lines = []
    for config, splits in manifest.configs.items():
        counts = [f"{split} {record.num_rows:,}" for split, record in splits.items()]
        lines.append([config, *counts])
    return lines


def _blind(blind: Mapping[str, Mapping[str, BlindRecord]]) -> list[list[str]]:
    header = ["type", "asked as", "rows", "houses", "chance", "constant", "forest", "excess", "95 %", ""]
    lines = [
        [
            name,
            form,
            f"{record.num_rows:,}",
            f"{record.num_houses:,}",
            "" if record.chance is None else f"{100 * record.chance:.1f}",
            f"{100 * record.best_constant:.1f}",
            f"{100 * record.forest:.1f}",
            f"{100 * (record.forest - record.best_constant):+.1f}",
            f"{100 * record.excess_low:+.1f} to {100 * record.excess_high:+.1f}",
            "" if record.is_gated else "not gated",
        ]
        for name, forms in blind.items()
        for form, record in forms.items()
    ]
    return [header, *lines] if lines else []


def _reasons(counts: Mapping[str, Mapping[str, int]]) -> list[list[str]]:
    return [
        [name, ", ".join(f"{reason} {number:,}" for reason, number in reasons.items())]
        for name, reasons in counts.items()
    ]
