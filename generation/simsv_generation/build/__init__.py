"""`simsv build`: the episodes of a run and their questions become a release.

A release is made whole in a folder beside the target, which then takes the target's place, so there is never half a
release. Videos are copied, not linked: a byte that flips in a release must not reach the run that it can be rebuilt
from, and a run may be deleted when its release is done.
"""

import argparse
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, astuple, dataclass, replace
from hashlib import sha256
from pathlib import Path

import pyarrow as pa

from simsv_dataset import __version__
from simsv_dataset.attribution import ATTRIBUTION_NAME, attribution_text, count_licences
from simsv_dataset.chat import message_table
from simsv_dataset.exits import CommandFailed, ExitCode
from simsv_dataset.manifest import (
    Manifest,
    canonical_json,
    hash_files,
    is_release,
    list_files,
    read_manifest,
    relative_video,
    write_durably,
    write_manifest,
)
from simsv_dataset.mixtures import MIXTURES, mixed
from simsv_dataset.modalities import modality_path
from simsv_dataset.packing import pack
from simsv_dataset.readme import readme_text
from simsv_dataset.release import EPISODES, MESSAGES, SPLITS, read_split, replacing, video_path, write_split
from simsv_dataset.relocate import relocate
from simsv_dataset.schema import EPISODE_SCHEMA, SCHEMA_VERSION, to_table
from simsv_dataset.taxonomy import QUESTION_TYPES
from simsv_generation.build.questions import Source, check_blind, curated_questions
from simsv_generation.episode import Episode, SimulatorInfo
from simsv_generation.progress import Reporter
from simsv_generation.rows import episode_row
from simsv_generation.store import RunStore
from simsv_generation.store.files import disk_trouble, sync_file

_TALKED = "3q"
"""The mixture that is there as conversations too."""


def main(argv: Sequence[str]) -> int:
    """Run the command. Raises CommandFailed."""
    parser = argparse.ArgumentParser(prog="simsv build", description="Make a release, or heal one that was moved.")
    task = parser.add_mutually_exclusive_group(required=True)
    task.add_argument("--run", type=Path, help="folder of a run whose episodes have been asked about")
    task.add_argument("--relocate", type=Path, metavar="DIR", help="write the new place of a moved release into it")
    parser.add_argument("--out", type=Path, help="folder of the release [simsv]")
    parser.add_argument(
        "--max-blind-excess",
        type=float,
        metavar="POINTS",
        help="make no release when a forest that reads only words is certainly so many points above a constant",
    )
    parser.add_argument("--pack", action="store_true", help="put the videos of each folder into one tar file")
    parser.add_argument("--as-asked", action="store_true", help="publish every question: no caps, no balance")
    arguments = parser.parse_args(argv)
    if arguments.run:
        choice = Choice(
            as_asked=arguments.as_asked, max_blind_excess=arguments.max_blind_excess, is_packed=arguments.pack
        )
        build(RunStore.open(arguments.run), arguments.out or Path("simsv"), choice)
    elif arguments.out or arguments.as_asked or arguments.pack or arguments.max_blind_excess is not None:
        parser.error("only --run can be combined with other settings")
    else:
        relocate_release(arguments.relocate)
    return ExitCode.DONE


@dataclass(frozen=True, slots=True)
class Choice:
    """What is published of a run, and how."""

    as_asked: bool = False
    """Publish all: no caps, no balance, nothing taken out for what its words give away."""
    max_blind_excess: float | None = None
    """Points, hundredths of the full score: a gated type whose whole interval lies above fails the build."""
    is_packed: bool = False
    """Whether videos are packed in tar files (`simsv_dataset.packing`), as the Hub advises for very many."""


def build(store: RunStore, out: Path, choice: Choice = Choice()) -> Manifest:
    """Make the release of a run at `out`, or find that it is there, and print what it holds.

    Raises:
        CommandFailed: `USAGE` when `out` holds something that is no release, `INCOMPLETE` when episodes or questions
            are missing, `FAILURES` when a file of the run is damaged or questions can be guessed, `LOCKED` when another
            process builds the same release, `DISK` when the disk refuses.
    """
    target = out.resolve()
    try:
        str(target).encode()
    except UnicodeEncodeError as error:
        raise CommandFailed(ExitCode.USAGE, f"--out {str(target)!a} is not UTF-8, as the rows must be") from error
    previous = _previous(target)
    with disk_trouble(target):
        sources = _sources(store)
        digest = _sources_digest(store, sources, choice)
        if previous and previous.sources_digest == digest and _is_intact(target, previous):
            check_blind(previous.blind, choice.max_blind_excess)
            _report(target, previous, "found all done in")
            return previous
        try:
            with replacing(target) as draft:
                manifest = _assemble(store, sources, choice, digest, target, draft)
        except BlockingIOError as error:
            raise CommandFailed(ExitCode.LOCKED, f"another process is building {target}; wait for it") from error
    _report(target, manifest, "built")
    return manifest


