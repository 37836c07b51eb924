"""A door: the view of one command. Nothing is decided here: it names its command and hands on what was said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from diversion.actors import Actor
from diversion.api.commanding import KEY_HEADER, Answer, CommandView, carry_out
from diversion.api.judging import Form
from diversion.log import CommandKey, Recorded

#: What the document says of every command.
ONCE = "The same Idempotency-Key and body again get the same answer; the events answered are those the feed brings."
Perform = Callable[..., dict[str, Any]]


def door(name: str, form: Form, perform: Perform, *, tag: str, about: str) -> Callable[..., Any]:
    """A view class for one command: ``perform(actor, key, said, **route)`` carries it out."""

    class Door(CommandView):
        @extend_schema(
            operation_id=name,
            summary=about,
            description=f"{about}. {ONCE}",
            tags=[tag],
            request=form,
            responses={200: Answer},
            parameters=[KEY_HEADER],
        )
        def post(self, request: Request, **route: Any) -> Response:
            return super().post(request, **route)

        def perform(self, actor: Actor, key: CommandKey, said: dict[str, Any], **route: Any) -> dict[str, Any]:
            return perform(actor, key, said, **route)

    Door.form = form
    return Door.as_view()


def calling(command: Callable[..., Recorded], what: str) -> Perform:
    """Hand everything said to a command, and the one part of the address to its argument ``what``."""

    def perform(actor: Actor, key: CommandKey, said: dict[str, Any], **route: Any) -> dict[str, Any]:
        [subject] = route.values()
        return carry_out(command, actor, key, **{what: subject}, **said)

    return perform
