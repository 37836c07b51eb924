"""What must hold after any storm, whoever won."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from diversion.models import Diversion, Event, Notice, Redirect, Stream, Transport
from diversion.states import NOTICE_OPEN
from diversion.wire.audiences import Audience
from hospitals import gates
from tests.replicas.replica import Replica, since, snapshot
from tests.world import REGION

DISPATCH = Audience(REGION)


@pytest.fixture
def followed(real_world: object) -> Callable[[], None]:
    """A reader from before the storm; calling this checks that everything is in order after it."""
    replica = Replica.of(snapshot(DISPATCH))

    def check() -> None:
        assert_gap_free()
        assert_chain_is_sound()
        assert_affected_is_what_the_gates_say()
        news = since(DISPATCH, replica.cursor)
        assert news is not None
        replica.take(news)
        assert replica.rows == Replica.of(snapshot(DISPATCH)).rows

    return check


def assert_gap_free() -> None:
    numbers = list(Event.objects.filter(region_id=REGION).order_by("seq").values_list("seq", flat=True))
    assert numbers == list(range(1, Stream.objects.get(pk=REGION).head + 1))


def assert_chain_is_sound() -> None:
    """At most one open order and one open notice per transport, and they say what the transport says."""
    for transport in Transport.objects.live():
        orders = Redirect.objects.filter(transport=transport, state="ordered")
        assert [one.to_site_id for one in orders] == (
            [transport.ordered_destination_id] if transport.ordered_destination_id else []
        )
        open_notices = Notice.objects.filter(transport=transport, state__in=NOTICE_OPEN)
        assert {one.site_id for one in open_notices} <= {transport.destination_id}
    assert not Notice.objects.filter(transport__ended_at__isnull=False, state__in=NOTICE_OPEN).exists()
    assert not Redirect.objects.filter(transport__ended_at__isnull=False, state="ordered").exists()


def assert_affected_is_what_the_gates_say() -> None:
    for transport in Transport.objects.live().select_related("vehicle"):
        said = [one.said() for one in Diversion.objects.running().filter(site_id=transport.heading_to_id)]
        gate = gates.destination_gate(
            vehicle_kind=transport.vehicle.kind, physician_on_board=transport.physician_on_board
        )
        admitted = gates.admits(gates.effective(said).gates[gate], transport.urgency, transport.needs)
        assert (transport.affected_since is None) == admitted, transport.pk
