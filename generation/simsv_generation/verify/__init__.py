"""`simsv verify`: is a release whole, does it agree with itself, and can its frames be made again?

It needs the release and nothing else: every file is hashed, every row read, every answer derived again from the
`episodes` rows, and a sample of frames rendered again from the stored houses.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from simsv_dataset.exits import CommandFailed, ExitCode
from simsv_dataset.manifest import check_files, read_manifest
from simsv_generation.simulators import SimulatorUnavailable
from simsv_generation.simulators.settings import EmbeddedSettings
from simsv_generation.verify.contents import check_attribution, check_rows, read_episodes
from simsv_generation.verify.modalities import check_modalities
from simsv_generation.verify.rendering import check_renders

_SHOWN = 20
"""Problems that are printed; the rest is counted."""


def main(argv: Sequence[str]) -> int:
    """Run the command. Raises CommandFailed."""
    parser = argparse.ArgumentParser(prog="simsv verify", description="Check a release against itself.")
    parser.add_argument("release", type=Path, help="folder of a release")
    parser.add_argument(
        "--render-episodes",
        type=int,
        default=6,
        metavar="N",
        help="episodes of which two frames each are rendered again; 0 needs no simulator [%(default)s]",
    )
    models = parser.add_argument_group("where models lie, for frames that were drawn with them")
    models.add_argument("--objathor", default="", metavar="DIR", help="folder of objathor's <asset id>.pkl.gz")
    models.add_argument("--molmospaces", default="", metavar="DIR", help="folder of MolmoSpaces' MJCF objects")
    models.add_argument("--assets_repo", default="", metavar="REPO", help="data set on the Hub that has the pack")
    arguments = parser.parse_args(argv)
    if arguments.render_episodes < 0:
        raise CommandFailed(ExitCode.USAGE, "--render-episodes must not be negative")
    places = EmbeddedSettings(
        assets_repo=arguments.assets_repo, objathor=arguments.objathor, molmospaces=arguments.molmospaces
    )
    problems = verify(arguments.release, arguments.render_episodes, places)
    for problem in problems[:_SHOWN]:
        print(f"  {problem}")
    if len(problems) > _SHOWN:
        print(f"  ... and {len(problems) - _SHOWN} more")
    if problems:
        print(f"{arguments.release} is not what it says: {len(problems)} problems")
        return ExitCode.FAILURES
    print(f"{arguments.release} is whole and true")
    return ExitCode.DONE


def verify(folder: Path, render_episodes: int, places: EmbeddedSettings) -> list[str]:
    """Every way in which a release is not what it claims, in words; empty when all is well. Prints what was checked.

    A release with missing, changed or unknown files is not looked into any further.

    Args:
        folder: of the release.
        render_episodes: how many episodes to render frames of.
        places: where models of furniture lie here; its other fields play no part, the release says those.

    Raises:
        CommandFailed: `USAGE` when the folder is no release, `SIMULATOR` when frames cannot be rendered here.
    """
    try:
        manifest = read_manifest(folder)
    except FileNotFoundError as error:
        raise CommandFailed(ExitCode.USAGE, f"{folder} is not a release: it has no manifest.json") from error
    except ValueError as error:
        raise CommandFailed(ExitCode.USAGE, str(error)) from error
    problems = check_files(folder, manifest)
    print(f"files: {len(manifest.files)} hashed")
    if problems:
        return problems
    episodes, problems = read_episodes(folder)
    asked, wrong = check_rows(folder, manifest, episodes)
    problems += [*wrong, *check_attribution(folder, manifest, episodes)]
    print(f"rows: {len(episodes)} episodes read, {asked} answers derived again")
    recorded, different = check_modalities(folder, manifest, episodes)
    problems += different
    if recorded:
        print(f"modalities: {recorded} episodes")
    if render_episodes:
        try:
            summary, different = check_renders(folder, manifest, episodes, render_episodes, places)
        except SimulatorUnavailable as error:
            message = f"{error}; or check all but the frames with --render-episodes 0"
            raise CommandFailed(ExitCode.SIMULATOR, message) from error
        print(f"frames: {summary}")
        problems += different
    return problems
