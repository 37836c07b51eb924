"""A public reader: somebody without an account, who follows nothing and sends nothing of his own."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client

from diversion.commands import diversions
from diversion.log import CommandKey
from diversion.models import Bulletin, Diversion
from hospitals.models import Site
from tests.world import REGION, World

LANGUAGES = ("fr", "nl", "en")


@dataclass(frozen=True)
class Page:
    """An answer as the public gets it."""

    status: int
    headers: dict[str, str]
    body: str

    @property
    def text(self) -> str:
        """What is read: no tags, no doubled spaces, and spaces that do not break read like any other."""
        words = re.sub(r"<(head|style).*?</\1>", " ", self.body, flags=re.DOTALL)
        return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", words)))


Read = Callable[..., Page]


#: One for all: a browser of its own for each page would load the product's middleware anew each time.
ANYBODY = Client()


def get(path: str, **headers: str) -> Page:
    answer = ANYBODY.get(path, headers=headers)
    assert not answer.cookies, "a public page sets no cookie"
    return Page(answer.status_code, dict(answer.headers), answer.content.decode())


@pytest.fixture
def read() -> Read:
    """``read("", "fr")``: a public page of the region, by its address below the region's."""

    def page(path: str = "", language: str = "en", region: str = REGION) -> Page:
        return get(f"/bulletin/{language}/{region}/{path}")

    return page


@dataclass(frozen=True)
class Desk:
    """What happens at a site, and dispatch that has seen it."""

    world: World

    def see(self, diversion: Diversion) -> Diversion:
        diversions.see_diversion(actor=self.world.dina, key=CommandKey.new(), diversion_id=diversion.pk)
        diversion.refresh_from_db()
        return diversion

    def told(self, site: str = "saint-pierre", **said: object) -> Diversion:
        """Declared and seen: from here on the public reads of it."""
        actor = {"saint-pierre": self.world.clara, "saint-luc": self.world.lucas}.get(site, self.world.dina)
        return self.see(self.world.declare(site, actor=actor, **said))

    def amend(self, diversion: Diversion, **changes: object) -> None:
        diversions.amend_diversion(
            actor=self.world.dina, key=CommandKey.new(), diversion_id=diversion.pk, changes=changes
        )

    def lift(self, diversion: Diversion) -> None:
        diversions.lift_diversion(actor=self.world.dina, key=CommandKey.new(), diversion_id=diversion.pk)

    def withdraw(self, diversion: Diversion) -> None:
        diversions.withdraw_diversion(
            actor=self.world.sofie, key=CommandKey.new(), diversion_id=diversion.pk, reason="Entered for the wrong site"
        )

    def numbers(self) -> list[int]:
        return list(Bulletin.objects.order_by("number").values_list("number", flat=True))


@pytest.fixture
def desk(world: World) -> Desk:
    """The world, with telephone numbers the public may call."""
    Site.objects.update(phone="+32 2 555 00 00")
    return Desk(world)
