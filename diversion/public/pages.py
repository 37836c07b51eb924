"""The public's pages: the same for every reader, so that one drawing serves a hundred thousand.

Nothing about the reader is read: no cookie, no session, no header, no query. Language and place are in the address.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import Resolver404, is_valid_path, resolve, reverse
from django.utils import translation

from diversion import moment
from diversion.models import Bulletin
from diversion.public import atom
from diversion.public.moments import clock, in_full
from diversion.public.words import Reading, read
from hospitals.models import Region, Site

#: Where everything public lies: what the shelf keeps, and what passes by everything personal.
ROOT: Final = "/bulletin/"
#: How long a current page may be shown again without asking (seconds): a reader is at most that far behind us.
FRESH_S: Final = 10
#: … how long more while it is being drawn anew, and how long when it cannot be: an old truth that says its age is
#: better than none.
CURRENT: Final = f"public, max-age={FRESH_S}, stale-while-revalidate=30, stale-if-error=86400"
#: A numbered bulletin never changes.
FOR_EVER: Final = "public, max-age=31536000, immutable"
#: In a simulation the same numbers come again with the next one.
FOR_NOW: Final = "public, max-age=60"
#: What is not there may come: the next bulletin has the next number.
SOON: Final = "public, max-age=5"
#: A page says that it may be outdated after this: well beyond what any cache on the way may add in good order.
OUTDATED_AFTER: Final = timedelta(minutes=5)
#: With more sites than this each is told in short, and in full on its own page: every page stays under 100 kB.
MANY: Final = 10
#: The latest bulletins a current page and the feed list.
LISTED: Final = 20


def apart(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: a public page is drawn before anything personal is looked at, so that no answer can depend on it."""

    def handle(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(ROOT):
            return get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        return _found(request)

    return handle


def _found(request: HttpRequest) -> HttpResponse:
    language = None
    try:
        found = resolve(request.path_info)
        language = found.kwargs.get("language")
        return found.func(request, *found.args, **found.kwargs)  # type: ignore[no-any-return]
    except Resolver404:
        if is_valid_path(f"{request.path_info}/"):
            # Without the host: it is the same wherever it was asked.
            return HttpResponseRedirect(f"{request.path_info}/")
        return _missing(None)
    except Http404:
        return _missing(language)


def _missing(language: str | None) -> HttpResponse:
    """Nothing is here, or not yet: said in public too, so that a wrong link in the news costs as little."""
    spoken = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    others = [(code, label, reverse("bulletin_choice")) for code, label in settings.LANGUAGES]
    answer = _answer(_drawn("bulletin/missing.html", spoken, {"others": others}), SOON)
    answer.status_code = 404
    return answer


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page is: its language, its region, and the same page in the other languages."""

    language: str
    region: Region

    def when(self, moment: Any) -> str:
        return in_full(moment, self.language, self.region.timezone)


def choice(_request: HttpRequest) -> HttpResponse:
    """Language and region; in all three languages at once, since nobody has said theirs."""
    regions = list(Region.objects.filter(exercise_of__isnull=True).order_by("pk"))
    return _answer(_drawn("bulletin/choice.html", "fr", {"regions": regions}), CURRENT)


def region(_request: HttpRequest, language: str, region_id: str) -> HttpResponse:
    """Everything that holds in a region now, and what was published last."""
    place = _place(language, region_id)
    latest = Bulletin.objects.filter(region=place.region).order_by("-number")[:LISTED]
    standing = Bulletin.objects.all().standing(region_id)
    more = {"standing": standing, "latest": latest, "many": MANY}
    return _current("bulletin/region.html", place, "bulletin_region", [region_id], **more)


def site(_request: HttpRequest, language: str, region_id: str, site_id: str) -> HttpResponse:
    """What holds at one site now."""
    place = _place(language, region_id)
    here = Site.objects.filter(pk=site_id, region=place.region).first()
    if here is None:
        raise Http404
    latest = list(Bulletin.objects.filter(site=here).order_by("-number")[:LISTED])
    standing = [one for one in latest[:1] if one.content["kind"] == "running"]
    more = {"site": here, "standing": standing, "latest": latest}
    return _current("bulletin/site.html", place, "bulletin_site", [region_id, site_id], **more)


def permalink(_request: HttpRequest, language: str, region_id: str, number: int) -> HttpResponse:
    """One bulletin as it was published."""
    place = _place(language, region_id)
    found = Bulletin.objects.filter(region=place.region, number=number).first()
    if found is None:
        raise Http404
    with translation.override(language):
        reading = read(found, place.region)
    page = _page("bulletin/bulletin.html", place, "bulletin_permalink", [region_id, number], one=reading)
    return _answer(page, FOR_NOW if place.region.simulated else FOR_EVER)


def feed(_request: HttpRequest, language: str, region_id: str) -> HttpResponse:
    """The region's bulletins as Atom."""
    place = _place(language, region_id)
    latest = Bulletin.objects.filter(region=place.region).order_by("-number")[:LISTED]
    with translation.override(language):
        text = atom.feed(place.region, language, list(latest))
    return _answer(text, CURRENT, "application/atom+xml; charset=utf-8")


def style(_request: HttpRequest, version: str) -> HttpResponse:
    """The pages' style sheet. A page kept from an older version asks for an older one, and gets today's."""
    text, current = _style()
    return _answer(text, FOR_EVER if version == current else FOR_NOW, "text/css; charset=utf-8")


def _place(language: str, region_id: str) -> Place:
    found = Region.objects.filter(pk=region_id, exercise_of__isnull=True).first()
    if found is None or language not in dict(settings.LANGUAGES):
        raise Http404
    return Place(language, found)


def _current(template: str, place: Place, name: str, arguments: list[Any], **more: Any) -> HttpResponse:
    """A page of what holds now, which says until when it may be believed."""
    now = moment.now()
    with translation.override(place.language):
        readings = {key: [read(one, place.region) for one in more.pop(key)] for key in ("standing", "latest")}
    told = {
        "as_of": place.when(now),
        "outdated_after": clock(now + OUTDATED_AFTER, place.language, place.region.timezone),
    }
    return _answer(_page(template, place, name, arguments, **readings, **told, **more), CURRENT)


def _page(template: str, place: Place, name: str, arguments: list[Any], **more: Any) -> str:
    others = [(code, label, reverse(name, args=[code, *arguments])) for code, label in settings.LANGUAGES]
    names: Mapping[str, str] = place.region.name
    one: Reading | None = more.get("one")
    simulated = place.region.simulated or (one is not None and one.simulated)
    told = {"region": place.region, "region_name": names.get(place.language, names["fr"]), "others": others}
    return _drawn(template, place.language, {**told, "simulated": simulated, **more})


def _drawn(template: str, language: str, told: dict[str, Any]) -> str:
    with translation.override(language):
        return render_to_string(template, {"style": _style()[1], "LANGUAGE_CODE": language, **told})


@cache
def _style() -> tuple[str, str]:
    """The style sheet, and the mark of what is in it."""
    text = render_to_string("bulletin/bulletin.css")
    return text, hashlib.sha256(text.encode()).hexdigest()[:12]


def _answer(text: str, caching: str, kind: str = "text/html; charset=utf-8") -> HttpResponse:
    body = text.encode()
    mark = hashlib.sha256(body).hexdigest()[:32]
    return HttpResponse(body, content_type=kind, headers={"Cache-Control": caching, "ETag": f'"{mark}"'})
