"""The ways in as the tests use them: over HTTP, as a person at a browser would."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from diversion.commands import cards, invitations
from diversion.commands.cards import Printed
from diversion.log import CommandKey
from tests.world import REGION, World

GOOD = "correct horse battery staple"


def stranger(**more: Any) -> Client:
    return Client(HTTP_ACCEPT_LANGUAGE="en", **more)


def invite(world: World, username: str = "nadia", actor: str = "ada", **more: Any) -> str:
    """The secret of a new person's link."""
    roles = more.pop("roles", [("coordinator", "saint-jean")])
    _, secret = invitations.invite_person(
        actor=getattr(world, actor), key=CommandKey.new(), region_id=REGION, username=username, roles=roles, **more
    )
    return secret


def renew(world: World, user: User, actor: str = "ada", **more: Any) -> str:
    _, secret = invitations.renew_invitation(
        actor=getattr(world, actor), key=CommandKey.new(), region_id=REGION, user_id=user.pk, **more
    )
    return secret


def enrol(browser: Client, secret: str, password: str = GOOD, again: str | None = None) -> Any:
    said = {"password1": password, "password2": password if again is None else again}
    return browser.post(f"/enrol/{secret}/", said)


def card(world: World, who: str = "clara", actor: str = "ada") -> Printed:
    _, printed = cards.issue_card(
        actor=getattr(world, actor), key=CommandKey.new(), region_id=REGION, user_id=world.users[who].pk
    )
    return printed


def use(browser: Client, who: str, code: str, **more: Any) -> Any:
    return browser.post("/accounts/card/", {"username": who, "code": code, **more})


def with_password(user: User, password: str = GOOD) -> User:
    user.set_password(password)
    user.save()
    return user


def sign_in(browser: Client, who: str, password: str = GOOD, **more: Any) -> Any:
    return browser.post("/accounts/login/", {"login": who, "password": password}, **more)


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))
