"""What ProcTHOR's asset database says of its models."""

import sys

import pytest

from simsv_generation.houses.asset_database import procthor_assets


def test_every_model_has_a_metric_size() -> None:
    assets = procthor_assets()
    assert len(assets) == 1653
    assert all(0 < min(asset.size) and max(asset.size) < 6 for asset in assets.values())


def test_axes_are_width_depth_height() -> None:
    beds = [asset.size for asset in procthor_assets().values() if asset.asset_type == "Bed"]
    assert all(depth > width for width, depth, _ in beds)
    paintings = [asset.size for asset in procthor_assets().values() if asset.asset_type == "Painting"]
    assert all(depth < min(width, height) for width, depth, height in paintings)


def test_materials_are_names() -> None:
    assert procthor_assets()["Doorway_1"].materials == (
        "BlackSmoothMeta",
        "MediumWoodSmooth",
        "TexturesCom_WoodFine0050_1_seamless_S_rich",
    )
    assert procthor_assets()["Doorframe_1"].materials == ()


def test_without_procthor_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """By which the command line knows which extra to recommend."""
    monkeypatch.setitem(sys.modules, "procthor", None)
    with pytest.raises(ModuleNotFoundError) as missing:
        procthor_assets.__wrapped__()
    assert missing.value.name == "procthor"
