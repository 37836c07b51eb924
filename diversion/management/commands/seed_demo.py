"""Demonstration accounts: the file with the logins is the only memory of their passwords, readable by its owner alone.

Run again, it keeps what still works and makes the rest anew; the database holds hashes only.
"""

from __future__ import annotations

import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from diversion.actors import SYSTEM
from diversion.commands.members import grant_role, issue_token, revoke_token
from diversion.identity import digest
from diversion.log import CommandKey
from diversion.models import ApiToken, Membership
from hospitals.models import Region, Site

#: Short, common, and hard to mistake for each other when read aloud. Three of them and four digits make a password.
WORDS: Final = """
amber anchor apple arrow autumn badge banjo basil beach bottle branch bread breeze bridge bronze button cabin candle
canvas carpet castle cedar cherry circle clover cobalt comet copper coral cotton cradle crystal daisy delta desert
dragon eagle ember falcon feather fiddle forest fossil garden ginger glacier granite guitar hammer harbour hazel
helmet hollow honey island ivory jasmine jungle kettle ladder lagoon lantern lemon linen lizard magnet mango maple
marble meadow melon mirror mosaic mustard needle nickel nutmeg oasis olive orange orchid otter oyster paddle panda
paper pebble pepper piano pillow planet plum pocket pollen poppy prism puzzle quartz rabbit radish raven ribbon
river robin rocket saddle saffron salmon scarlet shadow silver slate sparrow spruce summit sunset tablet tiger
timber tulip tunnel turtle umber valley velvet violet walnut willow window winter
"""


@dataclass(frozen=True, slots=True)
class Cast:
    """Whom a region's demonstration needs: coordinators by user name, receivers and replayed incidents by site."""

    coordinators: Mapping[str, tuple[str, ...]]
    receivers: tuple[str, ...]
    replayed: tuple[str, ...]


CASTS: Final[Mapping[str, Cast]] = {
    "brussels": Cast(
        coordinators={
            "saint-pierre": ("saint-pierre",),
            "saint-luc": ("saint-luc",),
            "iris-sud": ("his-ixelles", "his-moliere"),
        },
        # Where the plan sends most of the patients who were bound for Saint-Pierre in its replay.
        receivers=("saint-jean", "brugmann-horta", "his-bracops"),
        replayed=("saint-pierre", "saint-luc"),
    ),
    "namur": Cast(
        coordinators={"chrsm-meuse": ("chrsm-meuse",), "chrsm": ("chrsm-meuse", "chrsm-sambre")},
        receivers=("ste-elisabeth-namur", "saint-luc-bouge", "godinne"),
        replayed=("chrsm-meuse", "chrsm-sambre"),
    ),
    "liege": Cast(
        coordinators={"citadelle": ("citadelle",), "chu-liege": ("sart-tilman", "bruyeres")},
        receivers=("montlegia", "andre-renard", "bruyeres"),
        replayed=("citadelle",),
    ),
}


@dataclass(frozen=True, slots=True)
class Login:
    """One person of the demonstration. The names are made up; the roles are the product's own."""

    role: str
    username: str
    name: str
    url_path: str
    sites: tuple[str, ...] = ()

    @property
    def is_administrator(self) -> bool:
        return self.role == "administrator"

    def told(self, password: str) -> dict[str, str]:
        return {
            "role": self.role,
            "username": self.username,
            "password": password,
            "url_path": self.url_path,
            "name": self.name,
        }


@dataclass(frozen=True, slots=True)
class Machine:
    """One token of the simulated surroundings."""

    name: str
    scopes: tuple[str, ...]
    site_id: str | None = None


CAD: Final = Machine("Simulated dispatch system", ("feed:read", "cad:write"))
#: For whoever tries the interface: what a dispatch system's own token may do.
VISITOR: Final = Machine("Demonstration integration", ("feed:read", "cad:write"))
STAFF: Final = Machine("Simulated ED staff", ("notices:write", "screens:beat"))


class Command(BaseCommand):
    help = "Make the accounts and tokens of a demonstration, and write them to a file that only its owner can read."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", type=Path, required=True, help="where to write, and find again, the logins")
        parser.add_argument("--region", default="brussels", choices=sorted(CASTS))

    def handle(self, *args: Any, **options: Any) -> None:
        region_id, file = options["region"], options["json"]
        if settings.ENV.https:
            raise CommandError("This is a production server (HTTPS is set): it gets no accounts for demonstration.")
        known = _remembered(file, region_id)
        cast = CASTS[region_id]
        _require_loaded(region_id, cast)
        logins = [_login(one, region_id, known) for one in _people(region_id, cast)]
        content = {
            "region": region_id,
            "logins": logins,
            "token": _token(region_id, VISITOR, known.get("token")),
            "simulation": _simulation(region_id, cast, known),
        }
        _write(file, content)
        self.stdout.write(f"{len(logins)} demonstration logins of region {region_id} are in {file}.")


# ---------------------------------------------------------------- who


