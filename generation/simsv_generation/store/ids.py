"""Names of houses and episodes: `<source>-<split>-<ordinal>` and `<house_id>-w<walk>`, safe as names of files."""

import re
from typing import Final, get_args

from simsv_generation.scene import Split

SPLITS: Final[tuple[Split, ...]] = get_args(Split)
_HOUSE_ID: Final = re.compile(rf"[a-z0-9_]+-({'|'.join(SPLITS)})-([0-9]{{6}})")
_EPISODE_ID: Final = re.compile(rf"({_HOUSE_ID.pattern})-w[0-9]{{1,3}}")


def house_id(source: str, split: Split, ordinal: int) -> str:
    """The id of a house. Raises ValueError when no such id can be."""
    return checked_house_id(f"{source}-{split}-{ordinal:06d}")


def episode_ids(house: str, walks: int) -> list[str]:
    """The ids of the episodes of a house."""
    return [f"{house}-w{walk}" for walk in range(walks)]


def checked_house_id(text: str) -> str:
    """The text itself. Raises ValueError when it is no house id."""
    if not _HOUSE_ID.fullmatch(text):
        raise ValueError(f"{text!r} is no house id; they look like procthor-train-000012")
    return text


def checked_episode_id(text: str) -> str:
    """The text itself. Raises ValueError when it is no episode id."""
    return _match(text)[0]


def split_of(episode_id: str) -> str:
    """The split of an episode. Raises ValueError for what is no episode id."""
    return _match(episode_id)[2]


def shard_of(episode_id: str) -> str:
    """The folder that holds an episode: its house's ordinal divided by 1000, three digits.

    Raises:
        ValueError: it is no episode id.
    """
    return f"{int(_match(episode_id)[3]) // 1000:03d}"


def _match(episode_id: str) -> re.Match[str]:
    match = _EPISODE_ID.fullmatch(episode_id)
    if not match:
        raise ValueError(f"{episode_id!r} is no episode id; they look like procthor-train-000012-w0")
    return match
