"""Quarantine: one action shuts out a site's machines and earlier logins; people who log in anew keep control."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from diversion import access
from diversion.commands import quarantine
from diversion.errors import Conflict, Denied, Invalid
from diversion.identity import token_actor
from diversion.log import CommandKey
from diversion.models import Event
from hospitals.models import Site
from tests.access.actors import secret_of
from tests.world import World


def shut(world: World, who: str = "sofie", site: str = "saint-pierre", reason: str = "compromised") -> Site:
    quarantine.quarantine_site(actor=getattr(world, who), key=CommandKey.new(), site_id=site, reason=reason)
    return world.site(site)


def release(world: World, who: str = "sofie", site: str = "saint-pierre") -> Site:
    quarantine.release_site(actor=getattr(world, who), key=CommandKey.new(), site_id=site, reason="clean")
    return world.site(site)


def logged_in(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.users[who])
    return client


def test_a_sites_tokens_open_nothing_until_it_is_released(world: World):
    own, other = (secret_of(world, "diversions:write", site=site) for site in ("saint-pierre", "saint-luc"))
    machine = token_actor(own)
    assert shut(world).quarantined_by == "Sofie"
    assert token_actor(own) is None
    assert token_actor(other) is not None
    assert access.live_token(machine) is None
    release(world)
    assert token_actor(own) is not None


def test_regional_machines_go_on(world: World):
    shut(world)
    assert token_actor(world.cad_secret) is not None


def test_who_was_logged_in_there_logs_in_again_and_keeps_control(world: World):
    clara, lucas = logged_in(world, "clara"), logged_in(world, "lucas")
    shut(world)
    assert clara.get("/api/me").status_code == 401
    assert lucas.get("/api/me").status_code == 200
    assert logged_in(world, "clara").get("/api/me").status_code == 200
    assert world.declare().ambulances == "closed"


def test_what_was_ended_is_on_record(world: World):
    logged_in(world, "clara")
    secret_of(world, "diversions:write", site="saint-pierre")
    shut(world)
    fact = Event.objects.latest("seq").fact
    assert (fact["reason"], fact["sessions_ended"], fact["tokens"]) == ("compromised", 1, 1)


def test_the_hospital_shuts_itself_but_does_not_release_itself(world: World):
    shut(world, who="clara")
    with pytest.raises(Denied):
        release(world, who="clara")
    assert release(world, who="ada").quarantined_at is None


@pytest.mark.parametrize("who", ["dina", "lucas", "ruth", "ines", "sam", "cad"])
def test_who_may_not_shut_or_release_is_refused(world: World, who: str):
    with pytest.raises(Denied):
        shut(world, who=who)
    shut(world)
    with pytest.raises(Denied):
        release(world, who=who)


def test_it_needs_a_reason_and_happens_once(world: World):
    with pytest.raises(Invalid, match="needs a reason"):
        shut(world, reason=" ")
    shut(world)
    with pytest.raises(Conflict, match="in quarantine already"):
        shut(world)
    release(world)
    with pytest.raises(Conflict, match="not in quarantine"):
        release(world)


def test_who_shut_it_stays_with_the_fact(world: World):
    shut(world)
    with pytest.raises(IntegrityError, match="site_quarantine_has_an_author"), transaction.atomic():
        Site.objects.update(quarantined_by=None)
