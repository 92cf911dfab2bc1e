"""Who made a model and under which licence, in one line, as far as its folder says."""

from collections.abc import Mapping
from typing import Any

_LICENCES = {
    "by": "CC BY 4.0",
    "by-sa": "CC BY-SA 4.0",
    "by-nc": "CC BY-NC 4.0",
    "by-nc-sa": "CC BY-NC-SA 4.0",
    "cc0": "CC0 1.0",
}
"""Objaverse's short names of what Sketchfab offers."""


def objaverse_line(asset_id: str, annotation: Any) -> str:
    """The attribution of an Objaverse object.

    Args:
        asset_id: its id.
        annotation: its entry in objathor's annotations: a mapping with "license_info" of "license",
            "creator_display_name", "creator_username" and "uri"; anything else says nothing.
    """
    info = annotation.get("license_info") if isinstance(annotation, Mapping) else None
    if not isinstance(info, Mapping) or not info.get("license"):
        return f"{asset_id}, Objaverse (ODC-BY 1.0), author and licence not in the folder"
    short = str(info["license"])
    author = str(info.get("creator_display_name") or info.get("creator_username") or "unknown author")
    parts = (asset_id, author, _LICENCES.get(short, short), str(info.get("uri") or "Objaverse"))
    return " ".join(", ".join(parts).split())
