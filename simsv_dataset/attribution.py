"""Whose models the videos of a release show, and what their licences ask of whoever passes the videos on.

Everything starts from the lines in the column `attributions`, one for a model: its name, author, licence and source,
separated by ", ".
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

ATTRIBUTION_NAME: Final = "ATTRIBUTION.md"
UNKNOWN: Final = "licence not known"
"""Stands for the licence of a line that names none of `LICENCES`."""


@dataclass(frozen=True, slots=True)
class Licence:
    """What is asked for by a licence that models come under."""

    address: str
    asks: str
    """In words that can follow a colon."""
    is_open: bool
    """Whether what is made of the model may be passed on under CC-BY-4.0."""


_CREDIT: Final = "name the author and the licence, and say what was changed"
LICENCES: Final[Mapping[str, Licence]] = {
    "CC0 1.0": Licence("https://creativecommons.org/publicdomain/zero/1.0/", "nothing is asked", True),
    "CC BY 3.0": Licence("https://creativecommons.org/licenses/by/3.0/", _CREDIT, True),
    "CC BY 3.0 US": Licence("https://creativecommons.org/licenses/by/3.0/us/", _CREDIT, True),
    "CC BY 4.0": Licence("https://creativecommons.org/licenses/by/4.0/", _CREDIT, True),
    "CC BY-SA 4.0": Licence(
        "https://creativecommons.org/licenses/by-sa/4.0/",
        f"{_CREDIT}; pass on what you make of it under the same licence",
        False,
    ),
    "CC BY-NC 4.0": Licence(
        "https://creativecommons.org/licenses/by-nc/4.0/", f"{_CREDIT}; make no commercial use of it", False
    ),
    "CC BY-NC-SA 4.0": Licence(
        "https://creativecommons.org/licenses/by-nc-sa/4.0/",
        f"{_CREDIT}; make no commercial use of it, and pass on what you make of it under the same licence",
        False,
    ),
    UNKNOWN: Licence("", "find out what the author asks for before you pass the videos on", False),
}
"""By the name that lines of attribution use, the freest first."""

_TEXT: Final = """\
# Attribution

The homes in these videos are furnished with models that the people below made. Every model was changed: simplified,
stretched to the size of the object that it stands for, and lit; some were recoloured, or parts of them left out.

Pass this page on with the videos, with frames of them, and with what you make of those. Models come from the furniture
catalogues of [Sweet Home 3D](https://www.sweethome3d.com), from [Objaverse](https://objaverse.allenai.org) and from
[MolmoSpaces](https://github.com/allenai/molmospaces), as each line says.
"""


def licence_of(line: str) -> str:
    """The name in `LICENCES` that a line of attribution has as one of its fields, the last such, or `UNKNOWN`."""
    return next((field for field in reversed(line.split(", ")) if field in LICENCES), UNKNOWN)


def count_licences(lines: Iterable[str]) -> dict[str, int]:
    """Licence to the number of different lines that name it, in the order of `LICENCES`."""
    counts = Counter(map(licence_of, set(lines)))
    return {name: counts[name] for name in LICENCES if counts[name]}


def attribution_text(lines: Iterable[str]) -> str:
    """ATTRIBUTION.md: every line once, sorted, under its licence and what that asks for."""
    by_licence: dict[str, list[str]] = defaultdict(list)
    for line in sorted(set(lines)):
        by_licence[licence_of(line)].append(line)
    parts = [_TEXT]
    for name, licence in LICENCES.items():
        if name in by_licence:
            title = f"[{name}]({licence.address})" if licence.address else name.capitalize()
            items = "\n".join(f"- {line}" for line in by_licence[name])
            parts.append(f"## {title}\n\n{licence.asks.capitalize()}.\n\n{items}\n")
    return "\n".join(parts)
