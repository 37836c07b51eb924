"""The base of every page of administration: opened only to those who may, its commands' refusals told beside the form.

Rights are asked twice: to show the page, and by the command itself, which alone decides.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache

from diversion import access
from diversion.actors import Actor
from diversion.errors import Denied, DomainError
from diversion.identity import user_actor
from diversion.log import Recorded
from hospitals.models import Region

#: What each page is for: whoever may do it may open it.
PAGES: dict[str, str] = {
    "policy": "policy.change",
    "registry": "registry.import",
    "people": "member.change",
    "machines": "member.change",
}


@login_required
@never_cache
def regions(request: HttpRequest) -> HttpResponse:
    """The regions this person administers; straight to the only one."""
    actor = _actor(request)
    mine = [here for here in Region.objects.order_by("pk") if pages_of(actor, here)]
    if len(mine) == 1:
        return redirect("administration_region", mine[0].pk)
    return render(request, "administration/regions.html", {"regions": mine}, status=200 if mine else 403)


def pages_of(actor: Actor, region: Region) -> list[str]:
    """The pages this person may open in a region."""
    return [page for page, action in PAGES.items() if access.may(actor, action, region)]


@method_decorator([login_required, never_cache], name="dispatch")
class Page(View):
    """One page about one region. ``page`` names it among ``PAGES``."""

    page: ClassVar[str] = ""
    template: ClassVar[str] = ""

    region: Region
    actor: Actor

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = Region.objects.filter(pk=kwargs["region_id"]).first()
        if found is None:
            raise Http404
        self.region, self.actor = found, _actor(request)
        try:
            self.require()
        except Denied as denied:
            return render(request, "403.html", {"needs": denied.data["needs"], "region": found}, status=403)
        return super().dispatch(request, *args, **kwargs)

    def require(self) -> None:
        access.require(self.actor, PAGES[self.page], self.region)

    def get(self, _request: HttpRequest, **_route: Any) -> HttpResponse:
        return self.show()

    def context(self) -> dict[str, Any]:
        return {}

    def show(self, *, status: int = 200, **more: Any) -> HttpResponse:
        context = {"region": self.region, "pages": pages_of(self.actor, self.region), "page": self.page}
        return render(self.request, self.template, {**context, **self.context(), **more}, status=status)

    def carry_out(self, command: Callable[[], Recorded], **shown: Any) -> HttpResponse:
        """Do it, say its number, and show the page anew; a refusal is shown with what was typed (``shown``)."""
        try:
            recorded = command()
        except DomainError as error:
            return self.show(status=409, problem=error, **shown)
        self.tell(recorded)
        return redirect(self.request.path)

    def tell(self, recorded: Recorded) -> None:
        if recorded.events:
            told = _("Recorded no. %(number)s") % {"number": recorded.events[-1].seq}
        else:
            told = _("Nothing had to change.")
        messages.success(self.request, told)


class Overview(Page):
    """What can be administered here, and by whom."""

    template = "administration/overview.html"

    def require(self) -> None:
        if not pages_of(self.actor, self.region):
            raise Denied("administration.open", needs="supervisor or administrator")


def _actor(request: HttpRequest) -> Actor:
    assert isinstance(request.user, User)
    return user_actor(request.user)
