"""Ending an earlier demonstration: only in a simulated region, and only what machines declared there."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from diversion.models import Diversion
from hospitals.models import Region
from tests.access.actors import token
from tests.world import REGION, World


def test_only_what_machines_declared_is_ended(world: World):
    Region.objects.update(simulated=True)
    by_machine = world.declare(actor=token(world, "diversions:write", site="saint-pierre"))
    by_person = world.declare(cause="power")
    call_command("end_demonstration", region=REGION, verbosity=0)
    states = dict(Diversion.objects.values_list("pk", "state"))
    assert states == {by_machine.pk: "lifted", by_person.pk: "active"}


@pytest.mark.parametrize("region", [REGION, "nowhere"])
def test_a_real_region_is_left_alone(world: World, region: str):
    with pytest.raises(CommandError, match="no simulated region"):
        call_command("end_demonstration", region=region)
