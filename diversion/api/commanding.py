"""Carrying out a command that came over HTTP: its key, its answer, and the same answer again for the same key."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from typing import Any, ClassVar

import orjson
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from diversion import access, measures
from diversion.actors import Actor
from diversion.api.judging import Form, judged
from diversion.api.views import ApiView
from diversion.errors import DomainError, Invalid
from diversion.log import AlreadyDone, CommandKey, Recorded
from diversion.wire.audiences import Audience, audience_within
from diversion.wire.cursor import Cursor
from diversion.wire.frames import EventFrame, events_for
from diversion.wire.positions import instant

KEY_HEADER = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "format": "uuid"},
    OpenApiParameter.HEADER,
    required=True,
    description="A UUID of the caller's own for this intent; sent again with the same body it gets the same answer.",
)


class Answer(serializers.Serializer[Any]):
    """What every command answers: the events it recorded, as the caller may see them."""

    seq = serializers.IntegerField(allow_null=True)
    cursor = serializers.CharField(allow_null=True)
    recorded_at = serializers.DateTimeField()
    repeated = serializers.BooleanField(help_text="True if this key had been carried out before")
    events = EventFrame(many=True)


def actor_of(request: Request) -> Actor:
    actor: Actor = request.user.actor  # type: ignore[union-attr]  # a Caller, see diversion.api.auth
    return actor


def key_of(request: Request) -> CommandKey:
    """The caller's key, with a fingerprint of what is asked under it. Raises Invalid."""
    text = request.headers.get("Idempotency-Key", "")
    try:
        key = uuid.UUID(text)
    except ValueError:
        raise Invalid("key_required", "Send an Idempotency-Key header with a UUID.", field="Idempotency-Key") from None
    asked = orjson.dumps([request.method, request.path, request.data], option=orjson.OPT_SORT_KEYS, default=str)
    return CommandKey(key, hashlib.sha256(asked).hexdigest())


def carry_out(command: Callable[..., Recorded], actor: Actor, key: CommandKey, **what: Any) -> dict[str, Any]:
    """Run a command, or find what it did; its answer as data."""
    with measures.command(command.__name__):
        try:
            recorded = command(actor=actor, key=key, **what)
        except AlreadyDone as done:
            recorded = done.recorded
    return answer_of(recorded, actor)


def answer_of(recorded: Recorded, actor: Actor) -> dict[str, Any]:
    last = recorded.events[-1] if recorded.events else None
    return {
        "seq": last.seq if last else None,
        "cursor": str(Cursor(last.seq, last.pk)) if last else None,
        "recorded_at": instant(recorded.recorded_at),
        "repeated": recorded.repeated,
        "events": events_for(recorded.events, reader_of(actor, recorded.region_id)),
    }


def reader_of(actor: Actor, region_id: str) -> Audience:
    """As whom the caller reads its own answer; a machine that may not read the feed still sees its own site's."""
    standing = access.standing(actor)
    try:
        return audience_within(standing, region_id)
    except DomainError:
        token = standing.token
        if token is not None and token.site_id is None:
            return Audience(region_id)
        return Audience(region_id, frozenset({token.site_id} if token and token.site_id else ()))


class CommandView(ApiView):
    """A view of one command: validates the body with ``form``, then calls ``perform``."""

    form: ClassVar[Form | None] = None

    def post(self, request: Request, **route: Any) -> Response:
        said = self.validated(request)
        return Response(self.perform(actor_of(request), key_of(request), said, **route))

    def validated(self, request: Request) -> dict[str, Any]:
        return judged(self.form, request.data) if self.form is not None else {}

    def perform(self, actor: Actor, key: CommandKey, said: dict[str, Any], **route: Any) -> dict[str, Any]:
        raise NotImplementedError
