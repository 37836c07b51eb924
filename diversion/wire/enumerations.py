"""Names of the closed value lists in the published schema, so that generated types read like the domain."""

from __future__ import annotations

from diversion.actors import KINDS
from diversion.kinds import EventKind
from diversion.models import transports
from diversion.models.channels import MEDIA, SUBJECTS
from diversion.models.diversions import EXTENTS, SHARED_KINDS
from diversion.models.presence import BEAT_KINDS, PRESENCE_STATES
from diversion.models.questions import ANSWERS
from diversion.planning import plan
from diversion.states import (
    DIVERSION,
    DIVERSION_DECLARED,
    DIVERSION_RUNNING,
    NOTICE,
    REDIRECT,
    TRANSPORT,
    TRANSPORT_LIVE,
)
from diversion.wire.places import CONDITIONS
from hospitals import gates, services

DIVERSION_STATES = list(DIVERSION)
DECLARED_STATES = list(DIVERSION_DECLARED)
AMENDED_STATES = list(DIVERSION_RUNNING)
TRANSPORT_STATES = list(TRANSPORT)
OPENED_STATES = list(TRANSPORT_LIVE)
REDIRECT_STATES = list(REDIRECT)
NOTICE_STATES = list(NOTICE)
PRESENCES = list(PRESENCE_STATES)
SITE_CONDITIONS = list(CONDITIONS)
INTAKES = list(gates.VALUES[gates.AMBULANCES])
SMUR_BASES = list(gates.VALUES[gates.SMUR_BASE])
WALK_INS = list(gates.VALUES[gates.WALK_INS])
SERVICE_LEVELS = list(services.LEVELS)
REDIRECT_CHOICES = list(transports.DECISIONS)
CREW_OBJECTIONS = list(transports.OBJECTIONS)
PROPOSAL_CHOICES = list(plan.VERDICTS)
EVENT_KINDS = EventKind.choices
VEHICLES = list(transports.VEHICLE_KINDS)
AUTHORS = list(KINDS)
CALLERS = ["user", "token"]
CHECKLIST_ANSWERS = list(services.ANSWERS)
QUESTION_ANSWERS = list(ANSWERS)
REOPENING_EXTENTS = list(EXTENTS)
SHARED_BY = list(SHARED_KINDS)
BEATS = list(BEAT_KINDS)
GATE_NAMES = list(gates.GATES)
CHANNEL_MEDIA = list(MEDIA)
CHANNEL_SUBJECTS = list(SUBJECTS)
