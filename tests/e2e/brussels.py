"""Brussels as the browser tests know it: the registry as it ships, and the vehicles of its dispatch system."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from hospitals.registry import load, parse, shipped

REGION: Final = "brussels"
#: call sign → kind, and where it is: all within the city, further and further from Saint-Pierre
FLEET: Final[dict[str, tuple[str, float, float]]] = {
    "AMB 11": ("ambulance", 50.8462, 4.3524),
    "AMB 12": ("ambulance", 50.8585, 4.3389),
    "AMB 13": ("ambulance", 50.8279, 4.3721),
    "AMB 14": ("ambulance", 50.8702, 4.3605),
    "PIT 21": ("pit", 50.8413, 4.3900),
    "SMUR 31": ("smur", 50.8366, 4.3104),
}

#: The twelve of a bad night: ambulances all over the city, each on its way to the same hospital.
TWELVE: Final[dict[str, tuple[str, float, float]]] = {
    f"AMB {60 + place}": ("ambulance", lat, lon)
    for place, (lat, lon) in enumerate(
        [
            (50.8462, 4.3524),
            (50.8585, 4.3389),
            (50.8279, 4.3721),
            (50.8702, 4.3605),
            (50.8413, 4.3900),
            (50.8366, 4.3104),
            (50.8221, 4.3402),
            (50.8147, 4.3655),
            (50.8631, 4.3811),
            (50.8509, 4.3221),
            (50.8330, 4.4102),
            (50.8052, 4.3347),
        ]
    )
}
#: Every vehicle a test may speak of.
VEHICLES: Final = FLEET | TWELVE


def registry(**numbers: int) -> Any:
    """The registry as it ships, with a region's own numbers where a test needs a shorter wait."""
    return _registry(tuple(sorted(numbers.items())))


@cache
def _registry(numbers: tuple[tuple[str, int], ...]) -> Any:
    document = load(shipped(REGION))
    document["region"]["policy"] = {**document["region"]["policy"], **dict(numbers)}
    return parse(document)
