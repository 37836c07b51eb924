"""A map built once from the town of the tests, and a folder of one's own."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from diversion.maps.build import build
from tests.maps.town import write_town
from tests.world import SITES


class Entrance(NamedTuple):
    name: str
    lat: float
    lon: float


ENTRANCES = [Entrance(name, site["lat"], site["lon"]) for name, site in SITES.items()]
DAY = date(2026, 3, 1)


@pytest.fixture(scope="session")
def extract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_town(tmp_path_factory.mktemp("town") / "town.osm.pbf")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, extract: Path) -> Path:
    """A folder with a map in use; not to be changed."""
    folder = tmp_path_factory.mktemp("maps")
    build(extract, folder, ENTRANCES, told=DAY, say=lambda text: None)
    return folder
