"""From furniture catalogues to a pack: every model of the choice is built."""

import logging
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from zipfile import ZipFile

from simsv_generation.simulators.embedded.assets.build import build_model
from simsv_generation.simulators.embedded.assets.catalogue import read_catalogues
from simsv_generation.simulators.embedded.assets.choice import MODELS
from simsv_generation.simulators.embedded.assets.finish import default_materials
from simsv_generation.simulators.embedded.assets.obj import ObjMaterial
from simsv_generation.simulators.embedded.assets.pack import AssetPack, NoPack, PackedModel, write_pack

_LOG = logging.getLogger("simsv")


def make_pack(archives: Mapping[str, ZipFile], parent: Path) -> AssetPack:
    """Build a pack as a folder of `parent`. The same archives give the same bytes.

    A chosen model that is not in the catalogues, or cannot be built, is left out with a warning.

    Raises:
        NoPack: the archives hold none of the models.
        ValueError: a catalogue is damaged.
    """
    catalogue = read_catalogues(archives)
    defaults: dict[str, ObjMaterial] = {}
    for archive in archives.values():
        defaults |= default_materials(archive)
    models = {}
    for model_id in sorted({model_id for ids in MODELS.values() for model_id in ids if model_id}):
        if model_id not in catalogue:
            _LOG.warning("the model %s is in none of %s", model_id, ", ".join(archives))
            continue
        origin = catalogue[model_id]
        try:
            built = build_model(origin, defaults)
        except ValueError as error:
            _LOG.warning("a model is left out: %s", error)
            continue
        low, high = built.mesh.extent()
        width, depth, height = (round(float(extent), 4) for extent in high - low)
        packed = PackedModel(
            name=origin.name,
            author=origin.author,
            licence=origin.licence,
            source=origin.source,
            size=(width, depth, height),
            triangles=len(built.mesh.triangles),
            materials=tuple(asdict(material) for material in built.mesh.materials),
            files={},
        )
        models[model_id] = packed, built
    if not models:
        raise NoPack(f"none of the chosen models is in {', '.join(archives)}")
    return write_pack(parent, models)
