"""The rows of the live picture and the log. Written only by ``diversion.commands``."""

from diversion.models.channels import Channel, Delivery
from diversion.models.diversions import Diversion
from diversion.models.log import CommandReceipt, Event, Stream
from diversion.models.members import ApiToken, Membership
from diversion.models.notices import Notice
from diversion.models.presence import ClockBeat, ScreenBeat, SitePresence
from diversion.models.transports import LastPosition, Redirect, Transport, Vehicle

__all__ = [
    "ApiToken",
    "Channel",
    "ClockBeat",
    "CommandReceipt",
    "Delivery",
    "Diversion",
    "Event",
    "LastPosition",
    "Membership",
    "Notice",
    "Redirect",
    "ScreenBeat",
    "SitePresence",
    "Stream",
    "Transport",
    "Vehicle",
]
