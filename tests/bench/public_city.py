"""Fills a prepared benchmark database for the public pages: three hospitals with a diversion that dispatch has seen."""

from __future__ import annotations

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402

from diversion.actors import Actor  # noqa: E402
from diversion.commands import diversions  # noqa: E402
from diversion.identity import user_actor  # noqa: E402
from diversion.log import CommandKey  # noqa: E402
from diversion.models import Bulletin, Membership  # noqa: E402
from hospitals.models import Region, Site  # noqa: E402

SITES = 3


def dispatcher(region: Region) -> Actor:
    user = User.objects.create(username="bench-dispatcher")
    Membership.objects.create(user=user, role="dispatcher", region=region)
    return user_actor(user)


def main() -> None:
    region = Region.objects.get()
    actor = dispatcher(region)
    services = {code: {"level": "down"} for code in ("records", "consultations", "radiology", "phones")}
    said = diversions.Declaration(
        cause="it_outage", gates={"ambulances": "closed", "walk_ins": "vital_only"}, services=services
    )
    for site in Site.objects.filter(destination="general").order_by("pk")[:SITES]:
        told = diversions.declare_diversion(actor=actor, key=CommandKey.new(), site_id=site.pk, declaration=said)
        diversion = told.events[0].fact["diversion"]
        diversions.see_diversion(actor=actor, key=CommandKey.new(), diversion_id=diversion)
    assert Bulletin.objects.count() == SITES


if __name__ == "__main__":
    main()
