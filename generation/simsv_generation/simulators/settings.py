"""Settings of the simulators, apart from them, so that a configuration is read without loading one."""

from dataclasses import dataclass, field
from typing import Literal

from simsv_generation.config import EXTENT


@dataclass(frozen=True, slots=True)
class EmbeddedSettings:
    """How the embedded simulator draws. Episodes record the digest of the assets, so where they lie is no identity."""

    light: Literal["baked", "plain"] = "baked"
    """`baked` computes sun, sky, lamps and bounces once per house; `plain` is quick and flat, by day and by night."""
    assets: Literal["auto", "none"] = "auto"
    """`auto` takes models of furniture from the pack it finds, `none` from no pack; the folders below come first."""
    assets_repo: str = field(default="", metadata=EXTENT)
    """Data set on the Hugging Face Hub to fetch a pack of models from, where none is found here."""
    objathor: str = field(default="", metadata=EXTENT)
    """Folder of objathor's `<asset id>.pkl.gz`."""
    molmospaces: str = field(default="", metadata=EXTENT)
    """Folder of MolmoSpaces' MJCF objects."""
