"""Importing a registry file in two steps: the plan is shown, and what was shown is what is done, or nothing is.

The file travels with the confirmation and is planned again; a plan that has changed meanwhile is shown anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from diversion.administration.views import Page
from diversion.commands.registry import import_registry, planned, require_possible
from diversion.errors import DomainError, Invalid
from diversion.log import CommandKey
from hospitals.registry import (
    Change,
    InvalidRegistryError,
    Registry,
    UnreadableRegistryError,
    describe,
    load,
    parse,
)

#: Bytes. A registry of all Belgium would be some 700 kB.
LARGEST: Final = 900_000


class RegistryPage(Page):
    page = "registry"
    template = "administration/registry.html"

    def post(self, request: HttpRequest, **_route: Any) -> HttpResponse:
        try:
            text = _text(request)
            registry = self._registry(text)
            changes = planned(registry)
            require_possible(registry.region.id, changes)
        except InvalidRegistryError as error:
            return self.show(status=400, faults=[str(one) for one in error.problems])
        except (UnreadableRegistryError, ValueError) as error:
            return self.show(status=400, faults=[str(error)])
        except DomainError as error:
            return self.show(status=409, problem=error)
        if request.POST.get("agreed") != _mark(changes):
            return self._plan(text, registry, changes, again="agreed" in request.POST)
        return self.carry_out(
            lambda: import_registry(actor=self.actor, key=CommandKey.new(), registry=registry, agreed=changes)
        )

    def _registry(self, text: str) -> Registry:
        registry = parse(load(text))
        if registry.region.id != self.region.pk:
            detail = _("This file is about the region %(other)s, this page about %(here)s.") % {
                "other": registry.region.id,
                "here": self.region.pk,
            }
            raise Invalid("another_region", detail)
        return registry

    def _plan(self, text: str, registry: Registry, changes: Sequence[Change], *, again: bool) -> HttpResponse:
        return self.show(
            text=text,
            plan=[describe(one) for one in changes],
            planned=True,
            again=again,
            agreed=_mark(changes),
            attribution=registry.attribution,
        )


def _text(request: HttpRequest) -> str:
    """The file as it was sent, or as it comes back with the confirmation."""
    sent = request.FILES.get("file")
    if sent is None:
        return request.POST.get("text", "")
    if (sent.size or 0) > LARGEST:
        raise ValueError(_("This file is larger than any registry: %(size)s bytes.") % {"size": sent.size})
    return str(sent.read(), "utf-8")


def _mark(changes: Sequence[Change]) -> str:
    """What identifies a plan: the same changes in the same order."""
    return hashlib.sha256("\n".join(map(describe, changes)).encode()).hexdigest()
