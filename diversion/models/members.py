"""Who may act: memberships of people and tokens of machines. Nothing is allowed that is not granted here."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from hospitals.models import Region, Site

ROLES = ("dispatcher", "supervisor", "coordinator", "receiver", "crew", "inspector", "administrator")
#: Those who sit at the dispatch centre and decide there.
DESK_ROLES = ("dispatcher", "supervisor")
#: Roles that are held at a site; all others are held for a whole region.
SITE_ROLES = ("coordinator", "receiver")
SCOPES = ("feed:read", "cad:write", "diversions:write", "notices:write", "screens:beat")


class Membership(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(r, r) for r in ROLES])
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="memberships")
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.PROTECT, related_name="memberships")

    class Meta:
        constraints = [
            # A coordinator of no particular hospital would be a coordinator of all of them.
            models.CheckConstraint(
                condition=Q(role__in=SITE_ROLES, site__isnull=False) | (~Q(role__in=SITE_ROLES) & Q(site__isnull=True)),
                name="membership_site_matches_role",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "region", "site"], name="membership_once", nulls_distinct=False
            ),
        ]


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def in_force(self, now: datetime) -> ApiTokenQuerySet:
        """Tokens that open the door: not revoked, not expired, of no site in quarantine and of no ended exercise."""
        unexpired = Q(expires_at__isnull=True) | Q(expires_at__gt=now)
        return self.filter(unexpired, active=True, site__quarantined_at__isnull=True, region__closed_at__isnull=True)


class ApiToken(models.Model):
    """A machine's key. Only its hash is kept, so the database cannot give it away."""

    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="tokens")
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.PROTECT, related_name="tokens")
    scopes = models.JSONField(default=list)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()
