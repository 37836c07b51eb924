"""Fills an empty, migrated database for the benchmark: the Brussels registry and two machine keys, through commands.

Prints {"region", "site", "feed", "write"}: the keys are for one throw-away database and never leave the machine.
"""

from __future__ import annotations

import json

import django

django.setup()

from diversion.actors import SYSTEM  # noqa: E402
from diversion.commands.members import issue_token  # noqa: E402
from diversion.log import CommandKey  # noqa: E402
from hospitals.models import Region, Site  # noqa: E402


def key(scope: str, region: str, site: str | None = None) -> str:
    _, secret = issue_token(
        actor=SYSTEM, key=CommandKey.new(), region_id=region, name=f"bench {scope}", scopes=[scope], site_id=site
    )
    return secret


def main() -> None:
    region = Region.objects.get().pk
    site = Site.objects.filter(destination="general").order_by("pk")[0].pk
    keys = {"feed": key("feed:read", region), "write": key("diversions:write", region, site)}
    print(json.dumps({"region": region, "site": site, **keys}))


if __name__ == "__main__":
    main()