def relocate_release(folder: Path) -> None:
    """Make a release that was moved point at its videos again.

    Raises:
        CommandFailed: `USAGE` when the folder is no release, `FAILURES` when it is damaged, `DISK`.
    """
    if not is_release(folder):
        raise CommandFailed(ExitCode.USAGE, f"{folder} is not a release: it has no manifest.json of simsv")
    with disk_trouble(folder):
        try:
            relocate(folder)
        except ValueError as error:
            raise CommandFailed(ExitCode.FAILURES, f"{error}; build the release again") from error
    _report(folder.resolve(), read_manifest(folder), "relocated")


def _previous(target: Path) -> Manifest | None:
    """The manifest of the release that is there; None when there is none or it must be replaced whatever it says."""
    if not target.exists() or (target.is_dir() and not any(target.iterdir())):
        return None
    if not is_release(target):
        raise CommandFailed(
            ExitCode.USAGE,
            f"{target} is not a release of simsv (it has no manifest.json of ours) and is left alone; "
            "give another --out, or move it away",
        )
    try:
        return read_manifest(target)
    except ValueError:
        return None  # Ours, but damaged or of another schema version.


def _is_intact(target: Path, manifest: Manifest) -> bool:
    """Whether all files are what the manifest says, and the videos are where the rows say."""
    if list_files(target) != sorted(manifest.files) or hash_files(target, manifest.files) != manifest.files:
        return False
    split = next(iter(manifest.configs[EPISODES]))
    path: str = next(read_split(target, EPISODES, split, ["video"]))["video"][0].as_py()["path"]
    return path == f"{target}/{relative_video(path)}"


def _sources(store: RunStore) -> list[Source]:
    episode_ids = store.episode_ids()
    if not episode_ids:
        raise CommandFailed(ExitCode.INCOMPLETE, f"{store.root} has no episodes; run simsv generate first")
    if unasked := [episode_id for episode_id in episode_ids if not store.questions_path(episode_id).exists()]:
        raise CommandFailed(
            ExitCode.INCOMPLETE,
            f"{len(unasked)} of {len(episode_ids)} episodes have no questions yet, {unasked[0]} for one; "
            f"run simsv ask --run {store.root}",
        )
    sources = []
    for episode_id in episode_ids:
        split = episode_id.rsplit("-", 3)[1]
        group = store.episode_folder(episode_id).parent.name
        sources.append(Source(episode_id, split, video_path(split, group, episode_id)))
    return sources


def _sources_digest(store: RunStore, sources: Sequence[Source], choice: Choice) -> str:
    """Changes when anything changes that a release is made from."""
    contents = {
        source.episode_id: [
            sha256((store.episode_folder(source.episode_id) / "commit.json").read_bytes()).hexdigest(),
            sha256(store.questions_path(source.episode_id).read_bytes()).hexdigest(),
        ]
        for source in sources
    }
    made_by = [
        __version__,
        SCHEMA_VERSION,
        store.record.digest,
        _refused_houses(store),
        choice.as_asked,
        choice.is_packed,
    ]
    return sha256(canonical_json([*made_by, contents]).encode()).hexdigest()


def _refused_houses(store: RunStore) -> dict[str, int]:
    return dict(sorted(Counter(refusal.reason for refusal in store.refused().values()).items()))


