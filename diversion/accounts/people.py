"""The administrator's page: who is in the region, how each gets in, and the links and cards that are shown once.

What is shown once is in the answer to the press and nowhere else: not stored, not cached, not in an address.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, Final

from allauth.mfa.models import Authenticator
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from diversion import access
from diversion.accounts.factors import NEED_ONE
from diversion.accounts.forms import InviteForm
from diversion.accounts.limits import ADDRESS_STAYS
from diversion.accounts.words import ROLE_NAMES, refusal
from diversion.actors import Actor
from diversion.commands import cards, invitations, members
from diversion.errors import Denied, DomainError
from diversion.identity import user_actor
from diversion.log import AlreadyDone, CommandKey
from diversion.models import Invitation, SealedCard
from hospitals.models import Region

View = Callable[..., HttpResponse]


def _administering(view: View) -> Any:
    """For an administrator of the region; never kept by anybody on the way."""

    def answer(request: HttpRequest, region_id: str, **more: Any) -> HttpResponse:
        here = Region.objects.filter(pk=region_id).first()
        if here is None:
            raise Http404
        assert isinstance(request.user, User)
        actor = user_actor(request.user)
        try:
            access.require(actor, "member.change", here)
        except Denied:
            return render(request, "403.html", {"region": here}, status=403)
        shown = view(request, actor, here, **more)
        shown["Referrer-Policy"] = ADDRESS_STAYS
        return shown

    return login_required(never_cache(answer))


@require_GET
@_administering
def people(request: HttpRequest, actor: Actor, region: Region) -> HttpResponse:
    return _page(request, region)


@require_POST
@_administering
def invite(request: HttpRequest, actor: Actor, region: Region) -> HttpResponse:
    form = _form(region, request.POST)
    if not form.is_valid():
        return _page(request, region, form=form, status=422)
    said = form.cleaned_data
    try:
        _, secret = invitations.invite_person(
            actor=actor,
            key=_key(request),
            region_id=region.pk,
            username=said["username"],
            first_name=said["first_name"],
            last_name=said["last_name"],
            roles=[(said["role"], said["site"] or None)],
        )
    except (DomainError, AlreadyDone) as error:
        form.add_error("username" if _code(error).startswith("username") else None, refusal(_code(error)))
        return _page(request, region, form=form, status=409)
    return _link(request, region, User.objects.get(username=said["username"].strip()), secret)


@require_POST
@_administering
def act(request: HttpRequest, actor: Actor, region: Region, user_id: int) -> HttpResponse:
    """One press beside a person's name."""
    what = ACTS.get(request.POST.get("act", ""))
    user = User.objects.filter(pk=user_id, memberships__region=region).first()
    if what is None or user is None:
        raise Http404
    try:
        return what(request, region, user, {"actor": actor, "key": _key(request), "region_id": region.pk})
    except (DomainError, AlreadyDone) as error:
        return _page(request, region, problem=refusal(_code(error)), status=409)


def _renew(request: HttpRequest, region: Region, user: User, given: dict[str, Any]) -> HttpResponse:
    without = request.POST.get("without_factors") == "yes"
    _, secret = invitations.renew_invitation(**given, user_id=user.pk, without_factors=without)
    return _link(request, region, user, secret)


def _withdraw(request: HttpRequest, region: Region, user: User, given: dict[str, Any]) -> HttpResponse:
    invitations.revoke_invitation(**given, user_id=user.pk)
    return _page(request, region)


def _card(request: HttpRequest, region: Region, user: User, given: dict[str, Any]) -> HttpResponse:
    _, printed = cards.issue_card(**given, user_id=user.pk)
    address = request.build_absolute_uri(reverse("card_login"))
    context = {"card": printed, "person": user, "region": region, "address": address, "made_at": timezone.now()}
    return render(request, "accounts/card_print.html", context)


