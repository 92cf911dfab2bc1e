import pytest

from simsv_generation.simulators.embedded.assets.choice import MODELS, choose
from simsv_generation.simulators.embedded.furniture import SHAPES

CHAIRS = {model_id: (0.5, 0.5, 0.9) for model_id in MODELS["Chair"]}


def test_types_are_those_of_the_furniture_and_models_are_chosen_once():
    assert set(MODELS) <= set(SHAPES)
    for ids in MODELS.values():
        assert len(set(ids)) == len(ids)
    named = [model_id for ids in MODELS.values() for model_id in ids if model_id]
    assert len(set(named)) == len(named), "a model with two names has none"


def test_an_asset_keeps_its_model_and_assets_differ():
    chosen = [choose(f"Chair_{k}", "Chair", (0.5, 0.5, 0.9), CHAIRS) for k in range(60)]
    assert chosen == [choose(f"Chair_{k}", "Chair", (0.5, 0.5, 0.9), CHAIRS) for k in range(60)]
    assert len(set(chosen)) > 10


def test_the_proportions_decide():
    wide, tall = MODELS["Fridge"][:2]
    models = {wide: (1.0, 0.7, 1.0), tall: (0.5, 0.5, 2.0)}
    assert {choose(f"Fridge_{k}", "Fridge", (2.0, 1.4, 2.0), models) for k in range(9)} == {wide}
    assert {choose(f"Fridge_{k}", "Fridge", (0.6, 0.6, 2.2), models) for k in range(9)} == {tall}


def test_what_would_be_distorted_badly_is_not_chosen():
    assert choose("Chair_1", "Chair", (3.0, 0.2, 0.9), CHAIRS) is None


def test_how_flat_a_flat_thing_is_does_not_matter():
    (model_id,) = MODELS["RemoteControl"]
    assert choose("Remote_1", "RemoteControl", (0.06, 0.2, 0.004), {model_id: (0.06, 0.2, 0.02)}) == model_id


@pytest.mark.parametrize("asset_type", ["ShelvingUnit", "Apple", "no such type", ""])
def test_types_without_models_have_none(asset_type):
    assert choose("x", asset_type, (1, 1, 1), CHAIRS) is None


def test_models_that_are_not_at_hand_are_not_chosen():
    assert choose("Chair_1", "Chair", (0.5, 0.5, 0.9), {}) is None
    one = {"Scopia#chair": (0.5, 0.5, 0.9)}
    assert choose("Chair_1", "Chair", (0.5, 0.5, 0.9), one) == "Scopia#chair"


def test_the_parametric_shape_is_drawn_now_and_then_where_models_are_few():
    models = dict.fromkeys(MODELS["Toaster"], (0.2, 0.3, 0.2))
    chosen = {choose(f"Toaster_{k}", "Toaster", (0.2, 0.3, 0.2), models) for k in range(40)}
    assert chosen == {None, "Scopia#toaster"}


@pytest.mark.parametrize("size", [(0.0, 0.0, 0.0), (1e-9, 1.0, 1.0), (50.0, 50.0, 50.0)])
def test_odd_sizes_are_no_error(size):
    choose("Chair_1", "Chair", size, CHAIRS)
