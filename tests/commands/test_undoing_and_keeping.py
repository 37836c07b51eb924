"""Taking an order back before its crew has answered, and deciding that a transport keeps its destination."""

from __future__ import annotations

import pytest

from diversion.commands import redirects
from diversion.errors import Conflict, Denied, Invalid
from diversion.log import CommandKey
from diversion.models import Redirect, Transport
from diversion.situation import affected_undecided
from tests.world import REGION, World


def keep(world: World, transport: Transport, who: str = "dina", reason: str = "two minutes away", **more):
    redirects.keep_destination(
        actor=getattr(world, who), key=CommandKey.new(), transport_id=transport.pk, reason=reason, **more
    )
    return Redirect.objects.get(transport=transport, choice="keep")


def cancel(world: World, redirect: Redirect, who: str = "dina"):
    redirects.cancel_redirect(actor=getattr(world, who), key=CommandKey.new(), redirect_id=redirect.pk)
    redirect.refresh_from_db()


# ------------------------------------------------------------------ taking back


def test_an_order_is_taken_back_before_the_crew_has_answered(world: World):
    transport = world.transport("a1")
    redirect = world.order(transport, "saint-luc")
    cancel(world, redirect)
    transport.refresh_from_db()
    assert (redirect.state, transport.ordered_destination_id) == ("cancelled", None)


def test_any_dispatcher_may_take_an_order_back(world: World):
    redirect = world.order(world.transport("a1"), "saint-luc")
    cancel(world, redirect, "dirk")
    assert redirect.state == "cancelled"


def test_after_the_crew_has_answered_an_order_is_not_taken_back(world: World):
    redirect = world.order(world.transport("a1"), "saint-luc")
    world.crew_answers(redirect)
    with pytest.raises(Conflict) as refused:
        cancel(world, redirect)
    assert refused.value.row.state == "acknowledged"


@pytest.mark.parametrize("who", ["clara", "ruth", "ines", "ada", "sam", "cad"])
def test_only_dispatch_takes_an_order_back(world: World, who: str):
    redirect = world.order(world.transport("a1"), "saint-luc")
    with pytest.raises(Denied):
        cancel(world, redirect, who)


# ------------------------------------------------------------------ keeping


def test_keeping_the_destination_is_a_decision_on_record(world: World):
    transport = world.transport("a1")
    world.declare()
    decision = keep(world, transport)
    assert (decision.choice, decision.state, decision.reason) == ("keep", "acknowledged", "two minutes away")
    assert decision.to_site_id == "saint-pierre"


def test_keeping_needs_a_reason(world: World):
    with pytest.raises(Invalid) as refused:
        keep(world, world.transport("a1"), reason=" ")
    assert refused.value.code == "reason_required"


def test_keeping_ends_an_open_order(world: World):
    transport = world.transport("a1")
    redirect = world.order(transport, "saint-luc")
    keep(world, transport)
    redirect.refresh_from_db()
    transport.refresh_from_db()
    assert (redirect.state, transport.ordered_destination_id) == ("superseded", None)


def test_a_kept_transport_stays_affected_while_the_gate_excludes_it(world: World):
    transport = world.transport("a1")
    world.declare()
    keep(world, transport)
    transport.refresh_from_db()
    assert transport.affected_since is not None


def undecided() -> list[str]:
    return [one.vehicle.call_sign for one in affected_undecided(REGION)]


def test_what_was_kept_or_sent_to_a_closed_site_on_purpose_is_decided_until_that_is_taken_back(world: World):
    kept, sent, open_still = (world.transport(ref) for ref in ("a1", "a2", "a3"))
    world.declare()
    world.declare("saint-luc", actor=world.lucas)
    assert sorted(undecided()) == [one.vehicle.call_sign for one in (kept, sent, open_still)]
    keep(world, kept)
    order = world.order(sent, "saint-luc", reason="surgeon waits there")
    assert undecided() == ["a3"]
    cancel(world, order)
    assert sorted(undecided()) == ["a2", "a3"]


def test_what_was_sent_to_a_site_that_closed_only_then_is_to_be_decided_anew(world: World):
    transport = world.transport("a1")
    world.declare()
    world.order(transport, "saint-luc")
    assert undecided() == []
    world.declare("saint-luc", actor=world.lucas)
    assert undecided() == ["a1"]


def test_who_keeps_on_an_old_picture_is_refused(world: World):
    transport = world.transport("a1")
    with pytest.raises(Conflict) as refused:
        keep(world, transport, version=transport.version + 1)
    assert refused.value.code == "stale_version"


@pytest.mark.parametrize("who", ["clara", "ruth", "ines", "ada", "sam", "cad"])
def test_only_dispatch_decides_to_keep(world: World, who: str):
    with pytest.raises(Denied):
        keep(world, world.transport("a1"), who)
