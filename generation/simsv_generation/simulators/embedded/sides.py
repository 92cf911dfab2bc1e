"""Which sides of a model can be seen: solids show their outside alone, sheets show both."""

from dataclasses import replace

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from simsv_generation.simulators.embedded.mesh import Mesh

_WELD = 1e-5
"""Metres within which corners are one."""


def outside_out(mesh: Mesh) -> Mesh:
    """The mesh with its closed solids turned outside out and its open sheets marked as two-sided.

    Models come with faces that turn either way. A part whose every edge joins two faces that run the same way around
    encloses a volume, whose sign tells inside from outside; all other parts are sheets. So are solids that touch and
    of which one is inside out.

    Raises:
        ValueError: the mesh would have more than 256 materials.
    """
    if not len(mesh.triangles):
        return mesh
    place = np.rint(mesh.positions / _WELD).astype(np.int64)
    _, node = np.unique(place, axis=0, return_inverse=True)
    corners = node.reshape(-1)[mesh.triangles]
    part = _parts(corners, int(corners.max()) + 1)
    flat = (corners == np.roll(corners, 1, 1)).any(1)
    is_open = np.zeros(int(part.max()) + 1, np.bool_)
    is_open[part[~flat][_has_loose_edge(corners[~flat])]] = True
    a, b, c = (mesh.positions[mesh.triangles[:, k]] for k in range(3))
    volumes = (np.cross(a, b) * c).sum(1)
    piece = _pieces(corners)
    of_piece = np.bincount(piece, volumes)[piece]
    # What touches is one part; where it does not agree on what is inside, no triangle can be trusted.
    disagree = [np.bincount(part, sign * of_piece > 0, len(is_open)) > 0 for sign in (-1, 1)]
    is_open |= disagree[0] & disagree[1]
    inverted = (~is_open & disagree[0])[part]
    triangles = np.where(inverted[:, None], mesh.triangles[:, ::-1], mesh.triangles).astype(np.int32)
    normals = mesh.normals.copy()
    normals[np.unique(mesh.triangles[inverted])] *= -1
    count = len(mesh.materials)
    rows = mesh.material_ids.astype(np.int64)
    rows[np.unique(mesh.triangles[is_open[part]])] += count
    used, ids = np.unique(rows, return_inverse=True)
    if len(used) > 256:
        raise ValueError(f"a mesh has at most 256 materials, with both sides of its sheets this has {len(used)}")
    materials = (*mesh.materials, *(replace(material, two_sided=True) for material in mesh.materials))
    return replace(
        mesh,
        triangles=triangles,
        normals=normals,
        material_ids=ids.reshape(-1).astype(np.uint8),
        materials=tuple(materials[row] for row in used),
    )


def _parts(corners: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Number of the connected part of every triangle."""
    links = scipy.sparse.coo_matrix(
        (np.ones(2 * len(corners)), (corners[:, [0, 1]].ravel(), corners[:, [1, 2]].ravel())), shape=(count, count)
    )
    _, label = scipy.sparse.csgraph.connected_components(links, directed=False)
    return np.asarray(label[corners[:, 0]], np.int64)


def _pieces(corners: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number of the piece of every triangle: of those joined by edges that two triangles alone share."""
    ends = np.sort(np.stack([corners, np.roll(corners, -1, 1)], -1), -1).reshape(-1, 2)
    _, edge, counts = np.unique(ends, axis=0, return_inverse=True, return_counts=True)
    edge = edge.reshape(-1)
    by_edge = np.argsort(edge, kind="stable")
    pairs = by_edge[counts[edge[by_edge]] == 2].reshape(-1, 2) // 3
    links = scipy.sparse.coo_matrix((np.ones(len(pairs)), pairs.T), shape=(len(corners), len(corners)))
    _, label = scipy.sparse.csgraph.connected_components(links, directed=False)
    return np.asarray(label, np.int64)


def _has_loose_edge(corners: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which triangles have an edge that no other triangle runs along the other way."""
    start, end = corners.ravel(), np.roll(corners, -1, 1).ravel()
    scale = int(corners.max()) + 1 if len(corners) else 1
    ahead, counts = np.unique(start * scale + end, return_counts=True)
    reverse = end * scale + start
    at = np.searchsorted(ahead, reverse).clip(0, len(ahead) - 1)
    mine = counts[np.searchsorted(ahead, start * scale + end)]
    paired = (ahead[at] == reverse) & (counts[at] == mine)
    return np.asarray((~paired).reshape(corners.shape).any(1))
