"""Fills an empty, migrated database for the benchmark: two machine keys, and people who have logged in.

    python -m tests.bench.prepare 5000

Prints {"region", "site", "feed", "write", "sites", "sessions"}: for one throw-away database.
Two sessions in three are dispatchers', the others those of hospitals' coordinators, each with an audience of its own.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.contrib.sessions.backends.base import VALID_KEY_CHARS  # noqa: E402
from django.utils import timezone  # noqa: E402
from django.utils.crypto import get_random_string  # noqa: E402

from diversion.accounts.sessions import SessionStore  # noqa: E402
from diversion.actors import SYSTEM  # noqa: E402
from diversion.commands.members import issue_token  # noqa: E402
from diversion.log import CommandKey  # noqa: E402
from diversion.models import LoginSession, Membership  # noqa: E402
from hospitals.models import Region, Site  # noqa: E402


def key(scope: str, region: str, site: str | None = None) -> str:
    _, secret = issue_token(
        actor=SYSTEM, key=CommandKey.new(), region_id=region, name=f"bench {scope}", scopes=[scope], site_id=site
    )
    return secret


def person(name: str, role: str, region: str, site: str | None = None) -> User:
    user = User.objects.create_user(name)
    Membership.objects.create(user=user, role=role, region_id=region, site_id=site)
    return user


def sessions(people: list[User], count: int) -> list[str]:
    """That many logins, shared out evenly; written at once, for five thousand by the login page would take minutes."""
    rows = [_session(people[i % len(people)]) for i in range(count)]
    LoginSession.objects.bulk_create(rows)
    return [row.session_key for row in rows]


def _session(user: User) -> LoginSession:
    held = {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: "allauth.account.auth_backends.AuthenticationBackend",
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }
    until = timezone.now() + timedelta(hours=12)
    return LoginSession(
        session_key=get_random_string(32, VALID_KEY_CHARS),
        session_data=SessionStore().encode(held),
        expire_date=until,
        user=user,
    )


def main() -> None:
    region = Region.objects.get().pk
    sites = list(Site.objects.filter(destination="general").order_by("pk").values_list("pk", flat=True))
    keys: dict[str, Any] = {"feed": key("feed:read", region), "write": key("diversions:write", region, sites[0])}
    keys["cad"] = key("cad:write", region)
    keys["sites"] = {site: key("diversions:write", region, site) for site in sites[:4]}
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    desks = [person(f"desk{n}", "dispatcher", region) for n in range(40)]
    staff = [person(f"staff-{site}", "coordinator", region, site) for site in sites]
    logged_in = sessions(desks, count - count // 3) + sessions(staff, count // 3)
    print(json.dumps({"region": region, "site": sites[0], **keys, "sessions": logged_in}))


if __name__ == "__main__":
    main()
