"""How the city comes to be: the region, its people and their roles, by the product's own commands; no vehicle yet.

What these commands have written is kept, and put back for the next test that begins with the same numbers.
"""

from __future__ import annotations

from typing import Final

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User

from diversion.actors import SYSTEM
from diversion.commands import members
from diversion.commands.registry import import_registry
from diversion.log import CommandKey
from tests import kept_rows
from tests.e2e.brussels import REGION, registry
from tests.e2e.city import City

#: user name → the roles held, each with its site where it is a site's role
CAST: Final[dict[str, tuple[tuple[str, str | None], ...]]] = {
    "dina": (("dispatcher", None),),
    "dirk": (("dispatcher", None),),
    "sofie": (("supervisor", None),),
    "clara": (("coordinator", "saint-pierre"),),
    "lucas": (("coordinator", "saint-luc"),),
    "noor": (("coordinator", "his-ixelles"), ("coordinator", "his-moliere")),
    "pia": (("receiver", "saint-pierre"),),
    "ruth": (("receiver", "saint-jean"),),
    "ines": (("inspector", None),),
    "carl": (("crew", None),),
    "sam": (),
}
#: The region's own numbers → what was written when it was founded with them.
_kept: Final[dict[tuple[tuple[str, int], ...], kept_rows.Rows]] = {}


def build(url: str, policy: dict[str, int] | None = None) -> City:
    """Brussels as it ships, with the cast and a dispatch system."""
    numbers = tuple(sorted((policy or {}).items()))
    if rows := _kept.get(numbers):
        kept_rows.put_back(rows)
    else:
        _found(dict(numbers))
        _kept[numbers] = kept_rows.taken()
    # Never kept: by this last event of its log a server knows that the city it remembers is another one.
    _, secret = members.issue_token(
        actor=SYSTEM, key=CommandKey.new(), region_id=REGION, name="CAD", scopes=["cad:write", "feed:read"]
    )
    return City({user.username: user for user in User.objects.all()}, url, secret)


def _found(numbers: dict[str, int]) -> None:
    import_registry(actor=SYSTEM, key=CommandKey.new(), registry=registry(**numbers), simulated=True)
    users = {who: User(username=who, first_name=who.title(), password=make_password(None)) for who in CAST}
    User.objects.bulk_create(users.values())
    for who, roles in CAST.items():
        for role, site in roles:
            members.grant_role(
                actor=SYSTEM, key=CommandKey.new(), user_id=users[who].pk, role=role, region_id=REGION, site_id=site
            )
