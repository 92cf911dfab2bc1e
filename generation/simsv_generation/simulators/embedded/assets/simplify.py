"""Fewer triangles for the same look: edges are collapsed where that changes the surface least.

Quadric error metrics (M. Garland and P. Heckbert, "Surface simplification using quadric error metrics", SIGGRAPH 1997)
with half-edge collapses: a vertex moves onto a neighbour, so texture coordinates stay true. Where the texture or the
material changes, and at open borders, a vertex only moves along that line, as meshoptimizer does. In every round all
cheap collapses that do not touch each other are made at once, in numpy.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simsv_generation.geometry import Floats
from simsv_generation.seeding import rng

Ints = NDArray[np.int64]

_SHARE_OF_CHEAPEST = 0.3
"""Of the possible collapses, how many of the cheapest a round may make."""
_LINE_WEIGHT = 10.0
"""How much more than surfaces, borders and seams resist."""
_LEAST_COSINE = 0.3
"""How far a triangle may turn in one collapse."""
_ROUNDS_REFUSED = 8
"""After how many rounds a collapse that would turn a triangle over is tried again."""
_FEWEST_DONE = 0.004
"""Share of the triangles; a round that removes fewer is an idle one, and the next one takes all candidates."""
_PATIENCE = 4
"""How many idle rounds may follow each other, in which refused moves give way to others."""


@dataclass(frozen=True, slots=True)
class Soup:
    """Triangles over corners that share positions.

    Two corners at one position differ in texture coordinates or material.
    """

    positions: Floats
    """Shape (P, 3), metres."""
    corner_positions: Ints
    """Shape (C,): rows of `positions`."""
    triangles: Ints
    """Shape (T, 3): corners."""


def simplify(soup: Soup, most_triangles: int, free_error: float, greatest_error: float) -> Ints:
    """Triangles (T', 3) over the same corners.

    Args:
        soup: what to simplify.
        most_triangles: collapses that cost more than `free_error` are only made above this number.
        free_error: metres; what moves the surface less than this is collapsed in any case.
        greatest_error: metres; no collapse moves the surface further.
    """
    state = _State(soup)
    idle = 0
    while len(state.triangles) > 2 and idle <= _PATIENCE:
        before = len(state.triangles)
        limit = greatest_error if before > most_triangles else free_error
        share = 1.0 if idle else _SHARE_OF_CHEAPEST
        state.collapse(limit * limit, share, before - most_triangles if before > most_triangles else before)
        idle = 0 if before - len(state.triangles) >= max(1, _FEWEST_DONE * before) else idle + 1
    return state.triangles


class _State:
    """Owns the triangles that are left and what every position has to stay close to."""

    def __init__(self, soup: Soup) -> None:
        self.triangles = soup.triangles
        self._at = soup.corner_positions
        self._points = soup.positions
        self._quadrics = np.zeros((len(soup.positions), 11))
        self._refused = np.zeros(0, np.int64)
        self._round = 0
        self._random = rng(0, "simplify")
        self._add_surfaces()
        self._add_lines()

    def collapse(self, greatest_cost: float, share: float, enough: int) -> None:
        """One round: about `enough` triangles less at most."""
        self._round += 1
        if self._round % _ROUNDS_REFUSED == 0:
            self._refused = np.zeros(0, np.int64)
        at = self._at[self.triangles]
        moves = _Moves.possible(self.triangles, at, len(self._points))
        keys = moves.source * len(self._points) + moves.target
        moves = moves.where(~np.isin(keys, self._refused))
        cost = self._costs(moves)
        moves, cost = moves.where(cost <= greatest_cost), cost[cost <= greatest_cost]
        moves, cost = _best_of_each_source(moves, cost, len(self._points))
        if not len(cost):
            return
        limit = np.quantile(cost, share)
        moves, cost = moves.where(cost <= limit), cost[cost <= limit]
        # Neighbours cannot move at once. Who comes first is drawn, for an order by cost or place would let one move
        # hold up a whole slope.
        rank = np.full(len(self._points), np.iinfo(np.int64).max)
        rank[moves.source] = self._random.permutation(len(moves.source))
        held_up = np.zeros(len(self._points), bool)
        held_up[at[rank[at] > rank[at].min(1)[:, None]]] = True
        target = np.full(len(self._points), -1)
        target[moves.source] = moves.target
        turning = np.zeros(len(self._points), bool)
        turning[self._turned(at, target)] = True
        refused = moves.where(turning[moves.source])
        self._refused = np.concatenate([self._refused, refused.source * len(self._points) + refused.target])
        accepted = np.flatnonzero(~turning[moves.source] & ~held_up[moves.source])
        # Two triangles go with every collapse.
        cheapest = np.argsort(cost[accepted], kind="stable")[: max(enough // 2, 1)]
        self._apply(moves.where(accepted[cheapest]))

    def _apply(self, moves: "_Moves") -> None:
        corners = np.arange(len(self._at))
        has_second = moves.second_source >= 0
        corners[moves.first_source] = moves.first_target
        corners[moves.second_source[has_second]] = moves.second_target[has_second]
        np.add.at(self._quadrics, moves.target, self._quadrics[moves.source])
        triangles = corners[self.triangles]
        at = self._at[triangles]
        whole = (at[:, 0] != at[:, 1]) & (at[:, 1] != at[:, 2]) & (at[:, 2] != at[:, 0])
        self.triangles = triangles[whole]

    def _costs(self, moves: "_Moves") -> Floats:
        """Mean squared distance, metres^2, from the planes that both ends have to stay close to."""
        quadrics = self._quadrics
        at_rest, weight = _evaluated(quadrics, self._points), quadrics[:, 10]
        moved = _evaluated(quadrics[moves.source], self._points[moves.target])
        cost = np.maximum(moved + at_rest[moves.target], 0)
        return np.asarray(cost / np.maximum(weight[moves.source] + weight[moves.target], 1e-18))

    def _turned(self, at: Ints, target: Ints) -> Ints:
        """Positions whose move would turn a triangle over, or nearly."""
        rows, corner = np.nonzero(target[at] >= 0)
        moved = target[at[rows, corner]]
        stays = (at[rows] != moved[:, None]).all(1)
        rows, corner, moved = rows[stays], corner[stays], moved[stays]
        apex, left, right = (self._points[at[rows, (corner + k) % 3]] for k in range(3))
        old = np.cross(left - apex, right - apex)
        new = np.cross(left - self._points[moved], right - self._points[moved])
        size = np.sqrt((old * old).sum(1) * (new * new).sum(1))
        return np.asarray(at[rows, corner][(old * new).sum(1) <= _LEAST_COSINE * size])

    def _add_surfaces(self) -> None:
        at = self._at[self.triangles]
        a, b, c = (self._points[at[:, k]] for k in range(3))
        cross = np.cross(b - a, c - a)
        double_area = np.sqrt((cross * cross).sum(1))
        normal = cross / np.maximum(double_area, 1e-18)[:, None]
        self._add_planes(at, normal, -(normal * a).sum(1), double_area / 6)

    def _add_lines(self) -> None:
        """Planes through borders and seams, upright on their triangle."""
        at = self._at[self.triangles]
        edges = _Edges.of(self.triangles, at, len(self._points))
        rows, k = edges.rows[edges.is_line], edges.sides[edges.is_line]
        start, end, tip = (self._points[at[rows, (k + j) % 3]] for j in range(3))
        along = end - start
        square = (along * along).sum(1)
        upright = np.cross(np.cross(along, tip - start), along)
        normal = upright / np.maximum(np.sqrt((upright * upright).sum(1)), 1e-18)[:, None]
        ends = np.stack([at[rows, k], at[rows, (k + 1) % 3]], 1)
        self._add_planes(ends, normal, -(normal * start).sum(1), _LINE_WEIGHT * square / 6)

    def _add_planes(self, at: Ints, normal: Floats, offset: Floats, weight: Floats) -> None:
        x, y, z = normal.T
        rows = np.stack([x * x, x * y, x * z, x * offset, y * y, y * z, y * offset, z * z, z * offset, offset**2], 1)
        rows = np.column_stack([rows, np.ones(len(rows))]) * weight[:, None]
        for column in at.T:
            for k in range(11):
                self._quadrics[:, k] += np.bincount(column, rows[:, k], len(self._points))


@dataclass(frozen=True, slots=True)
class _Edges:
    """The sides of all triangles, sorted so that the sides of one edge follow each other."""

    rows: Ints
    sides: Ints
    """Side k of a triangle goes from its corner k to corner k + 1."""
    low: Ints
    high: Ints
    """Positions at the ends, low < high."""
    low_corner: Ints
    high_corner: Ints
    count: Ints
    """How many triangles have the edge."""
    is_first: NDArray[np.bool_]
    is_seam: NDArray[np.bool_]
    """Two triangles meet there with different corners."""

    @property
    def is_line(self) -> NDArray[np.bool_]:
        return np.asarray(self.is_seam | (self.count == 1))

    @classmethod
    def of(cls, triangles: Ints, at: Ints, num_positions: int) -> "_Edges":
        start, end = at, np.roll(at, -1, 1)
        start_corner, end_corner = triangles, np.roll(triangles, -1, 1)
        swap = start > end
        low, high = np.where(swap, end, start).ravel(), np.where(swap, start, end).ravel()
        low_corner = np.where(swap, end_corner, start_corner).ravel()
        high_corner = np.where(swap, start_corner, end_corner).ravel()
        keys = low * num_positions + high
        order = np.argsort(keys, kind="stable")
        keys, low, high = keys[order], low[order], high[order]
        low_corner, high_corner = low_corner[order], high_corner[order]
        is_first = np.ones(len(keys), bool)
        is_first[1:] = keys[1:] != keys[:-1]
        edge = np.cumsum(is_first) - 1
        count = np.bincount(edge)[edge] if len(edge) else edge
        pair = np.flatnonzero(is_first & (count == 2))
        differs = (low_corner[pair] != low_corner[pair + 1]) | (high_corner[pair] != high_corner[pair + 1])
        is_seam = np.zeros(len(keys), bool)
        is_seam[pair] = is_seam[pair + 1] = differs
        return cls(order // 3, order % 3, low, high, low_corner, high_corner, count, is_first, is_seam)


@dataclass(frozen=True, slots=True)
class _Moves:
    """Positions that may move onto a neighbour, and what becomes of their corners."""

    source: Ints
    target: Ints
    first_source: Ints
    first_target: Ints
    second_source: Ints
    """-1 where the edge has one triangle."""
    second_target: Ints

    def where(self, chosen: NDArray[np.bool_] | Ints) -> "_Moves":
        return _Moves(
            self.source[chosen], self.target[chosen], self.first_source[chosen], self.first_target[chosen],
            self.second_source[chosen], self.second_target[chosen],
        )  # fmt: skip

    @classmethod
    def possible(cls, triangles: Ints, at: Ints, num_positions: int) -> "_Moves":
        """Inside a surface along all edges, at a line along it, at the end or crossing of lines not at all."""
        edges = _Edges.of(triangles, at, num_positions)
        first = np.flatnonzero(edges.is_first)
        second = np.where(edges.count[first] == 2, np.minimum(first + 1, len(edges.low) - 1), -1)

        def ends(chosen: NDArray[np.bool_]) -> Ints:
            low, high = edges.low[first][chosen], edges.high[first][chosen]
            return np.bincount(low, minlength=num_positions) + np.bincount(high, minlength=num_positions)

        border, seam, crowded = (
            ends(chosen) for chosen in (edges.count[first] == 1, edges.is_seam[first], edges.count[first] > 2)
        )
        _, where = np.unique(triangles.ravel(), return_index=True)
        corners = np.bincount(at.ravel()[where], minlength=num_positions)
        inside = (border == 0) & (seam == 0) & (crowded == 0) & (corners == 1)
        on_border = (border == 2) & (seam == 0) & (crowded == 0) & (corners == 1)
        on_seam = (border == 0) & (seam == 2) & (crowded == 0) & (corners == 2)
        usable = edges.count[first] <= 2
        is_border, is_seam = edges.count[first] == 1, edges.is_seam[first]
        pieces = []
        for source, target, source_corner, target_corner in (
            (edges.low, edges.high, edges.low_corner, edges.high_corner),
            (edges.high, edges.low, edges.high_corner, edges.low_corner),
        ):
            at_source = source[first]
            free = inside[at_source] | (on_border[at_source] & is_border) | (on_seam[at_source] & is_seam)
            both = (second < 0) | ~on_seam[at_source] | (source_corner[first] != source_corner[second])
            chosen = np.flatnonzero(usable & free & both)
            e, f = first[chosen], second[chosen]
            pieces.append(
                (source[e], target[e], source_corner[e], target_corner[e],
                 np.where(f < 0, -1, source_corner[f]), np.where(f < 0, -1, target_corner[f]))
            )  # fmt: skip
        return cls(*(np.concatenate(columns) for columns in zip(*pieces, strict=True)))


def _evaluated(quadrics: Floats, points: Floats) -> Floats:
    """Weighted sums of squared distances of points (N, 3) from the planes in quadrics (N, 11)."""
    x, y, z = points.T
    q = quadrics.T
    return np.asarray(
        q[0] * x * x + 2 * q[1] * x * y + 2 * q[2] * x * z + 2 * q[3] * x
        + q[4] * y * y + 2 * q[5] * y * z + 2 * q[6] * y + q[7] * z * z + 2 * q[8] * z + q[9]
    )  # fmt: skip


def _best_of_each_source(moves: _Moves, cost: Floats, num_positions: int) -> tuple[_Moves, Floats]:
    least = np.full(num_positions, np.inf)
    np.minimum.at(least, moves.source, cost)
    best = np.flatnonzero(cost == least[moves.source])
    moves, cost = moves.where(best), cost[best]
    _, first = np.unique(moves.source, return_index=True)
    return moves.where(first), cost[first]
