import numpy as np
import pytest

from simsv_generation.seeding import rng
from simsv_generation.simulators.embedded.light.packing import pack_light


def test_packed_grids_keep_their_texels_and_do_not_overlap() -> None:
    random = rng(0, "test grids")
    grids = [random.uniform(0.1, 2.0, (int(r), int(c), 3)).astype("f2") for r, c in random.integers(1, 60, (40, 2))]
    grids.append(random.uniform(0.1, 2.0, (3, 1500, 3)).astype("f2"))
    packed = pack_light(grids)
    used = np.zeros(packed.texels.shape[:2], np.int64)
    for index, grid in enumerate(grids):
        column, row = packed.places[index]
        rows, columns = grid.shape[:2]
        around = packed.texels[row - 1 : row + rows + 1, column - 1 : column + columns + 1]
        assert (around == np.pad(grid, ((1, 1), (1, 1), (0, 0)), mode="edge")).all()
        used[row - 1 : row + rows + 1, column - 1 : column + columns + 1] += 1
        corners = packed.coordinates(index, np.array([[0.0, 0.0], [1.0, 1.0], [-0.1, 1.1]]))
        assert corners.tolist() == [[column, row], [column + columns, row + rows], [column, row + rows]]
    assert used.max() == 1
    assert packed.texels.dtype == np.float16


def test_grids_of_one_texel_and_no_grids() -> None:
    packed = pack_light([np.full((1, 1, 3), 0.5, np.float16)])
    assert (packed.texels[:3, :3] == 0.5).all()
    assert packed.sizes == ((1, 1),)
    assert pack_light([]).places == ()


def test_packing_wastes_little() -> None:
    random = rng(0, "test waste")
    grids = [np.ones((int(r), int(c), 3), np.float16) for r, c in random.integers(20, 90, (80, 2))]
    packed = pack_light(grids)
    used = sum(grid.shape[0] * grid.shape[1] for grid in grids)
    assert used / packed.texels[..., 0].size == pytest.approx(1.0, abs=0.3)
