"""The closed list of what can happen. An event of a kind that is not here cannot be written."""

from __future__ import annotations

from typing import Final

from django.db import models


class EventKind(models.TextChoices):
    """Past tense: an event is something that has happened."""

    REGISTRY_IMPORTED = "registry.imported"
    REGION_CHANGED = "region.changed"
    POLICY_CHANGED = "policy.changed"
    EXERCISE_OPENED = "exercise.opened"
    EXERCISE_CLOSED = "exercise.closed"
    PICTURE_RETOLD = "picture.retold"
    LOG_RESTORED = "log.restored"
    SITE_ADDED = "site.added"
    SITE_CHANGED = "site.changed"
    SITE_QUARANTINED = "site.quarantined"
    SITE_RELEASED = "site.released"
    DIVERSION_DECLARED = "diversion.declared"
    DIVERSION_AMENDED = "diversion.amended"
    DIVERSION_SEEN = "diversion.seen"
    DIVERSION_ATTESTED = "diversion.attested"
    DIVERSION_CONFIRMED = "diversion.confirmed"
    DIVERSION_UNCONFIRMED = "diversion.unconfirmed"
    REOPENING_ASKED = "diversion.reopening_asked"
    REOPENING_DECLINED = "diversion.reopening_declined"
    DIVERSION_SUSPENDED = "diversion.suspended"
    DIVERSION_RESUMED = "diversion.resumed"
    DIVERSION_LIFTED = "diversion.lifted"
    DIVERSION_WITHDRAWN = "diversion.withdrawn"
    BULLETIN_PUBLISHED = "bulletin.published"
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
    REDIRECT_OBJECTED = "redirect.objected"
    CREW_BOARDED = "crew.boarded"
    CREW_LEFT = "crew.left"
    NOTICE_SENT = "notice.sent"
    NOTICE_SEEN = "notice.seen"
    NOTICE_ACKNOWLEDGED = "notice.acknowledged"
    NOTICE_CONCERN_RAISED = "notice.concern_raised"
    NOTICE_ESCALATED = "notice.escalated"
    QUESTION_ASKED = "question.asked"
    QUESTION_ANSWERED = "question.answered"
    QUESTION_OVERDUE = "question.overdue"
    QUESTION_CLOSED = "question.closed"
    MASS_CASUALTY_OPENED = "mass_casualty.opened"
    MASS_CASUALTY_COUNTED = "mass_casualty.counted"
    MASS_CASUALTY_ENDED = "mass_casualty.ended"
    CAPACITY_ASKED = "capacity.asked"
    CAPACITY_OFFERED = "capacity.offered"
    CAPACITY_OVERDUE = "capacity.overdue"
    PRESENCE_CHANGED = "presence.changed"
    MEMBER_CHANGED = "member.changed"
    NOTICE_ESCALATED_TO_SUPERVISOR = "notice.escalated_to_supervisor"
    DIVERSION_UNSEEN = "diversion.unseen"
    CHANNEL_ADDED = "channel.added"
    CHANNEL_CHANGED = "channel.changed"
    CHANNEL_RETIRED = "channel.retired"
    CHANNEL_TEST_ASKED = "channel.test_asked"
    CHANNEL_TESTED = "channel.tested"
    CHANNEL_FAILING = "channel.failing"
    CHANNEL_RECOVERED = "channel.recovered"
    JOURNEYS_CALIBRATED = "journeys.calibrated"


#: What happens all day by itself. It may not push the decisions out of the log a screen begins with, so those are
#: counted apart; the screens keep them by the same list (``frontend/src/state/replica.ts``).
ROUTINE: Final = (
    EventKind.VEHICLE_ADDED,
    EventKind.VEHICLE_CHANGED,
    EventKind.TRANSPORT_OPENED,
    EventKind.TRANSPORT_CHANGED,
    EventKind.TRANSPORT_ARRIVED,
    EventKind.TRANSPORT_CANCELLED,
    EventKind.NOTICE_SENT,
    EventKind.NOTICE_SEEN,
    EventKind.CHANNEL_TEST_ASKED,
    EventKind.CREW_BOARDED,
    EventKind.CREW_LEFT,
)
