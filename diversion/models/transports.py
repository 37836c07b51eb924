"""Vehicles, the patients they carry, and the decisions to redirect them. No patient is identifiable here.

A transport knows an age band, a sex, a need and an urgency, and nothing that could name anybody.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

import pgtrigger
from django.db import models

from diversion.models.casualties import MassCasualty
from diversion.states import REDIRECT, TRANSPORT, TRANSPORT_LIVE
from hospitals.models import Region, Site, Versioned

VEHICLE_KINDS = ("ambulance", "pit", "smur")
URGENCIES = ("vital", "urgent", "routine")
AGE_BANDS = ("infant", "child", "adult", "senior", "unknown")
SEXES = ("female", "male", "unknown")
#: How a crew answers: ``terminal`` is built into the vehicle, ``crew_page`` is a crew member's own phone.
CREW_PAGE = "crew_page"
CHANNELS = ("radio", "phone", "terminal", "cad", CREW_PAGE)
#: Why a crew says that it cannot follow an order.
OBJECTIONS = ("arriving", "patient", "road", "other")
DECISIONS = ("redirect", "keep")


class Vehicle(Versioned):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="vehicles")
    ref = models.CharField(max_length=60, help_text="The dispatch system's own identifier")
    call_sign = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=[(k, k) for k in VEHICLE_KINDS])
    operator = models.CharField(max_length=120, null=True, blank=True)
    base = models.JSONField(null=True, help_text="{name, site_id|null, lat, lon}")
    status = models.CharField(max_length=30)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["region", "ref"], name="vehicle_ref_once_per_region")]


class LastPosition(models.Model):
    """Where a vehicle was last seen. A signal: latest wins, never logged one by one."""

    vehicle = models.OneToOneField(Vehicle, on_delete=models.CASCADE, primary_key=True, related_name="position")
    lat = models.FloatField()
    lon = models.FloatField()
    at = models.DateTimeField(help_text="When the vehicle was there (UTC)")
    received_at = models.DateTimeField(db_index=True)
    heading = models.FloatField(null=True)
    speed_mps = models.FloatField(null=True)


class TransportQuerySet(models.QuerySet["Transport"]):
    def live(self) -> TransportQuerySet:
        return self.filter(state__in=TRANSPORT_LIVE)

    def heading_for(self, site_id: str) -> TransportQuerySet:
        """Live transports whose next stop, as ordered or as planned, is this site."""
        ordered = models.Q(ordered_destination_id=site_id)
        planned = models.Q(destination_id=site_id, ordered_destination__isnull=True)
        return self.live().filter(ordered | planned)


class Transport(Versioned):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="transports")
    ref = models.CharField(max_length=60, null=True, blank=True)
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="transports")
    destination = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="transports")
    #: A redirect has been ordered and the crew has not answered yet: where it should be going.
    ordered_destination = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="+")
    urgency = models.CharField(max_length=10, choices=[(u, u) for u in URGENCIES])
    needs = models.JSONField(default=list)
    age_band = models.CharField(max_length=10, choices=[(a, a) for a in AGE_BANDS], default="unknown")
    sex = models.CharField(max_length=10, choices=[(s, s) for s in SEXES], default="unknown")
    physician_on_board = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=[(s, s) for s in TRANSPORT])
    eta_at = models.DateTimeField(null=True, blank=True)
    #: What was foretold when the drive to its destination began; told with the arrival, to be compared with it.
    journey = models.JSONField(null=True)
    #: Of which place with many casualties this patient is one, if of any.
    mass_casualty = models.ForeignKey(
        MassCasualty, null=True, blank=True, on_delete=models.PROTECT, related_name="transports"
    )
    opened_at = models.DateTimeField()
    affected_since = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = TransportQuerySet.as_manager()

    class Meta:
        constraints = [
            # One vehicle carries one patient: a second live transport would put it on two lists at once.
            models.UniqueConstraint(
                fields=["vehicle"], condition=models.Q(state__in=TRANSPORT_LIVE), name="transport_one_live_per_vehicle"
            ),
            models.UniqueConstraint(fields=["region", "ref"], name="transport_ref_once_per_region"),
            models.CheckConstraint(
                condition=models.Q(state__in=TRANSPORT_LIVE, ended_at__isnull=True)
                | models.Q(~models.Q(state__in=TRANSPORT_LIVE), ended_at__isnull=False),
                name="transport_end_matches_state",
            ),
        ]
        indexes = [models.Index(fields=["region", "state"], name="transport_region_state")]

    @property
    def heading_to_id(self) -> str:
        """The site this transport is heading for once its crew follows the last order."""
        return self.ordered_destination_id or self.destination_id


class Redirect(Versioned):
    """One decision on one transport, with the options as they stood at that moment."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="redirects")
    transport = models.ForeignKey(Transport, on_delete=models.PROTECT, related_name="redirects")
    from_site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    to_site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    choice = models.CharField(max_length=10, choices=[(one, one) for one in DECISIONS])
    options = models.JSONField(default=list)
    reason = models.TextField(blank=True, default="")
    state = models.CharField(max_length=12, choices=[(s, s) for s in REDIRECT])
    ordered_at = models.DateTimeField()
    ordered_by = models.JSONField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.CharField(max_length=120, null=True, blank=True)
    channel = models.CharField(max_length=10, null=True, choices=[(c, c) for c in CHANNELS])
    #: What the crew has against it: news for dispatch, never a veto; the order stands until dispatch decides.
    objection = models.CharField(max_length=10, null=True, choices=[(one, one) for one in OBJECTIONS])
    objection_comment = models.TextField(blank=True, default="")
    objected_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # Two open orders for one vehicle would send its crew two ways.
            models.UniqueConstraint(
                fields=["transport"], condition=models.Q(state="ordered"), name="redirect_one_open_per_transport"
            ),
        ]


class Basis(models.Model):
    """What a decision rested on: the question whose answer is its options, enough to ask it again.

    Kept for inquiries and never sent anywhere; the options themselves are in the log. As the log, it only grows.
    """

    redirect = models.OneToOneField(Redirect, on_delete=models.PROTECT, primary_key=True, related_name="basis")
    question = models.JSONField(help_text="diversion.planning.record.as_record")

    class Meta:
        triggers: ClassVar = [
            pgtrigger.Protect(name="basis_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="basis_never_emptied",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Truncate,
                func="RAISE EXCEPTION 'pgtrigger: Cannot truncate %', TG_TABLE_NAME;",
            ),
        ]
