"""A road graph as arrays: how far every street is from a hospital, by one reverse shortest-path tree a hospital.

Invariant: a journey is only told between points of the one part of the network where everything can be reached from
everything; whoever is not near it gets no answer, never a wrong one.

Hospitals hardly move. With a tree for each, any number of vehicles is a lookup: the nearest street, the seconds left
on it, and the tree's seconds from where it ends. Seconds and metres throughout; degrees north and east.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from diversion.journeys.streets import Floats, Ints, Streets
from hospitals.geo import EARTH_RADIUS_M, Located

if TYPE_CHECKING:
    # Imported where it is used: it takes a fifth of the time in which a process of ours starts, and a region may have
    # no roads.
    from scipy.sparse import csr_matrix

#: Further than this from any street a position is off the map: in the air, across the border, or wrong.
SNAP_M: Final = 500.0
#: Streets are looked up at points this far apart: half of it, some ten metres, is a second's drive.
SPACING_M: Final = 25.0
#: Sparse matrices take a zero for no edge.
LEAST_S: Final = 0.01
#: A red light, on average over those that are green, as in OSRM's car profile.
SIGNAL_S: Final = 2.0
#: A crossing costs a look and sometimes a turn. With this much the whole network of Brussels agrees best with OSRM,
#: which reckons each turn by its angle: 16 s apart on average, no longer 40 s too quick (tests/bench/README.md).
CROSSING_S: Final = 0.45


@dataclass(frozen=True, slots=True)
class Tree:
    """From every crossing to one hospital: seconds and metres, infinite where no way leads."""

    seconds: Floats
    metres: Floats
    #: The hospital's own place on a street.
    sample: int


@dataclass(frozen=True, slots=True)
class Wood:
    """The trees of several hospitals side by side: a row for each crossing, a column for each hospital.

    A hospital without a street near has a column of infinities, and -1 for its place.
    """

    seconds: Floats
    metres: Floats
    samples: Ints

    @classmethod
    def of(cls, trees: Sequence[Tree | None], crossings: int) -> Wood:
        never = np.full(crossings, np.inf)
        seconds = np.stack([never if one is None else one.seconds for one in trees], axis=1)
        metres = np.stack([never if one is None else one.metres for one in trees], axis=1)
        return cls(seconds, metres, np.array([-1 if one is None else one.sample for one in trees], dtype=np.int64))


class RoadGraph:
    """Streets with the seconds they take; ``told`` are km/h for pairs of OpenStreetMap points, 0 for closed."""

    def __init__(self, streets: Streets, told: Mapping[tuple[int, int], float] | None = None) -> None:
        self._streets = streets
        self._weigh(told or {})
        self._sample()

    @property
    def crossings(self) -> int:
        return int(max(self._streets.start.max(), self._streets.end.max())) + 1

    # ------------------------------------------------------------ weights

    def _weigh(self, told: Mapping[tuple[int, int], float]) -> None:
        """Seconds and metres of each stretch between two points, then of each chain."""
        streets = self._streets
        self._of, self._at = streets.stretches()
        self._long = streets.metres(self._at)
        signals = np.where(streets.signal, SIGNAL_S, 0.0)
        ahead = self._seconds(streets.forward, told, reverse=False) + signals[self._at + 1]
        back = self._seconds(streets.backward, told, reverse=True) + signals[self._at]
        # Paid by whoever leaves a chain, at either end.
        ends = np.cumsum(streets.last - streets.first)
        ahead[ends - 1] += CROSSING_S
        back[np.append(0, ends[:-1])] += CROSSING_S
        self._ahead, self._back = ahead, back
        count = len(streets.first)
        self.chain_ahead: Floats = np.bincount(self._of, ahead, count).astype(np.float64)
        self.chain_back: Floats = np.bincount(self._of, back, count).astype(np.float64)
        self.chain_metres: Floats = np.bincount(self._of, self._long, count).astype(np.float64)

    def _seconds(self, kmh: Floats, told: Mapping[tuple[int, int], float], *, reverse: bool) -> Floats:
        speeds = kmh[self._of].copy()
        a, b = self._streets.ref[self._at], self._streets.ref[self._at + 1]
        tails, heads = (b, a) if reverse else (a, b)
        # A file names some hundreds of stretches of a million: only those that begin at a named point are looked at.
        named = np.isin(tails, np.fromiter({pair[0] for pair in told}, dtype=np.int64))
        for one in np.flatnonzero(named & (speeds > 0)):
            # What may not be driven stays so: a report of speed opens no one-way street.
            speeds[one] = told.get((int(tails[one]), int(heads[one])), speeds[one])
        with np.errstate(divide="ignore"):
            return np.asarray(self._long * 3.6 / speeds)

    @cached_property
    def _edges(self) -> tuple[csr_matrix, csr_matrix]:
        """Seconds and metres towards each crossing: reversed, so that a tree grown from a hospital leads to it."""
        streets = self._streets
        tails = np.concatenate([streets.start, streets.end])
        heads = np.concatenate([streets.end, streets.start])
        seconds = np.maximum(np.concatenate([self.chain_ahead, self.chain_back]), LEAST_S)
        metres = np.concatenate([self.chain_metres, self.chain_metres])
        kept = np.flatnonzero(np.isfinite(seconds) & (tails != heads))
        # Of two streets between the same crossings the quicker counts; a sparse matrix would add them up.
        order = kept[np.lexsort((seconds[kept], tails[kept], heads[kept]))]
        first = np.ones(len(order), dtype=bool)
        first[1:] = (np.diff(tails[order]) != 0) | (np.diff(heads[order]) != 0)
        best = order[first]
        shape = (self.crossings, self.crossings)
        ways = (heads[best], tails[best])
        from scipy.sparse import csr_matrix  # noqa: PLC0415

        return csr_matrix((seconds[best], ways), shape=shape), csr_matrix((metres[best], ways), shape=shape)

    @cached_property
    def connected(self) -> NDArray[np.bool_]:
        """Crossings of the largest part in which every one can be reached from every other."""
        from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

        _, part = connected_components(self._edges[0], directed=True, connection="strong")
        return np.asarray(part == np.bincount(part).argmax())

    # ------------------------------------------------------------ places on streets

    def _sample(self) -> None:
        """Points along every usable street, each with the seconds and metres left to both ends of its chain."""
        streets = self._streets
        sound = self.connected[streets.start] & self.connected[streets.end]
        sound &= np.isfinite(self.chain_ahead) | np.isfinite(self.chain_back)
        used = np.flatnonzero(sound[self._of])
        pieces = np.maximum(1, np.ceil(self._long[used] / SPACING_M)).astype(np.int64)
        stretch = np.repeat(used, pieces)
        along = (np.arange(len(stretch)) - np.repeat(np.cumsum(pieces) - pieces, pieces) + 0.5) / np.repeat(
            pieces, pieces
        )
        self.chain = self._of[stretch]
        here, there = self._at[stretch], self._at[stretch] + 1
        self.lat = streets.lat[here] + along * (streets.lat[there] - streets.lat[here])
        self.lon = streets.lon[here] + along * (streets.lon[there] - streets.lon[here])
        self.since = self._before(self._long)[stretch] + along * self._long[stretch]
        self.left = self.chain_metres[self.chain] - self.since
        self.to_end = self._rest(self._ahead, self.chain_ahead, stretch, along)
        self.to_start = self._before(self._back)[stretch] + along * self._back[stretch]
        self.to_start[~np.isfinite(self.chain_back[self.chain])] = np.inf
        from scipy.spatial import cKDTree  # noqa: PLC0415

        self._tree = cKDTree(_flat(self.lat, self.lon))

    def _before(self, values: Floats) -> Floats:
        """The sum over a chain's stretches before each one."""
        finite = np.where(np.isfinite(values), values, 0.0)
        total = np.concatenate([[0.0], np.cumsum(finite)])
        lengths = self._streets.last - self._streets.first
        begins = np.cumsum(lengths) - lengths
        return np.asarray(total[:-1] - total[begins][self._of])

    def _rest(self, values: Floats, totals: Floats, stretch: Ints, along: Floats) -> Floats:
        gone = self._before(values)[stretch] + along * np.where(np.isfinite(values), values, 0.0)[stretch]
        rest = totals[self.chain] - gone
        rest[~np.isfinite(totals[self.chain])] = np.inf
        return np.asarray(rest)

    def snap(self, places: Sequence[Located]) -> Ints:
        """The nearest place on a street for each, as an index; -1 for whoever is further than SNAP_M from any."""
        points = _flat(np.array([one.lat for one in places]), np.array([one.lon for one in places]))
        away, nearest = self._tree.query(points)
        # Distances are chords of the globe, which for half a kilometre are metres.
        return np.where(away <= SNAP_M, nearest, -1).astype(np.int64)

    # ------------------------------------------------------------ journeys

    def tree(self, place: Located) -> Tree | None:
        """The tree of one hospital; None when no street is near."""
        sample = int(self.snap([place])[0])
        if sample < 0:
            return None
        chain = self.chain[sample]
        ahead, back = self.chain_ahead[chain], self.chain_back[chain]
        by_start = self._grown(int(self._streets.start[chain]), _less(ahead, self.to_end[sample]), self.since[sample])
        by_end = self._grown(int(self._streets.end[chain]), _less(back, self.to_start[sample]), self.left[sample])
        sooner = by_start[0] <= by_end[0]
        return Tree(np.where(sooner, by_start[0], by_end[0]), np.where(sooner, by_start[1], by_end[1]), sample)

    def _grown(self, crossing: int, seconds: float, metres: float) -> tuple[Floats, Floats]:
        """From every crossing over this one, which is so far from the hospital."""
        if not np.isfinite(seconds):
            never = np.full(self.crossings, np.inf)
            return never, never
        times, lengths = self._edges
        from scipy.sparse.csgraph import dijkstra  # noqa: PLC0415

        took, before = dijkstra(times, indices=crossing, return_predecessors=True)
        return took + seconds, _walked(before, lengths, took) + metres

    def journeys(self, origins: Sequence[Located], wood: Wood) -> tuple[Floats, Floats]:
        """Seconds and metres, a row for each origin and a column for each tree; infinite where there is no answer."""
        found = self.snap(origins)
        here = np.maximum(found, 0)
        chain = self.chain[here]
        start, end = self._streets.start[chain], self._streets.end[chain]
        ahead = self.to_end[here, None] + wood.seconds[end]
        back = self.to_start[here, None] + wood.seconds[start]
        forward = ahead <= back
        seconds = np.where(forward, ahead, back)
        metres = np.where(
            forward, self.left[here, None] + wood.metres[end], self.since[here, None] + wood.metres[start]
        )
        for row, column in zip(*np.nonzero(chain[:, None] == self._homes(wood)), strict=True):
            direct = self._along(int(here[row]), int(wood.samples[column]))
            if direct[0] < seconds[row, column]:
                seconds[row, column], metres[row, column] = direct
        seconds[found < 0] = np.inf
        return seconds, metres

    def _homes(self, wood: Wood) -> Ints:
        """The chain each hospital lies on, -1 for one that lies on none."""
        return np.where(wood.samples >= 0, self.chain[wood.samples], -1)

    def _along(self, here: int, there: int) -> tuple[float, float]:
        """Whoever is on the hospital's own street drives along it, without leaving it for a crossing."""
        way = float(self.since[there] - self.since[here])
        left = self.to_end if way >= 0 else self.to_start
        took = float(left[here] - left[there]) if np.isfinite(left[here]) else np.inf
        return took, abs(way)


def _less(whole: float, rest: float) -> float:
    """What of a street lies before a place on it; infinite where it may not be driven that way."""
    return whole - rest if np.isfinite(whole) else np.inf


def _walked(before: NDArray[Any], edges: csr_matrix, took: Floats) -> Floats:
    """Metres along a tree, by doubling: each crossing adds what lies behind the one it already knows."""
    size = len(before)
    onward = np.where(before < 0, np.arange(size), before)
    metres = np.zeros(size)
    inner = np.flatnonzero(before >= 0)
    metres[inner] = np.asarray(edges[before[inner], inner]).ravel()
    while not np.array_equal(onward, onward[onward]):
        metres += metres[onward]
        onward = onward[onward]
    metres[~np.isfinite(took)] = np.inf
    return metres


def _flat(lat: Floats, lon: Floats) -> Floats:
    """Points of the globe in metres from its centre: straight distances between near ones need no projection."""
    a, b = np.radians(lat), np.radians(lon)
    return EARTH_RADIUS_M * np.stack([np.cos(a) * np.cos(b), np.cos(a) * np.sin(b), np.sin(a)], axis=1)
