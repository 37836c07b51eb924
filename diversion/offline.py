"""What a browser needs to open the hospital page without a network: the worker that keeps its shell, and the manifest.

Both are asked for anew each time: an old worker that nobody replaces would be an old product that nobody can leave.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

ICONS: Final = (
    ("any", "svg", "any"),
    ("192x192", "png", "any"),
    ("512x512", "png", "any"),
    ("512x512", "png", "maskable"),
)


@require_safe
@never_cache
def worker(_request: HttpRequest) -> HttpResponse:
    """Served at the root, because a worker sees only what lies below its own address."""
    return HttpResponse(_source(), content_type="text/javascript; charset=utf-8")


@require_safe
@never_cache
def manifest(_request: HttpRequest) -> HttpResponse:
    """So that the hospital page can be put on a phone's home screen; in the language of whoever puts it there."""
    told = {
        "id": "/site/",
        "name": gettext("Ambulance diversion coordinator"),
        "short_name": gettext("Diversion"),
        "lang": get_language(),
        "start_url": "/site/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#e7eaed",
        "theme_color": "#1b1f24",
        "icons": [_icon(*one) for one in ICONS],
    }
    return JsonResponse(told, content_type="application/manifest+json")


@cache
def _source() -> bytes:
    return (settings.BASE_DIR / "frontend" / "worker" / "sw.js").read_bytes()


def _icon(sizes: str, kind: str, purpose: str) -> dict[str, str]:
    name = "icon" if sizes == "any" else f"{'maskable' if purpose == 'maskable' else 'icon'}-{sizes.partition('x')[0]}"
    mime = "image/svg+xml" if kind == "svg" else "image/png"
    return {"src": static(f"icons/{name}.{kind}"), "sizes": sizes, "type": mime, "purpose": purpose}
