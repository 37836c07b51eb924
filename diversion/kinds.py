"""The closed list of what can happen. An event of a kind that is not here cannot be written."""

from __future__ import annotations

from django.db import models


class EventKind(models.TextChoices):
    """Past tense: an event is something that has happened."""

    REGISTRY_IMPORTED = "registry.imported"
    REGION_CHANGED = "region.changed"
    SITE_ADDED = "site.added"
    SITE_CHANGED = "site.changed"
    DIVERSION_DECLARED = "diversion.declared"
    DIVERSION_AMENDED = "diversion.amended"
    DIVERSION_SEEN = "diversion.seen"
    DIVERSION_LIFTED = "diversion.lifted"
    DIVERSION_WITHDRAWN = "diversion.withdrawn"
    VEHICLE_ADDED = "vehicle.added"
    VEHICLE_CHANGED = "vehicle.changed"
    TRANSPORT_OPENED = "transport.opened"
    TRANSPORT_CHANGED = "transport.changed"
    TRANSPORT_ARRIVED = "transport.arrived"
    TRANSPORT_CANCELLED = "transport.cancelled"
    REDIRECT_ORDERED = "redirect.ordered"
    REDIRECT_KEPT = "redirect.kept"
    REDIRECT_ACKNOWLEDGED = "redirect.acknowledged"
    REDIRECT_CANCELLED = "redirect.cancelled"
    NOTICE_SENT = "notice.sent"
    NOTICE_SEEN = "notice.seen"
    NOTICE_ACKNOWLEDGED = "notice.acknowledged"
    NOTICE_CONCERN_RAISED = "notice.concern_raised"
    NOTICE_ESCALATED = "notice.escalated"
    PRESENCE_CHANGED = "presence.changed"
    MEMBER_CHANGED = "member.changed"
