"""Who may act, and how a person gets in: memberships, tokens, invitations, sealed cards, sessions.

Nothing is allowed that is not granted here; of every secret only a digest is kept.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
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


class Invitation(models.Model):
    """One person's way in, or back in: a link that works once. Only the digest of its secret is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="invitations")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.JSONField(help_text="{kind, id, name, role}")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    #: The person has lost what proved them: accepting takes the old second factors away.
    without_factors = models.BooleanField(default=False)

    class Meta:
        constraints = [
            # Two links for one person would be one more than the person knows of.
            models.UniqueConstraint(
                fields=["user"], condition=Q(used_at=None, revoked_at=None), name="invitation_one_open_per_person"
            ),
        ]

    def standing(self, now: datetime) -> str:
        """``open``, or why it opens nothing: ``used``, ``revoked``, ``expired``."""
        if self.used_at is not None:
            return "used"
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at <= now else "open"


class SealedCard(models.Model):
    """A printed card of one-time codes, for the night the phone is new. Only keyed digests of the codes are kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="cards")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="cards")
    serial = models.CharField(max_length=9, unique=True)
    digests = models.JSONField(help_text="One per code, in the order they are printed")
    #: Codes up to this place are spent: used, or passed over by using a later one.
    spent = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    made_by = models.JSONField(help_text="{kind, id, name, role}")
    used_at = models.DateTimeField(null=True, blank=True, help_text="Last used")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # A card in a drawer nobody remembers would still open the door.
            models.UniqueConstraint(fields=["user"], condition=Q(revoked_at=None), name="card_one_in_force_per_person"),
        ]

    @property
    def left(self) -> int:
        return len(self.digests) - self.spent


class LoginSession(AbstractBaseSession):
    """A browser's session that says whose it is and since when, so that somebody's sessions can be found and ended.

    Written by ``accounts.sessions`` from what the session itself holds.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.CASCADE,
        related_name="login_sessions",
        # A session is saved with every request: one more lock on the account's row each time buys nothing.
        db_constraint=False,
    )
    login_at = models.DateTimeField(null=True, db_index=True)
