"""What a run holds and what it lacks, in numbers."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Self

from simsv_dataset.exits import ExitCode
from simsv_generation.scene import Split
from simsv_generation.store import RunStore
from simsv_generation.store.ids import SPLITS, episode_ids, house_id, split_of


@dataclass(frozen=True, slots=True)
class Summary:
    """The counts of a run."""

    made: Mapping[Split, int]
    """Split to wanted houses that have all their episodes."""
    wanted: Mapping[Split, int]
    """Split to houses that were asked for."""
    episodes: Mapping[str, int]
    """Split to committed episodes."""
    refused_houses: Mapping[str, int]
    """Reason to houses that others took the place of."""
    refused_tours: Mapping[str, int]
    """Reason to tours of committed episodes that had to be drawn again."""
    stand_ins: Mapping[str, int]
    """Model to objects of committed episodes that are drawn without it."""
    failed: int
    """Houses."""
    asked: int
    """Episodes that have their questions."""

    @classmethod
    def of(cls, store: RunStore) -> Self:
        """Count what is in the folder of a run."""
        source, walks = store.record.config["houses"]["source"], store.record.config["walks_per_house"]
        wanted = {split: store.record.extent["houses"][split] for split in SPLITS}
        made = {}
        for split, number in wanted.items():
            ordinals = islice(store.unrefused_ordinals(source, split), number)
            houses = [house_id(source, split, ordinal) for ordinal in ordinals]
            made[split] = sum(all(map(store.has, episode_ids(house, walks))) for house in houses)
        done = store.episode_ids()
        return cls(
            made=made,
            wanted=wanted,
            episodes=Counter(map(split_of, done)),
            refused_houses=Counter(refusal.reason for refusal in store.refused().values()),
            refused_tours=Counter(reason for episode_id in done for reason in store.refused_tours(episode_id)),
            stand_ins=Counter(each.asset_id for episode_id in done for each in store.stand_ins(episode_id)),
            failed=len(store.failed()),
            asked=sum(store.questions_path(episode_id).exists() for episode_id in done),
        )

    @property
    def exit_code(self) -> ExitCode:
        """`FAILURES` when a house failed, `INCOMPLETE` when wanted houses are missing, else `DONE`."""
        if self.failed:
            return ExitCode.FAILURES
        return ExitCode.DONE if self.made == self.wanted else ExitCode.INCOMPLETE

    def __str__(self) -> str:
        houses = ", ".join(f"{split} {self.made[split]} of {self.wanted[split]}" for split in SPLITS)
        return (
            f"{sum(self.episodes.values())} episodes; houses: {houses}; "
            f"refused: {in_words(self.refused_houses)}; failed: {self.failed}"
        )


def in_words(reasons: Mapping[str, int]) -> str:
    """Counts by reason, such as "5 (too_long 3, blocked 2)"."""
    each = ", ".join(
        f"{reason} {count}" for reason, count in sorted(reasons.items(), key=lambda row: (-row[1], row[0]))
    )
    return f"{sum(reasons.values())} ({each})" if each else "0"
