"""Claims: a desk says which vehicles it is deciding about, so that two dispatchers do not decide about one.

A claim refuses nobody anything. It is a signal: the next one replaces it, and one that is not renewed runs out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from diversion import access, doorbell, moment
from diversion.actors import Actor
from diversion.commands.rows import region
from diversion.models import Claim, Transport

#: How long a desk that has died still seems to be at a vehicle.
HOLD: Final = timedelta(seconds=30)


def hold_claims(*, actor: Actor, region_id: str, desk: UUID, transports: Sequence[UUID]) -> datetime:
    """Replace everything a desk holds, and tell the other desks; nothing gives it all up. When it was taken."""
    here = region(region_id)
    access.require(actor, "claim.hold", here)
    now = moment.now()
    # What has been decided or has ended meanwhile is nobody's any more.
    live = Transport.objects.live().filter(region=here, pk__in=transports).order_by("pk")
    held = [str(pk) for pk in live.values_list("pk", flat=True)]
    mine = f"{actor.key}/{desk}"
    if held:
        said = {"region": here, "desk": desk, "name": actor.name, "transports": held, "until": now + HOLD}
        Claim.objects.update_or_create(pk=mine, defaults=said)
    else:
        Claim.objects.filter(pk=mine).delete()
    Claim.objects.filter(region=here, until__lte=now).delete()
    doorbell.ring_claims(region_id)
    return now
