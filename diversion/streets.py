"""The operator's street map for whoever is logged in: which one is in use, and its tiles by the range.

Invariant: an address of tiles names one built map for ever; what changes is which one is said to be in use.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from whitenoise.middleware import WhiteNoiseFileResponse
from whitenoise.responders import StaticFile

from diversion.maps import store

#: A built map never changes, and its address says which it is.
FOR_EVER: Final = "private, max-age=31536000, immutable"


def _apart(view: Any) -> Any:
    """For pages that fetch: whoever is logged out is told so, not sent to a form."""

    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return HttpResponse(status=401)
        return view(request, *args, **kwargs)  # type: ignore[no-any-return]

    return require_safe(answer)


@_apart
@never_cache
def current(_request: HttpRequest) -> JsonResponse:
    """The map in use, or null where none was built: asked when a console opens its map, and again now and then."""
    home = store.current(settings.MAP_FOLDER)
    return JsonResponse({"map": None if home is None else _told(home)})


@_apart
def tiles(request: HttpRequest, name: str) -> HttpResponseBase:
    """One built map's tiles; a browser asks for the few kilobytes it draws."""
    path = (settings.MAP_FOLDER or Path()) / name / store.TILES
    if settings.MAP_FOLDER is None or not path.is_file():
        raise Http404
    found = path.stat()
    headers = [
        ("Content-Type", "application/vnd.pmtiles"),
        ("Content-Length", str(found.st_size)),
        ("Cache-Control", FOR_EVER),
        ("ETag", f'"{name}"'),
    ]
    said = StaticFile(str(path), headers).get_response(request.method, request.META)
    answer: HttpResponseBase = WhiteNoiseFileResponse(said.file or (), status=int(said.status))
    del answer["Content-Type"]
    for header, value in said.headers:
        answer[header] = value
    return answer


def _told(home: Path) -> dict[str, Any]:
    about = store.about(home)
    return {
        "id": home.name,
        "data_date": about["data_date"],
        "attribution": about["attribution"],
        "tiles": reverse("map_tiles", args=[home.name]),
    }
