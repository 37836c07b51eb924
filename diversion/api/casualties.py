"""The doors of many casualties at one place: opening, counting, asking and offering, the proposal, the end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from diversion import access, moment, situation
from diversion.actors import Actor
from diversion.api.commanding import actor_of, carry_out
from diversion.api.door import calling, door
from diversion.api.fields import BATCH_LIMIT, Codes, Empty, Finite, Strict, Text, Versioned
from diversion.api.views import ApiView
from diversion.commands import casualties
from diversion.errors import NotFound
from diversion.log import CommandKey
from diversion.models import MassCasualty
from diversion.models.transports import URGENCIES
from diversion.wire.casualties import DistributionAnswer
from diversion.wire.positions import instant


class CasualtyCountsForm(Strict):
    """How many of each urgency; null or left out: not established."""

    def get_fields(self) -> dict[str, Any]:
        return {
            one: serializers.IntegerField(allow_null=True, default=None, min_value=0, max_value=casualties.MOST)
            for one in URGENCIES
        }


class CapacityNumbersForm(Strict):
    """How many of each urgency; 0 is a number, and has to be said."""

    def get_fields(self) -> dict[str, Any]:
        return {one: serializers.IntegerField(min_value=0, max_value=casualties.MOST) for one in URGENCIES}


class CasualtyNeedsForm(Strict):
    def get_fields(self) -> dict[str, Any]:
        return {one: Codes(default=list) for one in URGENCIES}


class CapacityAskForm(Strict):
    sites = serializers.ListField(
        child=serializers.CharField(max_length=60), max_length=BATCH_LIMIT, allow_null=True, default=None
    )
    minutes = serializers.IntegerField(min_value=1, max_value=24 * 60, allow_null=True, default=None)


class MassCasualtyForm(CapacityAskForm):
    place = Text(max_length=120)
    lat = Finite(min_value=-90, max_value=90)
    lon = Finite(min_value=-180, max_value=180)
    counts = CasualtyCountsForm()
    needs = CasualtyNeedsForm(default=dict)


class CasualtyCountForm(Versioned):
    counts = CasualtyCountsForm()
    needs = CasualtyNeedsForm(allow_null=True, default=None)


class CapacityOfferForm(Strict):
    site = serializers.CharField(max_length=60)
    numbers = CapacityNumbersForm()
    comment = Text(max_length=280, allow_blank=True, default="")
    called_by = Text(max_length=120, allow_null=True, default=None)


def _open(actor: Actor, key: CommandKey, said: dict[str, Any], region: str) -> dict[str, Any]:
    scene = casualties.Scene(**{name: said.pop(name) for name in ("place", "lat", "lon", "counts", "needs")})
    return carry_out(casualties.open_mass_casualty, actor, key, region_id=region, scene=scene, **said)


def _offer(actor: Actor, key: CommandKey, said: dict[str, Any], pk: UUID) -> dict[str, Any]:
    site = said.pop("site")
    return carry_out(casualties.offer_capacity, actor, key, mass_casualty_id=pk, site_id=site, **said)


open_mass_casualty = door(
    "openMassCasualty",
    MassCasualtyForm,
    _open,
    tag="mass casualties",
    about="Say that there are many casualties at one place, and ask what each hospital can take",
)
count = door(
    "countCasualties",
    CasualtyCountForm,
    calling(casualties.count_casualties, "mass_casualty_id"),
    tag="mass casualties",
    about="A new count from the place, of all, those already taken away included",
)
ask = door(
    "askCapacity",
    CapacityAskForm,
    calling(casualties.ask_capacity, "mass_casualty_id"),
    tag="mass casualties",
    about="Ask again what hospitals can take, or ask others too",
)
offer = door(
    "offerCapacity",
    CapacityOfferForm,
    _offer,
    tag="mass casualties",
    about="What one site can take of them in all",
)
end = door(
    "endMassCasualty",
    Empty,
    calling(casualties.end_mass_casualty, "mass_casualty_id"),
    tag="mass casualties",
    about="Nobody is left at the place",
)


class Distribution(ApiView):
    """Who of those waiting could go where: a proposal, moving nobody; for what has just ended too."""

    @extend_schema(
        operation_id="distribution",
        summary="A proposal for the casualties still waiting at a place",
        tags=["planning"],
        responses=DistributionAnswer,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        casualty = MassCasualty.objects.select_related("region").filter(pk=pk).first()
        if casualty is None:
            raise NotFound("mass_casualty", pk)
        access.require(actor_of(request), "transport.read", casualty)
        now = moment.now()
        groups = situation.distribution_for(casualty, now)
        return Response(DistributionAnswer({"mass_casualty": pk, "at": instant(now), "groups": groups}).data)
