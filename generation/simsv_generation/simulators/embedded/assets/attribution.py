"""Who made the models of a pack, under which licences."""

from collections.abc import Iterable
from typing import Final, Protocol

_LICENCES: Final = {
    "CC0 1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC BY 3.0": "https://creativecommons.org/licenses/by/3.0/",
    "CC BY 3.0 US": "https://creativecommons.org/licenses/by/3.0/us/",
}


class Credited(Protocol):
    """Something that somebody made."""

    name: str
    author: str
    licence: str
    source: str


def attribution_line(model: Credited) -> str:
    """Name, author, licence and source of a model."""
    return f"{model.name} by {model.author}, {model.licence}, from Sweet Home 3D's {model.source}"


def attribution_page(models: Iterable[Credited]) -> str:
    """A page in Markdown that names all models, sorted, each once."""
    lines = sorted({f"- {attribution_line(model)}" for model in models})
    licences = [f"- {name}: <{address}>" for name, address in _LICENCES.items()]
    return "\n".join(
        [
            "# Attribution",
            "",
            "These models come from the furniture catalogues of [Sweet Home 3D](https://www.sweethome3d.com). All were",
            "changed: simplified, cleaned, and scaled to the size that the catalogue states; of some, parts were left",
            "out. Catalogues that leave the choice between the GNU GPL and a Creative Commons licence are used under",
            "the latter.",
            "",
            *licences,
            "",
            *lines,
            "",
        ]
    )
