"""Configuration: a YAML file and flags become a frozen dataclass, and the dataclass a canonical text.

A configuration class has a default for every field, so that a file says only what it changes. Fields with the metadata
`EXTENT` say how much to make and where things lie, not what is made: they are left out of `identity`, and a run may be
continued with other values.
"""

import dataclasses
import difflib
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeVar

import draccus
import yaml
from draccus.utils import DecodingError, DraccusException
from draccus.wrappers.docstring import get_attribute_docstring

from simsv_dataset.exits import CommandFailed, ExitCode

Config = TypeVar("Config")

EXTENT: Final = MappingProxyType({"extent": True})
_FOLDER: Final = Path(__file__).parent / "configs"
_LARGEST: Final = 1e300


def load(config_class: type[Config], source: str, flags: Sequence[str] = ()) -> Config:
    """The configuration of a file, changed by flags.

    Args:
        config_class: A frozen dataclass, nested where the file is, with a default for every field.
        source: Name of a packaged file (`demo`), or a path (anything with a slash or ending in .yaml or .yml).
        flags: `--key value` or `--key=value`, with dots into nested keys (`--tour.step 0.25`); values are YAML.

    Raises:
        CommandFailed: `USAGE` for a missing or malformed file, an unknown key, a value of the wrong type, NaN, or what
            the class itself refuses; names the key, and the file or the command line.
    """
    path = _find(source)
    given = _read(path)
    _decode(config_class, given, str(path))
    for name, value in _parse_flags(flags):
        *parents, last = name.split(".")
        inner = given
        for parent in parents:
            if not isinstance(inner.get(parent), dict):
                inner[parent] = {}
            inner = inner[parent]
        inner[last] = value
    return _decode(config_class, given, "command line")


def identity(config: Any) -> dict[str, Any]:
    """The fields that decide what is made, as plain data."""
    return _selected(config, extent=False)


def extent(config: Any) -> dict[str, Any]:
    """The fields that decide how much is made, as plain data."""
    return _selected(config, extent=True)


def canonical_json(data: Any) -> str:
    """JSON with sorted keys and no spaces. Raises ValueError for NaN and infinity."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(data: Any) -> str:
    """Hex SHA-256 of the canonical JSON."""
    return hashlib.sha256(canonical_json(data).encode()).hexdigest()


def differences(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[str]:
    """One text for every leaf in which two nested mappings differ, such as "tour.step: 0.2, not 0.25"."""
    left, right = dict(_leaves(mine)), dict(_leaves(theirs))
    return [
        f"{key}: {json.dumps(left.get(key))}, not {json.dumps(right.get(key))}"
        for key in sorted(left.keys() | right.keys())
        if left.get(key) != right.get(key)
    ]


def describe(config_class: type) -> str:
    """One line for every key: its name, what it means and its default; for `--help`."""
    rows = list(_described(config_class(), ""))
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"  {name:<{width}}  {text}" for name, text in rows)


def _find(source: str) -> Path:
    if "/" in source or source.endswith((".yaml", ".yml")):
        return Path(source)
    packaged = _FOLDER / f"{source}.yaml"
    if not packaged.is_file():
        names = ", ".join(sorted(path.stem for path in _FOLDER.glob("*.yaml")))
        raise _usage(f"there is no configuration {source!r}; choose from {names}, or give the path of a .yaml file")
    return packaged


def _read(path: Path) -> dict[str, Any]:
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _usage(f"cannot read the configuration {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise _usage(f"{path} is not UTF-8 text: {error}") from error
    except yaml.YAMLError as error:
        raise _usage(f"{path} is not YAML: {error}") from error
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise _usage(f"{path} must hold keys and values, got {type(given).__name__}")
    return given


def _parse_flags(flags: Sequence[str]) -> Iterator[tuple[str, Any]]:
    rest = list(flags)
    while rest:
        name, equals, text = rest.pop(0).partition("=")
        if not name.startswith("--"):
            raise _usage(f"command line: unexpected argument {name!r}; a setting is written --key value")
        if not equals:
            if not rest:
                raise _usage(f"command line: {name} needs a value")
            text = rest.pop(0)
        try:
            yield name.removeprefix("--"), yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise _usage(f"command line: {name} {text!r} is not YAML: {error}") from error


def _decode(config_class: type[Config], given: dict[str, Any], origin: str) -> Config:
    _check(given, draccus.encode(config_class()), "", origin)
    try:
        config: Config = draccus.decode(config_class, given)
    except DecodingError as error:
        raise _usage(f"{origin}: {error}") from error
    except DraccusException as error:
        # What a dataclass itself refused, with the field named.
        raise _usage(f"{origin}: {error.__cause__ or error}") from error
    return config


def _check(given: Any, default: Any, key: str, origin: str) -> None:
    """Hold a value to the type of the default, because draccus takes true for 1 and null for anything."""
    if isinstance(default, dict):
        if not isinstance(given, dict):
            raise _usage(f"{origin}: {key} must hold keys ({', '.join(default)}), got {given!r}")
        for name, value in given.items():
            full = f"{key}.{name}" if key else str(name)
            if name not in default:
                close = difflib.get_close_matches(str(name), default, n=1)
                hint = f"did you mean {close[0]}?" if close else f"the keys are {', '.join(default)}"
                raise _usage(f"{origin}: unknown key {full}; {hint}")
            _check(value, default[name], full, origin)
    elif isinstance(default, float):
        if isinstance(given, bool) or not isinstance(given, int | float) or not -_LARGEST < given < _LARGEST:
            raise _usage(f"{origin}: {key} must be a finite number, got {given!r}")
    elif type(given) is not type(default):
        raise _usage(f"{origin}: {key} must be of type {type(default).__name__}, got {given!r}")


def _selected(config: Any, *, extent: bool) -> dict[str, Any]:
    selected: dict[str, Any] = {}
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        if dataclasses.is_dataclass(value):
            if inner := _selected(value, extent=extent):
                selected[field.name] = inner
        elif bool(field.metadata.get("extent")) == extent:
            selected[field.name] = value
    return selected


def _leaves(data: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in data.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _described(config: Any, prefix: str) -> Iterator[tuple[str, str]]:
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        if dataclasses.is_dataclass(value):
            yield from _described(value, f"{prefix}{field.name}.")
        else:
            text = " ".join(get_attribute_docstring(type(config), field.name).docstring_below.split())
            yield f"--{prefix}{field.name}", f"{text} [{json.dumps(value)}]"


def _usage(message: str) -> CommandFailed:
    return CommandFailed(ExitCode.USAGE, " ".join(message.split()))
