"""What the database itself guarantees about sites."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from hospitals.models import Site
from tests.world import World


@pytest.mark.parametrize(("lat", "lon"), [(91, 4), (-91, 4), (50, 181), (50, -181)])
def test_a_site_lies_on_earth(world: World, lat: float, lon: float):
    with pytest.raises(IntegrityError, match="site_position_on_earth"), transaction.atomic():
        Site.objects.filter(pk="saint-luc").update(lat=lat, lon=lon)
