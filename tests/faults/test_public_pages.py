"""With the database stopped the public still reads the last page, which says of itself how old it may be."""

from __future__ import annotations

import httpx
from django.db import connection

from diversion.commands import diversions
from diversion.embedded.services import Services
from diversion.log import CommandKey
from tests.server import Server, eventually
from tests.world import REGION, World

PAGE = f"/bulletin/en/{REGION}/"


def test_with_the_database_stopped_the_last_page_is_still_served(
    services: Services, server: Server, real_world: World
) -> None:
    diversion = real_world.declare()
    diversions.see_diversion(actor=real_world.dina, key=CommandKey.new(), diversion_id=diversion.pk)
    with httpx.Client(base_url=server.url, timeout=30, trust_env=False) as reader:
        first = reader.get(PAGE)
        assert "Ambulances diverted" in first.text
        assert "set-cookie" not in first.headers
        # This process's own connections would die with the database.
        connection.close()
        connection.close_pool()
        services.stop_postgres()
        # Past its time: from here on every answer is one that could not be drawn anew.
        eventually(lambda: int(reader.get(PAGE).headers["age"]) > 12, 40, lambda: "it does not grow old")
        later = reader.get(PAGE)
        assert (later.status_code, later.content) == (200, first.content)
        assert "this page may be outdated" in later.text
        known = {"If-None-Match": later.headers["etag"], "Accept-Encoding": later.request.headers["accept-encoding"]}
        assert reader.get(PAGE, headers=known).status_code == 304
        assert reader.get(f"{PAGE}1/").status_code == 503
        services.start_postgres()
        eventually(lambda: reader.get(f"{PAGE}1/").status_code == 200, 30, lambda: "bulletins do not come back")
