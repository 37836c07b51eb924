"""Errors over HTTP: the only module that knows which status a refusal has. Always problem+json, never a bare page.

A conflict carries the current representation, so that a screen can show what it is now instead of what failed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import structlog
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, InternalError, OperationalError
from django.http import Http404
from rest_framework import exceptions, serializers
from rest_framework.response import Response

from diversion.api.auth import Caller
from diversion.api.commanding import reader_of
from diversion.errors import (
    Conflict,
    Denied,
    DomainError,
    Invalid,
    KeyReused,
    NotFound,
    NotKnown,
    NotProven,
    NotRecorded,
)
from diversion.identity import HOW_TO_BE_KNOWN
from diversion.wire.entities import represent
from diversion.wire.frames import Row

log = structlog.get_logger(__name__)

STATUS: Final[tuple[tuple[type[DomainError], int], ...]] = (
    (NotFound, 404),
    (Denied, 403),
    # Not 401: the session is good, and a screen that is told otherwise says that nobody is logged in.
    (NotProven, 403),
    (Conflict, 409),
    (KeyReused, 422),
    (Invalid, 422),
    (DomainError, 400),
)

#: Seconds after which a failing database is worth another try: a restart takes one or two.
AGAIN: Final = 2
AGAIN_UNDER_THE_KEY: Final = "Send it again under the same Idempotency-Key: it will be done once."


#: Where people prove that it is they (diversion.accounts.proving).
PROVE_AT: Final = "/accounts/prove/"


class FieldProblem(serializers.Serializer[Any]):
    path = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class Problem(serializers.Serializer[Any]):
    """RFC 9457, with a stable ``code`` that screens translate."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    field = serializers.CharField(required=False)
    errors = FieldProblem(many=True, required=False)  # type: ignore[assignment]  # a declared field, which DRF takes out of the class
    current = Row(required=False, help_text="The row as it is now")
    data = serializers.DictField(required=False, help_text="What the sentence in detail is about, by name")  # type: ignore[assignment]  # as errors


def problem_of(error: DomainError) -> dict[str, Any]:
    """A refusal as a problem document."""
    status = next(status for kind, status in STATUS if isinstance(error, kind))
    row = getattr(error, "row", None)
    return {
        **_problem(status, error.code, error.detail),
        **({"field": error.field} if error.field else {}),
        **({"current": _current(row)} if row is not None else {}),
        **({"data": error.data} if error.data else {}),
        **({"data": {"prove_at": PROVE_AT}} if isinstance(error, NotProven) else {}),
    }


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. None lets an unforeseen error through to the log and a plain 500."""
    if isinstance(error, Denied):
        _tell_refused(context, error)
    if isinstance(error, DomainError):
        body = problem_of(error)
        if "current" in body and not _may_read(context, error):
            del body["current"]
        return _response(body["status"], body)
    if isinstance(error, exceptions.ValidationError):
        errors = list(flattened(error.get_full_details()))
        detail = "; ".join(f"{one['path']}: {one['detail']}" for one in errors)
        field = {"field": errors[0]["path"]} if len(errors) == 1 else {}
        return _response(400, {**_problem(400, "invalid", detail), **field, "errors": errors})
    if isinstance(error, exceptions.APIException):
        return _api_exception(error)
    if isinstance(error, (OperationalError, InternalError, InterfaceError)):
        return _database_failed(error)
    return _of_django(error)


def _of_django(error: Exception) -> Response | None:
    if isinstance(error, Http404):
        return _response(404, _problem(404, "not_found", str(error) or "Not found."))
    if isinstance(error, PermissionDenied):
        return _response(403, _problem(403, "denied", str(error) or "Denied."))
    return None


def _database_failed(error: Exception) -> Response:
    """The database is away, full or changing over. Says of a command only what is certain of it."""
    if isinstance(error, NotRecorded):
        code, detail = (
            "not_recorded",
            f"The database cannot write at present; nothing was recorded. {AGAIN_UNDER_THE_KEY}",
        )
    elif isinstance(error, NotKnown):
        detail = f"The database went away: whether this was recorded is not known. {AGAIN_UNDER_THE_KEY}"
        code = "not_known"
    else:
        code, detail = "database_unavailable", "The database cannot be asked at present."
    log.error("database_failed", code=code, error=" ".join(str(error.__cause__ or error).split())[:300])
    response = _response(503, _problem(503, code, detail))
    response["Retry-After"] = str(AGAIN)
    return response


def _tell_refused(context: dict[str, Any], error: Denied) -> None:
    """For whoever watches: somebody known asks for what they may not, by mistake or not."""
    request = context.get("request")
    caller = getattr(request, "user", None)
    actor = caller.actor.key if isinstance(caller, Caller) else None
    log.warning(
        "refused",
        actor=actor,
        method=getattr(request, "method", None),
        path=getattr(request, "path", None),
        code=error.code,
    )


def _api_exception(error: exceptions.APIException) -> Response:
    unknown = isinstance(error, exceptions.NotAuthenticated)
    code, detail = ("logged_out", HOW_TO_BE_KNOWN) if unknown else (str(error.default_code), str(error.detail))
    response = _response(error.status_code, _problem(error.status_code, code, detail))
    wait = getattr(error, "wait", None)
    if wait:
        response["Retry-After"] = str(wait)
    challenge = getattr(error, "auth_header", None)
    if challenge:
        response["WWW-Authenticate"] = challenge
    return response


def _problem(status: int, code: str, detail: str) -> dict[str, Any]:
    return {"type": "about:blank", "title": code.replace("_", " "), "status": status, "code": code, "detail": detail}


def _response(status: int, body: dict[str, Any]) -> Response:
    return Response(body, status=status, content_type="application/problem+json")


def _may_read(context: dict[str, Any], error: Any) -> bool:
    """Whether who was refused reads such a row anyhow: a refusal is no way around an audience."""
    caller = getattr(context.get("request"), "user", None)
    told = represent(error.row)
    return isinstance(caller, Caller) and reader_of(caller.actor, getattr(error.row, "region_id", error.row.pk)).sees(
        told["scope"]
    )


def _current(row: Any) -> dict[str, Any]:
    change = represent(row)
    del change["scope"]
    return change


def flattened(details: Any, path: str = "") -> Iterator[dict[str, str]]:
    """Every field error with its path in the request, however deep."""
    if isinstance(details, dict) and set(details) == {"message", "code"} and isinstance(details["code"], str):
        yield {"path": path or "body", "code": details["code"], "detail": str(details["message"])}
    elif isinstance(details, dict):
        for name, inner in details.items():
            yield from flattened(inner, path if name == "non_field_errors" else f"{path}.{name}".lstrip("."))
    elif isinstance(details, list):
        for index, inner in enumerate(details):
            leaf = isinstance(inner, dict) and set(inner) == {"message", "code"}
            yield from flattened(inner, path if leaf else f"{path}[{index}]")
