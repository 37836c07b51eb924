"""Streets as arrays: what one extract says of where vehicles may drive, kept as one file beside the map.

Invariant: whatever is computed from a street (its length, its seconds, the nearest place on it) is computed from these
arrays alone, so that the file is the whole of what journeys on roads rest on.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hospitals.geo import EARTH_RADIUS_M

Floats = NDArray[np.float64]
Ints = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Streets:
    """What an extract says, as arrays; ``chain`` is a piece of street between two crossings.

    ``lat``, ``lon``, ``ref`` (OpenStreetMap's number) and ``signal`` have a value for each point. ``first`` holds the
    points a chain begins at and one more for the end: chain c is points first[c] to last[c]. ``start`` and ``end`` are
    its crossings, ``forward`` and ``backward`` km/h along and against it, 0 where it may not be driven.
    """

    lat: Floats
    lon: Floats
    ref: Ints
    signal: NDArray[np.bool_]
    first: Ints
    last: Ints
    start: Ints
    end: Ints
    forward: Floats
    backward: Floats

    def into(self, path: Path) -> None:
        np.savez_compressed(path, **{name: getattr(self, name) for name in self.__slots__})

    @classmethod
    def load(cls, path: Path) -> Streets:
        """Raises OSError or ValueError for what is no such file."""
        with np.load(path, allow_pickle=False) as found:
            return cls(**{name: found[name] for name in cls.__slots__})

    def stretches(self) -> tuple[Ints, Ints]:
        """Every stretch from one point to the next: the chain it belongs to, and the point it begins at."""
        lengths = self.last - self.first
        chain = np.repeat(np.arange(len(lengths)), lengths)
        return chain, np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths) + self.first[
            chain
        ]

    def metres(self, at: Ints) -> Floats:
        """Length of the stretch from each of these points to the next, on the plane that touches the globe there."""
        a, b = np.radians(self.lat[at]), np.radians(self.lat[at + 1])
        east = np.radians(self.lon[at + 1] - self.lon[at]) * np.cos((a + b) / 2)
        return np.asarray(EARTH_RADIUS_M * np.hypot(b - a, east))

    def pairs(self) -> set[tuple[int, int]]:
        """Every stretch, in both directions, as the OpenStreetMap points it leads from and to."""
        _, at = self.stretches()
        a, b = self.ref[at].tolist(), self.ref[at + 1].tolist()
        return {*zip(a, b, strict=True), *zip(b, a, strict=True)}
