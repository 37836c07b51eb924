"""Rights are read from the database each time they are asked for: nothing taken away works a moment longer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from diversion import access
from diversion.commands import diversions
from diversion.commands.saying import Declaration
from diversion.errors import Denied
from diversion.log import CommandKey
from diversion.models import ApiToken
from tests.access.actors import token
from tests.world import World


def test_a_role_taken_away_does_not_work_a_moment_longer(world: World):
    assert access.may(world.dina, "redirect.order", world.region)
    world.users["dina"].memberships.all().delete()
    assert not access.may(world.dina, "redirect.order", world.region)


def test_a_deactivated_person_keeps_no_right(world: World):
    world.users["dina"].is_active = False
    world.users["dina"].save()
    assert access.memberships(world.dina) == []
    assert not access.may(world.dina, "redirect.order", world.region)


@pytest.mark.parametrize(
    "change",
    [{"active": False}, {"scopes": []}, {"expires_at": timezone.now() - timedelta(seconds=1)}, {"site_id": "huderf"}],
)
def test_a_token_that_changes_changes_at_once(world: World, change: dict):
    actor = token(world, "diversions:write")
    assert access.may(actor, "diversion.declare", world.site("saint-luc"))
    ApiToken.objects.filter(pk=actor.id).update(**change)
    assert not access.may(actor, "diversion.declare", world.site("saint-luc"))


def test_a_token_may_declare_at_its_own_site_through_the_command(world: World):
    actor = token(world, "diversions:write", site="saint-luc")
    said = Declaration(cause="power", gates={"ambulances": "closed"})
    recorded = diversions.declare_diversion(actor=actor, key=CommandKey.new(), site_id="saint-luc", declaration=said)
    assert recorded.events[0].actor["role"] == "integration"
    with pytest.raises(Denied):
        diversions.declare_diversion(actor=actor, key=CommandKey.new(), site_id="saint-pierre", declaration=said)


def test_a_token_has_no_memberships_and_a_person_no_token(world: World):
    assert access.memberships(world.cad) == []
    assert access.live_token(world.dina) is None
