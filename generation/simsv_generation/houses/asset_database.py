"""ProcTHOR's asset database: what each model is, how large it is and what it is made of."""

import functools
import importlib.resources
import json
from collections.abc import Mapping

from simsv_generation.houses.unity import swap_axes
from simsv_generation.scene import Asset


@functools.cache
def procthor_assets() -> Mapping[str, Asset]:
    """Asset id to asset, for the 1,653 models of the installed `procthor` package.

    Reads the package's data file alone; importing `procthor.databases` would take seconds.

    Raises:
        ModuleNotFoundError: `procthor` is not installed.
    """
    text = (importlib.resources.files("procthor") / "databases" / "asset-database.json").read_text(encoding="utf-8")
    records = [record for models in json.loads(text).values() for record in models]
    return {
        record["assetId"]: Asset(
            asset_type=record["objectType"],
            size=swap_axes((record["boundingBox"]["x"], record["boundingBox"]["y"], record["boundingBox"]["z"])),
            materials=tuple(name for _, name in record.get("materials", ())),
        )
        for record in records
    }
