"""`recipes/sft.py` that writes, for every process, a line for each conversation that it trains on."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from recipes import sft


class WatchedCollator(sft.Collator):
    """Writes down the video and the question of each row."""

    def __call__(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        with (Path(os.environ["SEEN"]) / f"rank{os.environ['RANK']}.txt").open("a") as file:
            for row in rows:
                *video, text = row["messages"][0]["content"]
                # The recipe begins with a conversation of its own, to see whether answers are marked.
                if video:
                    print(repr((video[0]["video"], text["text"])), file=file)
        return super().__call__(rows)


sft.Collator = WatchedCollator  # type: ignore[misc]
sft.main()
