"""What nobody answers goes on to somebody else once, after a time that the region decides."""

from __future__ import annotations

from django.utils import timezone

from diversion import clock
from diversion.commands import diversions
from diversion.log import CommandKey
from diversion.models import Event
from tests.reaching.channels import deliveries, try_all
from tests.reaching.sinks import Gateway
from tests.world import World


def test_an_unanswered_notice_goes_on_to_the_supervisor_once(world: World, tested, later, gateway: Gateway):
    tested()
    notice = world.notice(world.transport("a1", "saint-jean"))
    later(119)
    assert clock.tell_supervisor() == 0
    later(2)
    assert (clock.tell_supervisor(), clock.tell_supervisor()) == (1, 0)
    notice.refresh_from_db()
    assert notice.supervisor_at == timezone.now()
    assert Event.objects.latest("seq").kind == "notice.escalated_to_supervisor"
    try_all()
    assert "sans réponse" in gateway.titles[0]


def test_a_declaration_nobody_has_seen_is_told_once(world: World, tested, later, gateway: Gateway):
    tested(hears=["unseen_declaration"])
    diversion = world.declare()
    later(59)
    assert clock.tell_unseen() == 0
    later(2)
    assert (clock.tell_unseen(), clock.tell_unseen()) == (1, 0)
    diversion.refresh_from_db()
    assert diversion.unseen_at == timezone.now()
    try_all()
    assert "non vue" in gateway.titles[0]


def test_what_was_made_stricter_and_not_seen_again_is_told_again(world: World, tested, later, gateway: Gateway):
    tested(hears=["declaration", "unseen_declaration"])
    diversion = world.declare(gates={"ambulances": "life_threatening"})
    diversions.see_diversion(actor=world.dina, key=CommandKey.new(), diversion_id=diversion.pk)
    later(600)
    changes = {"gates": {"ambulances": "closed"}}
    diversions.amend_diversion(actor=world.clara, key=CommandKey.new(), diversion_id=diversion.pk, changes=changes)
    assert len(deliveries("declaration")) == 2
    later(59)
    assert clock.tell_unseen() == 0
    later(2)
    assert clock.tell_unseen() == 1


def test_a_declaration_that_was_seen_is_not_told(world: World, later):
    diversion = world.declare()
    diversions.see_diversion(actor=world.dina, key=CommandKey.new(), diversion_id=diversion.pk)
    later(600)
    assert clock.tell_unseen() == 0


def test_the_region_decides_how_long_the_chain_waits(world: World, later):
    world.region.policy = {"unseen_after_s": 10, "supervisor_after_s": 20}
    world.region.save()
    world.declare()
    world.transport("a1", "saint-jean")
    later(21)
    assert (clock.tell_unseen(), clock.tell_supervisor()) == (1, 1)
