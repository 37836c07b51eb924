"""Names of the closed value lists in the published schema, so that generated types read like the domain."""

from __future__ import annotations

from diversion.kinds import EventKind
from diversion.models.presence import PRESENCE_STATES
from diversion.models.transports import VEHICLE_KINDS
from diversion.states import DIVERSION, NOTICE, REDIRECT, TRANSPORT
from diversion.wire.places import CONDITIONS
from hospitals import gates, services

DIVERSION_STATES = list(DIVERSION)
DECLARED_STATES = ["suspected", "active"]
AMENDED_STATES = ["suspected", "active", "recovering"]
TRANSPORT_STATES = list(TRANSPORT)
OPENED_STATES = ["planned", "under_way"]
REDIRECT_STATES = list(REDIRECT)
NOTICE_STATES = list(NOTICE)
PRESENCES = list(PRESENCE_STATES)
SITE_CONDITIONS = list(CONDITIONS)
INTAKES = list(gates.VALUES[gates.AMBULANCES])
SMUR_BASES = list(gates.VALUES[gates.SMUR_BASE])
WALK_INS = list(gates.VALUES[gates.WALK_INS])
SERVICE_LEVELS = list(services.LEVELS)
REDIRECT_CHOICES = ["redirect", "keep"]
PROPOSAL_CHOICES = ["redirect", "individual"]
EVENT_KINDS = EventKind.choices
VEHICLES = list(VEHICLE_KINDS)
AUTHORS = ["user", "token", "clock", "system"]
CALLERS = ["user", "token"]
