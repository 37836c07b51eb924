"""Keys of machines: issued once in clear, shown on that answer alone, revoked at once."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from diversion.administration.views import Page
from diversion.commands import members
from diversion.errors import DomainError
from diversion.log import CommandKey
from diversion.models import ApiToken
from diversion.models.members import SCOPES


class Machines(Page):
    page = "machines"
    template = "administration/machines.html"

    def context(self) -> dict[str, Any]:
        tokens = ApiToken.objects.filter(region=self.region).select_related("site").order_by("-active", "pk")
        return {"tokens": tokens, "scopes": SCOPES, "sites": self.region.sites.order_by("pk")}

    def post(self, request: HttpRequest, **_route: Any) -> HttpResponse:
        if request.POST.get("act") == "revoke":
            token = request.POST.get("token", "")
            return self.carry_out(
                lambda: members.revoke_token(
                    actor=self.actor,
                    key=CommandKey.new(),
                    region_id=self.region.pk,
                    token_id=int(token) if token.isdecimal() else 0,
                )
            )
        return self._issue(request)

    def _issue(self, request: HttpRequest) -> HttpResponse:
        """The secret is in this answer and nowhere else: no redirect, nothing kept in the session."""
        said = {"name": request.POST.get("name", "").strip(), "site": request.POST.get("site", "")}
        scopes = request.POST.getlist("scope")
        if not said["name"] or not scopes:
            return self.show(status=400, incomplete=True, said=said, chosen=scopes)
        try:
            recorded, secret = members.issue_token(
                actor=self.actor,
                key=CommandKey.new(),
                region_id=self.region.pk,
                name=said["name"],
                scopes=scopes,
                site_id=said["site"] or None,
            )
        except DomainError as problem:
            return self.show(status=409, problem=problem, said=said, chosen=scopes)
        self.tell(recorded)
        return self.show(secret=secret, secret_of=said["name"])
