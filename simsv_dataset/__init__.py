"""simsv: spatial questions about walks through simulated homes.

`load` and the functions that read frames are imported when they are first used, so that this package itself
takes no time.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simsv_dataset.loader import load, with_frames, with_messages
    from simsv_dataset.sims_vsi import load_sims_vsi
    from simsv_dataset.simsv import Simsv
    from simsv_dataset.video import read_depth, read_frames, read_ids, sample_indices

__version__ = "0.1.0"
__all__ = [
    "Simsv",
    "__version__",
    "load",
    "load_sims_vsi",
    "read_depth",
    "read_frames",
    "read_ids",
    "sample_indices",
    "with_frames",
    "with_messages",
]

_HOMES = {
    "Simsv": "simsv",
    "load": "loader",
    "load_sims_vsi": "sims_vsi",
    "read_depth": "video",
    "read_frames": "video",
    "read_ids": "video",
    "sample_indices": "video",
    "with_frames": "loader",
    "with_messages": "loader",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
