"""The pages: shells for the faces, opened only to those whose role they are for. Facts come by the feed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie

from diversion import access
from diversion.actors import Actor
from diversion.errors import Denied
from diversion.identity import user_actor
from diversion.models import Membership
from diversion.reaching import push
from hospitals.exercises import is_exercise
from hospitals.models import Region, Site


def _page(view: Any) -> Any:
    """A page of a logged-in person: never cached, and with the cookie that its commands need."""
    return login_required(never_cache(ensure_csrf_cookie(view)))


def _person(request: HttpRequest) -> tuple[Actor, list[Membership]]:
    assert isinstance(request.user, User)
    actor = user_actor(request.user)
    return actor, access.memberships(actor)


def _boot(request: HttpRequest, region_id: str, site_id: str | None) -> dict[str, Any]:
    """What a face needs before its first frame."""
    actor, held = _person(request)
    assert isinstance(request.user, User)
    return {
        "region": region_id,
        "site": site_id,
        "exercise": is_exercise(region_id),
        "languages": [code for code, _ in settings.LANGUAGES],
        "language": get_language(),
        "user": {"name": actor.name, "username": request.user.username},
        # What the page subscribes with when a device is enrolled.
        "push_key": push.public_key(),
        "roles": [{"role": one.role, "region": one.region_id, "site": one.site_id} for one in held],
    }


def _faces(actor: Actor, held: list[Membership]) -> list[dict[str, Any]]:
    """Every face this person works at, in the order of what they most likely want.

    A receiver's is the screen, from which the site's page is one press away: a wall display logs in straight to it.
    """
    regions = {one.region_id: one.region for one in held}
    faces: list[dict[str, Any]] = [
        {"kind": "console", "url": reverse("console", args=[pk]), "region": here, "site": None}
        for pk, here in regions.items()
        if access.may(actor, "console.open", here)
    ]
    faces += [
        {"kind": "administration", "url": reverse("administration_region", args=[pk]), "region": here, "site": None}
        for pk, here in regions.items()
        if access.may(actor, "member.change", here)
    ]
    faces += [
        {"kind": "crew", "url": reverse("crew", args=[pk]), "region": here, "site": None}
        for pk, here in regions.items()
        if access.may(actor, "crew.open", here)
    ]
    sites = {one.site_id: one.site for one in held if one.site is not None}
    faces += [
        {"kind": kind, "url": reverse(kind, args=[pk]), "region": site.region, "site": site}
        for pk, site in sites.items()
        for kind, action in (("site", "diversion.declare"), ("screen", "screen.open"))
        if access.may(actor, action, site)
    ]
    return faces


def _apart(faces: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The real faces, and those of exercises: nobody is offered both in one list."""
    real = [one for one in faces if not one["region"].is_exercise]
    return real, [one for one in faces if one["region"].is_exercise]


@_page
def home(request: HttpRequest) -> HttpResponse:
    """Straight to the only real face, also while an exercise runs; or the choice of them."""
    real, exercises = _apart(_faces(*_person(request)))
    if len(real) == 1:
        return redirect(real[0]["url"])
    return render(request, "home.html", {"faces": real, "exercises": exercises, "rehearses": bool(exercises)})


@_page
def exercise(request: HttpRequest) -> HttpResponse:
    """The faces in exercises, and no real one: never opened by itself, since it is a choice to rehearse."""
    _, exercises = _apart(_faces(*_person(request)))
    return render(request, "exercise.html", {"exercises": exercises})


@_page
def console(request: HttpRequest, region_id: str) -> HttpResponse:
    here = Region.objects.filter(pk=region_id).first()
    return _shell(request, "console.html", "console.open", here, region=here)


@_page
def crew(request: HttpRequest, region_id: str) -> HttpResponse:
    here = Region.objects.filter(pk=region_id).first()
    return _shell(request, "crew.html", "crew.open", here, region=here)


@_page
def site_choice(request: HttpRequest) -> HttpResponse:
    """A person with several real campuses says which; it is never assumed."""
    _, held = _person(request)
    sites = [one.site for one in held if one.role == "coordinator" and one.site and not one.region.is_exercise]
    if len(sites) == 1:
        return redirect("site", sites[0].pk)
    rehearses = any(one.region.is_exercise for one in held)
    return render(request, "site_choice.html", {"sites": sites, "rehearses": rehearses})


@_page
def site(request: HttpRequest, site_id: str) -> HttpResponse:
    here = Site.objects.select_related("region").filter(pk=site_id).first()
    return _shell(request, "site.html", "page.open", here, site=here)


@_page
def screen(request: HttpRequest, site_id: str) -> HttpResponse:
    here = Site.objects.select_related("region").filter(pk=site_id).first()
    return _shell(request, "screen.html", "screen.open", here, site=here)


def _shell(
    request: HttpRequest, template: str, action: str, subject: Region | Site | None, **context: Any
) -> HttpResponse:
    if subject is None:
        raise Http404
    actor, _ = _person(request)
    region = subject.region if isinstance(subject, Site) else subject
    context["region"] = region
    try:
        access.require(actor, action, subject)
    except Denied as denied:
        return render(request, "403.html", {"needs": denied.data["needs"], **context}, status=403)
    site_id = subject.pk if isinstance(subject, Site) else None
    page = render(request, template, {"boot": _boot(request, region.pk, site_id), **context})
    if region.is_exercise:
        page["X-Exercise"] = "true"
    return page
