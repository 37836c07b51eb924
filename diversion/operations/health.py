"""Health: whether this process answers, and whether it should be given traffic. The public learns one word.

``/health/live`` asks nothing at all: a process that is killed for a database that is away does not bring it back.
``/health/ready`` is looked up at most once a second however often it is asked. What is wrong is told to an
administrator's session, and to whoever sends OPERATIONS_TOKEN: that works when the database does not.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from diversion import access
from diversion.identity import FACTOR_DUE, user_actor
from diversion.operations import figures, taking
from diversion.operations.finding import Finding, status
from diversion.operations.insiders import is_inside, is_operator
from diversion.operations.judgement import Limits, judge
from diversion.operations.words import WORDS, words_of
from diversion.wire.positions import instant

#: Seconds for which an answer is given again.
FRESH: Final = 1.0
#: Findings with which no session can be looked for.
DATABASE: Final = {code for code in WORDS if code.startswith("database_")}

Answering = Callable[[HttpRequest], HttpResponseBase]


class Watch:
    """The last judgement of this process, and since when each thing in it has been so."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._looked = float("-inf")
        self._found: Sequence[Finding] = ()
        self._since: dict[str, datetime] = {}

    def findings(self) -> Sequence[Finding]:
        """What is wrong, at most a second old. One looks; who comes meanwhile waits for the same."""
        with self._lock:
            if time.monotonic() - self._looked > FRESH:
                self._found = self._dated(judge(taking.of_this_process(), limits()))
                self._looked = time.monotonic()
            return self._found

    def _dated(self, found: Sequence[Finding]) -> Sequence[Finding]:
        now = datetime.now(UTC)
        self._since = {one.code: one.since or self._since.get(one.code, now) for one in found}
        return [replace(one, since=self._since[one.code]) for one in found]


def limits() -> Limits:
    return Limits(disk_mb=settings.DISK_FREE_MB, standbys=settings.STANDBYS, feed_behind=settings.FEED_BEHIND_SECONDS)


@cache
def watch() -> Watch:
    """The one of this process."""
    return Watch()


def before_sessions(get_response: Answering) -> Answering:
    """Middleware: probes and measurements are answered before anybody looks for a session, or at a host's name.

    They ask each process at its own address, and the database that sessions are in may be what is wrong.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.path == "/health/live":
            return live(request)
        if request.path == "/metrics":
            return metrics(request)
        if request.path == "/health/ready" and _has_no_session(request):
            return ready(request, sessions=False)
        return get_response(request)

    return answer


def _has_no_session(request: HttpRequest) -> bool:
    """It brings none, or none can be looked for."""
    brings = settings.SESSION_COOKIE_NAME in request.COOKIES
    return not brings or any(one.code in DATABASE for one in watch().findings())


@require_safe
@never_cache
def live(_request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "live"})


@require_safe
@never_cache
def ready(request: HttpRequest, *, sessions: bool = True) -> JsonResponse:
    """Whether this process should be given traffic: 200, also when something else is wrong; 503 when it should not."""
    found = watch().findings()
    said: dict[str, Any] = {"status": status(found)}
    if is_operator(request) or (sessions and _is_administrator(request)):
        said["findings"] = [as_data(one) for one in found]
    return JsonResponse(said, status=503 if said["status"] == "unready" else 200)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """This process's figures, in Prometheus's text form. Refused to everybody but operators and machines inside."""
    if not (is_operator(request) or is_inside(request)):
        return HttpResponse("Send OPERATIONS_TOKEN, or ask from OPERATIONS_NETWORKS.\n", "text/plain", status=403)
    return HttpResponse(figures.text(watch().findings()), CONTENT_TYPE_LATEST)


def as_data(finding: Finding) -> dict[str, Any]:
    """A finding as it is told to an operator."""
    told = words_of(finding)
    return {
        "code": finding.code,
        "weight": finding.weight,
        "here": finding.here,
        "since": None if finding.since is None else instant(finding.since),
        "said": dict(finding.said),
        "what": told.what,
        "means": told.means,
        "do": told.do,
    }


def _is_administrator(request: HttpRequest) -> bool:
    """Of any region. A session that a second factor still lacks is nobody's."""
    user = request.user
    if not user.is_authenticated or request.session.get(FACTOR_DUE):
        return False
    actor = user_actor(user)
    regions = {held.region for held in access.memberships(actor)}
    return any(access.may(actor, "operations.read", region) for region in regions)
