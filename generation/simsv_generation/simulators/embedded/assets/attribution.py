"""Who made the models of a pack, under which licences."""

from collections.abc import Iterable
from typing import Final

_LICENCES: Final = {
    "CC0 1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC BY 3.0": "https://creativecommons.org/licenses/by/3.0/",
    "CC BY 3.0 US": "https://creativecommons.org/licenses/by/3.0/us/",
}


def attribution_line(name: str, author: str, licence: str, source: str) -> str:
    """A model, who made it, under which licence, and which catalogue of Sweet Home 3D it is from."""
    return f"{name} by {author}, {licence}, from Sweet Home 3D's {source}"


def attribution_page(lines: Iterable[str]) -> str:
    """A page in Markdown with the lines of all models, sorted, each once."""
    return "\n".join(
        [
            "# Attribution",
            "",
            "These models come from the furniture catalogues of [Sweet Home 3D](https://www.sweethome3d.com). All were",
            "changed: simplified, cleaned, and scaled to the size that the catalogue states; of some, parts were left",
            "out or recoloured. What may be used under the GNU GPL or a Creative Commons licence is used under the",
            "latter.",
            "",
            *(f"- {name}: <{address}>" for name, address in _LICENCES.items()),
            "",
            *(f"- {line}" for line in sorted(set(lines))),
            "",
        ]
    )
