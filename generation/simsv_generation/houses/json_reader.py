"""Reading untrusted JSON: every value is asked for by type, and what is wrong is named by its JSON path."""

from dataclasses import dataclass
from typing import Any, NoReturn

from simsv_generation.geometry import Vec3

_LARGEST = 1e9
"""No number of a house is larger; NaN, infinities and integers beyond floats fail the same comparison."""

_DEEPEST = 100


@dataclass(frozen=True, slots=True)
class JsonNode:
    """A value of a JSON document and the path that leads to it, such as `$.walls[3].polygon[0].x`."""

    value: Any
    path: str = "$"

    def fail(self, message: str) -> NoReturn:
        """Raise ValueError that starts with the path of this value."""
        raise ValueError(f"{self.path}: {message}")

    def __getitem__(self, name: str) -> "JsonNode":
        """A member that must be there."""
        members = self.members()
        if name not in members:
            self.fail(f"lacks the member {name!r}")
        return JsonNode(members[name], f"{self.path}.{name}")

    def get(self, name: str) -> "JsonNode | None":
        """A member, or None when it is absent or null."""
        return None if self.members().get(name) is None else self[name]

    def members(self) -> dict[str, Any]:
        """The object itself."""
        if not isinstance(self.value, dict):
            self.fail(f"must be an object, got {_brief(self.value)}")
        return self.value

    def items(self) -> "list[JsonNode]":
        """The elements of an array."""
        if not isinstance(self.value, list):
            self.fail(f"must be an array, got {_brief(self.value)}")
        return [JsonNode(value, f"{self.path}[{i}]") for i, value in enumerate(self.value)]

    def text(self) -> str:
        """A string that is not empty."""
        if not isinstance(self.value, str) or not self.value:
            self.fail(f"must be a string that is not empty, got {_brief(self.value)}")
        self._require_unicode()
        return self.value

    def number(self) -> float:
        """A finite number."""
        if isinstance(self.value, bool) or not isinstance(self.value, (int, float)):
            self.fail(f"must be a number, got {_brief(self.value)}")
        if not -_LARGEST <= self.value <= _LARGEST:
            self.fail(f"must be finite and at most {_LARGEST:g} in magnitude, got {_brief(self.value)}")
        return float(self.value)

    def flag(self) -> bool:
        """A boolean."""
        if not isinstance(self.value, bool):
            self.fail(f"must be true or false, got {_brief(self.value)}")
        return self.value

    def vector(self) -> Vec3:
        """An object with the numbers x, y and z."""
        return self["x"].number(), self["y"].number(), self["z"].number()

    def require_storable(self) -> None:
        """Raise ValueError unless everything below can be written as JSON again.

        Numbers must be finite, text must be Unicode, and nothing may be nested deeper than 100 levels.
        """
        pending = [(self, 0)]
        while pending:
            node, depth = pending.pop()
            if depth > _DEEPEST:
                self.fail(f"is nested deeper than {_DEEPEST} levels")
            match node.value:
                case dict():
                    pending += [(JsonNode(name, f"{node.path}.<name>"), depth) for name in node.value]
                    pending += [(node[name], depth + 1) for name in node.value]
                case list():
                    pending += [(item, depth + 1) for item in node.items()]
                case str():
                    node._require_unicode()
                case None | bool():
                    pass
                case _:
                    node.number()

    def _require_unicode(self) -> None:
        if not self.value.isascii() and any("\ud800" <= character <= "\udfff" for character in self.value):
            self.fail(f"must be Unicode text without surrogates, got {_brief(self.value)}")


def _brief(value: object) -> str:
    text = str(value) if isinstance(value, float) else f"{value!r:.60}" if not isinstance(value, int) else "an integer"
    return f"{type(value).__name__} {text}"
