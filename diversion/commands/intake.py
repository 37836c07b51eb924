"""What a site takes in now, and which transports that excludes. Every command that alters either asks here.

``affected_since`` on a transport is set and cleared in the same event that changes the gates or the heading,
so a reader never sees a closed gate without its affected vehicles.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from diversion.commands.rows import locked
from diversion.errors import Invalid
from diversion.models import Diversion, Transport
from diversion.prepared import Prepared
from hospitals import gates
from hospitals.models import Region, Site

_RUNNING_AT: Final = Prepared(lambda site: Diversion.objects.running().filter(site_id=site), str)
_HEADING_FOR: Final = Prepared(
    lambda site: locked(Transport.objects.heading_for(site).select_related("vehicle")).order_by("pk"), str
)


def check_needs(needs: Sequence[str], region: Region) -> None:
    """Refuse a need that is no capability of this region."""
    known = {entry["code"] for entry in region.capabilities}
    for code in needs:
        if code not in known:
            detail = f"{code!r} is no capability of this region: send among {', '.join(sorted(known))}."
            raise Invalid("unknown_need", detail, field="needs")


def gates_now(site_id: str) -> gates.Effective:
    """The effective gates of a site. Exact only while its row is locked."""
    return gates.effective(one.said() for one in running_at(site_id))


def running_at(site_id: str) -> list[Diversion]:
    """The running episodes of a site, the oldest first."""
    return _RUNNING_AT(site_id)


def admitted(transport: Transport, intake: gates.Effective) -> bool:
    """Whether the gates of the site it is heading for admit this transport."""
    gate = gates.destination_gate(vehicle_kind=transport.vehicle.kind, physician_on_board=transport.physician_on_board)
    return gates.admits(intake.gates[gate], transport.urgency, transport.needs)


def reassess(transport: Transport, intake: gates.Effective, now: datetime) -> bool:
    """Set or clear ``affected_since``; True if it changed."""
    affected = not admitted(transport, intake)
    if affected == (transport.affected_since is not None):
        return False
    transport.affected_since = now if affected else None
    return True


def reassess_bound_for(site: Site, intake: gates.Effective, now: datetime) -> list[Transport]:
    """Lock the live transports heading for a site and return those whose being affected has changed."""
    return [transport for transport in _HEADING_FOR(site.pk) if reassess(transport, intake, now)]


def names(transports: Iterable[Transport]) -> list[str]:
    return [str(transport.pk) for transport in transports]
