"""Writes a burst of events from a process of its own: one declaration, then so many confirmations of it.

    python -m tests.bench.burst_writer 300

Prints {"first", "last"}: the numbers of the events, for the benchmark to follow.
"""

from __future__ import annotations

import json
import sys

import django

django.setup()

from diversion.actors import SYSTEM  # noqa: E402
from diversion.commands.attesting import attest_diversion  # noqa: E402
from diversion.commands.diversions import declare_diversion  # noqa: E402
from diversion.commands.saying import Declaration  # noqa: E402
from diversion.log import CommandKey  # noqa: E402
from diversion.models import Diversion  # noqa: E402
from hospitals.models import Site  # noqa: E402


def main() -> None:
    site = Site.objects.filter(destination="general").order_by("-pk")[0]
    running = Diversion.objects.running().filter(site=site).first()
    if running is None:
        said = Declaration(cause="it_outage", gates={"ambulances": "closed"})
        declare_diversion(actor=SYSTEM, key=CommandKey.new(), site_id=site.pk, declaration=said)
        running = Diversion.objects.running().get(site=site)
    numbers = []
    for _ in range(int(sys.argv[1])):
        told = attest_diversion(actor=SYSTEM, key=CommandKey.new(), diversion_id=running.pk)
        numbers += [event.seq for event in told.events]
    print(json.dumps({"first": numbers[0], "last": numbers[-1]}))


if __name__ == "__main__":
    main()
