"""String constants of a compiled Java class."""

import struct
from typing import Final

_WIDTHS: Final = {
    3: 4,
    4: 4,
    5: 8,
    6: 8,
    7: 2,
    8: 2,
    9: 4,
    10: 4,
    11: 4,
    12: 4,
    15: 3,
    16: 2,
    17: 4,
    18: 4,
    19: 2,
    20: 2,
}
"""Bytes after the tag of each kind of constant but text (Java Virtual Machine Specification, section 4.4)."""
_TEXT: Final = 1
_TWO_SLOTS: Final = (5, 6)


def string_constants(content: bytes) -> list[str]:
    """All texts of the constant pool, in order. Raises ValueError when this is no class file, or a damaged one."""
    try:
        magic, count = struct.unpack_from(">I4xH", content)
        if magic != 0xCAFEBABE:
            raise ValueError("not a Java class file")
        texts, at, slot = [], 10, 1
        while slot < count:
            tag = content[at]
            if tag == _TEXT:
                (length,) = struct.unpack_from(">H", content, at + 1)
                texts.append(content[at + 3 : at + 3 + length].decode("utf-8", "replace"))
                at += 3 + length
            else:
                at += 1 + _WIDTHS[tag]
            slot += 2 if tag in _TWO_SLOTS else 1
            if at > len(content):
                raise ValueError("damaged Java class file: it ends too early")
    except (struct.error, IndexError, KeyError) as error:
        raise ValueError(f"damaged Java class file: {error!r}") from error
    return texts
