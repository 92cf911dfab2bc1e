"""Pickles of plain values: read without running what they name.

A pickle is a program, and one from the internet may do anything. objathor's hold dicts, lists, strings and numbers,
which need no name at all, and one NumPy number; for that alone there are stand-ins here. Every other name is refused.
"""

import io
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np

_NUMBERS = frozenset(f"{kind}{size}" for kind in "iu" for size in (1, 2, 4, 8)) | {"f4", "f8", "b1"}


class ForbiddenName(ValueError):
    """A pickle asks for something that plain values do not need."""

    def __init__(self, name: str) -> None:
        super().__init__(f"a pickle that asks for {name} is not read")


def plain_pickle(data: bytes) -> Any:
    """The value of a pickle.

    Raises:
        ForbiddenName: it names anything but what a NumPy number needs; the message says what.
        ValueError: it is damaged.
    """
    try:
        return _PlainUnpickler(io.BytesIO(data)).load()
    except ForbiddenName:
        raise
    # A damaged pickle raises whatever its remains happen to do: KeyError, AttributeError, struct.error, MemoryError ...
    except Exception as error:
        raise ValueError(f"no pickle of plain values: {type(error).__name__}: {error}") from error


class _PlainUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Callable[..., Any]:
        """The stand-in for a name. They are made anew for every pickle, so that none can change them for the next."""

        class Number:
            """In the place of numpy.dtype."""

            def __init__(self, code: str, *_: object) -> None:
                if code not in _NUMBERS:
                    raise ForbiddenName(f"numpy.dtype({code!r})")
                self.code = code

            def __setstate__(self, state: tuple[Any, ...]) -> None:
                if state[1] not in ("<", ">", "|"):
                    raise ForbiddenName(f"numpy.dtype of byte order {state[1]!r}")
                self.code = state[1] + self.code[-2:]

        def scalar(number: Number, data: bytes) -> float:
            """In the place of numpy's own."""
            return float(np.frombuffer(data, np.dtype(number.code), 1)[0])

        if (module, name) == ("numpy", "dtype"):
            return Number
        if (module, name) in {("numpy.core.multiarray", "scalar"), ("numpy._core.multiarray", "scalar")}:
            return scalar
        raise ForbiddenName(f"{module}.{name}")
