"""Tokens for the tests, made the way an administrator makes them."""

from __future__ import annotations

from diversion.actors import SYSTEM, Actor
from diversion.commands import members
from diversion.identity import token_actor
from diversion.log import CommandKey
from tests.world import REGION, World


def secret_of(world: World, *scopes: str, site: str | None = None) -> str:
    return members.issue_token(
        actor=SYSTEM, key=CommandKey.new(), region_id=REGION, name="t", scopes=scopes, site_id=site
    )[1]


def token(world: World, *scopes: str, site: str | None = None) -> Actor:
    actor = token_actor(secret_of(world, *scopes, site=site))
    assert actor is not None
    return actor
