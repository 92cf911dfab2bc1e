import pytest

from simsv_dataset.modalities import MODALITIES, modality_path
from simsv_dataset.schema import EPISODE_SCHEMA


def test_modalities_lie_in_folders_of_their_own() -> None:
    assert modality_path("depth", "videos/train/012/größe-w0.mp4") == "modalities/depth/train/012/größe-w0.mkv"
    assert modality_path("edge", "videos/test/000/a.b-w0.mp4") == "modalities/edge/test/000/a.b-w0.mp4"


@pytest.mark.parametrize("video", ["/videos/train/000/a.mp4", "modalities/train/000/a.mp4", "a.mp4", "../videos/a.mp4"])
def test_what_is_no_video_of_a_release_has_no_modality(video: str) -> None:
    with pytest.raises(ValueError, match="is no video of a release"):
        modality_path("depth", video)


def test_what_is_no_modality_is_named() -> None:
    with pytest.raises(KeyError, match="smell"):
        modality_path("smell", "videos/train/000/a.mp4")


def test_every_modality_has_its_column() -> None:
    columns = [field.name for field in EPISODE_SCHEMA.field("modalities").type]
    assert columns == [*MODALITIES, "semantic_legend"]
