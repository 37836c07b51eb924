"""Journey factors: what a region's own recorded drives say of the estimates, taken into use on the record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from diversion import access
from diversion.actors import Actor
from diversion.commands.rows import take
from diversion.journeys.factors import Band, Driven, Factors
from diversion.journeys.port import Mode
from diversion.kinds import EventKind
from diversion.log import CommandKey, Recorded, change
from diversion.models import Event
from hospitals.models import Region


def driven(region_id: str, since: datetime | None = None) -> Iterator[Driven]:
    """Every recorded arrival of which the drive had been foretold."""
    arrivals = Event.objects.filter(region_id=region_id, kind=EventKind.TRANSPORT_ARRIVED, fact__has_key="journey")
    if since is not None:
        arrivals = arrivals.filter(at__gte=since)
    for told in arrivals.order_by("seq").values_list("fact__journey", flat=True).iterator():
        # What the source itself had said, before the factor of that day.
        car_s = told["seconds"] / told["factor"]
        yield Driven(told["source"], Mode(told["mode"]), Band(told["band"]), car_s, told["took_s"])


def calibrate_journeys(*, actor: Actor, key: CommandKey, region_id: str, factors: Factors) -> Recorded:
    """Estimate journeys with these factors from now on. The same ones again record nothing."""
    with change(region_id, actor=actor, key=key) as log:
        region = take(Region.objects.all(), region_id, "region")
        log.role = access.require(actor, "policy.change", region)
        fitted = factors.as_stored()
        if fitted != region.journey_factors:
            # No part of the region's picture: screens are told journeys, not how they are reckoned.
            Region.objects.filter(pk=region_id).update(journey_factors=fitted)
            fact = {"region": region_id, "factors": fitted, "former": region.journey_factors}
            log.add(EventKind.JOURNEYS_CALIBRATED, fact=fact)
    return log.answer()
