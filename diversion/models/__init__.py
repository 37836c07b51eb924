"""The rows of the live picture and the log. Written only by ``diversion.commands``."""

from diversion.models.bulletins import Bulletin
from diversion.models.casualties import MassCasualty
from diversion.models.channels import Channel, Delivery
from diversion.models.claims import Claim
from diversion.models.crews import CrewDuty
from diversion.models.diversions import Diversion
from diversion.models.log import CommandReceipt, Event, Stream
from diversion.models.members import ApiToken, Invitation, LoginSession, Membership, SealedCard
from diversion.models.notices import Notice
from diversion.models.presence import ClockBeat, ScreenBeat, SitePresence
from diversion.models.questions import Question
from diversion.models.transports import Basis, LastPosition, Redirect, Transport, Vehicle

__all__ = [
    "ApiToken",
    "Basis",
    "Bulletin",
    "Channel",
    "Claim",
    "ClockBeat",
    "CommandReceipt",
    "CrewDuty",
    "Delivery",
    "Diversion",
    "Event",
    "Invitation",
    "LastPosition",
    "LoginSession",
    "MassCasualty",
    "Membership",
    "Notice",
    "Question",
    "Redirect",
    "ScreenBeat",
    "SealedCard",
    "SitePresence",
    "Stream",
    "Transport",
    "Vehicle",
]
