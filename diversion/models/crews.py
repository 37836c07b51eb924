"""Who is on which vehicle: said by the crew itself at the start of a shift, never assumed, and for one shift only."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import models

from diversion.models.transports import Vehicle
from hospitals.models import Region

#: The longest shift there is (fire brigades). Whoever forgets to say that it is over is on no vehicle the next day.
SHIFT: Final = timedelta(hours=24)


class CrewDutyQuerySet(models.QuerySet["CrewDuty"]):
    def on(self, now: datetime) -> CrewDutyQuerySet:
        """Those whose shift is not over, on a vehicle that is in service."""
        return self.filter(since__gt=now - SHIFT, vehicle__active=True)


class CrewDuty(models.Model):
    """One person on one vehicle. Several may be on the same."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="crew_duties")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="crew_duties")
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="crew_duties")
    since = models.DateTimeField()

    objects = CrewDutyQuerySet.as_manager()

    class Meta:
        constraints = [
            # On two vehicles at once, somebody could answer for a crew that is somewhere else.
            models.UniqueConstraint(fields=["user", "region"], name="crew_duty_one_vehicle_per_person"),
        ]
