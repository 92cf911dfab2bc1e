"""Where on this machine things are kept that can be made again."""

import os
import sys
from pathlib import Path


def cache_folder() -> Path:
    """The user's cache of this project; it may not exist yet.

    `$XDG_CACHE_HOME/simsv`, or `~/.cache/simsv`; on macOS `~/Library/Caches/simsv`.
    """
    if named := os.environ.get("XDG_CACHE_HOME"):
        return Path(named) / "simsv"
    return Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "simsv"
