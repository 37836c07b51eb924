"""Somebody beyond the cast: Rita receives at Saint-Pierre."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from diversion.identity import user_actor
from diversion.models import Membership
from tests.world import World


@pytest.fixture
def more(world: World) -> None:
    user = world.users["rita"] = User.objects.create(username="rita")
    world.people["rita"] = user_actor(user)
    Membership.objects.create(user=user, role="receiver", region=world.region, site_id="saint-pierre")
