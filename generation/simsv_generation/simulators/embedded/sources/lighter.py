"""Meshes of others with no more triangles than a frame can afford."""

from dataclasses import replace

import numpy as np

from simsv_generation.simulators.embedded.assets.simplify import Soup, simplify
from simsv_generation.simulators.embedded.mesh import Mesh

_MOST_TRIANGLES = 4000
_GREATEST_ERROR = 0.01
"""Of the longest side of its box, how far a surface may move: what a house shows larger than that is seldom so fine."""


def lighter(mesh: Mesh) -> Mesh:
    """The mesh with at most about 4,000 triangles, or as few as one hundredth of its size lets it have."""
    if len(mesh.triangles) <= _MOST_TRIANGLES:
        return mesh
    positions, at = np.unique(mesh.positions, axis=0, return_inverse=True)
    corners = np.column_stack([mesh.positions, mesh.normals, mesh.texture_at, mesh.colors, mesh.material_ids])
    _, first, same = np.unique(corners, axis=0, return_index=True, return_inverse=True)
    soup = Soup(positions, at.reshape(-1)[first], same.reshape(-1)[mesh.triangles])
    triangles = simplify(soup, _MOST_TRIANGLES, 0.0, _GREATEST_ERROR * float(np.ptp(positions, axis=0).max()))
    used, triangles = np.unique(triangles, return_inverse=True)
    kept = first[used]
    return replace(
        mesh,
        positions=mesh.positions[kept],
        normals=mesh.normals[kept],
        colors=mesh.colors[kept],
        triangles=triangles.reshape(-1, 3).astype(np.int32),
        texture_at=mesh.texture_at[kept],
        material_ids=mesh.material_ids[kept],
    )