def _people(region_id: str, cast: Cast) -> list[Login]:
    """Everybody, the desk first. Names of the region's roles are the region's own outside Brussels."""
    prefix = "" if region_id == "brussels" else f"{region_id}-"
    console = f"/console/{region_id}/"
    coordinators = [
        Login("coordinator", username, name, _home(sites), sites)
        for (username, sites), name in zip(cast.coordinators.items(), ("Dominique", "Alix", "Noor"), strict=False)
    ]
    receivers = [
        Login("receiver", f"ed-{site}", name, f"/screen/{site}/", (site,))
        for site, name in zip(cast.receivers, ("Charlie", "Sacha", "Lou"), strict=True)
    ]
    return [
        Login("dispatcher", f"{prefix}dispatcher", "Camille", console),
        Login("dispatcher", f"{prefix}dispatcher2", "Robin", console),
        Login("supervisor", f"{prefix}supervisor", "Maxime", console),
        *coordinators,
        *receivers,
        Login("crew", f"{prefix}crew", "Mika", f"/crew/{region_id}/"),
        Login("inspector", f"{prefix}inspector", "Andrea", console),
        Login("administrator", f"{prefix}administrator", "Jo", f"/administration/{region_id}/"),
    ]


def _home(sites: tuple[str, ...]) -> str:
    # Somebody with several campuses chooses one first: the site is never assumed.
    return f"/site/{sites[0]}/" if len(sites) == 1 else "/site/"


def _require_loaded(region_id: str, cast: Cast) -> None:
    if not Region.objects.filter(pk=region_id).exists():
        raise CommandError(f"Region {region_id} is not loaded; first: manage.py import_registry {region_id} --yes")
    needed = {*cast.receivers, *cast.replayed, *(site for sites in cast.coordinators.values() for site in sites)}
    found = Site.objects.filter(pk__in=needed, region=region_id).values_list("pk", flat=True)
    if missing := sorted(needed - set(found)):
        raise CommandError(f"The registry of {region_id} lacks sites of the demonstration: {', '.join(missing)}")


def _login(login: Login, region_id: str, known: dict[str, Any]) -> dict[str, str]:
    """The account as the file says it, made or mended, with its roles."""
    password = _passwords(known).get(login.username) or _new_password()
    user, _ = User.objects.get_or_create(username=login.username)
    if not user.check_password(password):
        user.set_password(password)
    user.first_name, user.is_active = login.name, True
    user.is_staff = user.is_superuser = login.is_administrator
    user.save()
    for site_id in login.sites or (None,):
        _grant(user, login.role, region_id, site_id)
    return login.told(password)


def _grant(user: User, role: str, region_id: str, site_id: str | None) -> None:
    if not Membership.objects.filter(user=user, role=role, region=region_id, site=site_id).exists():
        key = CommandKey.new()
        grant_role(actor=SYSTEM, key=key, user_id=user.pk, role=role, region_id=region_id, site_id=site_id)


def _new_password() -> str:
    words = (secrets.choice(WORDS.split()) for _ in range(3))
    return "-".join((*words, f"{secrets.randbelow(10_000):04d}"))


# ---------------------------------------------------------------- machines


def _simulation(region_id: str, cast: Cast, known: dict[str, Any]) -> dict[str, Any]:
    had = known.get("simulation", {})
    sites = had.get("sites", {})
    return {
        "cad_token": _token(region_id, CAD, had.get("cad_token")),
        "staff_token": _token(region_id, STAFF, had.get("staff_token")),
        "sites": {site: _token(region_id, _hospital_system(site), sites.get(site)) for site in cast.replayed},
    }


def _hospital_system(site_id: str) -> Machine:
    return Machine(f"Simulated hospital {site_id}", ("diversions:write",), site_id)


def _token(region_id: str, machine: Machine, secret: str | None) -> str:
    """The secret in the file if it still opens the door, else a new one; forgotten ones of that name end."""
    same = ApiToken.objects.filter(region=region_id, name=machine.name, active=True)
    kept = same.filter(digest=digest(secret or ""), site=machine.site_id, scopes=list(machine.scopes)).first()
    for other in same.exclude(pk__in=[kept.pk] if kept else []):
        revoke_token(actor=SYSTEM, key=CommandKey.new(), region_id=region_id, token_id=other.pk)
    if kept is not None and secret is not None:
        return secret
    _, new = issue_token(
        actor=SYSTEM,
        key=CommandKey.new(),
        region_id=region_id,
        name=machine.name,
        scopes=machine.scopes,
        site_id=machine.site_id,
    )
    return new


# ---------------------------------------------------------------- the file


def _remembered(file: Path, region_id: str) -> dict[str, Any]:
    """What the file holds; nothing if there is none. A file of anything else is not ours to overwrite."""
    try:
        known = json.loads(file.read_text(encoding="utf-8"))
        region, _ = known["region"], _passwords(known)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{file} is no file of this command; remove it, or name another.") from error
    if region != region_id:
        raise CommandError(f"{file} holds the logins of region {region}; name another file for {region_id}.")
    return dict(known)


def _passwords(known: dict[str, Any]) -> dict[str, str]:
    return {one["username"]: one["password"] for one in known.get("logins", ())}


def _write(file: Path, content: dict[str, Any]) -> None:
    """Replace the file as a whole; it is private (mode 600) before the first secret is in it."""
    try:
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as output:
                json.dump(content, output, indent=2, ensure_ascii=False)
            Path(name).replace(file)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}. The next run makes new passwords.") from error