def _end_card(request: HttpRequest, region: Region, user: User, given: dict[str, Any]) -> HttpResponse:
    cards.revoke_card(**given, user_id=user.pk)
    return _page(request, region)


def _grant(request: HttpRequest, region: Region, user: User, given: dict[str, Any]) -> HttpResponse:
    members.grant_role(**given, user_id=user.pk, **_said_role(request))
    return _page(request, region)


def _revoke(request: HttpRequest, region: Region, user: User, given: dict[str, Any]) -> HttpResponse:
    members.revoke_role(**given, user_id=user.pk, **_said_role(request))
    return _page(request, region)


def _shut_out(request: HttpRequest, region: Region, user: User, given: dict[str, Any]) -> HttpResponse:
    members.deactivate_user(**given, user_id=user.pk)
    return _page(request, region)


def _said_role(request: HttpRequest) -> dict[str, Any]:
    return {"role": request.POST.get("role", ""), "site_id": request.POST.get("site") or None}


ACTS: Final[dict[str, Callable[[HttpRequest, Region, User, dict[str, Any]], HttpResponse]]] = {
    "renew": _renew,
    "withdraw": _withdraw,
    "card": _card,
    "end_card": _end_card,
    "grant": _grant,
    "revoke": _revoke,
    "shut_out": _shut_out,
}


def _link(request: HttpRequest, region: Region, user: User, secret: str) -> HttpResponse:
    link = request.build_absolute_uri(reverse("enrol", args=[secret]))
    hours = int(invitations.INVITATION_LASTS.total_seconds() // 3600)
    return render(request, "accounts/link.html", {"link": link, "person": user, "region": region, "hours": hours})


def _page(
    request: HttpRequest, region: Region, *, form: InviteForm | None = None, problem: Any = "", status: int = 200
) -> HttpResponse:
    context = {
        "region": region,
        "form": form or _form(region),
        "problem": problem,
        "members": _members(region),
        "role_names": [*ROLE_NAMES.items()],
        "sites": region.sites.order_by("pk"),
        # A new key for each drawing of the page: pressed twice, a form does its work once.
        "key": uuid.uuid4(),
    }
    return render(request, "accounts/people.html", context, status=status)


def _form(region: Region, said: Any = None) -> InviteForm:
    return InviteForm(said, region_id=region.pk, role_names=ROLE_NAMES, language=get_language() or "fr")


def _members(region: Region) -> list[dict[str, Any]]:
    """Everybody who holds a role here, and how each gets in. One question to the database for each kind of thing."""
    users = User.objects.filter(memberships__region=region).distinct().order_by("username")
    users = users.prefetch_related("memberships__site")
    proofs = set(Authenticator.objects.filter(user__in=users).values_list("user_id", "type"))
    held = {card.user_id: card for card in SealedCard.objects.filter(user__in=users, revoked_at=None)}
    invited = {one.user_id: one for one in Invitation.objects.filter(user__in=users, used_at=None, revoked_at=None)}
    now = timezone.now()
    return [
        {
            "user": user,
            "roles": [
                (one.role, ROLE_NAMES[one.role], one.site)
                for one in user.memberships.all()
                if one.region_id == region.pk
            ],
            "passkey": (user.pk, "webauthn") in proofs,
            "totp": (user.pk, "totp") in proofs,
            "lacks": any(one.role in NEED_ONE for one in user.memberships.all())
            and not {(user.pk, "webauthn"), (user.pk, "totp")} & proofs,
            "card": held.get(user.pk),
            "invitation": invited.get(user.pk),
            "expired": user.pk in invited and invited[user.pk].expires_at <= now,
        }
        for user in users
    ]


def _key(request: HttpRequest) -> CommandKey:
    try:
        return CommandKey(uuid.UUID(request.POST.get("key", "")))
    except ValueError:
        return CommandKey.new()


def _code(error: Exception) -> str:
    return error.code if isinstance(error, DomainError) else "already_done"
