"""The world of the tests: a small region, its sites, its vehicles, and the fixed cast. Plain builders, no chance.

The cast: Dina and Dirk are dispatchers, Sofie their supervisor; Clara coordinates Saint-Pierre, Lucas Saint-Luc;
Ruth receives at Saint-Jean; Ines inspects, Ada administers, Carl drives; Sam is a stranger with an account and no role.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User

from diversion.actors import SYSTEM, Actor
from diversion.commands import diversions, members, redirects, saying, transports, vehicles
from diversion.identity import token_actor, user_actor
from diversion.log import CommandKey, Recorded
from diversion.models import Diversion, Membership, Notice, Redirect, SitePresence, Stream, Transport, Vehicle
from hospitals.models import Hospital, Region, Site
from tests.emptying import written_tables
from tests.kept_rows import Rows, put_back, taken

REGION = "testopolis"
PASSWORD = "only-for-tests-1234"  # the accounts of this database, which lives as long as the test run

SITES: dict[str, dict[str, Any]] = {
    "saint-pierre": {"lat": 50.834, "lon": 4.346, "destination": "general", "smur_base": True},
    "saint-luc": {"lat": 50.852, "lon": 4.452, "destination": "general", "smur_base": True},
    "saint-jean": {"lat": 50.854, "lon": 4.360, "destination": "general", "smur_base": None},
    "huderf": {"lat": 50.888, "lon": 4.328, "destination": "paediatric_only", "smur_base": False},
}
CAST: dict[str, tuple[str, str | None]] = {
    "dina": ("dispatcher", None),
    "dirk": ("dispatcher", None),
    "sofie": ("supervisor", None),
    "clara": ("coordinator", "saint-pierre"),
    "lucas": ("coordinator", "saint-luc"),
    "ruth": ("receiver", "saint-jean"),
    "ines": ("inspector", None),
    "ada": ("administrator", None),
    "carl": ("crew", None),
}
CAPABILITIES = [
    {"code": code, "name": {"fr": code, "nl": code, "en": code}} for code in ("stroke", "trauma", "ct", "cath_lab")
]
STATUSES = [{"code": code, "name": {"fr": code, "nl": code, "en": code}} for code in ("available", "transporting")]
BOUNDARY = [[4.0, 50.6], [4.8, 50.6], [4.8, 51.1], [4.0, 51.1]]


#: What ``begin`` has made, once it has: the rows, and the world they are.
_kept: list[tuple[Rows, World]] = []


def name(text: str) -> dict[str, str]:
    return {"fr": text, "nl": text}


@dataclass
class World:
    """What exists, and short ways for the cast to act on it. Everything goes through the commands.

    The cast have all just logged in: ``tests/attacks/test_step_up.py`` has those for whom that was long ago.
    """

    region: Region
    people: dict[str, Actor]
    users: dict[str, User]
    cad: Actor
    cad_secret: str
    vehicles: dict[str, Vehicle] = field(default_factory=dict)

    def __getattr__(self, who: str) -> Actor:
        try:
            return self.__dict__["people"][who]
        except KeyError:
            raise AttributeError(who) from None

    def site(self, pk: str) -> Site:
        return Site.objects.get(pk=pk)

    def vehicle(self, ref: str, kind: str = "ambulance") -> Vehicle:
        """A vehicle the dispatch system has made known."""
        vehicles.put_vehicle(
            actor=self.cad, key=CommandKey.new(), region_id=REGION, ref=ref, said={"call_sign": ref, "kind": kind}
        )
        return Vehicle.objects.get(region=self.region, ref=ref)

    def transport(
        self, ref: str, to: str = "saint-pierre", *, urgency: str = "urgent", kind: str = "ambulance", **more: Any
    ) -> Transport:
        """A transport under way, opened by the dispatch system."""
        patient = transports.Patient(
            urgency=urgency,
            needs=more.pop("needs", ()),
            physician_on_board=more.pop("physician_on_board", False),
            age_band=more.pop("age_band", "adult"),
        )
        transports.open_transport(
            actor=self.cad,
            key=CommandKey.new(),
            region_id=REGION,
            vehicle_id=self.vehicle(ref, kind).pk,
            destination_id=to,
            patient=patient,
            journey=transports.Journey(ref=f"t-{ref}", **more),
        )
        return Transport.objects.get(region=self.region, ref=f"t-{ref}")

    def declare(self, site: str = "saint-pierre", *, actor: Actor | None = None, **said: Any) -> Diversion:
        """A running diversion that closes the ambulance gate unless said otherwise."""
        said = {"cause": "it_outage", "gates": {"ambulances": "closed"}, **said}
        recorded = diversions.declare_diversion(
            actor=actor or self.clara,
            key=CommandKey.new(),
            site_id=site,
            declaration=saying.Declaration(**said),
        )
        return Diversion.objects.get(pk=recorded.events[0].fact["diversion"])

    def order(self, transport: Transport, to: str, **more: Any) -> Redirect:
        """A redirect ordered by Dina."""
        recorded = redirects.order_redirect(
            actor=self.dina, key=CommandKey.new(), transport_id=transport.pk, to_site_id=to, **more
        )
        return Redirect.objects.get(pk=recorded.events[0].fact["redirect"])

    def crew_answers(self, redirect: Redirect, channel: str = "cad") -> Recorded:
        return redirects.acknowledge_redirect(
            actor=self.cad, key=CommandKey.new(), redirect_id=redirect.pk, channel=channel
        )

    def notice(self, transport: Transport) -> Notice:
        """The open notice of a transport."""
        return Notice.objects.exclude(state__in=("withdrawn", "arrived")).get(transport=transport)


def begin() -> World:
    """The world as most tests find it: made once, then put back as the rows it was."""
    if not _kept:
        others = written_tables()
        world = build()
        if not others:
            _kept.append((taken(), world))
        return world
    rows, first = _kept[0]
    put_back(rows)
    # Rows of this test's own: one that a test changes must not be changed for the next.
    users = {user.username: user for user in User.objects.order_by("pk")}
    return World(Region.objects.get(), first.people, users, first.cad, first.cad_secret)


def build() -> World:
    """The world, made by the product's commands."""
    region = Region.objects.create(
        id=REGION,
        name={**name("Testopolis"), "en": "Testopolis"},
        boundary=BOUNDARY,
        vehicle_statuses=STATUSES,
        capabilities=CAPABILITIES,
    )
    Stream.objects.create(region=region)
    Hospital.objects.bulk_create(Hospital(id=f"h-{pk}", region=region, name=name(pk)) for pk in SITES)
    sites = Site.objects.bulk_create(_site(region, pk, facts) for pk, facts in SITES.items())
    SitePresence.objects.bulk_create(SitePresence(site=site, region=region) for site in sites)
    users = {user.username: user for user in User.objects.bulk_create(_people())}
    Membership.objects.bulk_create(
        Membership(user=users[who], role=role, region=region, site_id=site_id) for who, (role, site_id) in CAST.items()
    )
    _, secret = members.issue_token(
        actor=SYSTEM, key=CommandKey.new(), region_id=REGION, name="CAD", scopes=["cad:write", "feed:read"]
    )
    cad = token_actor(secret)
    assert cad is not None
    return World(region, {who: user_actor(user, proven=True) for who, user in users.items()}, users, cad, secret)


def _people() -> list[User]:
    """Accounts nobody can log in to with a password: the tests put them into a session themselves."""
    return [User(username=who, first_name=who.title(), password=make_password(None)) for who in (*CAST, "sam")]


def _site(region: Region, pk: str, facts: dict[str, Any]) -> Site:
    return Site(
        id=pk,
        region=region,
        hospital_id=f"h-{pk}",
        name=name(pk),
        short=name(pk),
        zone="test",
        address={"street": None, "postal_code": "1000", "commune": name("Bruxelles")},
        position_precision="site_point",
        position_confidence="high",
        confidence="high",
        capabilities={"stroke": {"value": pk == "saint-luc", "detail": None, "confidence": "high", "source": "test"}},
        **facts,
    )
