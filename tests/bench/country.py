"""Regions of different sizes in one database, written at once, each with an episode at one of its sites.

    python -m tests.bench.country make 30 30 100 300
    python -m tests.bench.country write 300 60 r0 r1

``make`` takes the number of sites of each region and prints ``{region: {"sites", "key"}}``; five vehicles a site, all
with a position. ``write`` attests in these regions in turn, so many times altogether and so many a second, and prints
{"last", "cpu"}: each region's last number, and the milliseconds of processor time a command took.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import django

django.setup()

from django.utils import timezone  # noqa: E402

from diversion.actors import SYSTEM  # noqa: E402
from diversion.commands.attesting import attest_diversion  # noqa: E402
from diversion.commands.diversions import declare_diversion  # noqa: E402
from diversion.commands.saying import Declaration  # noqa: E402
from diversion.log import CommandKey  # noqa: E402
from diversion.models import Diversion, LastPosition, SitePresence, Stream, Vehicle  # noqa: E402
from hospitals.models import Hospital, Region, Site  # noqa: E402
from tests.bench.prepare import key  # noqa: E402

VEHICLES_A_SITE = 5
FRAME = [[4.0, 50.6], [4.8, 50.6], [4.8, 51.1], [4.0, 51.1]]


def main() -> None:
    what, *numbers = sys.argv[1:]
    if what == "make":
        print(json.dumps({f"r{nth}": _region(f"r{nth}", int(sites)) for nth, sites in enumerate(numbers)}))
    else:
        print(json.dumps(_write(int(numbers[0]), float(numbers[1]), numbers[2:])))


def _region(pk: str, sites: int) -> dict[str, Any]:
    region = Region.objects.create(id=pk, name=_named(pk), boundary=FRAME, vehicle_statuses=[], capabilities=[])
    Stream.objects.create(region=region)
    hospital = Hospital.objects.create(id=f"{pk}-h", region=region, name=_named(pk))
    places = Site.objects.bulk_create(_site(region, hospital, f"{pk}-{nth}", nth) for nth in range(sites))
    SitePresence.objects.bulk_create(SitePresence(site=site, region=region) for site in places)
    fleet = Vehicle.objects.bulk_create(
        Vehicle(region=region, ref=f"V{nth}", call_sign=f"AMB {nth}", kind="ambulance", status="available")
        for nth in range(sites * VEHICLES_A_SITE)
    )
    LastPosition.objects.bulk_create(_position(one, nth) for nth, one in enumerate(fleet))
    said = Declaration(cause="it_outage", gates={"ambulances": "closed"})
    declare_diversion(actor=SYSTEM, key=CommandKey.new(), site_id=places[0].pk, declaration=said)
    return {"sites": sites, "key": key("feed:read", pk)}


def _named(text: str) -> dict[str, str]:
    return {"fr": text, "nl": text, "en": text}


def _site(region: Region, hospital: Hospital, pk: str, nth: int) -> Site:
    return Site(
        id=pk, region=region, hospital=hospital, name=_named(f"Hospital {pk}"), short=_named(pk), zone="bench",
        address={"street": None, "postal_code": "1000", "commune": _named("Bruxelles")},
        position_precision="site_point", position_confidence="high", confidence="high", destination="general",
        lat=50.8 + nth / 1000, lon=4.3 + nth / 1000, smur_base=None,
        capabilities={"stroke": {"value": None, "detail": None, "confidence": "low", "source": "bench"}},
    )  # fmt: skip


def _position(vehicle: Vehicle, nth: int) -> LastPosition:
    now = timezone.now()
    return LastPosition(
        vehicle=vehicle, lat=50.8 + nth / 4000, lon=4.3 + nth / 4000, at=now, received_at=now, heading=nth % 360,
        speed_mps=11.4,
    )  # fmt: skip


def _write(events: int, a_second: float, regions: list[str]) -> dict[str, Any]:
    episodes = [Diversion.objects.running().get(region_id=pk).pk for pk in regions]
    attest_diversion(actor=SYSTEM, key=CommandKey.new(), diversion_id=episodes[0])  # pays for what is made once
    last: dict[str, int] = {}
    used, begun = time.process_time_ns(), time.monotonic()
    for nth in range(events):
        time.sleep(max(0.0, begun + nth / a_second - time.monotonic()))
        told = attest_diversion(actor=SYSTEM, key=CommandKey.new(), diversion_id=episodes[nth % len(episodes)])
        last[told.region_id] = told.events[-1].seq
    return {"last": last, "cpu": (time.process_time_ns() - used) / 1e6 / events}


if __name__ == "__main__":
    main()
