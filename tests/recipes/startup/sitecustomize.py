"""Lets torchvision of the package index, which is linked to CUDA, be imported beside a torch without CUDA.

It looks up two operators of its own as it is imported, and its library, where they are, cannot be loaded; declared here
they are found. Nobody calls them: of torchvision only what moves and scales pictures is used. With this folder on
PYTHONPATH every Python that starts does so, also those of `trl`, of `torchrun` and of data loaders.
"""

import sys
from importlib.abc import MetaPathFinder
from typing import Any


class _Declare(MetaPathFinder):
    """Declares them when torchvision is first asked for, so that who never does pays nothing."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        if fullname == "torchvision":
            sys.meta_path.remove(self)
            declare_operators()


def declare_operators() -> None:
    """Declare `nms` and `qnms`, unless torch has CUDA or that was done before."""
    import torch

    if torch.version.cuda is not None or hasattr(torch, "_simsv_tests"):
        return
    library: Any = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    # What a library declares is gone with it.
    torch._simsv_tests = library


sys.meta_path.insert(0, _Declare())