def _assemble(
    store: RunStore, sources: Sequence[Source], choice: Choice, digest: str, target: Path, draft: Path
) -> Manifest:
    """Write all files of a release into the empty folder `draft`; what they say of its place is `target`."""
    questions = curated_questions(store, sources, target, as_asked=choice.as_asked)
    check_blind(questions.blind, choice.max_blind_excess)
    tables = mixed(questions.tables) | dict(questions.tables)
    if _TALKED in tables:
        talks = {split: message_table(rows.to_pylist()) for split, rows in tables[_TALKED].items()}
        tables[f"{_TALKED}{MESSAGES}"] = talks
    configs = {
        config: {split: write_split(draft, config, split, [rows]) for split, rows in by_split.items()}
        for config, by_split in tables.items()
        if by_split
    }
    by_split = {split: [source for source in sources if source.split == split] for split in SPLITS}
    with Reporter("build", "episodes", len(sources)) as reporter:
        episodes = _EpisodeRows(store, target, draft, reporter)
        configs[EPISODES] = {
            split: write_split(draft, EPISODES, split, episodes.of(of_split), len(of_split))
            for split, of_split in by_split.items()
            if of_split
        }
    manifest = Manifest(
        schema_version=SCHEMA_VERSION,
        simsv_version=__version__,
        seed=store.record.config["seed"],
        config=store.record.config,
        config_digest=store.record.digest,
        questions_config=questions.config,
        sources_digest=digest,
        simulators=tuple(asdict(simulator) for simulator in sorted(episodes.simulators, key=astuple)),
        licences=count_licences(episodes.attributions),
        configs=configs,
        rejections=questions.rejections,
        dropped=questions.dropped,
        blind=questions.blind,
        refused_houses=_refused_houses(store),
        files={},
    )
    if choice.is_packed:
        pack(draft)
    if episodes.attributions:
        write_durably(draft / ATTRIBUTION_NAME, attribution_text(episodes.attributions).encode())
    write_durably(draft / "README.md", readme_text(manifest, str(target)).encode())
    manifest = replace(manifest, files=hash_files(draft, list_files(draft)))
    write_manifest(draft, manifest)
    return manifest


class _EpisodeRows:
    """Turns episodes into rows and copies their videos and modalities. Owns what it saw on the way, and a count."""

    def __init__(self, store: RunStore, target: Path, draft: Path, reporter: Reporter) -> None:
        self._store, self._target, self._draft, self._reporter = store, target, draft, reporter
        self._done = 0
        self.simulators: set[SimulatorInfo] = set()
        self.attributions: set[str] = set()

    def of(self, sources: Sequence[Source]) -> Iterator[pa.Table]:
        """One row a table."""
        for source in sources:
            episode = _read_episode(self._store, source.episode_id)
            self._copy(self._store.video_path(source.episode_id), source.video)
            for name in episode.modalities:
                self._copy(self._store.modality_path(source.episode_id, name), modality_path(name, source.video))
            self.simulators.add(episode.simulator)
            self.attributions.update(episode.attributions)
            self._done += 1
            self._reporter.update(self._done)
            yield to_table([episode_row(episode, f"{self._target}/{source.video}")], EPISODE_SCHEMA)

    def _copy(self, file: Path, path: str) -> None:
        place = self._draft / path
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, place)
        sync_file(place)


def _read_episode(store: RunStore, episode_id: str) -> Episode:
    try:
        if problems := store.verify_commit(episode_id):
            raise ValueError(problems[0])
        return store.read_episode(episode_id)
    except ValueError as error:
        folder = store.episode_folder(episode_id)
        raise CommandFailed(ExitCode.FAILURES, f"{error}; delete {folder} and run simsv generate again") from error


def _report(target: Path, manifest: Manifest, done: str) -> None:
    """Say what the release holds, and what it lacks."""
    configs = manifest.configs
    types = [question_type.name for question_type in QUESTION_TYPES]
    counts = {
        name: {split: configs[name][split].num_rows if split in configs.get(name, {}) else 0 for split in SPLITS}
        for name in (EPISODES, *(mixture.name for mixture in MIXTURES), *types)
    }
    for name, by_split in counts.items():
        print(f"  {name}: " + ", ".join(f"{split} {count or 'none'}" for split, count in by_split.items()))
    for mixture in MIXTURES:
        for split in SPLITS:
            lacking = [name for name in mixture.weights if not counts[name][split]]
            if lacking and counts[mixture.name][split]:
                print(f"  {mixture.name} of {split} goes without {', '.join(lacking)}")
    if manifest.licences:
        models = ", ".join(f"{name} {number}" for name, number in manifest.licences.items())
        print(f"  {ATTRIBUTION_NAME} names the models by others: {models}")
    kept_back = sum(sum(reasons.values()) for reasons in manifest.dropped.values())
    if kept_back:
        print(f"  {kept_back} more were asked and are left out for balance; simsv report {target} tells why")
    questions = sum(sum(counts[name].values()) for name in types)
    print(f"{done} {target}: {sum(counts[EPISODES].values())} episodes, {questions} questions")
