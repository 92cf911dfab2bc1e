import numpy as np
import pytest
from numpy.typing import NDArray

from simsv_generation.simulators.embedded.patterns import PATTERNS, TEXELS, pattern_factors
from simsv_generation.simulators.embedded.textures import PATTERN_WHITE, mean_color, stacked_textures


def image(*rows: tuple[int, int, int, int], height: int = 1) -> NDArray[np.uint8]:
    return np.array(rows, np.uint8)[:, None].repeat(8, 1).repeat(height, 0)


def shown(stack: NDArray[np.uint8]) -> NDArray[np.float64]:
    """What a shader makes of texels."""
    return np.asarray((stack[..., :3] / 255.0) ** 2)


def test_an_image_keeps_its_colours_and_stands_on_its_feet() -> None:
    stack = stacked_textures(["image:flag"], {"flag": image((255, 0, 0, 255), (0, 0, 255, 128), height=16)})
    assert stack.shape == (1, TEXELS, TEXELS, 4)
    low, high = stack[0, 10], stack[0, -10]
    assert (low == (0, 0, 255, 128)).all()
    assert (high == (255, 0, 0, 255)).all()


@pytest.mark.parametrize("value", [0, 1, 10, 60, 128, 200, 255])
def test_texels_of_an_image_are_its_linear_light(value: int) -> None:
    stack = stacked_textures(["image:x"], {"x": image((value, value, value, 255))})
    share = value / 255
    linear = share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
    assert np.abs(shown(stack) - linear).max() < 0.005


def test_patterns_are_stored_as_factors() -> None:
    name = sorted(PATTERNS)[0]
    stack = stacked_textures([name], {})
    expected = np.clip(pattern_factors(name), 0, PATTERN_WHITE)
    assert np.abs(PATTERN_WHITE * shown(stack)[0] - expected).max() < 0.01
    assert (stack[..., 3] == 255).all()


def test_layers_keep_the_order_of_their_names() -> None:
    names = ["image:b", sorted(PATTERNS)[0], "image:a"]
    colors = {"a": image((255, 255, 255, 255)), "b": image((0, 0, 0, 255))}
    stack = stacked_textures(names, colors)
    assert shown(stack)[0].max() == 0
    assert shown(stack)[2].min() == 1
    assert stacked_textures([], {}).shape == (0, TEXELS, TEXELS, 4)


def test_names_that_stand_for_nothing_are_errors() -> None:
    with pytest.raises(KeyError, match="gone"):
        stacked_textures(["image:gone"], {})
    with pytest.raises(KeyError, match="no pattern"):
        stacked_textures(["no pattern"], {})


def test_the_mean_colour_leaves_holes_out() -> None:
    assert mean_color(image((255, 0, 0, 255), (0, 255, 0, 0))) == pytest.approx((1.0, 0.0, 0.0))
    assert mean_color(image((188, 188, 188, 255), (0, 0, 0, 255)))[0] == pytest.approx(0.25, abs=0.01)
    assert mean_color(image((255, 255, 255, 0))) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("shape", [(1, 1), (1, 700), (513, 3)])
def test_images_of_any_size_fit(shape: tuple[int, int]) -> None:
    stack = stacked_textures(["image:x"], {"x": np.full((*shape, 4), 255, np.uint8)})
    assert (stack == 255).all()
