"""`simsv assets`: the pack of models that furniture is drawn with."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from simsv_dataset.exits import CommandFailed, ExitCode
from simsv_generation.store.files import disk_trouble

# What has to do with models is imported when it is needed: --help need not pay for numpy and scipy.
if TYPE_CHECKING:
    from simsv_generation.simulators.embedded.assets.pack import AssetPack


def main(argv: list[str]) -> int:
    """Find a pack of models, or make one; prints one line of counts.

    Raises:
        CommandFailed: `USAGE` when a file, or what $SIMSV_ASSETS names, is not what it should be, `INCOMPLETE` when no
            pack can be had, `DISK` when it cannot be written.
    """
    parser = argparse.ArgumentParser(
        prog="simsv assets",
        description="Find the pack of furniture models, or make one in the user's cache from Debian's packages of "
        "Sweet Home 3D. Run again, it finds all done. Without a pack, furniture is drawn as plain shapes.",
        epilog="looks in: $SIMSV_ASSETS, the cache, Debian's package sources (apt-get), the data set named by --repo",
    )
    parser.add_argument(
        "--from", dest="files", nargs="+", type=Path, metavar="FILE", default=[],
        help="make a pack of these files: sweethome3d and sweethome3d-furniture (.deb), furniture libraries (.sh3f)",
    )  # fmt: skip
    parser.add_argument("--repo", default="", metavar="ORG/NAME", help="data set on the Hugging Face Hub with a pack")
    arguments = parser.parse_args(argv)

    from simsv_generation.simulators.embedded.assets.debian import UnreadableArchive
    from simsv_generation.simulators.embedded.assets.find import NothingFound, search
    from simsv_generation.simulators.embedded.assets.pack import NoPack

    try:
        pack = _made_from(arguments.files) if arguments.files else search(arguments.repo)
    except (NoPack, UnreadableArchive) as error:
        raise CommandFailed(ExitCode.USAGE, str(error)) from error
    except NothingFound as error:
        raise CommandFailed(ExitCode.INCOMPLETE, f"no pack of models: {error}") from error
    print(f"assets: {_counts(pack)}")
    return ExitCode.DONE


def _made_from(files: list[Path]) -> "AssetPack":
    from simsv_generation.simulators.embedded.assets.debian import furniture_archives
    from simsv_generation.simulators.embedded.assets.find import making, packs_folder
    from simsv_generation.simulators.embedded.assets.make import make_pack

    try:
        contents = [(str(file), file.read_bytes()) for file in files]
    except OSError as error:
        raise CommandFailed(ExitCode.USAGE, f"--from {error.filename}: {error.strerror}") from error
    with disk_trouble(packs_folder()), making():
        return make_pack(furniture_archives(contents), packs_folder())


def _counts(pack: "AssetPack") -> str:
    from simsv_generation.simulators.embedded.assets.choice import MODELS

    types = sum(any(model_id in pack.models for model_id in ids) for ids in MODELS.values())
    triangles = sum(model.triangles for model in pack.models.values())
    size = sum(path.stat().st_size for path in pack.folder.rglob("*") if path.is_file()) / 1e6
    return (
        f"{len(pack.models)} models for {types} types, {triangles} triangles, {size:.0f} MB, "
        f"digest {pack.digest[:12]}, in {pack.folder}"
    )
