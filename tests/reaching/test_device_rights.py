"""Who may enrol a device and end it, who is told no more, and that a browser is once at a place."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from diversion.commands import channels, members, quarantine
from diversion.errors import Conflict, Denied
from diversion.log import CommandKey
from diversion.models import Channel, Event
from tests.reaching.browsers import Browser, PushService
from tests.reaching.channels import Enrol, deliveries, try_all
from tests.world import REGION, World


def retire(actor, channel: Channel) -> None:
    channels.retire_channel(actor=actor, key=CommandKey.new(), channel_id=channel.pk)


# ------------------------------------------------------------------ who may


@pytest.mark.parametrize("who", ["lucas", "ruth", "sam", "ines", "ada", "dina", "sofie", "cad"])
def test_only_its_own_coordinator_has_a_device_told_of_a_site(phone: Browser, enrol: Enrol, who: str):
    with pytest.raises(Denied):
        enrol(who, phone)


@pytest.mark.parametrize("who", ["clara", "ruth", "sam", "ines", "ada", "cad"])
def test_only_dispatch_has_a_device_told_of_the_region(phone: Browser, enrol: Enrol, who: str):
    with pytest.raises(Denied):
        enrol(who, phone, site=None)


@pytest.mark.parametrize("who", ["clara", "ada"])
def test_a_sites_device_is_ended_by_its_coordinator_and_by_an_administrator(
    world: World, service: PushService, phone: Browser, enrol: Enrol, who: str
):
    made = enrol("clara", phone)
    retire(getattr(world, who), made)
    try_all()
    assert [one.state for one in deliveries()] == ["not_needed"]
    assert service.got == []
    with pytest.raises(Conflict):
        retire(world.ada, made)


@pytest.mark.parametrize("who", ["lucas", "ruth", "sam", "ines", "dina", "sofie"])
def test_nobody_else_ends_a_sites_device(world: World, phone: Browser, enrol: Enrol, who: str):
    made = enrol("clara", phone)
    with pytest.raises(Denied):
        retire(getattr(world, who), made)


def test_a_dispatcher_ends_the_own_device_and_no_colleagues(world: World, phone: Browser, enrol: Enrol):
    made = enrol("dina", phone, site=None)
    for other in (world.dirk, world.sofie, world.clara):
        with pytest.raises(Denied):
            retire(other, made)
    retire(world.dina, made)


def test_a_coordinator_ends_no_gateway(world: World):
    said = channels.NewChannel(name="SMS", address="json://127.0.0.1", hears=["question"], site_id="saint-pierre")
    channels.add_channel(actor=world.ada, key=CommandKey.new(), region_id=REGION, channel=said)
    with pytest.raises(Denied):
        retire(world.clara, Channel.objects.get())


def test_who_loses_the_role_is_told_no_more(world: World, service: PushService, phone: Browser, enrol: Enrol):
    made = enrol("dina", phone, site=None)
    try_all()
    members.revoke_role(
        actor=world.ada, key=CommandKey.new(), user_id=world.dina.id, role="dispatcher", region_id=REGION
    )
    made.refresh_from_db()
    assert not made.active
    assert Event.objects.latest("seq").kind == "channel.retired"
    world.declare()
    assert deliveries("declaration") == []


def test_who_is_shut_out_is_told_no_more_and_a_colleague_still_is(world: World, service: PushService, enrol: Enrol):
    enrol("dina", Browser(service.origin, "dinas"), "Dina", site=None)
    kept = enrol("dirk", Browser(service.origin, "dirks"), "Dirk", site=None)
    members.deactivate_user(actor=world.ada, key=CommandKey.new(), user_id=world.dina.id, region_id=REGION)
    assert list(Channel.objects.active()) == [kept]


def test_a_quarantine_ends_a_hospitals_devices_and_they_are_enrolled_anew(
    world: World, service: PushService, enrol: Enrol
):
    enrol("clara", Browser(service.origin, "claras"), "Clara")
    gateway = channels.NewChannel(
        name="E-mail", address="json://127.0.0.1:9", hears=["question"], site_id="saint-pierre"
    )
    channels.add_channel(actor=world.ada, key=CommandKey.new(), region_id=REGION, channel=gateway)
    others = [
        enrol("lucas", Browser(service.origin, "lucass"), "Lucas", site="saint-luc"),
        enrol("dina", Browser(service.origin, "dinas"), "Dina", site=None),
        Channel.objects.get(name="E-mail"),
    ]
    quarantine.quarantine_site(
        actor=world.sofie, key=CommandKey.new(), site_id="saint-pierre", reason="a login was stolen"
    )
    assert set(Channel.objects.active()) == set(others)
    assert enrol("clara", Browser(service.origin, "claras"), "Clara again").active


def test_what_waits_for_somebody_who_has_lost_the_role_elsewhere_is_not_sent(
    world: World, service: PushService, phone: Browser, enrol: Enrol
):
    """By whatever way it was lost: it is asked again when the message is taken up."""
    enrol("clara", phone)
    world.users["clara"].is_active = False
    world.users["clara"].save()
    try_all()
    assert ([one.state for one in deliveries()], service.got) == (["not_needed"], [])


# ------------------------------------------------------------------ once


def test_a_browser_enrolled_twice_is_one_under_its_last_name(service: PushService, phone: Browser, enrol: Enrol):
    first = enrol("clara", phone)
    again = enrol("clara", phone, "Phone of Clara")
    assert again.pk == first.pk
    assert Channel.objects.count() == 1
    assert Event.objects.filter(kind="channel.changed").count() == 1


def test_two_browsers_are_two_and_a_place_each_is_two(world: World, service: PushService, enrol: Enrol):
    one, other = Browser(service.origin, "one"), Browser(service.origin, "other")
    members.grant_role(
        actor=world.ada, key=CommandKey.new(), user_id=world.clara.id, role="dispatcher", region_id=REGION
    )
    enrol("clara", one, "One")
    enrol("clara", other, "Other")
    enrol("clara", one, "Region", site=None)
    assert Channel.objects.active().count() == 3


def test_the_database_holds_that_a_browser_is_once_at_a_place(phone: Browser, enrol: Enrol):
    for site in ("saint-pierre", None):
        made = enrol("clara" if site else "dina", phone, f"At {site}", site=site)
        twin = Channel(
            region=made.region, site=made.site, device=made.device, name="Twin", enrolled_by=made.enrolled_by
        )
        with pytest.raises(IntegrityError, match="channel_device_once_per_place"), transaction.atomic():
            twin.save()


def test_the_database_holds_that_a_device_is_somebodys(phone: Browser, enrol: Enrol):
    enrol("clara", phone)
    with pytest.raises(IntegrityError, match="channel_device_says_whose"), transaction.atomic():
        Channel.objects.update(enrolled_by=None)


def test_a_device_that_is_given_a_gateways_address_is_nobodys_any_more(world: World, phone: Browser, enrol: Enrol):
    made = enrol("clara", phone)
    channels.change_channel(
        actor=world.ada, key=CommandKey.new(), channel_id=made.pk, changes={"address": "json://127.0.0.1"}
    )
    made.refresh_from_db()
    assert (made.medium, made.device, made.enrolled_by) == ("webhook", None, None)
