"""One failure at many sites: declared in one action, all or none; each site may differ and recovers by itself."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from diversion.commands import diversions, incidents, members
from diversion.commands.saying import Declaration
from diversion.errors import Denied, Invalid, NotFound
from diversion.log import CommandKey
from diversion.models import Diversion, Event
from tests.world import REGION, World

CLOSED = Declaration(cause="supplier", gates={"ambulances": "closed"}, services={"laboratory": {"level": "down"}})


def declare(world: World, who: str = "dina", **what: Any) -> list[Diversion]:
    what = {"kind": "supplier", "name": "Labnet", "sites": ["saint-pierre", "saint-luc"], "declaration": CLOSED, **what}
    incidents.declare_incident(
        actor=getattr(world, who), key=CommandKey.new(), region_id=REGION, incident=incidents.Incident(**what)
    )
    return list(Diversion.objects.order_by("site_id"))


def test_one_action_declares_at_every_site(world: World):
    luc, pierre = declare(world)
    assert (luc.site_id, pierre.site_id) == ("saint-luc", "saint-pierre")
    assert luc.incident == pierre.incident is not None
    assert luc.shared == {"kind": "supplier", "name": "Labnet"}
    assert {event.command_id for event in Event.objects.filter(kind="diversion.declared")} != set()
    assert Event.objects.filter(kind="diversion.declared").count() == 2


def test_a_site_may_differ(world: World):
    luc, pierre = declare(world, differences={"saint-luc": {"gates": {"ambulances": "life_threatening"}}})
    assert (luc.ambulances, pierre.ambulances) == ("life_threatening", "closed")


def test_each_site_recovers_by_itself(world: World):
    luc, pierre = declare(world)
    diversions.lift_diversion(actor=world.dina, key=CommandKey.new(), diversion_id=luc.pk)
    pierre.refresh_from_db()
    assert pierre.state == "active"


def test_seeing_one_is_seeing_all_because_it_is_one_alarm(world: World):
    luc, _ = declare(world)
    diversions.see_diversion(actor=world.dirk, key=CommandKey.new(), diversion_id=luc.pk)
    assert set(Diversion.objects.values_list("seen_by", flat=True)) == {"Dirk"}
    diversions.see_diversion(actor=world.dina, key=CommandKey.new(), diversion_id=luc.pk)
    assert Event.objects.filter(kind="diversion.seen").count() == 2


def test_seeing_one_that_stands_alone_leaves_the_others(world: World):
    alone = world.declare()
    world.declare("saint-luc", actor=world.lucas)
    diversions.see_diversion(actor=world.dina, key=CommandKey.new(), diversion_id=alone.pk)
    assert Diversion.objects.filter(seen_at__isnull=True).count() == 1


def test_a_coordinator_declares_for_all_campuses_held(world: World):
    members.grant_role(
        actor=world.ada,
        key=CommandKey.new(),
        user_id=world.users["clara"].pk,
        role="coordinator",
        region_id=REGION,
        site_id="saint-luc",
    )
    assert len(declare(world, who="clara", kind="hospital", name="Saint-Pierre")) == 2


@pytest.mark.parametrize("who", ["clara", "lucas", "ruth", "ines", "ada", "sam", "cad"])
def test_who_may_not_declare_at_one_of_them_declares_at_none(world: World, who: str):
    with pytest.raises(Denied):
        declare(world, who=who)
    assert not Diversion.objects.exists()


@pytest.mark.parametrize(
    ("what", "code", "field"),
    [
        ({"kind": "weather"}, "unknown_kind", "kind"),
        ({"name": " "}, "name_required", "name"),
        ({"sites": ["saint-luc", "saint-luc"]}, "too_few_sites", "sites"),
        ({"differences": {"huderf": {"cause": "power"}}}, "unknown_site", "differences.huderf"),
        ({"differences": {"saint-luc": {"gates": {"ambulances": "ajar"}}}}, "unknown_gate", "gates.ambulances"),
        ({"declaration": Declaration(cause="supplier", state="recovering")}, "wrong_state", "state"),
    ],
)
def test_what_cannot_be_meant_is_refused_whole(world: World, what: dict, code: str, field: str):
    with pytest.raises(Invalid) as refused:
        declare(world, **what)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert not Diversion.objects.exists()


def test_a_site_that_does_not_exist_stops_it_all(world: World):
    with pytest.raises(NotFound):
        declare(world, sites=["saint-luc", "nowhere"])
    assert not Diversion.objects.exists()


def test_an_episode_of_a_shared_failure_names_what_is_shared(world: World):
    declare(world)
    with pytest.raises(IntegrityError, match="diversion_incident_says_what_is_shared"), transaction.atomic():
        Diversion.objects.update(shared=None)
