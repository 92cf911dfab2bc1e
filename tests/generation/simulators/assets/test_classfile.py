import struct

import pytest

from simsv_generation.simulators.embedded.assets.classfile import string_constants


def class_file(*constants, count=None):
    slots = sum(2 if constant[:1] in (b"\x05", b"\x06") else 1 for constant in constants)
    header = struct.pack(">IHHH", 0xCAFEBABE, 0, 51, slots + 1 if count is None else count)
    return header + b"".join(constants) + b"rest"


def text(value):
    return b"\x01" + struct.pack(">H", len(value.encode())) + value.encode()


def test_texts_are_found_between_other_constants():
    content = class_file(text("one"), b"\x05" + bytes(8), text("zwö"), b"\x0a" + bytes(4), b"\x0f" + bytes(3), text(""))
    assert string_constants(content) == ["one", "zwö", ""]


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", bytes(20), class_file(text("a"), count=9), class_file(b"\xff"), class_file(text("long"))[:14]],
)
def test_what_is_no_class_file_is_an_error(content):
    with pytest.raises(ValueError, match="class file"):
        string_constants(content)
