"""Two people beyond the cast: Rita receives at Saint-Pierre, Carl is a crew."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from diversion.identity import user_actor
from diversion.models import Membership
from tests.world import World


@pytest.fixture
def more(world: World) -> None:
    for who, role, site in (("rita", "receiver", "saint-pierre"), ("carl", "crew", None)):
        user = world.users[who] = User.objects.create(username=who)
        world.people[who] = user_actor(user)
        Membership.objects.create(user=user, role=role, region=world.region, site_id=site)
